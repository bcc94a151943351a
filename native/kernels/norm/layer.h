// Layer norm: each row alone, while it is in the cache. Included by generic.h.
#pragma once

#include <cmath>

#include "kernels/lanes.h"
#include "kernels/norm/norm.h"

namespace simplecell::SC_ISA {
namespace {

struct RowSums {
    double first, second;
};

// Two sums over a row: float inside 64 vectors, double from there on. terms(at, lanes, first, second) adds to both; lanes
// behind the row's end are cut off.
template <class Terms>
inline RowSums row_sums(int64_t f, const Terms& terms) {
    constexpr int64_t kRun = 64 * kLanes;
    RowSums total{0, 0};
    for (int64_t begin = 0; begin < f; begin += kRun) {
        Vec first = zero(), second = zero();
        const int64_t end = smaller(f, begin + kRun);
        int64_t i = begin;
        for (; i + kLanes <= end; i += kLanes) terms(i, int64_t{kLanes}, first, second);
        if (i < end) {
            Vec last = zero(), more = zero();
            terms(i, end - i, last, more);
            first = add(first, merge_n(last, end - i, zero()));
            second = add(second, merge_n(more, end - i, zero()));
        }
        total.first += static_cast<double>(lanes_sum(first));
        total.second += static_cast<double>(lanes_sum(second));
    }
    return total;
}

SC_INLINE Vec one_or(const float* values, int64_t i, int64_t n) { return values != nullptr ? load_upto(values + i, n) : set1(1.0f); }
SC_INLINE Vec zero_or(const float* values, int64_t i, int64_t n) { return values != nullptr ? load_upto(values + i, n) : zero(); }

// The mean of a few values of a row: near enough to the mean for sums around it to keep their digits.
inline float sample(const float* row, int64_t f) {
    constexpr int64_t kMost = 16;
    const int64_t count = smaller(kMost, f), step = f / count;
    float sum = 0;
    for (int64_t i = 0; i < count; ++i) sum += row[i * step] / static_cast<float>(count);
    return sum;
}

// One row's gradient. parts[0..f) and parts[f..2f) collect dweight and dbias; null where not wanted.
struct LayerRow {
    const float *dy, *x, *weight;
    float *dx, *parts;

    void run(int64_t f, float mean, float inv) const {
        const Vec center = set1(mean), inverse = set1(inv);
        const auto [first, second] = row_sums(f, [&](int64_t i, int64_t n, Vec& sum, Vec& slope) {
            Vec scaled = mul(load_upto(dy + i, n), one_or(weight, i, n));
            sum = add(sum, scaled);
            slope = fma(scaled, sub(load_upto(x + i, n), center), slope);
        });
        double share = static_cast<double>(inv) / static_cast<double>(f), square = static_cast<double>(inv) * static_cast<double>(inv);
        const Vec q = set1(static_cast<float>(-share * square * second)), r = set1(static_cast<float>(-share * first));
        each_vector(f, [&](int64_t i, int64_t n) {
            Vec g = load_upto(dy + i, n), d = sub(load_upto(x + i, n), center);
            if (parts != nullptr) {
                store_upto(parts + i, fma(g, mul(d, inverse), load_upto(parts + i, n)), n);
                store_upto(parts + f + i, add(g, load_upto(parts + f + i, n)), n);
            }
            if (dx != nullptr) store_upto(dx + i, fma(mul(g, one_or(weight, i, n)), inverse, fma(d, q, r)), n);
        });
    }
};

}  // namespace

void layernorm_forward(const Call& call) {
    const auto& a = args_of<LayerNormArgs>(call);
    const float *x = operand<const float>(call, 0), *weight = operand<const float>(call, 1), *bias = operand<const float>(call, 2);
    float *y = operand(call, 3), *mean = operand(call, 4), *inv = operand(call, 5);
    auto count = static_cast<double>(a.f);
    each_block(call, a.rows, larger(1, kElementBlock / a.f), 12.0 * count, [&](int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; ++row) {
            const float* from = x + row * a.f;
            float* to = y + row * a.f;
            const float near = sample(from, a.f);
            const auto [sum, squares] = row_sums(a.f, [&](int64_t i, int64_t n, Vec& first, Vec& second) {
                Vec d = sub(load_upto(from + i, n), set1(near));
                first = add(first, d);
                second = fma(d, d, second);
            });
            double shift = sum / count, variance = squares / count - shift * shift;
            mean[row] = static_cast<float>(static_cast<double>(near) + shift);
            inv[row] = static_cast<float>(1 / std::sqrt((variance < 0 ? 0 : variance) + a.eps));
            const Vec center = set1(mean[row]);
            const Vec inverse = set1(inv[row]);
            each_vector(a.f, [&](int64_t i, int64_t n) {
                Vec scale = mul(inverse, one_or(weight, i, n));
                store_upto(to + i, fma(sub(load_upto(from + i, n), center), scale, zero_or(bias, i, n)), n);
            });
        }
    });
}

void layernorm_backward(const Call& call) {
    const auto& a = args_of<LayerNormBackwardArgs>(call);
    const float *dy = operand<const float>(call, 0), *x = operand<const float>(call, 1), *weight = operand<const float>(call, 2);
    const float *mean = operand<const float>(call, 3), *inv = operand<const float>(call, 4);
    float *dx = operand(call, 5), *dweight = operand(call, 6), *dbias = operand(call, 7), *scratch = operand(call, 8);
    const bool wanted = dweight != nullptr || dbias != nullptr;
    const int64_t chunk = layer_chunk(a.rows), chunks = divide_up(a.rows, chunk);
    const double work = 12.0 * static_cast<double>(a.rows) * static_cast<double>(a.f);
    if (!wanted && dx != nullptr) {
        each_block(call, a.rows, larger(1, kElementBlock / a.f), work / static_cast<double>(a.rows), [&](int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; ++row) {
                int64_t at = row * a.f;
                LayerRow{dy + at, x + at, weight, dx + at, nullptr}.run(a.f, mean[row], inv[row]);
            }
        });
    }
    if (!wanted) return;
    each_task(call, chunks, work, [&](int64_t task, int) {
        float* parts = scratch + task * 2 * a.f;
        for (int64_t i = 0; i < 2 * a.f; ++i) parts[i] = 0;
        for (int64_t row = task * chunk; row < smaller(a.rows, (task + 1) * chunk); ++row) {
            int64_t at = row * a.f;
            LayerRow{dy + at, x + at, weight, dx == nullptr ? nullptr : dx + at, parts}.run(a.f, mean[row], inv[row]);
        }
    });
    each_block(call, a.f, 4096, static_cast<double>(2 * chunks), [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
            float first = scratch[i], second = scratch[a.f + i];
            for (int64_t task = 1; task < chunks; ++task) {
                first += scratch[task * 2 * a.f + i];
                second += scratch[task * 2 * a.f + a.f + i];
            }
            if (dweight != nullptr) dweight[i] = first;
            if (dbias != nullptr) dbias[i] = second;
        }
    });
}

}  // namespace simplecell::SC_ISA
