// The loss kernels, written once over the vector contract.
#include <algorithm>
#include <cmath>

#include "kernels/call.h"
#include "kernels/lanes.h"
#include "kernels/loss/loss.h"
#include "simd/exp.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {
namespace {

constexpr int64_t kChunks = 64;  // partial sums, added in order: a matter of the problem, not of the threads
constexpr int64_t kSums = 16;    // sums side by side within one of them

// The largest element; a NaN may or may not be seen (the exponentials will see it).
inline float row_max(const float* x, int64_t cols) {
    Vec lowest = set1(-INFINITY), best = lowest;
    int64_t j = 0;
    for (; j + kLanes <= cols; j += kLanes) best = max(load(x + j), best);
    if (j < cols) best = max(merge_n(load_n(x + j, cols - j), cols - j, lowest), best);
    float lane[kLanes];
    store(lane, best);
    float most = lane[0];
    for (int i = 1; i < kLanes; ++i) most = lane[i] > most ? lane[i] : most;
    return most;
}

// sum_j e^(x_j - most); the terms go to y unless it is null.
inline float row_exp(const float* x, float most, float* y, int64_t cols) {
    Vec sum = zero(), shift = set1(most);
    int64_t j = 0;
    for (; j + kLanes <= cols; j += kLanes) {
        Vec e = exp(sub(load(x + j), shift));
        if (y != nullptr) store(y + j, e);
        sum = add(sum, e);
    }
    if (j < cols) {
        Vec e = exp(sub(load_n(x + j, cols - j), shift));
        if (y != nullptr) store_n(y + j, e, cols - j);
        sum = add(sum, merge_n(e, cols - j, zero()));
    }
    return lanes_sum(sum);
}

template <class Op>
inline void map_row(float* y, int64_t cols, const Op& op) {
    int64_t j = 0;
    for (; j + kLanes <= cols; j += kLanes) store(y + j, op(load(y + j)));
    if (j < cols) store_n(y + j, op(load_n(y + j, cols - j)), cols - j);
}

// Whether the first largest element is x[target]; a NaN counts as larger than any number.
inline bool hits(const float* x, int64_t target, int64_t cols) {
    if (target < 0 || target >= cols) return false;
    float mine = x[target];
    if (mine != mine) return std::none_of(x, x + target, [](float other) { return other != other; });
    int32_t beaten = 0;  // an integer, and no early exit: so the loops become vectors
    for (int64_t j = 0; j < target; ++j) beaten |= static_cast<int32_t>(!(x[j] < mine));
    for (int64_t j = target + 1; j < cols; ++j) beaten |= static_cast<int32_t>(!(x[j] <= mine));
    return beaten == 0;
}

inline double squared(float number) { return static_cast<double>(number) * static_cast<double>(number); }

inline double cross_entropy_row(const float* x, int64_t target, float* dx, int64_t c, float scale) {
    float most = row_max(x, c);
    bool known = target >= 0 && target < c;
    double picked = known ? static_cast<double>(x[target]) : static_cast<double>(NAN);  // before dx may overwrite x
    float sum = row_exp(x, most, dx, c);
    if (dx != nullptr) {
        Vec total = set1(known ? sum : NAN), factor = set1(scale);
        map_row(dx, c, [&](Vec e) { return div(e, total); });
        if (known) dx[target] -= 1.0f;
        map_row(dx, c, [&](Vec p) { return mul(p, factor); });
    }
    return std::log(static_cast<double>(sum)) + static_cast<double>(most) - picked;
}

}  // namespace

void softmax_forward(const Call& call) {
    const auto& a = args_of<RowsArgs>(call);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    each_block(call, a.rows, larger(1, 4096 / a.cols), 16.0 * a.cols, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
            float* row = y + i * a.cols;
            Vec sum = set1(row_exp(x + i * a.cols, row_max(x + i * a.cols, a.cols), row, a.cols));
            map_row(row, a.cols, [&](Vec e) { return div(e, sum); });
        }
    });
}

// dx = y * (dy - sum(dy * y))
void softmax_backward(const Call& call) {
    const auto& a = args_of<RowsArgs>(call);
    const float *dy = operand<const float>(call, 0), *y = operand<const float>(call, 1);
    float* dx = operand(call, 2);
    each_block(call, a.rows, larger(1, 4096 / a.cols), 4.0 * a.cols, [&](int64_t begin, int64_t end) {
        for (int64_t at = begin * a.cols; at < end * a.cols; at += a.cols) {
            Vec sum = zero();
            for (int64_t j = 0; j < a.cols; j += kLanes) {
                int64_t n = smaller(kLanes, a.cols - j);
                sum = fma(load_n(dy + at + j, n), load_n(y + at + j, n), sum);
            }
            Vec dot = set1(lanes_sum(sum));
            for (int64_t j = 0; j < a.cols; j += kLanes) {
                int64_t n = smaller(kLanes, a.cols - j);
                store_n(dx + at + j, mul(load_n(y + at + j, n), sub(load_n(dy + at + j, n), dot)), n);
            }
        }
    });
}

