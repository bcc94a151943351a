// Normalisation, written once over the vector contract. Lanes are channels. Three passes: sums in chunks, what each
// channel needs, the values.
#include <cmath>

#include "kernels/call.h"
#include "kernels/norm/layer.h"
#include "kernels/norm/lrn.h"
#include "kernels/norm/sums.h"

namespace simplecell::SC_ISA {
namespace {

struct Statistics {
    double mean, squares;  // squares: the sum of (x - mean)^2
};

// Of one channel of an image, from the sums around `around`.
inline Statistics statistics(const NormMemory& memory, int64_t image, int64_t channel, double around) {
    auto count = static_cast<double>(memory.plan.pixels);
    double first = memory.all_sums(image, 0, channel), second = memory.all_sums(image, 1, channel);
    double squares = second - first * first / count;
    return {around + first / count, squares < 0 ? 0 : squares};
}

inline float or_else(const float* values, int64_t index, float otherwise) { return values != nullptr ? values[index] : otherwise; }

// y = (x - mean) * scale + bias, from lines 0, 1, 2; then + more, where it is given, and rectified.
inline void scale_and_shift(const Call& call, const NormMemory& memory, const float* x, float* y, const float* more = nullptr,
                            int64_t relu = 0) {
    const Rectifier rectifier(relu);
    each_value(call, memory.plan, y, [&](int64_t at, int64_t ch, int64_t image, int64_t n) {
        Vec d = sub(load_upto(x + at, n), load_upto(memory.line(image, 0) + ch, n));
        Vec v = fma(d, load_upto(memory.line(image, 1) + ch, n), load_upto(memory.line(image, 2) + ch, n));
        if (more != nullptr) v = add(v, load_upto(more + at, n));
        return rectifier.of(v);
    }, x, more);
}

// dx = p * dy + q * (x - mean) + r, from lines mean, p, q, r.
inline void gradient(const Call& call, const NormMemory& memory, const float* dy, const float* x, float* dx) {
    each_value(call, memory.plan, dx, [&](int64_t at, int64_t ch, int64_t image, int64_t n) {
        Vec d = sub(load_upto(x + at, n), load_upto(memory.line(image, 0) + ch, n));
        Vec v = fma(d, load_upto(memory.line(image, 2) + ch, n), load_upto(memory.line(image, 3) + ch, n));
        return fma(load_upto(memory.line(image, 1) + ch, n), load_upto(dy + at, n), v);
    }, x, dy);
}

inline void moments(const Call& call, const NormMemory& memory, const float* x) {
    const NormPlan& p = memory.plan;
    sum_chunks(call, memory, [&](int64_t image, float* around) {
        const float* from = x + image * p.pixels * p.c;
        sample_mean(from, p.pixels, p.c, around);
        return Moments{from, around};
    });
}

inline void move_average(float* running, int64_t channel, double momentum, double now) {
    if (running == nullptr) return;
    running[channel] = static_cast<float>((1 - momentum) * static_cast<double>(running[channel]) + momentum * now);
}

}  // namespace

void batchnorm_forward(const Call& call) {
    const auto& a = args_of<BatchNormArgs>(call);
    const float *x = operand<const float>(call, 0), *weight = operand<const float>(call, 1), *bias = operand<const float>(call, 2);
    float *running_mean = operand(call, 3), *running_var = operand(call, 4), *mean = operand(call, 7), *inv = operand(call, 8);
    const NormMemory memory(norm_plan(1, a.pixels, a.c), operand<double>(call, 9));
    moments(call, memory, x);
    auto count = static_cast<double>(a.pixels);
    float* around = memory.of_worker(0);
    sample_mean(x, a.pixels, a.c, around);
    each_block(call, a.c, 64, 4.0 * static_cast<double>(memory.plan.chunks), [&](int64_t begin, int64_t end) {
        for (int64_t ch = begin; ch < end; ++ch) {
            Statistics s = statistics(memory, 0, ch, static_cast<double>(around[ch]));
            double inverse = 1 / std::sqrt(s.squares / count + a.eps);
            move_average(running_mean, ch, a.momentum, s.mean);
            move_average(running_var, ch, a.momentum, s.squares / (count - 1));
            mean[ch] = memory.line(0, 0)[ch] = static_cast<float>(s.mean);
            inv[ch] = static_cast<float>(inverse);
            memory.line(0, 1)[ch] = static_cast<float>(inverse * static_cast<double>(or_else(weight, ch, 1)));
            memory.line(0, 2)[ch] = or_else(bias, ch, 0);
        }
    });
    scale_and_shift(call, memory, x, operand(call, 6), operand<const float>(call, 5), a.relu);
}

void batchnorm_evaluate(const Call& call) {
    const auto& a = args_of<BatchNormEvaluateArgs>(call);
    const float *x = operand<const float>(call, 0), *weight = operand<const float>(call, 1), *bias = operand<const float>(call, 2);
    const float *mean = operand<const float>(call, 3), *var = operand<const float>(call, 4);
    float *y = operand(call, 5), *scale = operand(call, 6), *shift = scale + a.c;
    for (int64_t ch = 0; ch < a.c; ++ch) {
        scale[ch] = static_cast<float>(static_cast<double>(or_else(weight, ch, 1)) / std::sqrt(static_cast<double>(var[ch]) + a.eps));
        shift[ch] = or_else(bias, ch, 0);
    }
    each_value(call, norm_plan(1, a.pixels, a.c), y, [&](int64_t at, int64_t ch, int64_t, int64_t n) {
        Vec d = sub(load_upto(x + at, n), load_upto(mean + ch, n));
        return fma(d, load_upto(scale + ch, n), load_upto(shift + ch, n));
    }, x);
}

void batchnorm_backward(const Call& call) {
    const auto& a = args_of<BatchNormBackwardArgs>(call);
    const float *dy = operand<const float>(call, 0), *x = operand<const float>(call, 1), *weight = operand<const float>(call, 2);
    const float *mean = operand<const float>(call, 3), *inv = operand<const float>(call, 4);
    float *dx = operand(call, 5), *dweight = operand(call, 6), *dbias = operand(call, 7);
    const NormMemory memory(norm_plan(1, a.pixels, a.c), operand<double>(call, 8));
    sum_chunks(call, memory, [&](int64_t, float*) { return Slopes{x, dy, mean}; });
    auto count = static_cast<double>(a.pixels);
    each_block(call, a.c, 64, 4.0 * static_cast<double>(memory.plan.chunks), [&](int64_t begin, int64_t end) {
        for (int64_t ch = begin; ch < end; ++ch) {
            double first = memory.all_sums(0, 0, ch), second = memory.all_sums(0, 1, ch), inverse = static_cast<double>(inv[ch]);
            double scale = static_cast<double>(or_else(weight, ch, 1)) * inverse;
            if (dweight != nullptr) dweight[ch] = static_cast<float>(second * inverse);
            if (dbias != nullptr) dbias[ch] = static_cast<float>(first);
            memory.line(0, 0)[ch] = mean[ch];
            memory.line(0, 1)[ch] = static_cast<float>(scale);
            memory.line(0, 2)[ch] = static_cast<float>(-scale * inverse * inverse * second / count);
            memory.line(0, 3)[ch] = static_cast<float>(-scale * first / count);
        }
    });
    if (dx != nullptr) gradient(call, memory, dy, x, dx);
}

void batchnorm_fold(const Call& call) {
    const auto& a = args_of<BatchNormFoldArgs>(call);
    const float *w = operand<const float>(call, 0), *b = operand<const float>(call, 1), *weight = operand<const float>(call, 2);
    const float *bias = operand<const float>(call, 3), *mean = operand<const float>(call, 4), *var = operand<const float>(call, 5);
    float *folded = operand(call, 6), *folded_bias = operand(call, 7);
    each_block(call, a.co, 16, static_cast<double>(a.each), [&](int64_t begin, int64_t end) {
        for (int64_t k = begin; k < end; ++k) {
            double scale = static_cast<double>(or_else(weight, k, 1)) / std::sqrt(static_cast<double>(var[k]) + a.eps);
            double shifted = static_cast<double>(or_else(b, k, 0)) - static_cast<double>(mean[k]);
            folded_bias[k] = static_cast<float>(shifted * scale + static_cast<double>(or_else(bias, k, 0)));
            for (int64_t i = k * a.each; i < (k + 1) * a.each; ++i) folded[i] = static_cast<float>(static_cast<double>(w[i]) * scale);
        }
    });
}

void bias_backward(const Call& call) {
    const auto& a = args_of<BiasArgs>(call);
    const float* dy = operand<const float>(call, 0);
    const NormMemory memory(norm_plan(1, a.pixels, a.c), operand<double>(call, 2));
    sum_chunks(call, memory, [&](int64_t, float*) { return Values{dy, dy}; });
    for (int64_t ch = 0; ch < a.c; ++ch) operand(call, 1)[ch] = static_cast<float>(memory.all_sums(0, 0, ch));
}

void groupnorm_forward(const Call& call) {
    const auto& a = args_of<GroupNormArgs>(call);
    const float *x = operand<const float>(call, 0), *weight = operand<const float>(call, 1), *bias = operand<const float>(call, 2);
    float *mean = operand(call, 4), *inv = operand(call, 5);
    const NormMemory memory(norm_plan(a.n, a.hw, a.c), operand<double>(call, 6));
    moments(call, memory, x);
    const int64_t size = a.c / a.groups;
    each_task(call, a.n, static_cast<double>(a.n * a.c) * 4 * static_cast<double>(memory.plan.chunks), [&](int64_t image, int worker) {
        float* around = memory.of_worker(worker);
        sample_mean(x + image * a.hw * a.c, a.hw, a.c, around);
        for (int64_t group = 0; group < a.groups; ++group) {
            double center = 0, squares = 0;
            for (int64_t ch = group * size; ch < (group + 1) * size; ++ch) {
                center += statistics(memory, image, ch, static_cast<double>(around[ch])).mean / static_cast<double>(size);
            }
            for (int64_t ch = group * size; ch < (group + 1) * size; ++ch) {
                Statistics s = statistics(memory, image, ch, static_cast<double>(around[ch]));
                squares += s.squares + static_cast<double>(a.hw) * (s.mean - center) * (s.mean - center);
            }
            double inverse = 1 / std::sqrt(squares / (static_cast<double>(a.hw) * static_cast<double>(size)) + a.eps);
            mean[image * a.groups + group] = static_cast<float>(center);
            inv[image * a.groups + group] = static_cast<float>(inverse);
            for (int64_t ch = group * size; ch < (group + 1) * size; ++ch) {
                memory.line(image, 0)[ch] = static_cast<float>(center);
                memory.line(image, 1)[ch] = static_cast<float>(inverse * static_cast<double>(or_else(weight, ch, 1)));
                memory.line(image, 2)[ch] = or_else(bias, ch, 0);
            }
        }
    });
    scale_and_shift(call, memory, x, operand(call, 3));
}

void groupnorm_backward(const Call& call) {
    const auto& a = args_of<GroupNormBackwardArgs>(call);
    const float *dy = operand<const float>(call, 0), *x = operand<const float>(call, 1), *weight = operand<const float>(call, 2);
    const float *mean = operand<const float>(call, 3), *inv = operand<const float>(call, 4);
    float *dx = operand(call, 5), *dweight = operand(call, 6), *dbias = operand(call, 7);
    const NormMemory memory(norm_plan(a.n, a.hw, a.c), operand<double>(call, 8));
    const int64_t size = a.c / a.groups;
    for (int64_t i = 0; i < a.n * a.c; ++i) memory.line(i / a.c, 0)[i % a.c] = mean[i / a.c * a.groups + i % a.c / size];
    sum_chunks(call, memory, [&](int64_t image, float*) {
        return Slopes{x + image * a.hw * a.c, dy + image * a.hw * a.c, memory.line(image, 0)};
    });
    each_task(call, a.n, static_cast<double>(a.n * a.c) * 4 * static_cast<double>(memory.plan.chunks), [&](int64_t image, int) {
        for (int64_t group = 0; group < a.groups; ++group) {
            double first = 0, second = 0, inverse = static_cast<double>(inv[image * a.groups + group]);
            for (int64_t ch = group * size; ch < (group + 1) * size; ++ch) {
                auto w = static_cast<double>(or_else(weight, ch, 1));
                first += w * memory.all_sums(image, 0, ch);
                second += w * memory.all_sums(image, 1, ch);
            }
            double share = inverse / (static_cast<double>(a.hw) * static_cast<double>(size));
            for (int64_t ch = group * size; ch < (group + 1) * size; ++ch) {
                memory.line(image, 1)[ch] = static_cast<float>(inverse * static_cast<double>(or_else(weight, ch, 1)));
                memory.line(image, 2)[ch] = static_cast<float>(-share * inverse * inverse * second);
                memory.line(image, 3)[ch] = static_cast<float>(-share * first);
            }
        }
    });
    for (int64_t ch = 0; ch < a.c && (dweight != nullptr || dbias != nullptr); ++ch) {
        double first = 0, second = 0;
        for (int64_t image = 0; image < a.n; ++image) {
            first += memory.all_sums(image, 0, ch);
            second += memory.all_sums(image, 1, ch) * static_cast<double>(inv[image * a.groups + ch / size]);
        }
        if (dweight != nullptr) dweight[ch] = static_cast<float>(second);
        if (dbias != nullptr) dbias[ch] = static_cast<float>(first);
    }
    if (dx != nullptr) gradient(call, memory, dy, x, dx);
}

}  // namespace simplecell::SC_ISA
