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
// op(j, lanes) for each vector of a row, four sums side by side, all joined by `join` in the end.
template <class Op, class Join>
SC_INLINE Vec gather_row(int64_t cols, Vec start, const Op& op, const Join& join) {
    Vec part[4] = {start, start, start, start};
    int64_t j = 0;
    for (; j + 4 * kLanes <= cols; j += 4 * kLanes) {
#pragma GCC unroll 4
        for (int k = 0; k < 4; ++k) part[k] = join(op(j + k * kLanes, int64_t{kLanes}), part[k]);
    }
    for (; j < cols; j += kLanes) {
        const int64_t n = smaller(kLanes, cols - j);
        part[0] = join(merge_n(op(j, n), n, start), part[0]);
    }
    return join(join(part[0], part[1]), join(part[2], part[3]));
}

// A row, and the one that is fetched into the cache while this one is worked on.
struct Row {
    const float *x, *next;
    int64_t cols;

    Row(const float* rows, int64_t i, int64_t count, int64_t size)
        : x(rows + i * size), next(rows + smaller(i + 1, count - 1) * size), cols(size) {}
};

// The largest element; a NaN may or may not be seen (the exponentials will see it).
inline float row_max(const Row& row) {
    Vec best = gather_row(row.cols, set1(-INFINITY), [&](int64_t j, int64_t n) { return load_upto(row.x + j, n); },
                          [](Vec a, Vec b) { return max(a, b); });
    float lane[kLanes];
    store(lane, best);
    for (int half = kLanes / 2; half > 0; half /= 2) {
        for (int i = 0; i < half; ++i) lane[i] = lane[i] > lane[i + half] ? lane[i] : lane[i + half];
    }
    return lane[0];
}

// sum_j e^(x_j - most); the terms go to `terms` unless it is null.
inline float row_exp(const Row& row, float most, float* terms) {
    const Vec shift = set1(most);
    auto term = [&](int64_t j, int64_t n) {
        __builtin_prefetch(row.next + j);
        Vec e = exp_below(sub(load_upto(row.x + j, n), shift));
        if (terms != nullptr) store_upto(terms + j, e, n);
        return e;
    };
    return sum(gather_row(row.cols, zero(), term, [](Vec a, Vec b) { return add(a, b); }));
}

// Where a row's exponentials wait for their sum: in y itself, or where y goes past the caches in a buffer of this thread.
struct Waiting {
    static constexpr int64_t kMost = 4096;
    alignas(64) float cells[kMost];

    static bool holds(const float* y, int64_t rows, int64_t cols, const float* x) {
        return cols <= kMost && past_caches(y, rows * cols, x);
    }
};

// Whether the first largest element is x[target]; a NaN counts as larger than any number. `most` is what row_max found.
inline bool hits(const float* x, int64_t target, int64_t cols, float most) {
    if (target < 0 || target >= cols) return false;
    float mine = x[target];
    if (mine < most) return false;
    if (mine != mine) return std::none_of(x, x + target, [](float other) { return other != other; });
    int32_t beaten = 0;  // an integer, and no early exit: so the loops become vectors
    for (int64_t j = 0; j < target; ++j) beaten |= static_cast<int32_t>(!(x[j] < mine));
    for (int64_t j = target + 1; j < cols; ++j) beaten |= static_cast<int32_t>(!(x[j] <= mine));
    return beaten == 0;
}

struct RowLoss {
    double loss;
    bool correct;
};

// dx may be null; `terms` is where the exponentials wait, dx itself or another place.
template <class Put>
inline RowLoss cross_entropy_row(const Row& row, int64_t target, float* dx, float* terms, float scale, const Put& put) {
    const float most = row_max(row);
    const bool known = target >= 0 && target < row.cols, correct = hits(row.x, target, row.cols, most);
    double picked = known ? static_cast<double>(row.x[target]) : static_cast<double>(NAN);  // before dx may overwrite x
    const float total = row_exp(row, most, terms);
    if (dx != nullptr) {
        const float factor = known ? scale / total : NAN;
        if (known) terms[target] -= total;  // softmax - 1 where the target is
        put_row(dx, row.cols, put, [&](int64_t j, int64_t n) { return mul(load_upto(terms + j, n), set1(factor)); });
    }
    return {std::log(static_cast<double>(total)) + static_cast<double>(most) - picked, correct};
}

// The blocks of a sum of at most kChunks parts, each a number of whole vectors.
inline int64_t sum_block(int64_t count) { return divide_up(larger(1024, divide_up(count, kChunks)), 64) * 64; }

}  // namespace

void softmax_forward(const Call& call) {
    const auto& a = args_of<RowsArgs>(call);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    const bool past = Waiting::holds(y, a.rows, a.cols, x);
    each_block(call, a.rows, larger(1, 4096 / a.cols), 16.0 * a.cols, [&](int64_t begin, int64_t end) {
        writing(past, [&](auto put) {
            Waiting waiting;
            for (int64_t i = begin; i < end; ++i) {
                const Row row(x, i, a.rows, a.cols);
                float* terms = past ? waiting.cells : y + i * a.cols;
                const Vec share = set1(1.0f / row_exp(row, row_max(row), terms));
                put_row(y + i * a.cols, a.cols, put, [&](int64_t j, int64_t n) { return mul(load_upto(terms + j, n), share); });
            }
        });
    });
}

