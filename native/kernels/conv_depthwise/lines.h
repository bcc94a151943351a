// Sums of taps for rows of cells, forward and backward alike. Included by generic.h.
//
// An axis is a line of results; result r sums, over taps t, cells cell + r*cell_step + t*tap_step of the axis it reads,
// where they lie inside. Forward has one line; backward has one for each remainder of a place by the step, since results
// of the same remainder are reached by the same taps.
#pragma once

#include "kernels/conv_depthwise/depthwise.h"
#include "kernels/lanes.h"

namespace simplecell::SC_ISA {
namespace {

struct Span {
    int64_t begin, end;
};

inline int64_t floor_part(int64_t a, int64_t b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }

struct Line {
    int64_t results, place, place_step;      // result r lies at place + r*place_step
    int64_t taps, weight, weight_step;       // tap t uses the filter's row (column) weight + t*weight_step
    int64_t cell, cell_step, tap_step, size;

    // The taps of result r whose cells exist.
    Span taps_of(int64_t r) const {
        if (taps == 0) return {0, 0};
        int64_t low = cell + r * cell_step, step = tap_step;
        if (step < 0) {  // seen from the other end
            low = size - 1 - low;
            step = -step;
        }
        int64_t begin = low < 0 ? divide_up(-low, step) : 0, end = low < size ? divide_up(size - low, step) : 0;
        end = smaller(end, taps);
        return {begin, larger(begin, end)};
    }
    // The results all of whose taps exist.
    Span whole() const {
        if (taps == 0) return {0, results};
        int64_t reach = (taps - 1) * tap_step, low = cell + smaller(0, reach), high = cell + larger(0, reach);
        int64_t begin = smaller(results, larger(0, -floor_part(low, cell_step)));
        return {begin, larger(begin, smaller(results, floor_part(size - 1 - high, cell_step) + 1))};
    }
};

inline Line forward_line(int64_t size, int64_t outputs, int64_t taps, int64_t step, int64_t gap, int64_t before) {
    return {outputs, 0, 1, taps, 0, 1, -before, step, gap, size};
}

inline int64_t common_divisor(int64_t a, int64_t b) { return b == 0 ? a : common_divisor(b, a % b); }

// The cells remainder, remainder + step, ... as they collect from the outputs.
inline Line backward_line(int64_t size, int64_t outputs, int64_t taps, int64_t step, int64_t gap, int64_t before, int64_t remainder) {
    Line line{remainder < size ? divide_up(size - remainder, step) : 0, remainder, step, 0, 0, step / common_divisor(gap, step), 0, 1, 0, outputs};
    while (line.weight < line.weight_step && (remainder + before - line.weight * gap) % step != 0) ++line.weight;
    if (line.weight < line.weight_step && line.weight < taps) {
        line.taps = divide_up(taps - line.weight, line.weight_step);
        line.cell = (remainder + before - line.weight * gap) / step;
        line.tap_step = -gap * line.weight_step / step;
    }
    return line;
}

SC_INLINE Vec load_strided(const float* p, int64_t stride, int64_t n) {
    float lane[kLanes] = {};
    for (int64_t i = 0; i < n; ++i) lane[i] = p[i * stride];
    return load(lane);
}

SC_INLINE void store_strided(float* p, int64_t stride, Vec v, int64_t n) {
    float lane[kLanes];
    store(lane, v);
    for (int64_t i = 0; i < n; ++i) p[i * stride] = lane[i];
}

// Taps of a block of results: how the read image and the filters are walked.
struct Walk {
    int64_t rows, columns;          // taps
    int64_t x_row, x_column;        // from tap to tap
    int64_t w_row, w_column;
    int64_t x_step;                 // from result to result
    int64_t lanes;                  // from lane to lane of x
    int64_t repeats;                // filters that are summed up: one forward, a channel's all backward
    int64_t x_repeat, w_repeat;     // from filter to filter
};

constexpr int kCells = 8;  // results of a block, one accumulator each

// Adds the taps of kCount results to their sums, which stay in registers.
template <int kCount, bool kFull, bool kStrided>
SC_INLINE void add_taps(const Walk& walk, const float* x, const float* w, int64_t n, Vec (&sums)[kCount]) {
    for (int64_t row = 0; row < walk.rows; ++row) {
        const float *from = x + row * walk.x_row, *filter = w + row * walk.w_row;
        for (int64_t column = 0; column < walk.columns; ++column) {
            Vec weight = kFull ? load(filter) : load_n(filter, n);
#pragma GCC unroll 8
            for (int i = 0; i < kCount; ++i) {
                const float* cell = from + i * walk.x_step;
                Vec v = kStrided ? load_strided(cell, walk.lanes, n) : kFull ? load(cell) : load_n(cell, n);
                sums[i] = fma(v, weight, sums[i]);
            }
            from += walk.x_column;
            filter += walk.w_column;
        }
    }
}

// The sums of kCount neighbouring results, which begin at `start`, go to put(result, sum).
template <int kCount, bool kFull, bool kStrided, class Put>
SC_INLINE void results(const Walk& walk, const float* x, const float* w, int64_t n, Vec start, const Put& put) {
    Vec sums[kCount];
#pragma GCC unroll 8
    for (int i = 0; i < kCount; ++i) sums[i] = start;
    for (int64_t q = 0; q < walk.repeats; ++q) add_taps<kCount, kFull, kStrided>(walk, x + q * walk.x_repeat, w + q * walk.w_repeat, n, sums);
#pragma GCC unroll 8
    for (int i = 0; i < kCount; ++i) put(i, sums[i]);
}

// `count` results: eight at once, four, or one after the other.
template <class Put>
SC_INLINE void each_result(const Walk& walk, const float* x, const float* w, int64_t n, int64_t count, Vec start, const Put& put) {
    const bool full = walk.lanes == 1 && n == kLanes;
    if (count == kCells && full) return results<kCells, true, false>(walk, x, w, n, start, put);
    if (count == kCells && walk.lanes == 1) return results<kCells, false, false>(walk, x, w, n, start, put);
    int64_t done = 0;
    for (; full && done + kCells / 2 <= count; done += kCells / 2) {
        const float* from = x + done * walk.x_step;
        results<kCells / 2, true, false>(walk, from, w, n, start, [&](int64_t i, Vec v) { put(done + i, v); });
    }
    for (; done < count; ++done) {
        const float* from = x + done * walk.x_step;
        auto one = [&](int64_t, Vec v) { put(done, v); };
        if (walk.lanes > 1) results<1, false, true>(walk, from, w, n, start, one);
        else if (full) results<1, true, false>(walk, from, w, n, start, one);
        else results<1, false, false>(walk, from, w, n, start, one);
    }
}

// The image that is read, (rows, columns, channels), and the filters packed[q][ky][kx][ch].
struct Source {
    const float *x, *packed;
    int64_t width, channels, lanes;  // channels of a pixel; lanes: from one filter channel's value to the next's
    int64_t kh, kw, c;

