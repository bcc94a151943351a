// Convolution towards few channels: lanes are output pixels, rows of the microkernel output channels, so that no lane
// idles where a vector would be wider than the channels. Included by generic.h.
//
// A band of the input lies as planes, one per channel, of rows `pitch` floats long. Positions are counted along these
// rows and over their ends: position q is output row q / pitch, column q % pitch, and those beyond ow are not stored.
#pragma once

#include <cstring>

#include "kernels/conv_direct/conv.h"
#include "kernels/block/block.h"
#include "kernels/lanes.h"

namespace simplecell::SC_ISA {
namespace {

// The planes that output rows [first, first + rows) of an image read, with zeros outside the image.
inline const float* make_planes(const ConvNarrowArgs& a, const NarrowPlan& plan, const float* image, int64_t first,
                                int64_t rows, float* scratch) {
    if (plan.in_place) return image + first * a.w;
    const int64_t read = rows + a.kh - 1, left = smaller(plan.pitch, larger(0, a.left));
    const int64_t right = larger(left, smaller(plan.pitch, a.w + a.left)), begin = larger(0, first - a.top);
    const int64_t end = smaller(a.h, first - a.top + read);
    std::memset(scratch, 0, plan.planes * sizeof(float));
    for (int64_t v = begin; v < end; ++v) {
        float* to = scratch + (v + a.top - first) * plan.pitch;
        if (a.planar != 0 || a.c == 1) {
            const float* from = image + v * a.w - a.left;
            for (int64_t c = 0; c < a.c; ++c) {
                std::memcpy(to + c * plan.plane + left, from + c * a.h * a.w + left, (right - left) * sizeof(float));
            }
            continue;
        }
        for (int64_t j = left; j < right; ++j) {
            const float* from = image + (v * a.w + j - a.left) * a.c;
            for (int64_t c = 0; c < a.c; ++c) to[c * plan.plane + j] = from[c];
        }
    }
    return scratch;
}

// The rows of the filters that meet a row of the image for any of the output rows [first, first + rows).
inline Cells rows_met(const ConvNarrowArgs& a, int64_t first, int64_t rows) {
    const int64_t begin = smaller(a.kh, larger(0, a.top - (first + rows - 1))), end = smaller(a.kh, a.h + a.top - first);
    return {begin, larger(0, end - begin)};
}

// The sum over the rows `ky` of the filters. With one channel its innermost loop runs along a filter's row, not over
// channels: a loop of a single turn costs more than its product.
inline Sum narrow_sum(const ConvNarrowArgs& a, const NarrowPlan& plan, Cells ky) {
    const int64_t row = a.kw * a.c * kColumns;
    Sum sum{.outer = ky.count, .inner = a.kw, .length = a.c, .a_outer = row, .a_inner = a.c * kColumns, .a_k = kColumns};
    sum.b_outer = plan.pitch;
    sum.b_inner = 1;
    sum.b_k = plan.plane;
    if (a.c > 1) return sum;
    sum = {.inner = ky.count, .length = a.kw, .a_inner = row, .a_k = kColumns};
    sum.b_inner = plan.pitch;
    sum.b_k = 1;
    return sum;
}

// tile[o][q] = the sums of all channels and the rows `ky` of the filters at `columns` positions from `at` on.
inline void narrow_tile(const ConvNarrowArgs& a, const NarrowPlan& plan, const float* at, int64_t columns, Cells ky,
                        const float* packed, const float* bias, float* tile) {
    const Sum sum = narrow_sum(a, plan, ky);
    at += ky.first * plan.pitch;
    packed += ky.first * a.kw * a.c * kColumns;
    const Rows table(1, kColumns);
    const int64_t step = even_rows(smaller(a.co, kColumns));
    for (int64_t first = 0; first < a.co; first += kColumns) {
        const float* panel = packed + first * a.kh * a.kw * a.c;
        int64_t count = smaller(kColumns, a.co - first);
        for (int64_t m = 0; m < count; m += step) {
            int64_t height = smaller(step, count - m);
            float* c = tile + (first + m) * kColumns;
            for (int64_t r = 0; bias != nullptr && r < height; ++r) {
                Vec value = set1(bias[first + m + r]);
                for (int64_t j = 0; j < kColumns; j += kLanes) store(c + r * kColumns + j, value);
            }
            Tile t{table, panel + m, at, c, columns, bias != nullptr ? Start::c : Start::zero};
            t.relu = a.relu;
            if (columns % kLanes == 0) run_block<Form::wide>(height, sum, t);
            else run_block<Form::wide_edge>(height, sum, t);
        }
    }
}

// Four channels of kLanes pixels: to[q] holds those of pixels q, q + 4, ... in its groups of four lanes.
SC_INLINE void turn_four(const float* tile, int64_t channels, int64_t pixels, Vec* to) {
    Vec v[4];
#pragma GCC unroll 4
    for (int o = 0; o < 4; ++o) v[o] = o < channels ? load_upto(tile + o * kColumns, pixels) : zero();
    Vec even_low = low(v[0], v[2]), even_high = high(v[0], v[2]), odd_low = low(v[1], v[3]), odd_high = high(v[1], v[3]);
    to[0] = low(even_low, odd_low);
    to[1] = high(even_low, odd_low);
    to[2] = low(even_high, odd_high);
    to[3] = high(even_high, odd_high);
}

// The pixels of group kGroup and those behind it but the last. Whole groups are written, and what they hold beyond a
// pixel's channels is written over by the next pixel.
template <int kGroup>
SC_INLINE void store_groups(const Vec* first, const Vec* second, int64_t co, int64_t pixels, float* y) {
    if constexpr (kGroup < kLanes / 4) {
#pragma GCC unroll 4
        for (int q = 0; q < 4; ++q) {
            if (kGroup * 4 + q + 1 >= pixels) return;
            float* to = y + (kGroup * 4 + q) * co;
            store_group<kGroup>(to, first[q]);
            if (co > 4) store_group<kGroup>(to + 4, second[q]);
        }
        store_groups<kGroup + 1>(first, second, co, pixels, y);
    }
}

// y[pixel][o] = tile[o][pixel] for `count` neighbouring pixels of 2 to 8 channels.
inline void turn_tile(const float* tile, int64_t count, int64_t co, float* y) {
    for (int64_t at = 0; at < count; at += kLanes) {
        const int64_t pixels = smaller(kLanes, count - at), last = at + pixels - 1;
        Vec first[4], second[4];
        turn_four(tile + at, co, pixels, first);
        if (co > 4) turn_four(tile + at + 4 * kColumns, co - 4, pixels, second);
        store_groups<0>(first, second, co, pixels, y + at * co);
        for (int64_t o = 0; o < co; ++o) y[last * co + o] = tile[o * kColumns + last];
    }
}

inline void store_run(const float* tile, int64_t count, int64_t co, const float* mask, float* y) {
    if (mask == nullptr && co >= 2 && co <= 8) return turn_tile(tile, count, co, y);
    for (int64_t q = 0; q < count; ++q) {
        for (int64_t o = 0; o < co; ++o) {
            bool off = mask != nullptr && !(mask[q * co + o] > 0);
            y[q * co + o] = off ? 0.0f : tile[o * kColumns + q];
        }
    }
}

// Stores those of a tile's positions that are pixels; `y` and `mask` start at the band.
inline void store_tile(const ConvNarrowArgs& a, int64_t pitch, const float* tile, int64_t position, int64_t columns,
                       const float* mask, float* y) {
    for (int64_t q = 0; q < columns;) {
        int64_t i = (position + q) / pitch, j = (position + q) % pitch;
        int64_t count = smaller(columns - q, a.ow - j), at = (i * a.ow + j) * a.co;
        if (count > 0) store_run(tile + q, count, a.co, mask != nullptr ? mask + at : nullptr, y + at);
        q += smaller(columns - q, pitch - j);
    }
}

}  // namespace

void conv2d_narrow_forward(const Call& call) {
    const auto& a = args_of<ConvNarrowArgs>(call);
    const NarrowPlan plan = narrow_plan(a, kColumns);
    const float *x = operand<const float>(call, 0), *packed = operand<const float>(call, 1);
    const float *bias = operand<const float>(call, 2), *mask = operand<const float>(call, 3);
    float *y = operand(call, 4), *scratch = operand(call, 5);
    const int64_t per_thread = divide_up(plan.scratch, 16) * 16;
    each_task(call, a.n * plan.bands, conv_work(a, 1), [&](int64_t task, int worker) {
        int64_t image = task / plan.bands, first = task % plan.bands * plan.rows, rows = smaller(plan.rows, a.oh - first);
        float *own = scratch + worker * per_thread, *tile = own + plan.planes;
        const float* planes = make_planes(a, plan, x + image * a.h * a.w * a.c, first, rows, own);
        int64_t at = (image * a.oh + first) * a.ow * a.co, positions = (rows - 1) * plan.pitch + a.ow;
        for (int64_t p = 0; p < positions; p += kColumns) {
            int64_t columns = smaller(kColumns, positions - p);
            const int64_t top = p / plan.pitch, bottom = (p + columns - 1) / plan.pitch;
            narrow_tile(a, plan, planes + p, columns, rows_met(a, first + top, bottom - top + 1), packed, bias, tile);
            store_tile(a, plan.pitch, tile, p, columns, mask != nullptr ? mask + at : nullptr, y + at);
        }
    });
}

}  // namespace simplecell::SC_ISA
