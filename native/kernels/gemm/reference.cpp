// The definitions, one loop nest each, summed in double: the oracle of the tests.
#include "base/isa.h"
#include "kernels/call.h"
#include "kernels/gemm/gemm.h"

namespace simplecell::reference {
namespace {

constexpr int64_t kPanel = blocking(Isa::reference).nr;

}  // namespace

void linear_pack(const Call& call) {
    const auto& a = args_of<LinearPackArgs>(call);
    const float* w = operand<const float>(call, 0);
    float* packed = operand(call, 1);
    for (int64_t o = 0; o < divide_up(a.o, kPanel) * kPanel; ++o)
        for (int64_t k = 0; k < a.i; ++k)
            packed[(o / kPanel * a.i + k) * kPanel + o % kPanel] = o < a.o ? w[o * a.i + k] : 0.0f;
}

void linear_forward(const Call& call) {
    const auto& a = args_of<LinearForwardArgs>(call);
    const float *x = operand<const float>(call, 0), *packed = operand<const float>(call, 1);
    const float* bias = operand<const float>(call, 2);
    for (int64_t row = 0; row < a.n; ++row)
        for (int64_t o = 0; o < a.o; ++o) {
            double sum = bias != nullptr ? bias[o] : 0.0;
            for (int64_t k = 0; k < a.i; ++k)
                sum += static_cast<double>(x[row * a.i + k]) * packed[(o / kPanel * a.i + k) * kPanel + o % kPanel];
            operand(call, 3)[row * a.o + o] = static_cast<float>(rectified(sum, a.relu));
        }
}

void linear_rows_forward(const Call& call) {
    const auto& a = args_of<LinearForwardArgs>(call);
    const float *x = operand<const float>(call, 0), *w = operand<const float>(call, 1), *bias = operand<const float>(call, 2);
    for (int64_t row = 0; row < a.n; ++row)
        for (int64_t o = 0; o < a.o; ++o) {
            double sum = bias != nullptr ? bias[o] : 0.0;
            for (int64_t k = 0; k < a.i; ++k) sum += static_cast<double>(x[row * a.i + k]) * w[o * a.i + k];
            operand(call, 3)[row * a.o + o] = static_cast<float>(rectified(sum, a.relu));
        }
}

void linear_update(const Call& call) {
    const auto& a = args_of<LinearUpdateArgs>(call);
    const float *dy = operand<const float>(call, 0), *x = operand<const float>(call, 1);
    float *w = operand(call, 2), *v = operand(call, 3), *db = operand(call, 5);
    float lr = *operand<const float>(call, 4);
    auto momentum = static_cast<float>(a.momentum), decay = static_cast<float>(a.weight_decay);
    for (int64_t at = 0; at < a.o * a.i; ++at) {
        double sum = 0;
        for (int64_t row = 0; row < a.n; ++row) sum += static_cast<double>(dy[row * a.o + at / a.i]) * x[row * a.i + at % a.i];
        float g = static_cast<float>(sum) + decay * w[at];
        if (momentum != 0) {
            v[at] = momentum * v[at] + g;
            g = a.nesterov != 0 ? g + momentum * v[at] : v[at];
        }
        w[at] -= lr * g;
    }
    for (int64_t o = 0; o < a.o && db != nullptr; ++o) {
        double bias = 0;
        for (int64_t row = 0; row < a.n; ++row) bias += dy[row * a.o + o];
        db[o] = static_cast<float>(bias);
    }
}

void linear_backward_data(const Call& call) {
    const auto& a = args_of<LinearArgs>(call);
    const float *dy = operand<const float>(call, 0), *w = operand<const float>(call, 1);
    for (int64_t row = 0; row < a.n; ++row)
        for (int64_t i = 0; i < a.i; ++i) {
            double sum = 0;
            for (int64_t o = 0; o < a.o; ++o) sum += static_cast<double>(dy[row * a.o + o]) * w[o * a.i + i];
            operand(call, 2)[row * a.i + i] = static_cast<float>(sum);
        }
}

void linear_backward_weights(const Call& call) {
    const auto& a = args_of<LinearArgs>(call);
    const float *dy = operand<const float>(call, 0), *x = operand<const float>(call, 1);
    float* db = operand(call, 3);
    for (int64_t o = 0; o < a.o; ++o) {
        double bias = 0;
        for (int64_t row = 0; row < a.n; ++row) bias += dy[row * a.o + o];
        if (db != nullptr) db[o] = static_cast<float>(bias);
        for (int64_t i = 0; i < a.i; ++i) {
            double sum = 0;
            for (int64_t row = 0; row < a.n; ++row) sum += static_cast<double>(dy[row * a.o + o]) * x[row * a.i + i];
            operand(call, 2)[o * a.i + i] = static_cast<float>(sum);
        }
    }
}

}  // namespace simplecell::reference
