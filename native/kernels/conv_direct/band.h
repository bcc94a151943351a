// The input of a band of output rows, as a rectangle without edges: either the image itself or a copy with the
// zeros of the padding written out.
#pragma once

#include <cstring>
#include <type_traits>

#include "kernels/call.h"
#include "kernels/conv_direct/conv.h"

namespace simplecell::SC_ISA {
namespace {

struct Band {
    const float* at;     // stored cell (row, column)
    int64_t pitch;       // floats from one row to the next
    int64_t row, column;
};

struct Picture {
    const float* at;
    int64_t h, w, c;
    bool planar;  // channels first
};

// Cells of `c` floats side by side from planes, one per channel, `plane` floats apart.
template <class Channels>
inline void from_planes(const float* __restrict planes, int64_t plane, int64_t cells, Channels c, float* __restrict to) {
    for (int64_t i = 0; i < cells; ++i) {
        for (int64_t ch = 0; ch < c; ++ch) to[i * c + ch] = planes[ch * plane + i];
    }
}

// Copies cells [span.first, span.first + span.count) of row `row`, channels last, zeros where there are none.
inline void copy_row(const Picture& p, int64_t row, Cells span, float* to) {
    const int64_t c = p.c, begin = smaller(span.count, larger(0, -span.first));
    const int64_t end = larger(begin, smaller(span.count, p.w - span.first)), cells = end - begin, from = row * p.w + span.first + begin;
    std::memset(to, 0, begin * c * sizeof(float));
    if (cells > 0) {
        float* const inside = to + begin * c;
        if (!p.planar || c == 1) std::memcpy(inside, p.at + from * c, cells * c * sizeof(float));
        else if (c == 3) from_planes(p.at + from, p.h * p.w, cells, std::integral_constant<int64_t, 3>(), inside);
        else from_planes(p.at + from, p.h * p.w, cells, c, inside);
    }
    std::memset(to + end * c, 0, (span.count - end) * c * sizeof(float));
}

// What output rows [first, first + rows) of one image read. `copied`: scratch holds it already.
inline Band make_band(const ConvInput& in, const Picture& image, int64_t first, int64_t rows, int64_t ow, bool in_place,
                      float* scratch, bool copied = false) {
    if (in_place) return {image.at, image.w * image.c, 0, 0};
    Cells down = in.rows.reads(first, rows), across = in.columns.reads(0, ow);
    int64_t pitch = across.count * in.c;
    for (int64_t r = 0; r < down.count && !copied; ++r) {
        int64_t stored = down.first + r;
        float* to = scratch + r * pitch;
        if (stored < 0 || stored >= image.h) std::memset(to, 0, pitch * sizeof(float));
        else copy_row(image, stored, across, to);
    }
    return {scratch, pitch, down.first, across.first};
}

}  // namespace
}  // namespace simplecell::SC_ISA
