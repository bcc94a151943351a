// Layer norm: each row alone, while it is in the cache. Included by generic.h.
#pragma once

#include <cmath>

#include "kernels/lanes.h"
#include "kernels/norm/norm.h"

namespace simplecell::SC_ISA {
namespace {

// Two sums over [begin, end) of a row: float inside 64 vectors, in four chains, and double from there on.
// terms(at, lanes, first, second) adds to both; lanes behind the end are cut off.
template <class Terms>
inline RowSums row_sums(int64_t begin, int64_t end, const Terms& terms) {
    constexpr int64_t kRun = 64 * kLanes, kChains = 4;
    RowSums total{0, 0};
    for (; begin < end; begin += kRun) {
        Vec first[kChains] = {zero(), zero(), zero(), zero()}, second[kChains] = {zero(), zero(), zero(), zero()};
        const int64_t stop = smaller(end, begin + kRun);
        int64_t i = begin;
        for (; i + kChains * kLanes <= stop; i += kChains * kLanes) {
#pragma GCC unroll 4
            for (int k = 0; k < kChains; ++k) terms(i + k * kLanes, int64_t{kLanes}, first[k], second[k]);
        }
        for (; i < stop; i += kLanes) {
            const int64_t n = smaller(kLanes, stop - i);
            Vec last = zero(), more = zero();
            terms(i, n, last, more);
            first[0] = add(first[0], merge_n(last, n, zero()));
            second[0] = add(second[0], merge_n(more, n, zero()));
        }
        total.first += static_cast<double>(sum(add(add(first[0], first[1]), add(first[2], first[3]))));
        total.second += static_cast<double>(sum(add(add(second[0], second[1]), add(second[2], second[3]))));
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
    int64_t f;
    float mean, inv;

    RowSums sums(int64_t begin, int64_t end) const {
        return row_sums(begin, end, [&](int64_t i, int64_t n, Vec& sum, Vec& slope) {
            Vec scaled = mul(load_upto(dy + i, n), one_or(weight, i, n));
            sum = add(sum, scaled);
            slope = fma(scaled, sub(load_upto(x + i, n), set1(mean)), slope);
        });
    }

    // dx and the parts of the columns [begin, end), from the sums over the whole row.
    template <class Put>
    void spread(int64_t begin, int64_t end, RowSums whole, const Put& put) const {
        const double share = static_cast<double>(inv) / static_cast<double>(f), square = static_cast<double>(inv) * static_cast<double>(inv);
        const Vec q = set1(static_cast<float>(-share * square * whole.second)), r = set1(static_cast<float>(-share * whole.first));
        const Vec inverse = set1(inv), center = set1(mean);
        auto at = [&](int64_t i, int64_t n) {
            i += begin;
            Vec g = load_upto(dy + i, n), d = sub(load_upto(x + i, n), center);
            if (parts != nullptr) {
                store_upto(parts + i, fma(g, mul(d, inverse), load_upto(parts + i, n)), n);
                store_upto(parts + f + i, add(g, load_upto(parts + f + i, n)), n);
            }
            return fma(mul(g, one_or(weight, i, n)), inverse, fma(d, q, r));
        };
        if (dx != nullptr) put_row(dx + begin, end - begin, put, at);
        else if (parts != nullptr) each_vector(end - begin, at);
    }
};

// What all tasks of a gradient share.
struct LayerGradient {
    const Call& call;
    const LayerNormBackwardArgs& a;
    bool past;  // whether dx goes past the caches

    LayerRow row(int64_t index, float* parts) const {
        const int64_t at = index * a.f;
        float* dx = operand(call, 5);
        return {operand<const float>(call, 0) + at, operand<const float>(call, 1) + at, operand<const float>(call, 2),
                dx == nullptr ? nullptr : dx + at, parts, a.f, operand<const float>(call, 3)[index], operand<const float>(call, 4)[index]};
    }
    double work() const { return 12.0 * static_cast<double>(a.rows) * static_cast<double>(a.f); }

    // Rows one after the other, each while it is in the cache; a chunk of rows collects in parts of its own.
    void by_rows(float* parts, int64_t chunk) const {
        each_task(call, divide_up(a.rows, chunk), work(), [&](int64_t task, int) {
            float* own = parts == nullptr ? nullptr : parts + task * 2 * a.f;
            for (int64_t i = 0; own != nullptr && i < 2 * a.f; ++i) own[i] = 0;
            writing(past, [&](auto put) {
                for (int64_t index = task * chunk; index < smaller(a.rows, (task + 1) * chunk); ++index) {
                    const LayerRow one = row(index, own);
                    one.spread(0, a.f, one.sums(0, a.f), put);
                }
            });
        });
    }

    // Few rows: first the sums of their segments, then the columns, all rows of a block of columns in one task.
    void by_columns(float* parts, RowSums* sums) const {
        const int64_t segments = divide_up(a.f, kLayerSegment), block = 1024;
        each_task(call, a.rows * segments, work(), [&](int64_t task, int) {
            const int64_t begin = task % segments * kLayerSegment;
            sums[task] = row(task / segments, parts).sums(begin, smaller(a.f, begin + kLayerSegment));
        });
        for (int64_t index = 0; index < a.rows; ++index) {
            for (int64_t k = 1; k < segments; ++k) {
                sums[index * segments].first += sums[index * segments + k].first;
                sums[index * segments].second += sums[index * segments + k].second;
            }
        }
        each_block(call, a.f, block, 12.0 * static_cast<double>(a.rows), [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; parts != nullptr && i < end; ++i) parts[i] = parts[a.f + i] = 0;
            writing(past, [&](auto put) {
                for (int64_t index = 0; index < a.rows; ++index) row(index, parts).spread(begin, end, sums[index * segments], put);
            });
        });
    }
};

}  // namespace

void layernorm_forward(const Call& call) {
    const auto& a = args_of<LayerNormArgs>(call);
    const float *x = operand<const float>(call, 0), *weight = operand<const float>(call, 1), *bias = operand<const float>(call, 2);
    float *y = operand(call, 3), *mean = operand(call, 4), *inv = operand(call, 5);
    auto count = static_cast<double>(a.f);
    const bool past = past_caches(y, a.rows * a.f, x);
    auto normalise = [&](int64_t begin, int64_t end, const auto& put) {
        for (int64_t row = begin; row < end; ++row) {
            const float* from = x + row * a.f;
            float* to = y + row * a.f;
            const float near = sample(from, a.f);
            const auto [sum, squares] = row_sums(0, a.f, [&](int64_t i, int64_t n, Vec& first, Vec& second) {
                Vec d = sub(load_upto(from + i, n), set1(near));
                first = add(first, d);
                second = fma(d, d, second);
            });
            double shift = sum / count, variance = squares / count - shift * shift;
            mean[row] = static_cast<float>(static_cast<double>(near) + shift);
            inv[row] = static_cast<float>(1 / std::sqrt((variance < 0 ? 0 : variance) + a.eps));
            const Vec center = set1(mean[row]);
            const Vec inverse = set1(inv[row]);
            const float* next = x + smaller(row + 1, a.rows - 1) * a.f;
            put_row(to, a.f, put, [&](int64_t i, int64_t n) {
                __builtin_prefetch(next + i);
                Vec scale = mul(inverse, one_or(weight, i, n));
                return fma(sub(load_upto(from + i, n), center), scale, zero_or(bias, i, n));
            });
        }
    };
    each_block(call, a.rows, larger(1, kElementBlock / a.f), 12.0 * count,
               [&](int64_t begin, int64_t end) { writing(past, [&](auto put) { normalise(begin, end, put); }); });
}

void layernorm_backward(const Call& call) {
    const auto& a = args_of<LayerNormBackwardArgs>(call);
    float *dx = operand(call, 5), *dweight = operand(call, 6), *dbias = operand(call, 7);
    const bool wanted = dweight != nullptr || dbias != nullptr;
    const int64_t chunk = layer_chunk(a.rows), chunks = divide_up(a.rows, chunk);
    auto* sums = operand<RowSums>(call, 8);
    float* parts = reinterpret_cast<float*>(sums + layer_sums(a.rows, a.f));
    const bool past = dx != nullptr && past_caches(dx, a.rows * a.f, operand<const float>(call, 0), operand<const float>(call, 1));
    const LayerGradient gradient{call, a, past};
    if (chunks == 1) gradient.by_columns(wanted ? parts : nullptr, sums);
    else gradient.by_rows(wanted ? parts : nullptr, wanted ? chunk : larger(1, kElementBlock / a.f));
    if (!wanted) return;
    each_block(call, a.f, 4096, static_cast<double>(2 * chunks), [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
            float first = parts[i], second = parts[a.f + i];
            for (int64_t task = 1; task < chunks; ++task) {
                first += parts[task * 2 * a.f + i];
                second += parts[task * 2 * a.f + a.f + i];
            }
            if (dweight != nullptr) dweight[i] = first;
            if (dbias != nullptr) dbias[i] = second;
        }
    });
}

}  // namespace simplecell::SC_ISA
