// Fully connected layers, written once over the microkernel.
#include "kernels/call.h"
#include "kernels/block/block.h"
#include "kernels/gemm/gemm.h"
#include "kernels/gemm/training.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {
namespace {

// The rows of one task: all of them when there are panels enough to share out, else one block.
inline int64_t rows_per_task(int64_t rows, int64_t panels) {
    constexpr int64_t kEnoughPanels = 16;
    return panels >= kEnoughPanels ? rows : even_rows(rows);
}

// ---- one row: a vector times a matrix -------------------------------------------------------------------------

constexpr int kWide = 4;  // panels side by side, for enough accumulators to hide the latency of an FMA

template <int P>
inline void row_times_panels(const float* x, const float* packed, int64_t depth, int64_t columns, const float* bias,
                             float* y, int64_t relu) {
    Vec acc[P][2];
    for (int p = 0; p < P; ++p) {
        for (int j = 0; j < 2; ++j) {
            int64_t at = p * kColumns + j * kLanes, n = smaller(kLanes, larger(0, columns - at));
            acc[p][j] = bias != nullptr && n > 0 ? load_n(bias + at, n) : zero();
        }
    }
    const int64_t panel = depth * kColumns;
    for (int64_t k = 0; k < depth; ++k) {
        Vec a = set1(x[k]);
#pragma GCC unroll 4
        for (int p = 0; p < P; ++p) {
            const float* b = packed + p * panel + k * kColumns;
#pragma GCC unroll 2
            for (int j = 0; j < 2; ++j) acc[p][j] = fma(a, load(b + j * kLanes), acc[p][j]);
        }
    }
    for (int p = 0; p < P; ++p) {
        for (int j = 0; j < 2; ++j) {
            int64_t at = p * kColumns + j * kLanes, n = smaller(kLanes, larger(0, columns - at));
            if (n > 0) store_n(y + at, Rectifier(relu).of(acc[p][j]), n);
        }
    }
}

inline void forward_one_row(const Call& call, const LinearForwardArgs& a) {
    const float *x = operand<const float>(call, 0), *packed = operand<const float>(call, 1);
    const float* bias = operand<const float>(call, 2);
    float* y = operand(call, 3);
    int64_t panels = divide_up(a.o, kColumns);
    each_task(call, divide_up(panels, kWide), 2.0 * static_cast<double>(a.i * a.o), [&](int64_t task, int) {
        int64_t first = task * kWide, count = smaller(kWide, panels - first), at = first * kColumns;
        constexpr decltype(&row_times_panels<1>) by_count[kWide] = {row_times_panels<1>, row_times_panels<2>,
                                                                    row_times_panels<3>, row_times_panels<4>};
        by_count[count - 1](x, packed + at * a.i, a.i, a.o - at, bias != nullptr ? bias + at : nullptr, y + at, a.relu);
    });
}

// ---- B packed by the kernel itself ----------------------------------------------------------------------------

// C (m, n) = A (m, k) * B (k, n), all row-major with the strides given; `wide` says that A is stored transposed.
struct Product {
    int64_t m, n, k;
    const float* a;
    int64_t a_row, a_k;
    const float* b;
    float* c;
    float* scratch;
};

// Panels side by side, a few rows at a time: rows lie pages apart, and a page is worth reading more than a line of.
inline void pack_panels(const float* b, int64_t stride, int64_t depth, int64_t columns, float* packed) {
    const int64_t run = columns > kColumns ? 16 : depth;
    for (int64_t k = 0; k < depth; k += run) {
        for (int64_t j = 0; j < columns; j += kColumns) {
            pack_panel(b + k * stride + j, stride, smaller(run, depth - k), smaller(kColumns, columns - j), packed + j * depth + k * kColumns);
        }
    }
}

template <Form kForm>
inline void multiply(const Call& call, const Product& p) {
    const int64_t panels = divide_up(p.n, kColumns), together = packed_panels(p.n, kColumns), tasks = divide_up(panels, together);
    const int64_t rows = rows_per_task(p.m, tasks), groups = divide_up(p.m, rows), depth = smaller(p.k, kPackedDepth);
    const Rows table(p.a_row, p.n);
    const int64_t per_thread = divide_up(together * depth * kColumns, 16) * 16;
    each_task(call, tasks * groups, 2.0 * static_cast<double>(p.m) * p.n * p.k, [&](int64_t task, int worker) {
        const int64_t first = task / groups * together * kColumns, last = smaller(p.n, first + together * kColumns);
        const int64_t begin = task % groups * rows, end = smaller(p.m, begin + rows), step = even_rows(end - begin);
        float* packed = p.scratch + worker * per_thread;
        for (int64_t k = 0; k < p.k; k += depth) {
            Sum sum{.length = smaller(depth, p.k - k), .a_k = p.a_k};
            pack_panels(p.b + k * p.n + first, p.n, sum.length, last - first, packed);
            for (int64_t column = first; column < last; column += kColumns) {
                for (int64_t row = begin; row < end; row += step) {
                    Tile tile{table, p.a + row * p.a_row + k * p.a_k, packed + (column - first) * sum.length,
                              p.c + row * p.n + column, smaller(kColumns, last - column), k == 0 ? Start::zero : Start::c};
                    run_block<kForm>(smaller(step, end - row), sum, tile);
                }
            }
        }
    });
}

}  // namespace

