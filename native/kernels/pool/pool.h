// Arguments of the pool family. The contract is in contract.md.
#pragma once

#include <cstdint>

namespace simplecell {

struct MaxPoolArgs {
    int64_t n, h, w, c, oh, ow, kh, kw, sh, sw, dh, dw, top, left;
};

struct AvgPoolArgs {
    int64_t n, h, w, c, oh, ow, kh, kw, sh, sw, top, left, bottom, right, count_pad;
};

struct AdaptivePoolArgs {
    int64_t n, h, w, c, oh, ow;
};

namespace {

// The cells [begin, end) of region i where `size` cells are cut into `regions`; they may overlap or repeat.
struct Region {
    int64_t begin, end;
    int64_t count() const { return end - begin; }
};

inline Region region_at(int64_t i, int64_t size, int64_t regions) {
    return {i * size / regions, ((i + 1) * size + regions - 1) / regions};
}

// The taps [begin, end) of a window of `size` taps, `gap` apart and the first at `start`, that lie inside [low, high).
struct Taps {
    int64_t begin, end;
    int64_t count() const { return end > begin ? end - begin : 0; }
};

inline Taps taps_inside(int64_t start, int64_t size, int64_t gap, int64_t low, int64_t high) {
    int64_t begin = start < low ? (low - start + gap - 1) / gap : 0;
    int64_t end = start < high ? (high - start + gap - 1) / gap : 0;
    return {begin, end < size ? end : size};
}

// The outputs [begin, end) of `outputs`, `step` apart, whose windows of `reach` + 1 cells cover the cell at
// `position`, counted from the first window's first cell.
inline Taps outputs_over(int64_t position, int64_t reach, int64_t step, int64_t outputs) {
    int64_t low = position - reach;
    int64_t begin = low > 0 ? (low + step - 1) / step : 0;
    int64_t end = position >= 0 ? position / step + 1 : 0;
    return {begin, end < outputs ? end : outputs};
}

// The number of cells an average divides by: those of the window inside the image, or inside image and padding.
inline int64_t divisor(const AvgPoolArgs& a, int64_t i, int64_t j) {
    bool pad = a.count_pad != 0;
    int64_t v = i * a.sh - a.top, u = j * a.sw - a.left;
    Taps rows = taps_inside(v, a.kh, 1, pad ? -a.top : 0, pad ? a.h + a.bottom : a.h);
    Taps columns = taps_inside(u, a.kw, 1, pad ? -a.left : 0, pad ? a.w + a.right : a.w);
    return rows.count() * columns.count();
}

// Whether the windows lie side by side, inside the image, without gaps: then a cell has one window at the most.
template <class Args>
inline bool side_by_side(const Args& a) {
    return a.kh == a.sh && a.kw == a.sw && a.top == 0 && a.left == 0 && a.oh * a.sh <= a.h && a.ow * a.sw <= a.w;
}

}  // namespace
}  // namespace simplecell
