// The microkernel that every product of matrices here goes through. contract.md draws its operands.
//
//   C[r][j] = start + sum_k A[r, k] * B[k, j]        r < MR rows, j < columns <= NV vectors
//
// A block has few rows and two panels of B side by side where registers allow, since it then loads least for each
// multiply-add, and otherwise many rows and one panel.
//
// Each output is one accumulator in a register and its terms are added with k ascending, so a result depends
// neither on MR nor on how the loops around the block are cut: rows, columns and k may be split anywhere (a
// split of k stores the accumulator to C and starts from it again).
#pragma once

#include <cstdint>

#include "kernels/lanes.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {
namespace {

constexpr int kRows = kBlock.mr;
constexpr int kColumns = kBlock.nr;
static_assert(kColumns == 2 * kLanes);
constexpr int kPairRows = kLanes == 16 ? 7 : 0;  // the most rows of a block of two panels, four vectors: 7*4 + 4 registers

// How A lies: `deep`, consecutive k are neighbours (stride 1) and rows start where a table says; `wide`, rows are
// neighbours and consecutive k are a_k apart. `wide_edge`: wide, and B's last vector has fewer than kLanes columns
// in memory (a packed B always has all).
enum class Form { deep, wide, wide_edge };

// k runs over outer x inner x length, in this order; strides are in floats.
struct Sum {
    int64_t outer = 1, inner = 1, length;
    int64_t a_outer = 0, a_inner = 0, a_k = 1;
    int64_t b_outer = 0, b_inner = 0, b_k = kColumns;
    int64_t b_panel = 0;  // from a panel of B to the next
};

enum class Start { zero, bias, c };

// Where each row of a block starts, in floats from the tile's a and c.
struct Rows {
    int64_t a[kRows], c[kRows];

