// The definitions in double, one lambda each: the oracle of the tests.
#include <cmath>

#include "kernels/activation/activation.h"
#include "kernels/call.h"

namespace simplecell::reference {
namespace {

template <class F>
void forward(const Call& call, const F& value) {
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    for (int64_t i = 0; i < args_of<ActivationArgs>(call).count; ++i) y[i] = static_cast<float>(value(static_cast<double>(x[i])));
}

template <class F>
void backward(const Call& call, const F& slope) {
    const float *dy = operand<const float>(call, 0), *kept = operand<const float>(call, 1);
    float* dx = operand(call, 2);
    for (int64_t i = 0; i < args_of<ActivationArgs>(call).count; ++i) {
        dx[i] = static_cast<float>(static_cast<double>(dy[i]) * slope(static_cast<double>(kept[i])));
    }
}

double clip6(double x) { return x < 0 ? 0 : x > 6 ? 6 : x; }
double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double density(double x) { return std::exp(-x * x / 2) / std::sqrt(2 * M_PI); }
double share_below(double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; }

double elu(const EluArgs& a, double x) { return a.scale * (x > 0 ? x : a.alpha * std::expm1(a.input_scale * x)); }
double elu_slope(const EluArgs& a, double x) { return a.scale * (x > 0 ? 1 : a.alpha * a.input_scale * std::exp(a.input_scale * x)); }

double gelu_tanh(double x) { return x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))) / 2; }
double gelu_tanh_slope(double x) {
    double root = std::sqrt(2 / M_PI), t = std::tanh(root * (x + 0.044715 * x * x * x));
    return (1 + t) / 2 + x * (1 - t * t) / 2 * root * (1 + 3 * 0.044715 * x * x);
}

double mish_gate(double x) { return std::tanh(std::log1p(std::exp(x))); }
double mish_slope(double x) { return mish_gate(x) + x * (1 - mish_gate(x) * mish_gate(x)) * logistic(x); }

double hardswish_slope(double x) { return x <= -3 ? 0 : x < 3 ? x / 3 + 0.5 : 1; }

double softplus(const SoftplusArgs& a, double x) { return a.beta * x > a.threshold ? x : std::log1p(std::exp(a.beta * x)) / a.beta; }
double softplus_slope(const SoftplusArgs& a, double x) { return a.beta * x > a.threshold ? 1 : logistic(a.beta * x); }

double clip(const ClipArgs& a, double x) {
    if (a.below != 0 && x < a.least) return a.least;
    return a.above != 0 && x > a.most ? a.most : x;
}
double clip_slope(const ClipArgs& a, double x) { return clip(a, x) == x ? 1 : 0; }
double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }

}  // namespace

void relu6_forward(const Call& call) { forward(call, clip6); }
void relu6_backward(const Call& call) { backward(call, [](double y) { return y > 0 && y < 6 ? 1.0 : 0.0; }); }
void leaky_relu_forward(const Call& call) {
    forward(call, [&](double x) { return x > 0 ? x : x * args_of<LeakyReluArgs>(call).slope; });
}
void leaky_relu_backward(const Call& call) {
    backward(call, [&](double x) { return x > 0 ? 1 : args_of<LeakyReluArgs>(call).slope; });
}
void elu_forward(const Call& call) { forward(call, [&](double x) { return elu(args_of<EluArgs>(call), x); }); }
void elu_backward(const Call& call) { backward(call, [&](double x) { return elu_slope(args_of<EluArgs>(call), x); }); }
void sigmoid_forward(const Call& call) { forward(call, logistic); }
void sigmoid_backward(const Call& call) { backward(call, [](double y) { return y * (1 - y); }); }
void hardsigmoid_forward(const Call& call) { forward(call, [](double x) { return clip6(x + 3) / 6; }); }
void hardsigmoid_backward(const Call& call) { backward(call, [](double x) { return x > -3 && x < 3 ? 1.0 / 6 : 0.0; }); }
void hardswish_forward(const Call& call) { forward(call, [](double x) { return x * clip6(x + 3) / 6; }); }
void hardswish_backward(const Call& call) { backward(call, hardswish_slope); }
void tanh_forward(const Call& call) { forward(call, [](double x) { return std::tanh(x); }); }
void tanh_backward(const Call& call) { backward(call, [](double y) { return 1 - y * y; }); }
void gelu_forward(const Call& call) { forward(call, [](double x) { return x * share_below(x); }); }
void gelu_backward(const Call& call) { backward(call, [](double x) { return share_below(x) + x * density(x); }); }
void gelu_tanh_forward(const Call& call) { forward(call, gelu_tanh); }
void gelu_tanh_backward(const Call& call) { backward(call, gelu_tanh_slope); }
void silu_forward(const Call& call) { forward(call, [](double x) { return x * logistic(x); }); }
void silu_backward(const Call& call) { backward(call, [](double x) { return logistic(x) * (1 + x * logistic(-x)); }); }
void mish_forward(const Call& call) { forward(call, [](double x) { return x * mish_gate(x); }); }
void mish_backward(const Call& call) { backward(call, mish_slope); }
void softplus_forward(const Call& call) { forward(call, [&](double x) { return softplus(args_of<SoftplusArgs>(call), x); }); }
void softplus_backward(const Call& call) { backward(call, [&](double x) { return softplus_slope(args_of<SoftplusArgs>(call), x); }); }

