// Layer norm: each row alone, while it is in the cache. Included by generic.h.
#pragma once

#include <cmath>

#include "kernels/lanes.h"
#include "kernels/norm/norm.h"

namespace simplecell::SC_ISA {
namespace {

// The sum of term(first, lanes) over a row: float inside 64 vectors, double from there on. Lanes behind n do not count.
template <class Term>
inline double row_sum(int64_t f, const Term& term) {
    constexpr int64_t kRun = 64 * kLanes;
    double total = 0;
    for (int64_t begin = 0; begin < f; begin += kRun) {
        Vec even = zero(), odd = zero();
        int64_t i = begin, end = smaller(f, begin + kRun);
        for (; i + 2 * kLanes <= end; i += 2 * kLanes) {
            even = add(even, term(i, kLanes));
            odd = add(odd, term(i + kLanes, kLanes));
        }
        for (; i < end; i += kLanes) {
            int64_t n = smaller(kLanes, end - i);
            even = add(even, merge_n(term(i, n), n, zero()));
        }
        total += static_cast<double>(lanes_sum(add(even, odd)));
    }
    return total;
}

SC_INLINE Vec one_or(const float* values, int64_t i, int64_t n) { return values != nullptr ? load_upto(values + i, n) : set1(1.0f); }
SC_INLINE Vec zero_or(const float* values, int64_t i, int64_t n) { return values != nullptr ? load_upto(values + i, n) : zero(); }

// One row's gradient. parts[0..f) and parts[f..2f) collect dweight and dbias; null where not wanted.
struct LayerRow {
    const float *dy, *x, *weight;
    float *dx, *parts;

    void run(int64_t f, float mean, float inv) const {
        const Vec center = set1(mean), inverse = set1(inv);
        auto scaled = [&](int64_t i, int64_t n) { return mul(load_upto(dy + i, n), one_or(weight, i, n)); };
        double first = row_sum(f, scaled);
        double second = row_sum(f, [&](int64_t i, int64_t n) { return mul(scaled(i, n), sub(load_upto(x + i, n), center)); });
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
            double sum = row_sum(a.f, [&](int64_t i, int64_t n) { return load_upto(from + i, n); });
            mean[row] = static_cast<float>(sum / count);
            const Vec center = set1(mean[row]);
            double squares = row_sum(a.f, [&](int64_t i, int64_t n) {
                Vec d = sub(load_upto(from + i, n), center);
                return mul(d, d);
            });
            inv[row] = static_cast<float>(1 / std::sqrt(squares / count + a.eps));
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