    Rows() = default;
    Rows(int64_t a_row, int64_t c_row) {
        for (int r = 0; r < kRows; ++r) {
            a[r] = r * a_row;
            c[r] = r * c_row;
        }
    }
};

struct Tile {
    const Rows& rows;
    const float* a;
    const float* b;
    float* c;
    int64_t columns;
    Start start;
    const float* bias = nullptr;  // of the tile's columns
    const float* add = nullptr;   // laid out as c; added after the sum
    const float* mask = nullptr;  // laid out as c; where it is not above zero the result is zero
    int64_t relu = 0;             // see rectified()
    int64_t row = 0;              // the first of `rows` that the block has
};

using BlockFn = void (*)(const Sum&, const Tile&);

template <int NV>
SC_INLINE void load_columns(Vec* v, const float* p, int64_t columns) {
#pragma GCC unroll 4
    for (int j = 0; j < NV - 1; ++j) v[j] = load(p + j * kLanes);
    int64_t rest = columns - (NV - 1) * kLanes;
    v[NV - 1] = rest == kLanes ? load(p + (NV - 1) * kLanes) : load_n(p + (NV - 1) * kLanes, rest);
}

template <int MR, int NV>
SC_INLINE void begin_block(Vec (*acc)[NV], const Tile& t) {
    if (t.start == Start::c) {
#pragma GCC unroll 16
        for (int r = 0; r < MR; ++r) load_columns<NV>(acc[r], t.c + t.rows.c[t.row + r], t.columns);
        return;
    }
    // The lines of C are on their way while the sum is computed; stores that miss would be waited for one by one.
#pragma GCC unroll 16
    for (int r = 0; r < MR; ++r) {
#pragma GCC unroll 4
        for (int j = 0; j < NV; ++j) {
            __builtin_prefetch(t.c + t.rows.c[t.row + r] + j * kLanes, 1);
            if (t.add != nullptr) __builtin_prefetch(t.add + t.rows.c[t.row + r] + j * kLanes);
            if (t.mask != nullptr) __builtin_prefetch(t.mask + t.rows.c[t.row + r] + j * kLanes);
        }
    }
    Vec first[NV];
    for (int j = 0; j < NV; ++j) first[j] = zero();
    if (t.start == Start::bias) load_columns<NV>(first, t.bias, t.columns);
#pragma GCC unroll 16
    for (int r = 0; r < MR; ++r) {
#pragma GCC unroll 4
        for (int j = 0; j < NV; ++j) acc[r][j] = first[j];
    }
}

template <int MR, int NV>
SC_INLINE void end_block(Vec (*acc)[NV], const Tile& t) {
    const int64_t rest = t.columns - (NV - 1) * kLanes;
    const Rectifier rectifier(t.relu);
#pragma GCC unroll 16
    for (int r = 0; r < MR; ++r) {
        if (t.add != nullptr) {
            Vec more[NV];
            load_columns<NV>(more, t.add + t.rows.c[t.row + r], t.columns);
#pragma GCC unroll 4
            for (int j = 0; j < NV; ++j) acc[r][j] = add(acc[r][j], more[j]);
        }
        if (t.mask != nullptr) {
            Vec mask[NV];
            load_columns<NV>(mask, t.mask + t.rows.c[t.row + r], t.columns);
#pragma GCC unroll 4
            for (int j = 0; j < NV; ++j) acc[r][j] = select(less(zero(), mask[j]), acc[r][j], zero());
        }
        float* c = t.c + t.rows.c[t.row + r];
#pragma GCC unroll 4
        for (int j = 0; j < NV; ++j) {
            Vec v = rectifier.of(acc[r][j]);
            if (j < NV - 1 || rest == kLanes) store(c + j * kLanes, v);
            else store_n(c + j * kLanes, v, rest);
        }
    }
}

// Vector j of a row of B.
SC_INLINE const float* column(const float* b, int64_t panel, int j) { return b + j / 2 * panel + j % 2 * kLanes; }

template <int MR, int NV, Form kForm>
void block(const Sum& s, const Tile& t) {
    Vec acc[MR][NV];
    begin_block<MR, NV>(acc, t);
    const int64_t a_k = kForm == Form::deep ? 1 : s.a_k;
    // Packed weights may come from memory, too far for the hardware to fetch them in time.
    constexpr bool fetch = kForm == Form::deep && NV >= 2;
    constexpr int64_t ahead = 24;
    int64_t row[MR];
#pragma GCC unroll 16
    for (int r = 0; r < MR; ++r) row[r] = kForm == Form::deep ? t.rows.a[t.row + r] : r;
    const int64_t rest = t.columns - (NV - 1) * kLanes, b_k = s.b_k, b_panel = s.b_panel;
    for (int64_t o = 0; o < s.outer; ++o) {
        for (int64_t i = 0; i < s.inner; ++i) {
            const float* a = t.a + o * s.a_outer + i * s.a_inner;
            const float* b = t.b + o * s.b_outer + i * s.b_inner;
            for (int64_t k = 0; k < s.length; ++k, a += a_k, b += b_k) {
                Vec bv[NV];
#pragma GCC unroll 4
                for (int j = 0; fetch && j < NV; ++j) __builtin_prefetch(column(b, b_panel, j) + ahead * b_k);
#pragma GCC unroll 4
                for (int j = 0; j < NV; ++j) {
                    bool edge = kForm == Form::wide_edge && j == NV - 1;
                    bv[j] = edge ? load_n(column(b, b_panel, j), rest) : load(column(b, b_panel, j));
                }
#pragma GCC unroll 16
                for (int r = 0; r < MR; ++r) {
                    Vec av = set1(a[row[r]]);
#pragma GCC unroll 4
                    for (int j = 0; j < NV; ++j) acc[r][j] = fma(av, bv[j], acc[r][j]);
                }
            }
        }
    }
    end_block<MR, NV>(acc, t);
}

// The block function for any number of rows and for one, two or four vectors of columns.
template <Form kForm>
struct Blocks {
    BlockFn at[kRows + 1][5] = {};

    constexpr Blocks() { fill<kRows>(); }

    template <int MR>
    constexpr void fill() {
        if constexpr (MR > 0) {
            at[MR][1] = block<MR, 1, kForm>;
            at[MR][2] = block<MR, 2, kForm>;
            if constexpr (kForm == Form::deep && MR <= kPairRows) at[MR][4] = block<MR, 4, kForm>;
            fill<MR - 1>();
        }
    }
};

template <Form kForm>
constexpr Blocks<kForm> kBlocks{};

template <Form kForm>
inline void run_block(int64_t rows, const Sum& s, const Tile& t) {
    kBlocks<kForm>.at[rows][t.columns > kLanes ? 2 : 1](s, t);
}

// Whether two panels, the second with `columns` columns, make a block.
SC_INLINE bool paired(int64_t columns) { return kPairRows > 0 && columns > kLanes; }

// A block of two panels of at most kRows rows, in two halves: the second finds B in the cache.
inline void run_pair(int64_t rows, const Sum& s, Tile t) {
    for (int64_t half = rows > kPairRows ? (rows + 1) / 2 : rows; t.row < rows; t.row += half) {
        kBlocks<Form::deep>.at[smaller(half, rows - t.row)][4](s, t);
    }
}

// A number of rows at most kRows that divides `total` rows as evenly as can be.
inline int64_t even_rows(int64_t total) {
    int64_t blocks = (total + kRows - 1) / kRows;
    return (total + blocks - 1) / blocks;
}

}  // namespace
}  // namespace simplecell::SC_ISA
