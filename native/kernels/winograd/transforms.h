// The transforms along one axis, over vectors of channels, and the tiles they work on. Included by generic.h.
#pragma once

#include "kernels/lanes.h"
#include "kernels/winograd/winograd.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {
namespace {

constexpr int kPlaces = winograd::kPlaces;
constexpr int64_t kColumns = kBlock.nr;
static_assert(kColumns == 2 * kLanes);

// v = B^T d: six input values to six places.
SC_INLINE void input_line(const Vec* d, Vec* v) {
    using namespace winograd;
    const Vec p = set1(kP), q = set1(kQ), minus_p2 = set1(-kP2), minus_q2 = set1(-kQ2), minus_sum = set1(-(kP2 + kQ2));
    Vec even_p = fma(minus_q2, d[2], d[4]), odd_p = fma(minus_q2, d[1], d[3]);
    Vec even_q = fma(minus_p2, d[2], d[4]), odd_q = fma(minus_p2, d[1], d[3]);
    v[0] = fma(minus_sum, d[2], add(d[0], d[4]));
    v[1] = fma(p, odd_p, even_p);
    v[2] = fma(set1(-kP), odd_p, even_p);
    v[3] = fma(q, odd_q, even_q);
    v[4] = fma(set1(-kQ), odd_q, even_q);
    v[5] = fma(minus_sum, d[3], add(d[1], d[5]));
}

// y = A^T m: six places to four outputs.
SC_INLINE void output_line(const Vec* m, Vec* y) {
    using namespace winograd;
    Vec sum_p = add(m[1], m[2]), less_p = sub(m[1], m[2]), sum_q = add(m[3], m[4]), less_q = sub(m[3], m[4]);
    y[0] = add(add(m[0], sum_p), sum_q);
    y[1] = fma(set1(kP), less_p, mul(set1(kQ), less_q));
    y[2] = fma(set1(kP2), sum_p, mul(set1(kQ2), sum_q));
    y[3] = fma(set1(kP * kP2), less_p, fma(set1(kQ * kQ2), less_q, m[5]));
}

// d' = A dy: four gradients of outputs to six places.
SC_INLINE void gradient_line(const Vec* dy, Vec* d) {
    using namespace winograd;
    Vec even_p = fma(set1(kP2), dy[2], dy[0]), odd_p = fma(set1(kP2), dy[3], dy[1]);
    Vec even_q = fma(set1(kQ2), dy[2], dy[0]), odd_q = fma(set1(kQ2), dy[3], dy[1]);
    d[0] = dy[0];
    d[1] = fma(set1(kP), odd_p, even_p);
    d[2] = fma(set1(-kP), odd_p, even_p);
    d[3] = fma(set1(kQ), odd_q, even_q);
    d[4] = fma(set1(-kQ), odd_q, even_q);
    d[5] = dy[3];
}

// dw = G^T s: six places to three taps.
SC_INLINE void taps_line(const Vec* s, Vec* dw) {
    using namespace winograd;
    Vec sum_p = add(s[1], s[2]), less_p = sub(s[1], s[2]), sum_q = add(s[3], s[4]), less_q = sub(s[3], s[4]);
    dw[0] = fma(set1(kScaleP), sum_p, fma(set1(kScaleQ), sum_q, s[0]));
    dw[1] = fma(set1(kScaleP * kP), less_p, mul(set1(kScaleQ * kQ), less_q));
    dw[2] = fma(set1(kScaleP * kP2), sum_p, fma(set1(kScaleQ * kQ2), sum_q, s[5]));
}

// One tile: its image, and the first row and column of its outputs.
struct TileAt {
    int64_t image, row, column;
};

inline TileAt tile_at(const WinogradTiles& t, int64_t index) {
    int64_t in_image = index % (t.down * t.across);
    return {index / (t.down * t.across), in_image / t.across * winograd::kOutputs, in_image % t.across * winograd::kOutputs};
}

// A square of cells of an image of h x w pixels with c channels, some of which may lie outside.
struct Patch {
    const float* rows[winograd::kInputs];  // of the image; null outside
    int64_t first, step;                   // floats to the first column, and from one to the next
    int64_t begin, end;                    // of the columns inside
    bool whole;

