// The activations, written once over the vector contract: one loop forward and one backward for every function.
#include "kernels/activation/functions.h"
#include "kernels/call.h"
#include "kernels/lanes.h"

namespace simplecell::SC_ISA {
namespace {

constexpr double kWork = 40.0;  // operations of a function, about

template <class Function, class Args>
inline void activation_forward(const Call& call) {
    const auto& a = args_of<Args>(call);
    const Function f(a);
    map_all(call, a.count, kWork, operand<const float>(call, 0), operand(call, 1), [&](Vec x) { return f.value(x); });
}

template <class Function, class Args>
inline void activation_backward(const Call& call) {
    const auto& a = args_of<Args>(call);
    const Function f(a);
    map2_all(call, a.count, operand<const float>(call, 0), operand<const float>(call, 1), operand(call, 2),
             [&](Vec dy, Vec kept) { return mul(dy, f.slope(kept)); }, kWork);
}

// The slopes of a vector of channels.
SC_INLINE Vec slopes_at(const PreluArgs& a, const float* weight, int64_t channel, int64_t n) {
    return a.slopes == 1 ? set1(*weight) : load_upto(weight + channel, n);
}

// Adds, for the pixels [begin, end), dy * x where x is not above 0 into sum[c], and writes dx unless it is null. Four
// pixels at a time, so that the running sums are seldom moved.
inline void prelu_pixels(const PreluArgs& a, const Call& call, int64_t begin, int64_t end, float* sum) {
    const float *dy = operand<const float>(call, 0), *x = operand<const float>(call, 1), *weight = operand<const float>(call, 2);
    float* dx = operand(call, 3);
    for (int64_t ch = 0; ch < a.c; ++ch) sum[ch] = 0;
    for (int64_t pixel = begin; pixel < end; pixel += 4) {
        const int64_t pixels = smaller(4, end - pixel);
        each_vector(a.c, [&](int64_t ch, int64_t n) {
            const Vec slopes = slopes_at(a, weight, ch, n);
            Vec total = load_upto(sum + ch, n);
            for (int64_t at = pixel * a.c + ch, i = 0; i < pixels; ++i, at += a.c) {
                Vec v = load_upto(x + at, n), g = load_upto(dy + at, n);
                Mask above = less(zero(), v);
                if (dx != nullptr) store_upto(dx + at, select(above, g, mul(g, slopes)), n);
                total = add(total, select(above, zero(), mul(g, v)));
            }
            store_upto(sum + ch, total, n);
        });
    }
}

}  // namespace

#define SC_ACTIVATION(name, Function, Args)                                                \
    void name##_forward(const Call& call) { activation_forward<Function, Args>(call); }    \
    void name##_backward(const Call& call) { activation_backward<Function, Args>(call); }

SC_ACTIVATION(relu6, Relu6, ActivationArgs)
SC_ACTIVATION(leaky_relu, LeakyRelu, LeakyReluArgs)
SC_ACTIVATION(elu, Elu, EluArgs)
SC_ACTIVATION(sigmoid, Sigmoid, ActivationArgs)
SC_ACTIVATION(hardsigmoid, HardSigmoid, ActivationArgs)
SC_ACTIVATION(hardswish, HardSwish, ActivationArgs)
SC_ACTIVATION(tanh, Tanh, ActivationArgs)
SC_ACTIVATION(gelu, Gelu, ActivationArgs)
SC_ACTIVATION(gelu_tanh, GeluTanh, ActivationArgs)
SC_ACTIVATION(silu, Silu, ActivationArgs)
SC_ACTIVATION(mish, Mish, ActivationArgs)
SC_ACTIVATION(softplus, Softplus, SoftplusArgs)
SC_ACTIVATION(rescale, Rescale, RescaleArgs)
SC_ACTIVATION(clip, Clip, ClipArgs)
SC_ACTIVATION(threshold, Threshold, ThresholdArgs)
SC_ACTIVATION(abs, Abs, ActivationArgs)
SC_ACTIVATION(exp, Exp, ActivationArgs)
SC_ACTIVATION(log, Log, ActivationArgs)
SC_ACTIVATION(erf, Erf, ActivationArgs)
SC_ACTIVATION(softsign, Softsign, ActivationArgs)
SC_ACTIVATION(power, Power, PowerArgs)

#undef SC_ACTIVATION

void prelu_forward(const Call& call) {
    const auto& a = args_of<PreluArgs>(call);
    const float *x = operand<const float>(call, 0), *weight = operand<const float>(call, 1);
    float* y = operand(call, 2);
    each_block(call, a.pixels, larger(1, kElementBlock / a.c), 4.0 * static_cast<double>(a.c), [&](int64_t begin, int64_t end) {
        for (int64_t pixel = begin; pixel < end; ++pixel) {
            each_vector(a.c, [&](int64_t ch, int64_t n) {
                Vec v = load_upto(x + pixel * a.c + ch, n);
                store_upto(y + pixel * a.c + ch, select(less(zero(), v), v, mul(v, slopes_at(a, weight, ch, n))), n);
            });
        }
    });
}

void prelu_backward(const Call& call) {
    const auto& a = args_of<PreluArgs>(call);
    const PreluPlan plan = prelu_plan(a);
    constexpr int64_t kRun = 64;
    auto* partials = operand<double>(call, 5);  // (chunks, c), and behind them a run's float sums for each chunk
    auto* runs = reinterpret_cast<float*>(partials + plan.chunks * a.c);
    each_task(call, plan.chunks, 8.0 * static_cast<double>(a.pixels) * static_cast<double>(a.c), [&](int64_t chunk, int) {
        double* partial = partials + chunk * a.c;
        float* run = runs + chunk * a.c;
        for (int64_t ch = 0; ch < a.c; ++ch) partial[ch] = 0;
        int64_t last = smaller(a.pixels, (chunk + 1) * plan.pixels);
        for (int64_t begin = chunk * plan.pixels; begin < last; begin += kRun) {
            prelu_pixels(a, call, begin, smaller(last, begin + kRun), run);
            for (int64_t ch = 0; ch < a.c; ++ch) partial[ch] += static_cast<double>(run[ch]);
        }
    });
    float* dweight = operand(call, 4);
    double all = 0;
    for (int64_t ch = 0; ch < a.c; ++ch) {
        double sum = 0;
        for (int64_t chunk = 0; chunk < plan.chunks; ++chunk) sum += partials[chunk * a.c + ch];
        if (a.slopes > 1) dweight[ch] = static_cast<float>(sum);
        all += sum;
    }
    if (a.slopes == 1) *dweight = static_cast<float>(all);
}

}  // namespace simplecell::SC_ISA
