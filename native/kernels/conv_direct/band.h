// The input of a band of output rows, as a rectangle without edges: either x itself or a copy with the zeros of
// padding and zoom written out.
#pragma once

#include <cstring>

#include "kernels/call.h"
#include "kernels/conv_direct/conv.h"

namespace simplecell::SC_ISA {
namespace {

struct Band {
    const float* at;  // what the window's first tap reads for the band's first output
    int64_t pitch;    // floats from one row to the next
};

// Zoomed index v holds stored index v/zoom where zoom divides v, zeros elsewhere. Copies zoomed columns
// [left, left+columns) of one stored row.
inline void copy_row(const ConvInput& in, const float* row, int64_t left, int64_t columns, float* to) {
    int64_t c = in.c, extent = (in.w - 1) * in.zw + 1;
    int64_t begin = smaller(columns, larger(0, -left)), end = larger(begin, smaller(columns, extent - left));
    if (begin > 0) std::memset(to, 0, begin * c * sizeof(float));
    if (in.zw == 1) {
        if (end > begin) std::memcpy(to + begin * c, row + (left + begin) * c, (end - begin) * c * sizeof(float));
    } else {
        if (end > begin) std::memset(to + begin * c, 0, (end - begin) * c * sizeof(float));
        for (int64_t v = divide_up(left + begin, in.zw) * in.zw; v < left + end; v += in.zw) {
            std::memcpy(to + (v - left) * c, row + v / in.zw * c, c * sizeof(float));
        }
    }
    if (columns > end) std::memset(to + end * c, 0, (columns - end) * c * sizeof(float));
}

// The band of `rows` output rows from output row `first` of one image.
inline Band make_band(const ConvInput& in, const float* image, int64_t first, int64_t rows, int64_t ow, bool in_place,
                      float* scratch) {
    int64_t top = first * in.sh - in.top, left = -in.left;
    if (in_place) return {image + (top * in.w + left) * in.c, in.w * in.c};
    int64_t columns = in.columns_for(ow), pitch = columns * in.c, count = in.rows_for(rows);
    int64_t extent = (in.h - 1) * in.zh + 1;
    for (int64_t r = 0; r < count; ++r) {
        int64_t v = top + r;
        float* to = scratch + r * pitch;
        if (v < 0 || v >= extent || v % in.zh != 0) std::memset(to, 0, pitch * sizeof(float));
        else copy_row(in, image + v / in.zh * in.w * in.c, left, columns, to);
    }
    return {scratch, pitch};
}

}  // namespace
}  // namespace simplecell::SC_ISA
