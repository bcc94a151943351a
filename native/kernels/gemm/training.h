// Fully connected layers in training, where weights change with every step and are read too seldom to be packed.
// Included by generic.h.
#pragma once

#include "kernels/call.h"
#include "kernels/block/block.h"
#include "kernels/gemm/gemm.h"
#include "kernels/optim/rule.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {
namespace {

// A block of inner products: so many images times so many outputs, each a vector of partial sums.
constexpr int kDotImages = kLanes == 16 ? 4 : 2, kDotOutputs = kLanes == 16 ? 6 : 4;

// y = bias + x * w^T for kImages rows of x and kOutputs rows of w, all `depth` long.
template <int kImages, int kOutputs>
void dots(const LinearForwardArgs& a, const float* x, const float* w, const float* bias, float* y) {
    Vec acc[kImages][kOutputs];
    for (int r = 0; r < kImages; ++r) {
        for (int j = 0; j < kOutputs; ++j) acc[r][j] = zero();
    }
    auto step = [&](int64_t k, auto read) {
        Vec wv[kOutputs];
#pragma GCC unroll 6
        for (int j = 0; j < kOutputs; ++j) wv[j] = read(w + j * a.i + k);
#pragma GCC unroll 4
        for (int r = 0; r < kImages; ++r) {
            Vec xv = read(x + r * a.i + k);
#pragma GCC unroll 6
            for (int j = 0; j < kOutputs; ++j) acc[r][j] = fma(xv, wv[j], acc[r][j]);
        }
    };
    int64_t k = 0;
    for (; k + kLanes <= a.i; k += kLanes) step(k, [](const float* p) { return load(p); });
    if (k < a.i) step(k, [rest = a.i - k](const float* p) { return load_n(p, rest); });
    for (int r = 0; r < kImages; ++r) {
        for (int j = 0; j < kOutputs; ++j) {
            float value = sum(acc[r][j]) + (bias != nullptr ? bias[j] : 0.0f);
            y[r * a.o + j] = rectified(value, a.relu);
        }
    }
}

using DotsFn = void (*)(const LinearForwardArgs&, const float*, const float*, const float*, float*);

// The block function for any number of images and outputs up to the most.
struct Dots {
    DotsFn at[kDotImages + 1][kDotOutputs + 1] = {};

    constexpr Dots() { fill<kDotImages, kDotOutputs>(); }

    template <int R, int J>
    constexpr void fill() {
        at[R][J] = dots<R, J>;
        if constexpr (J > 1) fill<R, J - 1>();
        else if constexpr (R > 1) fill<R - 1, kDotOutputs>();
    }
};

constexpr Dots kDots{};

// Sums of the columns of dy (n, o).
inline void bias_gradient(const Call& call, int64_t n, int64_t o, const float* dy, float* db) {
    if (db == nullptr) return;
    each_block(call, o, 64, 4.0 * static_cast<double>(n), [&](int64_t begin, int64_t end) {
        for (int64_t j = begin; j < end; j += kLanes) {
            int64_t lanes = smaller(kLanes, end - j);
            Vec total = zero();
            for (int64_t i = 0; i < n; ++i) total = add(total, load_n(dy + i * o + j, lanes));
            store_n(db + j, total, lanes);
        }
    });
}

}  // namespace

void linear_rows_forward(const Call& call) {
    const auto& a = args_of<LinearForwardArgs>(call);
    const float *x = operand<const float>(call, 0), *w = operand<const float>(call, 1);
    const float* bias = operand<const float>(call, 2);
    float* y = operand(call, 3);
    constexpr int64_t kEnough = 16;
    const int64_t blocks = divide_up(a.o, kDotOutputs), images = blocks < kEnough ? 4 * kDotImages : a.n;
    const int64_t groups = divide_up(a.n, images);
    each_task(call, blocks * groups, 2.0 * static_cast<double>(a.n * a.i) * a.o, [&](int64_t task, int) {
        int64_t o = task / groups * kDotOutputs, outputs = smaller(kDotOutputs, a.o - o), begin = task % groups * images;
        int64_t end = smaller(a.n, begin + images);
        for (int64_t row = begin; row < end; row += kDotImages) {
            DotsFn run = kDots.at[smaller(kDotImages, end - row)][outputs];
            run(a, x + row * a.i, w + o * a.i, bias != nullptr ? bias + o : nullptr, y + row * a.o + o);
        }
    });
}

// The gradient of a block of weights is made in a small tile and used at once: it never reaches memory.
void linear_update(const Call& call) {
    const auto& a = args_of<LinearUpdateArgs>(call);
    const float *dy = operand<const float>(call, 0), *x = operand<const float>(call, 1);
    float *w = operand(call, 2), *v = operand(call, 3);
    const Rule rule(*operand<const float>(call, 4), a.momentum, a.nesterov, a.weight_decay);
    constexpr int64_t kRun = 1024, kAhead = 2 * kColumns;
    const int64_t step = even_rows(a.o), runs = divide_up(a.i, kRun), groups = divide_up(a.o, step);
    const Rows table(1, kColumns);
    const Sum over{.length = a.n, .a_k = a.o, .b_k = a.i};
    each_task(call, groups * runs, 2.0 * static_cast<double>(a.n * a.i) * a.o, [&](int64_t task, int) {
        alignas(64) float tile[kRows * kColumns];
        int64_t first = task / runs * step, rows = smaller(step, a.o - first), begin = task % runs * kRun;
        int64_t end = smaller(a.i, begin + kRun);
        for (int64_t column = begin; column < end; column += kColumns) {
            const int64_t columns = smaller(kColumns, end - column);
            for (int64_t r = 0; r < rows; ++r) {
                for (int64_t j = 0; j < kColumns; j += 16) {
                    int64_t at = (first + r) * a.i + column + kAhead + j;
                    __builtin_prefetch(w + at, 1);
                    if (rule.has_momentum) __builtin_prefetch(v + at, 1);
                }
            }
            Tile t{table, dy + first, x + column, tile, columns, Start::zero};
            if (columns % kLanes == 0) run_block<Form::wide>(rows, over, t);
            else run_block<Form::wide_edge>(rows, over, t);
            for (int64_t r = 0; r < rows; ++r) {
                for (int64_t j = 0; j < columns; j += kLanes) {
                    int64_t at = (first + r) * a.i + column + j, lanes = smaller(kLanes, columns - j);
                    Vec gradient = load(tile + r * kColumns + j);
                    update(rule, gradient, w + at, rule.has_momentum ? v + at : nullptr, lanes);
                }
            }
        }
    });
    bias_gradient(call, a.n, a.o, dy, operand(call, 5));
}

}  // namespace simplecell::SC_ISA
