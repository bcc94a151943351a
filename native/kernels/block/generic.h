// The functions that block.h declares.
#include "kernels/block/block.h"

namespace simplecell::SC_ISA {
namespace {

template <int NV>
SC_INLINE void load_columns(Vec* v, const float* p, int64_t columns) {
#pragma GCC unroll 4
    for (int j = 0; j < NV - 1; ++j) v[j] = load(p + j * kLanes);
    int64_t rest = columns - (NV - 1) * kLanes;
    v[NV - 1] = load_upto(p + (NV - 1) * kLanes, rest);
}

// Asks for what end_block will touch of row r: on its way while the sum is computed; stores that miss would be waited for
// one by one.
template <int NV>
SC_INLINE void fetch_row(const Tile& t, int r) {
    const int64_t at = t.rows.c[t.row + r];
#pragma GCC unroll 4
    for (int j = 0; j < NV; ++j) {
        __builtin_prefetch(t.c + at + j * kLanes, 1);
        if (t.add != nullptr) __builtin_prefetch(t.add + at + j * kLanes);
        if (t.mask != nullptr) __builtin_prefetch(t.mask + at + j * kLanes);
    }
}

template <int MR, int NV>
SC_INLINE void begin_block(Vec (*acc)[NV], const Tile& t) {
    if (t.start == Start::c) {
#pragma GCC unroll 16
        for (int r = 0; r < MR; ++r) load_columns<NV>(acc[r], t.c + t.rows.c[t.row + r], t.columns);
        return;
    }
#pragma GCC unroll 1
    for (int r = 0; NV < 4 && r < MR; ++r) fetch_row<NV>(t, r);
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
            if (j < NV - 1) store(c + j * kLanes, v);
            else store_upto(c + j * kLanes, v, rest);
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
    [[maybe_unused]] const float* next = t.next != nullptr ? t.next : t.b;
    // Four vectors' rows are fetched one by one over half the sum: all at once are more lines than can be on their way.
    [[maybe_unused]] const int64_t gap = 1 + s.outer * s.inner * s.length / (2 * MR);
    [[maybe_unused]] int64_t wait = 1;
    [[maybe_unused]] int fetched = 0;
    [[maybe_unused]] const float* const* lines = t.lines;
    [[maybe_unused]] const int64_t line_count = t.line_count;
    for (int64_t o = 0; o < s.outer; ++o) {
        for (int64_t i = 0; i < s.inner; ++i) {
            const float* a = t.a + o * s.a_outer + i * s.a_inner;
            const float* b = t.b + o * s.b_outer + i * s.b_inner;
            for (int64_t k = 0; k < s.length; ++k, a += a_k, b += b_k) {
                Vec bv[NV];
#pragma GCC unroll 4
                for (int j = 0; fetch && j < NV; ++j) __builtin_prefetch(column(b, b_panel, j) + ahead * b_k);
                if constexpr (NV == 4) {
                    __builtin_prefetch(next, 0, 2);
                    next += kLanes;
                    if (--wait == 0 && fetched < MR) {
                        fetch_row<NV>(t, fetched++);
                        wait = gap;
                    }
                }
                if constexpr (kForm == Form::wide && NV == 2) {
                    if (k < line_count) __builtin_prefetch(lines[k], 0, 2);
                }
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

template <Form kForm, int MR = kRows>
constexpr void fill(Blocks& blocks) {
    if constexpr (MR > 0) {
        blocks.at[MR][1] = block<MR, 1, kForm>;
        blocks.at[MR][2] = block<MR, 2, kForm>;
        if constexpr (kForm == Form::deep && MR <= kPairRows) blocks.at[MR][4] = block<MR, 4, kForm>;
        fill<kForm, MR - 1>(blocks);
    }
}

template <Form kForm>
constexpr Blocks filled() {
    Blocks blocks;
    fill<kForm>(blocks);
    return blocks;
}

}  // namespace

constexpr Blocks kBlocks[3] = {filled<Form::deep>(), filled<Form::wide>(), filled<Form::wide_edge>()};

}  // namespace simplecell::SC_ISA
