// The definitions in double: the oracle of the tests.
#include <cmath>

#include "kernels/call.h"
#include "kernels/loss/loss.h"

namespace simplecell::reference {
namespace {

double largest(const float* x, int64_t cols) {
    double most = -INFINITY;
    for (int64_t j = 0; j < cols; ++j) most = x[j] > most ? x[j] : most;
    return most;
}

double sum_exp(const float* x, double most, int64_t cols) {
    double sum = 0;
    for (int64_t j = 0; j < cols; ++j) sum += std::exp(x[j] - most);
    return sum;
}

int64_t first_max(const float* x, int64_t cols) {
    for (int64_t j = 0; j < cols; ++j)
        if (std::isnan(x[j])) return j;
    int64_t best = 0;
    for (int64_t j = 1; j < cols; ++j)
        if (x[j] > x[best]) best = j;
    return best;
}

}  // namespace

void softmax_forward(const Call& call) {
    const auto& a = args_of<RowsArgs>(call);
    for (int64_t i = 0; i < a.rows; ++i) {
        const float* x = operand<const float>(call, 0) + i * a.cols;
        float* y = operand(call, 1) + i * a.cols;
        double most = largest(x, a.cols), sum = sum_exp(x, most, a.cols);
        for (int64_t j = 0; j < a.cols; ++j) y[j] = static_cast<float>(std::exp(x[j] - most) / sum);
    }
}

void softmax_backward(const Call& call) {
    const auto& a = args_of<RowsArgs>(call);
    for (int64_t i = 0; i < a.rows; ++i) {
        const float* dy = operand<const float>(call, 0) + i * a.cols;
        const float* y = operand<const float>(call, 1) + i * a.cols;
        float* dx = operand(call, 2) + i * a.cols;
        double dot = 0;
        for (int64_t j = 0; j < a.cols; ++j) dot += static_cast<double>(dy[j]) * y[j];
        for (int64_t j = 0; j < a.cols; ++j) dx[j] = static_cast<float>(y[j] * (dy[j] - dot));
    }
}

void log_softmax_forward(const Call& call) {
    const auto& a = args_of<RowsArgs>(call);
    for (int64_t i = 0; i < a.rows; ++i) {
        const float* x = operand<const float>(call, 0) + i * a.cols;
        double most = largest(x, a.cols), sum = sum_exp(x, most, a.cols);
        for (int64_t j = 0; j < a.cols; ++j) operand(call, 1)[i * a.cols + j] = static_cast<float>(x[j] - most - std::log(sum));
    }
}

void log_softmax_backward(const Call& call) {
    const auto& a = args_of<RowsArgs>(call);
    const float *dy = operand<const float>(call, 0), *y = operand<const float>(call, 1);
    for (int64_t i = 0; i < a.rows; ++i) {
        double sum = 0;
        for (int64_t at = i * a.cols; at < (i + 1) * a.cols; ++at) sum += dy[at];
        for (int64_t at = i * a.cols; at < (i + 1) * a.cols; ++at) {
            operand(call, 2)[at] = static_cast<float>(dy[at] - std::exp(static_cast<double>(y[at])) * sum);
        }
    }
}

void cross_entropy(const Call& call) {
    const auto& a = args_of<CrossEntropyArgs>(call);
    const int64_t* targets = operand<const int64_t>(call, 1);
    float* dlogits = operand(call, 3);
    double loss = 0;
    int64_t correct = 0;
    for (int64_t i = 0; i < a.n; ++i) {
        const float* x = operand<const float>(call, 0) + i * a.c;
        bool known = targets[i] >= 0 && targets[i] < a.c;
        double most = largest(x, a.c), sum = known ? sum_exp(x, most, a.c) : static_cast<double>(NAN);
        correct += first_max(x, a.c) == targets[i] ? 1 : 0;
        loss += known ? std::log(sum) + most - x[targets[i]] : static_cast<double>(NAN);
        for (int64_t j = 0; dlogits != nullptr && j < a.c; ++j) {
            double p = std::exp(x[j] - most) / sum;
            dlogits[i * a.c + j] = static_cast<float>((p - (targets[i] == j ? 1.0 : 0.0)) / static_cast<double>(a.n));
        }
    }
    *operand<double>(call, 2) = loss / static_cast<double>(a.n);
    *operand<int64_t>(call, 4) = correct;
}

void mse(const Call& call) {
    int64_t count = args_of<MseArgs>(call).count;
    const float *pred = operand<const float>(call, 0), *target = operand<const float>(call, 1);
    float* dpred = operand(call, 3);
    double loss = 0;
    for (int64_t i = 0; i < count; ++i) {
        double difference = static_cast<double>(pred[i]) - static_cast<double>(target[i]);
        loss += difference * difference;
        if (dpred != nullptr) dpred[i] = static_cast<float>(2.0 * difference / static_cast<double>(count));
    }
    *operand<double>(call, 2) = loss / static_cast<double>(count);
}

}  // namespace simplecell::reference