// dx = y * (dy - sum(dy * y))
void softmax_backward(const Call& call) {
    const auto& a = args_of<RowsArgs>(call);
    const float *dy = operand<const float>(call, 0), *y = operand<const float>(call, 1);
    float* dx = operand(call, 2);
    each_block(call, a.rows, larger(1, 4096 / a.cols), 4.0 * a.cols, [&](int64_t begin, int64_t end) {
        for (int64_t at = begin * a.cols; at < end * a.cols; at += a.cols) {
            Vec dots = zero();
            each_vector(a.cols, [&](int64_t j, int64_t n) { dots = fma(load_upto(dy + at + j, n), load_upto(y + at + j, n), dots); });
            Vec dot = set1(sum(dots));
            each_vector(a.cols, [&](int64_t j, int64_t n) {
                store_upto(dx + at + j, mul(load_upto(y + at + j, n), sub(load_upto(dy + at + j, n), dot)), n);
            });
        }
    });
}

void log_softmax_forward(const Call& call) {
    const auto& a = args_of<RowsArgs>(call);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    each_block(call, a.rows, larger(1, 4096 / a.cols), 16.0 * a.cols, [&](int64_t begin, int64_t end) {
        writing(past_caches(y, a.rows * a.cols, x), [&](auto put) {
            for (int64_t i = begin; i < end; ++i) {
                const Row row(x, i, a.rows, a.cols);
                const float most = row_max(row);
                auto log = static_cast<float>(std::log(static_cast<double>(row_exp(row, most, nullptr))));
                const Vec largest = set1(most), rest = set1(log);
                put_row(y + i * a.cols, a.cols, put,
                        [&](int64_t j, int64_t n) { return sub(sub(load_upto(row.x + j, n), largest), rest); });
            }
        });
    });
}

// dx = dy - e^y * sum(dy)
void log_softmax_backward(const Call& call) {
    const auto& a = args_of<RowsArgs>(call);
    const float *dy = operand<const float>(call, 0), *y = operand<const float>(call, 1);
    float* dx = operand(call, 2);
    each_block(call, a.rows, larger(1, 4096 / a.cols), 16.0 * a.cols, [&](int64_t begin, int64_t end) {
        for (int64_t at = begin * a.cols; at < end * a.cols; at += a.cols) {
            Vec sums = zero();
            each_vector(a.cols, [&](int64_t j, int64_t n) { sums = add(sums, load_upto(dy + at + j, n)); });
            Vec total = set1(-sum(sums));
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
    const bool past = dlogits != nullptr && Waiting::holds(dlogits, a.n, a.c, logits);
    double loss[kChunks] = {};
    int64_t correct[kChunks] = {};
    each_block(call, a.n, divide_up(a.n, kChunks), 24.0 * a.c, [&](int64_t begin, int64_t end) {
        int64_t chunk = begin / divide_up(a.n, kChunks);
        writing(past, [&](auto put) {
            Waiting waiting;
            for (int64_t i = begin; i < end; ++i) {
                float *dx = dlogits != nullptr ? dlogits + i * a.c : nullptr, *terms = past ? waiting.cells : dx;
                const RowLoss row = cross_entropy_row(Row(logits, i, a.n, a.c), targets[i], dx, terms, scale, put);
                correct[chunk] += row.correct ? 1 : 0;
                loss[chunk] += row.loss;
            }
        });
    });
    double total = 0;
    int64_t right = 0;
    for (int64_t i = 0; i < kChunks; ++i) {
        total += loss[i];
        right += correct[i];
    }
    *operand<double>(call, 2) = total / static_cast<double>(a.n);
    *operand<int64_t>(call, 4) = right;
}

void mse(const Call& call) {
    const auto& a = args_of<MseArgs>(call);
    const float *pred = operand<const float>(call, 0), *target = operand<const float>(call, 1);
    float* dpred = operand(call, 3);
    const Vec scale = set1(static_cast<float>(2.0 / static_cast<double>(a.count)));
    const bool past = dpred != nullptr && to_aligned(dpred) == 0 && past_caches(dpred, a.count, pred, target);
    double loss[kChunks] = {};
    const int64_t block = sum_block(a.count);
    constexpr int64_t kRun = 16 * kLanes;  // squares are added in float this far
    each_block(call, a.count, block, 8.0, [&](int64_t begin, int64_t end) {
        writing(past, [&](auto put) {
            for (int64_t first = begin; first < end; first += kRun) {
                Vec squares = zero();
                each_vector(smaller(kRun, end - first), [&](int64_t i, int64_t n) {
                    Vec difference = sub(load_upto(pred + first + i, n), load_upto(target + first + i, n));
                    squares = fma(difference, difference, squares);
                    if (dpred != nullptr) put(dpred + first + i, mul(scale, difference), n);
                });
                loss[begin / block] += static_cast<double>(sum(squares));
            }
        });
    });
    double total = 0;
    for (double part : loss) total += part;
    *operand<double>(call, 2) = total / static_cast<double>(a.count);
}

}  // namespace simplecell::SC_ISA