    Walk walk(const Line& down, const Line& across, Span rows, Span columns) const {
        return {rows.end - rows.begin, columns.end - columns.begin, down.tap_step * width * channels, across.tap_step * channels,
                down.weight_step * kw * c, across.weight_step * c, across.cell_step * channels, lanes, lanes, 1, kh * kw * c};
    }
    const float* first_cell(const Line& down, const Line& across, Span rows, Span columns, int64_t r, int64_t q) const {
        int64_t v = down.cell + r * down.cell_step + rows.begin * down.tap_step;
        int64_t u = across.cell + q * across.cell_step + columns.begin * across.tap_step;
        return x + (v * width + u) * channels;
    }
    const float* first_weight(const Line& down, const Line& across, Span rows, Span columns) const {
        int64_t ky = down.weight + rows.begin * down.weight_step, kx = across.weight + columns.begin * across.weight_step;
        return packed + (ky * kw + kx) * c;
    }
};

// body(first result along the row, how many, the taps' columns that exist) covers the results of a row.
template <class Body>
SC_INLINE void each_stretch(const Line& across, const Body& body) {
    const Span whole = across.whole(), all = {0, across.taps};
    for (int64_t q = 0; q < whole.begin; ++q) body(q, int64_t{1}, across.taps_of(q));
    int64_t q = whole.begin;
    for (; q + kCells <= whole.end; q += kCells) body(q, int64_t{kCells}, all);
    if (q < whole.end) body(q, whole.end - q, all);
    for (q = whole.end; q < across.results; ++q) body(q, int64_t{1}, across.taps_of(q));
}

}  // namespace
}  // namespace simplecell::SC_ISA
