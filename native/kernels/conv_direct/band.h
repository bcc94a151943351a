// The input of a band of output rows, as a rectangle without edges: either the image itself or a copy with the
// zeros of the padding written out.
#pragma once

#include <cstring>

#include "kernels/call.h"
#include "kernels/conv_direct/conv.h"

namespace simplecell::SC_ISA {
namespace {

struct Band {
    const float* at;     // stored cell (row, column)
    int64_t pitch;       // floats from one row to the next
    int64_t row, column;
};

// Copies cells [span.first, span.first + span.count) of a row of `size` cells, zeros where there are none.
inline void copy_row(const float* row, int64_t size, Cells span, int64_t c, float* to) {
    int64_t begin = smaller(span.count, larger(0, -span.first));
    int64_t end = larger(begin, smaller(span.count, size - span.first));
    std::memset(to, 0, begin * c * sizeof(float));
    if (end > begin) std::memcpy(to + begin * c, row + (span.first + begin) * c, (end - begin) * c * sizeof(float));
    std::memset(to + end * c, 0, (span.count - end) * c * sizeof(float));
}

// What output rows [first, first + rows) of one image read. `copied`: scratch holds it already.
inline Band make_band(const ConvInput& in, const float* image, int64_t first, int64_t rows, int64_t ow, bool in_place,
                      float* scratch, bool copied = false) {
    if (in_place) return {image, in.columns.size * in.c, 0, 0};
    Cells down = in.rows.reads(first, rows), across = in.columns.reads(0, ow);
    int64_t pitch = across.count * in.c;
    for (int64_t r = 0; r < down.count && !copied; ++r) {
        int64_t stored = down.first + r;
        float* to = scratch + r * pitch;
        if (stored < 0 || stored >= in.rows.size) std::memset(to, 0, pitch * sizeof(float));
        else copy_row(image + stored * in.columns.size * in.c, in.columns.size, across, in.c, to);
    }
    return {scratch, pitch, down.first, across.first};
}

}  // namespace
}  // namespace simplecell::SC_ISA
