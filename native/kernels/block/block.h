// The microkernel that every product of matrices here goes through. gemm/contract.md draws its operands.
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
    const float* next = nullptr;  // of B, what will be read after this tile: two panels fetch a line of it with each k
    const float* const* lines = nullptr;  // where `wide`, what will be read after this tile: two vectors fetch one with each k
    int64_t line_count = 0;
};

using BlockFn = void (*)(const Sum&, const Tile&);

// The block function for any number of rows and for one, two or four vectors of columns; four only where `deep`, for at
// most kPairRows rows.
struct Blocks {
    BlockFn at[kRows + 1][5] = {};
};

// Of each form. They are compiled once for all families (generic.h).
extern const Blocks kBlocks[3];

inline const Blocks& blocks_of(Form form) { return kBlocks[static_cast<int>(form)]; }

template <Form kForm>
inline void run_block(int64_t rows, const Sum& s, const Tile& t) {
    blocks_of(kForm).at[rows][t.columns > kLanes ? 2 : 1](s, t);
}

// Whether two panels, the second with `columns` columns, make a block.
SC_INLINE bool paired(int64_t columns) { return kPairRows > 0 && columns > kLanes; }

// A block of two panels of at most kRows rows, in two halves: the second finds B in the cache.
inline void run_pair(int64_t rows, const Sum& s, Tile t) {
    for (int64_t half = rows > kPairRows ? (rows + 1) / 2 : rows; t.row < rows; t.row += half) {
        blocks_of(Form::deep).at[smaller(half, rows - t.row)][4](s, t);
        if (t.next != nullptr) t.next += s.outer * s.inner * s.length * kLanes;
    }
}

// A panel of B: `depth` rows of `columns` floats, `stride` apart, copied into rows of kColumns, the rest zero.
inline void pack_panel(const float* b, int64_t stride, int64_t depth, int64_t columns, float* packed) {
    int64_t low = smaller(kLanes, columns), high = columns - low;
    for (int64_t k = 0; k < depth; ++k) {
        store(packed + k * kColumns, load_n(b + k * stride, low));
        store(packed + k * kColumns + kLanes, load_n(b + k * stride + kLanes * (high > 0), high));
    }
}

// Rows become columns, as a panel wants them: put(j, half, v) takes element j < length of kLanes rows that lie `stride`
// apart. Two halves of kLanes rows make a panel; those from `count` on are zero.
template <class Put>
inline void turn_panel(const float* rows, int64_t count, int64_t stride, int64_t length, const Put& put) {
    for (int64_t j = 0; j < length; j += kLanes) {
        for (int64_t half = 0; half < 2; ++half) {
            const float* from = rows + half * kLanes * stride + j;
            transpose_tile(larger(0, smaller(kLanes, count - half * kLanes)), smaller(kLanes, length - j),
                           [&](int64_t r) { return from + r * stride; }, [&](int64_t q, Vec v) { put(j + q, half, v); });
        }
    }
}

// A number of rows at most kRows that divides `total` rows as evenly as can be.
inline int64_t even_rows(int64_t total) {
    int64_t blocks = (total + kRows - 1) / kRows;
    return (total + blocks - 1) / blocks;
}

}  // namespace simplecell::SC_ISA