void log_softmax_forward(const Call& call) {
    const auto& a = args_of<RowsArgs>(call);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    each_block(call, a.rows, larger(1, 4096 / a.cols), 16.0 * a.cols, [&](int64_t begin, int64_t end) {
        for (int64_t at = begin * a.cols; at < end * a.cols; at += a.cols) {
            float most = row_max(x + at, a.cols);
            auto log = static_cast<float>(std::log(static_cast<double>(row_exp(x + at, most, nullptr, a.cols))));
            Vec largest = set1(most), rest = set1(log);
            each_vector(a.cols, [&](int64_t j, int64_t n) {
                store_upto(y + at + j, sub(sub(load_upto(x + at + j, n), largest), rest), n);
            });
        }
    });
}

// dx = dy - e^y * sum(dy)
void log_softmax_backward(const Call& call) {
    const auto& a = args_of<RowsArgs>(call);
    const float *dy = operand<const float>(call, 0), *y = operand<const float>(call, 1);
    float* dx = operand(call, 2);
    each_block(call, a.rows, larger(1, 4096 / a.cols), 16.0 * a.cols, [&](int64_t begin, int64_t end) {
        for (int64_t at = begin * a.cols; at < end * a.cols; at += a.cols) {
            Vec sum = zero();
            each_vector(a.cols, [&](int64_t j, int64_t n) { sum = add(sum, load_n(dy + at + j, n)); });
            Vec total = set1(-lanes_sum(sum));
            each_vector(a.cols, [&](int64_t j, int64_t n) {
                store_upto(dx + at + j, fma(exp(load_upto(y + at + j, n)), total, load_upto(dy + at + j, n)), n);
            });
        }
    });
}

void cross_entropy(const Call& call) {
    const auto& a = args_of<CrossEntropyArgs>(call);
    const float* logits = operand<const float>(call, 0);
    const int64_t* targets = operand<const int64_t>(call, 1);
    float* dlogits = operand(call, 3);
    auto scale = static_cast<float>(1.0 / static_cast<double>(a.n));
    double loss[kChunks] = {};
    int64_t correct[kChunks] = {};
    each_block(call, a.n, divide_up(a.n, kChunks), 24.0 * a.c, [&](int64_t begin, int64_t end) {
        int64_t chunk = begin / divide_up(a.n, kChunks);
        for (int64_t i = begin; i < end; ++i) {
            const float* row = logits + i * a.c;
            correct[chunk] += hits(row, targets[i], a.c) ? 1 : 0;
            loss[chunk] += cross_entropy_row(row, targets[i], dlogits ? dlogits + i * a.c : nullptr, a.c, scale);
        }
    });
    double sum = 0;
    int64_t right = 0;
    for (int64_t i = 0; i < kChunks; ++i) {
        sum += loss[i];
        right += correct[i];
    }
    *operand<double>(call, 2) = sum / static_cast<double>(a.n);
    *operand<int64_t>(call, 4) = right;
}

void mse(const Call& call) {
    const auto& a = args_of<MseArgs>(call);
    const float *pred = operand<const float>(call, 0), *target = operand<const float>(call, 1);
    float* dpred = operand(call, 3);
    auto scale = static_cast<float>(2.0 / static_cast<double>(a.count));
    double loss[kChunks] = {};
    int64_t block = larger(1024, divide_up(a.count, kChunks));
    each_block(call, a.count, block, 8.0, [&](int64_t begin, int64_t end) {
        double sums[kSums] = {};
        for (int64_t i = begin; i < end; i += kSums) {
            float difference[kSums] = {};
            int64_t n = smaller(kSums, end - i);
            for (int64_t k = 0; k < n; ++k) difference[k] = pred[i + k] - target[i + k];
            for (int64_t k = 0; k < kSums; ++k) sums[k] += squared(difference[k]);
            for (int64_t k = 0; dpred != nullptr && k < n; ++k) dpred[i + k] = scale * difference[k];
        }
        for (double sum : sums) loss[begin / block] += sum;
    });
    double sum = 0;
    for (int64_t i = 0; i < kChunks; ++i) sum += loss[i];
    *operand<double>(call, 2) = sum / static_cast<double>(a.count);
}

}  // namespace simplecell::SC_ISA