    Patch(const float* image, int64_t h, int64_t w, int64_t c, int64_t row, int64_t column, int size) {
        whole = row >= 0 && column >= 0 && row + size <= h && column + size <= w;
        begin = smaller(size, larger(0, -column));
        end = larger(begin, smaller(size, w - column));
        first = column * c;
        step = c;
        for (int i = 0; i < size; ++i) rows[i] = row + i >= 0 && row + i < h ? image + (row + i) * w * c : nullptr;
    }
};

template <bool kWhole>
SC_INLINE Vec load_cell(const float* row, int64_t at, int64_t lanes) {
    if (kWhole) return load(row + at);
    return row == nullptr ? zero() : load_upto(row + at, lanes);
}

// Patches of x become V, patches of dy become the D of the weights' gradient.
template <int kSize>
SC_INLINE void patch_line(const Vec* d, Vec* v) {
    if constexpr (kSize == winograd::kInputs) input_line(d, v);
    else gradient_line(d, v);
}

// One tile and one vector of channels at the 36 places, `pitch` floats apart.
template <int kSize, bool kWhole>
inline void transform_patch(const Patch& patch, int64_t channel, int64_t lanes, int64_t ahead, float* to, int64_t pitch) {
    constexpr int n = winograd::kInputs;
    Vec half[n][kSize];
#pragma GCC unroll 6
    for (int j = 0; j < kSize; ++j) {
        const int64_t at = patch.first + j * patch.step + channel;
        Vec d[kSize], v[n];
        if (!kWhole && (j < patch.begin || j >= patch.end)) {
#pragma GCC unroll 6
            for (int i = 0; i < n; ++i) half[i][j] = zero();
            continue;
        }
#pragma GCC unroll 6
        for (int i = 0; i < kSize; ++i) d[i] = load_cell<kWhole>(patch.rows[i], at, lanes);
        if (kWhole && j >= kSize - winograd::kOutputs) {  // cells of the tile to the right
#pragma GCC unroll 6
            for (int i = 0; i < kSize; ++i) __builtin_prefetch(patch.rows[i] + at + ahead);
        }
        patch_line<kSize>(d, v);
#pragma GCC unroll 6
        for (int i = 0; i < n; ++i) half[i][j] = v[i];
    }
#pragma GCC unroll 6
    for (int i = 0; i < n; ++i) {
        Vec v[n];
        patch_line<kSize>(half[i], v);
#pragma GCC unroll 6
        for (int j = 0; j < n; ++j) store(to + (i * n + j) * pitch, v[j]);
    }
}

// Where images lie: n of h x w pixels with c channels.
struct Images {
    const float* at;
    int64_t h, w, c;
};

// The kSize x kSize cells from (tile.row - top, tile.column - left) on of a panel of tiles, all channels of the chunks
// [begin, end): to[chunk][36][rows][lanes].
template <int kSize>
inline void transform_panel(const Images& from, const WinogradTiles& tiles, int64_t block, int64_t panel, int64_t top, int64_t left,
                            int64_t begin, int64_t end, float* to) {
    const int64_t pitch = tiles.rows * kLanes;
    for (int64_t r = 0; r < tiles.rows_of(block, panel); ++r) {
        const TileAt tile = tile_at(tiles, tiles.first_of(block, panel) + r);
        const float* image = from.at + tile.image * from.h * from.w * from.c;
        const Patch patch(image, from.h, from.w, from.c, tile.row - top, tile.column - left, kSize);
        for (int64_t chunk = begin; chunk < end; ++chunk) {
            int64_t channel = chunk * kLanes, lanes = smaller(kLanes, from.c - channel), ahead = winograd::kOutputs * from.c;
            float* at = to + chunk * kPlaces * pitch + r * kLanes;
            if (patch.whole && lanes == kLanes) transform_patch<kSize, true>(patch, channel, lanes, ahead, at, pitch);
            else transform_patch<kSize, false>(patch, channel, lanes, 0, at, pitch);
        }
    }
}

// What is done to a tile's outputs on the way to y.
struct Finish {
    const float *bias, *add, *mask;  // null where absent
    float* y;
    int64_t h, w, c;          // of y
    Rectifier rectifier;
};

// The outputs of one tile and one vector of filters, from 36 places `pitch` floats apart.
inline void transform_output(const float* m, int64_t pitch, const TileAt& tile, int64_t channel, int64_t lanes, const Finish& f) {
    constexpr int n = winograd::kInputs, outputs = winograd::kOutputs;
    const int64_t rows = smaller(outputs, f.h - tile.row), columns = smaller(outputs, f.w - tile.column);
    const int64_t origin = ((tile.image * f.h + tile.row) * f.w + tile.column) * f.c + channel;
    for (int64_t i = 0; i < rows; ++i) {
        for (int64_t j = 0; j < columns; ++j) __builtin_prefetch(f.y + origin + (i * f.w + j) * f.c, 1);
    }
    Vec half[outputs][n];
#pragma GCC unroll 6
    for (int j = 0; j < n; ++j) {
        Vec places[n], out[outputs];
#pragma GCC unroll 6
        for (int i = 0; i < n; ++i) places[i] = load(m + (i * n + j) * pitch);
        output_line(places, out);
#pragma GCC unroll 4
        for (int i = 0; i < outputs; ++i) half[i][j] = out[i];
    }
    const Vec bias = f.bias != nullptr ? load_n(f.bias + channel, lanes) : zero();
#pragma GCC unroll 4
    for (int i = 0; i < outputs; ++i) {
        Vec out[outputs];
        output_line(half[i], out);
        if (i >= rows) return;
#pragma GCC unroll 4
        for (int j = 0; j < outputs; ++j) {
            if (j >= columns) break;
            int64_t at = origin + (i * f.w + j) * f.c;
            Vec v = add(out[j], bias);
            if (f.add != nullptr) v = add(v, load_upto(f.add + at, lanes));
            v = f.rectifier.of(v);
            if (f.mask != nullptr) v = select(less(zero(), load_upto(f.mask + at, lanes)), v, zero());
            store_upto(f.y + at, v, lanes);
        }
    }
}

}  // namespace
}  // namespace simplecell::SC_ISA
