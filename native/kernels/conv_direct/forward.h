// How a band of outputs becomes blocks of the microkernel. Included by generic.h.
//
// With zoom, outputs fall into phases: those of one phase meet the stored cells with the same taps, and the taps that
// would meet zeros are left out. Without zoom there is one phase, and all taps.
#pragma once

#include "kernels/conv_direct/band.h"
#include "kernels/block/block.h"

namespace simplecell::SC_ISA {
namespace {

inline int64_t gcd(int64_t a, int64_t b) { return b == 0 ? a : gcd(b, a % b); }

// Along one axis: the outputs first, first + period, ... and the taps tap, tap + tap_step, ... they use.
struct Phase {
    int64_t first, period, outputs;
    int64_t cell, cell_step;          // stored cell under the first tap of the first output; from output to output
    int64_t tap, tap_step, taps, gap; // gap: stored cells from tap to tap
};

inline int64_t phase_count(const ConvAxis& axis) { return axis.zoom / gcd(axis.step, axis.zoom); }

// Phase `index` of the outputs [begin, begin + outputs) of an axis with `taps` taps, `gap` zoomed cells apart.
inline Phase phase_at(const ConvAxis& axis, int64_t begin, int64_t outputs, int64_t taps, int64_t gap, int64_t index) {
    int64_t period = phase_count(axis), tap_step = axis.zoom / gcd(gap, axis.zoom);
    Phase p{begin + index, period, index < outputs ? divide_up(outputs - index, period) : 0, 0, axis.step * period / axis.zoom,
            0, tap_step, 0, gap * tap_step / axis.zoom};
    int64_t start = p.first * axis.step - axis.before;
    while (p.tap < tap_step && (start + p.tap * gap) % axis.zoom != 0) ++p.tap;
    if (p.tap < tap_step && p.tap < taps) {
        p.taps = divide_up(taps - p.tap, tap_step);
        p.cell = (start + p.tap * gap) / axis.zoom;
    }
    return p;
}

// A panel of packed weights: the output channels of one group it holds.
struct Panel {
    int64_t group, first, columns;  // first counts over all groups
};

inline Panel panel_at(int64_t index, int64_t co, int64_t groups) {
    if (groups == 1) return {0, index * kColumns, smaller(kColumns, co - index * kColumns)};  // most often, and divisions are slow
    int64_t per_group = co / groups, panels = divide_up(per_group, kColumns);
    int64_t group = index / panels, first = index % panels * kColumns;
    return {group, group * per_group + first, smaller(kColumns, per_group - first)};
}

struct Forward {
    const ConvForwardArgs& a;
    const float *packed, *bias, *add, *mask;
    float* y;

    int64_t panel_floats() const { return a.kh * a.kw * (a.c / a.groups) * kColumns; }

    // k of a window: with one group and taps side by side a filter's row is one run of kw*c floats.
    Sum window(const Phase& down, const Phase& across, int64_t pitch) const {
        int64_t channels = a.c / a.groups, floats = channels * kColumns;
        bool merged = a.groups == 1 && across.tap_step == 1 && across.gap == 1;
        Sum sum{.outer = down.taps, .inner = merged ? 1 : across.taps, .length = merged ? across.taps * channels : channels};
        sum.a_outer = down.gap * pitch;
        sum.a_inner = across.gap * a.c;
        sum.b_outer = down.tap_step * a.kw * floats;
        sum.b_inner = across.tap_step * floats;
        sum.b_panel = panel_floats();
        if (across.taps == 0) sum.outer = 0;
        return sum;
    }

    // The outputs of one phase, y's pixels counted from `origin`, for panels [begin, end).
    void phase(const Band& band, const Phase& down, const Phase& across, int64_t origin, int64_t begin, int64_t end) const {
        const int64_t total = down.outputs * across.outputs;
        if (total == 0) return;
        const int64_t step = even_rows(total), tap = (down.tap * a.kw + across.tap) * (a.c / a.groups) * kColumns;
        const Sum sum = window(down, across, band.pitch);
        const float* at = band.at;
        if (sum.outer > 0) at += (down.cell - band.row) * band.pitch + (across.cell - band.column) * a.c;
        // Pixels that lie one behind the other: the first block of channels fetches those of the next rows, a line with each
        // of its k, which twice kLanes pixels have.
        constexpr int64_t kAhead = 2 * kLanes;
        const bool line = a.kh * a.kw * a.groups == 1 && sum.outer == 1 && down.outputs == 1 && across.cell_step == 1;
        const int64_t next_a = across.cell_step * a.c, next_c = across.period * a.co;
        int64_t i = 0, j = 0, cell = 0, place = 0;  // of the next output: its window in x and itself in y
        for (int64_t done = 0; done < total; done += step) {
            const int64_t count = smaller(step, total - done);
            Rows rows;
            for (int64_t r = 0; r < count; ++r, ++j, cell += next_a, place += next_c) {
                if (j == across.outputs) {
                    j = 0;
                    ++i;
                }
                if (j == 0) {
                    cell = i * down.cell_step * band.pitch;
                    place = (origin + (down.first + i * down.period) * a.ow + across.first) * a.co;
                }
                rows.a[r] = cell;
                rows.c[r] = place;
            }
            const float* ahead = line && done + step + kAhead <= total ? at + (done + step) * a.c : nullptr;
            for (int64_t index = begin; index < end; ahead = nullptr) {
                index += block(sum, rows, count, at, tap, index, end, done / step, ahead);
            }
        }
    }

    // A panel, or two of one group side by side; returns how many. While the first two blocks of rows (`part` 0 and 1) pass
    // over two panels, the two behind these are fetched, and otherwise what lies `ahead`.
    int64_t block(const Sum& sum, const Rows& rows, int64_t count, const float* at, int64_t tap, int64_t index, int64_t end,
                  int64_t part, const float* ahead) const {
        Panel p = panel_at(index, a.co, a.groups);
        const Panel next = index + 1 < end ? panel_at(index + 1, a.co, a.groups) : Panel{-1, 0, 0};
        const bool pair = next.group == p.group && paired(next.columns);
        if (pair) p.columns += next.columns;
        Tile tile{rows, at + p.group * (a.c / a.groups), packed + index * panel_floats() + tap, y + p.first, p.columns,
                  bias != nullptr ? Start::bias : Start::zero};
        if (bias != nullptr) tile.bias = bias + p.first;
        if (add != nullptr) tile.add = add + p.first;
        if (mask != nullptr) tile.mask = mask + p.first;
        tile.relu = a.relu;
        if (part < 2 && (index + 4) * kColumns <= a.co) tile.next = packed + (index + 2 + part) * panel_floats();
        else tile.next = ahead;
        if (pair) run_pair(count, sum, tile);
        else run_block<Form::deep>(count, sum, tile);
        return pair ? 2 : 1;
    }
};

}  // namespace
}  // namespace simplecell::SC_ISA