// packed[panel][k][j] = w[panel*NR + j][k], zero beyond o.
void linear_pack(const Call& call) {
    const auto& a = args_of<LinearPackArgs>(call);
    const float* w = operand<const float>(call, 0);
    float* packed = operand(call, 1);
    each_task(call, divide_up(a.o, kColumns), 8.0 * static_cast<double>(a.i * a.o), [&](int64_t panel, int) {
        float* to = packed + panel * a.i * kColumns;
        turn_panel(w + panel * kColumns * a.i, a.o - panel * kColumns, a.i, a.i,
                   [&](int64_t k, int64_t half, Vec v) { store(to + k * kColumns + half * kLanes, v); });
    });
}

void linear_forward(const Call& call) {
    const auto& a = args_of<LinearForwardArgs>(call);
    if (a.n == 1) return forward_one_row(call, a);
    const float *x = operand<const float>(call, 0), *packed = operand<const float>(call, 1);
    const float* bias = operand<const float>(call, 2);
    float* y = operand(call, 3);
    constexpr int64_t kDepth = 2048;  // of a panel that stays in the second-level cache while rows pass over it
    int64_t panels = divide_up(a.o, kColumns), rows = rows_per_task(a.n, panels), groups = divide_up(a.n, rows);
    const Rows table(a.i, a.o);
    each_task(call, panels * groups, 2.0 * static_cast<double>(a.n * a.i) * a.o, [&](int64_t task, int) {
        int64_t column = task / groups * kColumns, begin = task % groups * rows, end = smaller(a.n, begin + rows);
        int64_t step = even_rows(end - begin);
        for (int64_t k = 0; k < a.i; k += kDepth) {
            Sum sum{.length = smaller(kDepth, a.i - k)};
            bool last = k + sum.length == a.i;
            for (int64_t row = begin; row < end; row += step) {
                Tile tile{table, x + row * a.i + k, packed + column * a.i + k * kColumns, y + row * a.o + column,
                          smaller(kColumns, a.o - column), k > 0 ? Start::c : bias ? Start::bias : Start::zero};
                if (bias != nullptr) tile.bias = bias + column;
                tile.relu = last ? a.relu : 0;
                run_block<Form::deep>(smaller(step, end - row), sum, tile);
            }
        }
    });
}

void linear_backward_data(const Call& call) {
    const auto& a = args_of<LinearArgs>(call);
    multiply<Form::deep>(call, {a.n, a.i, a.o, operand<const float>(call, 0), a.o, 1, operand<const float>(call, 1),
                                operand(call, 2), operand(call, 3)});
}

void linear_backward_weights(const Call& call) {
    const auto& a = args_of<LinearArgs>(call);
    const float* dy = operand<const float>(call, 0);
    multiply<Form::wide>(call, {a.o, a.i, a.n, dy, 1, a.o, operand<const float>(call, 1), operand(call, 2), operand(call, 4)});
    bias_gradient(call, a.n, a.o, dy, operand(call, 3));
}

}  // namespace simplecell::SC_ISA
