// The definitions, one loop each: the oracle of the tests.
#include <cmath>

#include "kernels/call.h"
#include "kernels/optim/optim.h"

namespace simplecell::reference {

void sgd(const Call& call) {
    const auto& a = args_of<SgdArgs>(call);
    float *w = operand(call, 0), *v = operand(call, 2);
    const float* gradient = operand<const float>(call, 1);
    float lr = *operand<const float>(call, 3);
    auto momentum = static_cast<float>(a.momentum), decay = static_cast<float>(a.weight_decay);
    for (int64_t i = 0; i < a.count; ++i) {
        float g = gradient[i] + decay * w[i];
        if (momentum != 0) {
            v[i] = momentum * v[i] + g;
            g = a.nesterov != 0 ? g + momentum * v[i] : v[i];
        }
        w[i] -= lr * g;
    }
}

void adam(const Call& call) {
    const auto& a = args_of<AdamArgs>(call);
    float *w = operand(call, 0), *exp_avg = operand(call, 2), *exp_avg_sq = operand(call, 3);
    const double step = static_cast<double>(*operand(call, 4) += 1), lr = static_cast<double>(*operand<const float>(call, 5));
    for (int64_t i = 0; i < a.count; ++i) {
        auto g = static_cast<double>(operand<const float>(call, 1)[i]), weight = static_cast<double>(w[i]);
        if (a.decoupled != 0) weight -= lr * a.weight_decay * weight;
        else g += a.weight_decay * weight;
        exp_avg[i] = static_cast<float>(a.beta1 * static_cast<double>(exp_avg[i]) + (1 - a.beta1) * g);
        exp_avg_sq[i] = static_cast<float>(a.beta2 * static_cast<double>(exp_avg_sq[i]) + (1 - a.beta2) * g * g);
        double divisor = std::sqrt(static_cast<double>(exp_avg_sq[i])) / std::sqrt(1 - std::pow(a.beta2, step)) + a.eps;
        w[i] = static_cast<float>(weight - lr / (1 - std::pow(a.beta1, step)) * static_cast<double>(exp_avg[i]) / divisor);
    }
}

void rmsprop(const Call& call) {
    const auto& a = args_of<RmspropArgs>(call);
    float *w = operand(call, 0), *square_avg = operand(call, 2), *grad_avg = operand(call, 3), *buffer = operand(call, 4);
    const auto lr = static_cast<double>(*operand<const float>(call, 5));
    for (int64_t i = 0; i < a.count; ++i) {
        auto weight = static_cast<double>(w[i]), g = static_cast<double>(operand<const float>(call, 1)[i]) + a.weight_decay * weight;
        square_avg[i] = static_cast<float>(a.alpha * static_cast<double>(square_avg[i]) + (1 - a.alpha) * g * g);
        double mean = 0;
        if (a.centered != 0) mean = grad_avg[i] = static_cast<float>(a.alpha * static_cast<double>(grad_avg[i]) + (1 - a.alpha) * g);
        double move = g / (std::sqrt(static_cast<double>(square_avg[i]) - mean * mean) + a.eps);
        if (a.momentum != 0) move = buffer[i] = static_cast<float>(a.momentum * static_cast<double>(buffer[i]) + move);
        w[i] = static_cast<float>(weight - lr * move);
    }
}

}  // namespace simplecell::reference
