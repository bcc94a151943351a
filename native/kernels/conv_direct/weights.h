// The gradient of the weights: dw[ky][kx][ci][o] = sum over pixels of x[pixel's tap][ci] * dy[pixel][o]. Rows of the
// microkernel are (kx, ci), columns are output channels, k runs over pixels. Included by generic.h.
#pragma once

#include "kernels/conv_direct/band.h"
#include "kernels/block/block.h"

namespace simplecell::SC_ISA {
namespace {

// A strip of a partial gradient, (group, panel, ky, kx or all of a row): `height` rows of `columns`.
struct Strip {
    int64_t a_offset, group_first, first, columns, row, height;
};

inline Strip strip_at(const ConvWeightsArgs& a, const WeightsPlan& plan, int64_t index, int64_t pitch) {
    int64_t ci = a.c / a.groups, co = a.co / a.groups;
    int64_t panels = divide_up(co, kStripColumns), across = plan.merged ? 1 : a.kw;
    int64_t kx = index % across, ky = index / across % a.kh, panel = index / across / a.kh % panels;
    int64_t group = index / across / a.kh / panels;
    int64_t first = panel * kStripColumns, row = ((group * a.kh + ky) * a.kw + kx) * ci;
    return {.a_offset = ky * a.dh * pitch + kx * a.dw * a.c + group * ci,
            .group_first = group * co,
            .first = first,
            .columns = smaller(kStripColumns, co - first),
            .row = row,
            .height = plan.merged ? a.kw * ci : ci};
}

// Adds (or, at first, stores) one unit's products to a strip.
inline void add_strip(const ConvWeightsArgs& a, const Strip& s, const Band& band, int64_t rows, const float* dy,
                      float* partial, bool start) {
    const int64_t co = a.co / a.groups, step = even_rows(s.height);
    const Rows table(1, co);
    Sum sum{.outer = rows, .length = a.ow, .a_outer = a.sh * band.pitch, .a_k = a.sw * a.c};
    sum.b_outer = a.ow * a.co;
    sum.b_k = a.co;
    for (int64_t j = 0; j < s.columns; j += kColumns) {
        int64_t columns = smaller(kColumns, s.columns - j);
        for (int64_t m = 0; m < s.height; m += step) {
            Tile tile{table, band.at + s.a_offset + m, dy + s.group_first + s.first + j, partial + (s.row + m) * co + s.first + j, columns,
                      start ? Start::zero : Start::c};
            int64_t height = smaller(step, s.height - m);
            if (columns % kLanes == 0) run_block<Form::wide>(height, sum, tile);
            else run_block<Form::wide_edge>(height, sum, tile);
        }
    }
}

inline void add_bias(const float* dy, int64_t pixels, int64_t co, float* partial, bool start) {
    for (int64_t j = 0; j < co; j += kLanes) {
        int64_t n = smaller(kLanes, co - j);
        Vec sum = start ? zero() : load_n(partial + j, n);
        int64_t p = 0;
        for (; p + 4 <= pixels; p += 4) {  // four at a time: a single chain of sums waits for each of its links
            const float* at = dy + p * co + j;
            Vec low = add(load_n(at, n), load_n(at + co, n)), high = add(load_n(at + 2 * co, n), load_n(at + 3 * co, n));
            sum = add(sum, add(low, high));
        }
        for (; p < pixels; ++p) sum = add(sum, load_n(dy + p * co + j, n));
        store_n(partial + j, sum, n);
    }
}

// dw (OIHW) = the partial gradients, added in order, of `lanes` output channels of one group from `first` on. A joined
// pixel p stands p*sw taps further on, co channels further up.
inline void gather(const ConvWeightsArgs& a, const WeightsPlan& plan, const float* partials, int64_t group, int64_t first,
                   int64_t lanes, float* dw) {
    constexpr int64_t kTile = 64, kAhead = 12;
    const int64_t ci = a.c / a.groups, co = a.co / a.groups, taps = a.kh * a.kw, size = ci * taps;
    const int64_t wide = a.kw + (plan.pixels - 1) * a.sw, pitch = co * plan.pixels, next = a.sw * ci * pitch + co;
    float tile[kTile][kLanes];
    auto cell = [&](int64_t e) {
        int64_t ky = e % taps / a.kw, kx = e % a.kw;
        return partials + (((group * a.kh + ky) * wide + kx) * ci + e / taps) * pitch + first;
    };
    for (int64_t e = 0; e < size; e += kTile) {
        int64_t count = smaller(kTile, size - e);
        for (int64_t i = 0; i < count; ++i) {
            const float* from = cell(e + i);
            __builtin_prefetch(cell(smaller(size - 1, e + i + kAhead)));  // taps lie far apart: no hardware foresees them
            Vec sum = load_n(from, lanes);
            for (int64_t part = 1; part < plan.chunks * plan.pixels; ++part) {
                const float* more = from + part / plan.pixels * plan.partial + part % plan.pixels * next;
                sum = add(sum, load_n(more, lanes));
            }
            store(tile[i], sum);
        }
        for (int64_t lane = 0; lane < lanes; ++lane) {
            float* to = dw + (group * co + first + lane) * size + e;
            for (int64_t i = 0; i < count; ++i) to[i] = tile[i][lane];
        }
    }
}

// Sums the units of each chunk into the chunk's partial gradient.
inline void sum_chunks(const Call& call, const ConvWeightsArgs& a, const WeightsPlan& plan, float* partials, double work) {
    const float *x = operand<const float>(call, 0), *dy = operand<const float>(call, 1);
    const bool bias = operand(call, 3) != nullptr;
    const ConvInput in = conv_input(a, 1, 1);
    const int64_t per_thread = divide_up(plan.scratch, 16) * 16, tasks = plan.strip_tasks();
    float* scratch = partials + plan.chunks * plan.partial;
    each_task(call, plan.chunks * tasks, work, [&](int64_t task, int worker) {
        int64_t chunk = task / tasks, begin = task % tasks * plan.strip_step;
        int64_t end = smaller(plan.strips, begin + plan.strip_step), first_unit = chunk * plan.chunk_units;
        float* partial = partials + chunk * plan.partial;
        for (int64_t unit = first_unit; unit < smaller(a.n * plan.bands, first_unit + plan.chunk_units); ++unit) {
            int64_t image = unit / plan.bands, row = unit % plan.bands * plan.rows, rows = smaller(plan.rows, a.oh - row);
            const Picture picture{x + image * a.h * a.w * a.c, a.h, a.w, a.c, false};
            Band band = make_band(in, picture, row, rows, a.ow, plan.in_place, scratch + worker * per_thread);
            band.at += (row * a.sh - a.top - band.row) * band.pitch + (-a.left - band.column) * a.c;  // the first tap
            const float* at = dy + (image * a.oh + row) * a.ow * a.co;
            for (int64_t strip = begin; strip < end; ++strip) {
                add_strip(a, strip_at(a, plan, strip, band.pitch), band, rows, at, partial, unit == first_unit);
            }
            if (bias && begin == 0) add_bias(at, rows * a.ow, a.co, partial + plan.partial - a.co, unit == first_unit);
        }
    });
}

}  // namespace
}  // namespace simplecell::SC_ISA