void rescale_forward(const Call& call) {
    const auto& a = args_of<RescaleArgs>(call);
    forward(call, [&](double x) { return x * a.scale + a.offset; });
}
void rescale_backward(const Call& call) {
    backward(call, [&](double) { return args_of<RescaleArgs>(call).scale; });
}
void clip_forward(const Call& call) { forward(call, [&](double x) { return clip(args_of<ClipArgs>(call), x); }); }
void clip_backward(const Call& call) { backward(call, [&](double x) { return clip_slope(args_of<ClipArgs>(call), x); }); }
void threshold_forward(const Call& call) {
    const auto& a = args_of<ThresholdArgs>(call);
    forward(call, [&](double x) { return x <= a.threshold ? a.fill : x; });
}
void threshold_backward(const Call& call) {
    backward(call, [&](double x) { return x <= args_of<ThresholdArgs>(call).threshold ? 0.0 : 1.0; });
}
void abs_forward(const Call& call) { forward(call, [](double x) { return std::fabs(x); }); }
void abs_backward(const Call& call) { backward(call, sign); }
void exp_forward(const Call& call) { forward(call, [](double x) { return std::exp(x); }); }
void exp_backward(const Call& call) { backward(call, [](double y) { return y; }); }
void log_forward(const Call& call) { forward(call, [](double x) { return std::log(x); }); }
void log_backward(const Call& call) { backward(call, [](double x) { return 1 / x; }); }
void erf_forward(const Call& call) { forward(call, [](double x) { return std::erf(x); }); }
void erf_backward(const Call& call) { backward(call, [](double x) { return 2 / std::sqrt(M_PI) * std::exp(-x * x); }); }
void softsign_forward(const Call& call) { forward(call, [](double x) { return x / (1 + std::fabs(x)); }); }
void softsign_backward(const Call& call) {
    backward(call, [](double x) { return 1 / ((1 + std::fabs(x)) * (1 + std::fabs(x))); });
}
void power_forward(const Call& call) { forward(call, [&](double x) { return std::pow(x, args_of<PowerArgs>(call).exponent); }); }
void power_backward(const Call& call) {
    const double exponent = args_of<PowerArgs>(call).exponent;
    backward(call, [&](double x) { return exponent * std::pow(x, exponent - 1); });
}

void prelu_forward(const Call& call) {
    const auto& a = args_of<PreluArgs>(call);
    const float *x = operand<const float>(call, 0), *weight = operand<const float>(call, 1);
    float* y = operand(call, 2);
    for (int64_t i = 0; i < a.pixels * a.c; ++i) y[i] = x[i] > 0 ? x[i] : x[i] * weight[i % a.slopes];
}

void prelu_backward(const Call& call) {
    const auto& a = args_of<PreluArgs>(call);
    const float *dy = operand<const float>(call, 0), *x = operand<const float>(call, 1), *weight = operand<const float>(call, 2);
    float *dx = operand(call, 3), *dweight = operand(call, 4);
    for (int64_t k = 0; k < a.slopes; ++k) {
        double sum = 0;
        for (int64_t i = k; i < a.pixels * a.c; i += a.slopes) sum += x[i] > 0 ? 0.0 : static_cast<double>(dy[i]) * static_cast<double>(x[i]);
        dweight[k] = static_cast<float>(sum);
    }
    for (int64_t i = 0; dx != nullptr && i < a.pixels * a.c; ++i) dx[i] = x[i] > 0 ? dy[i] : dy[i] * weight[i % a.slopes];
}

}  // namespace simplecell::reference
