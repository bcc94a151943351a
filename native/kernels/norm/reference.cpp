// The definitions in double: the oracle of the tests.
#include <cmath>
#include <vector>

#include "kernels/call.h"
#include "kernels/norm/norm.h"

namespace simplecell::reference {
namespace {

double or_else(const float* values, int64_t index, double otherwise) {
    return values != nullptr ? static_cast<double>(values[index]) : otherwise;
}

// Values in blocks that are normalised together: value i belongs to block block(i) and has weight channel(i).
struct Blocks {
    int64_t values, blocks, size, channels;
    int64_t (*block)(const Blocks&, int64_t);
    int64_t (*channel)(const Blocks&, int64_t);
    int64_t hw, groups;
};

Blocks batch_blocks(int64_t pixels, int64_t c) {
    auto channel = [](const Blocks& b, int64_t i) { return i % b.channels; };
    return {pixels * c, c, pixels, c, channel, channel, 1, 1};
}

Blocks group_blocks(int64_t n, int64_t hw, int64_t c, int64_t groups) {
    auto block = [](const Blocks& b, int64_t i) {
        return i / (b.hw * b.channels) * b.groups + i % b.channels / (b.channels / b.groups);
    };
    auto channel = [](const Blocks& b, int64_t i) { return i % b.channels; };
    return {n * hw * c, n * groups, hw * (c / groups), c, block, channel, hw, groups};
}

void moments(const Blocks& b, const float* x, double eps, float* mean, float* inv, std::vector<double>& variance) {
    std::vector<double> sum(b.blocks), squares(b.blocks);
    auto size = static_cast<double>(b.size);
    for (int64_t i = 0; i < b.values; ++i) sum[b.block(b, i)] += static_cast<double>(x[i]);
    for (int64_t i = 0; i < b.values; ++i) {
        int64_t k = b.block(b, i);
        squares[k] += std::pow(static_cast<double>(x[i]) - sum[k] / size, 2);
    }
    for (int64_t k = 0; k < b.blocks; ++k) {
        mean[k] = static_cast<float>(sum[k] / size);
        inv[k] = static_cast<float>(1 / std::sqrt(squares[k] / size + eps));
        variance.push_back(squares[k] / size);
    }
}

void normalise(const Blocks& b, const float* x, const float* weight, const float* bias, const float* mean, const float* inv, float* y) {
    for (int64_t i = 0; i < b.values; ++i) {
        int64_t k = b.block(b, i), ch = b.channel(b, i);
        double standard = (static_cast<double>(x[i]) - static_cast<double>(mean[k])) * static_cast<double>(inv[k]);
        y[i] = static_cast<float>(standard * or_else(weight, ch, 1) + or_else(bias, ch, 0));
    }
}

struct Gradients {
    const float *dy, *x, *weight, *mean, *inv;
    float *dx, *dweight, *dbias;
};

void backward(const Blocks& b, const Gradients& g) {
    std::vector<double> first(b.blocks), second(b.blocks), dweight(b.channels), dbias(b.channels), standard(b.values), scaled(b.values);
    for (int64_t i = 0; i < b.values; ++i) {
        int64_t k = b.block(b, i), ch = b.channel(b, i);
        standard[i] = (static_cast<double>(g.x[i]) - static_cast<double>(g.mean[k])) * static_cast<double>(g.inv[k]);
        scaled[i] = static_cast<double>(g.dy[i]) * or_else(g.weight, ch, 1);
        first[k] += scaled[i] / static_cast<double>(b.size);
        second[k] += scaled[i] * standard[i] / static_cast<double>(b.size);
        dweight[ch] += static_cast<double>(g.dy[i]) * standard[i];
        dbias[ch] += static_cast<double>(g.dy[i]);
    }
    for (int64_t i = 0; g.dx != nullptr && i < b.values; ++i) {
        int64_t k = b.block(b, i);
        g.dx[i] = static_cast<float>(static_cast<double>(g.inv[k]) * (scaled[i] - first[k] - standard[i] * second[k]));
    }
    for (int64_t ch = 0; ch < b.channels; ++ch) {
        if (g.dweight != nullptr) g.dweight[ch] = static_cast<float>(dweight[ch]);
        if (g.dbias != nullptr) g.dbias[ch] = static_cast<float>(dbias[ch]);
    }
}

Gradients gradients(const Call& call) {
    return {operand<const float>(call, 0), operand<const float>(call, 1), operand<const float>(call, 2),
            operand<const float>(call, 3), operand<const float>(call, 4), operand(call, 5), operand(call, 6), operand(call, 7)};
}

}  // namespace

void batchnorm_forward(const Call& call) {
    const auto& a = args_of<BatchNormArgs>(call);
    const Blocks b = batch_blocks(a.pixels, a.c);
    float *means = operand(call, 3), *variances = operand(call, 4), *mean = operand(call, 7), *inv = operand(call, 8);
    const float* more = operand<const float>(call, 5);
    std::vector<double> variance;
    std::vector<float> normal(b.values);
    moments(b, operand<const float>(call, 0), a.eps, mean, inv, variance);
    normalise(b, operand<const float>(call, 0), operand<const float>(call, 1), operand<const float>(call, 2), mean, inv, normal.data());
    for (int64_t i = 0; i < b.values; ++i) operand(call, 6)[i] = rectified(normal[i] + (more != nullptr ? more[i] : 0), a.relu);
    auto size = static_cast<double>(a.pixels);
    for (int64_t ch = 0; ch < a.c; ++ch) {
        if (means != nullptr) means[ch] = static_cast<float>((1 - a.momentum) * static_cast<double>(means[ch]) + a.momentum * static_cast<double>(mean[ch]));
        if (variances != nullptr) variances[ch] = static_cast<float>((1 - a.momentum) * static_cast<double>(variances[ch]) + a.momentum * variance[ch] * size / (size - 1));
    }
}

void batchnorm_evaluate(const Call& call) {
    const auto& a = args_of<BatchNormEvaluateArgs>(call);
    const float* var = operand<const float>(call, 4);
    std::vector<float> inv;
    for (int64_t ch = 0; ch < a.c; ++ch) inv.push_back(static_cast<float>(1 / std::sqrt(static_cast<double>(var[ch]) + a.eps)));
    normalise(batch_blocks(a.pixels, a.c), operand<const float>(call, 0), operand<const float>(call, 1), operand<const float>(call, 2),
              operand<const float>(call, 3), inv.data(), operand(call, 5));
}

void batchnorm_backward(const Call& call) {
    const auto& a = args_of<BatchNormBackwardArgs>(call);
    backward(batch_blocks(a.pixels, a.c), gradients(call));
}

void batchnorm_fold(const Call& call) {
    const auto& a = args_of<BatchNormFoldArgs>(call);
    const float *w = operand<const float>(call, 0), *b = operand<const float>(call, 1), *weight = operand<const float>(call, 2);
    const float *bias = operand<const float>(call, 3), *mean = operand<const float>(call, 4), *var = operand<const float>(call, 5);
    for (int64_t k = 0; k < a.co; ++k) {
        double scale = or_else(weight, k, 1) / std::sqrt(static_cast<double>(var[k]) + a.eps);
        operand(call, 7)[k] = static_cast<float>((or_else(b, k, 0) - static_cast<double>(mean[k])) * scale + or_else(bias, k, 0));
        for (int64_t i = 0; i < a.each; ++i) operand(call, 6)[k * a.each + i] = static_cast<float>(static_cast<double>(w[k * a.each + i]) * scale);
    }
}

void bias_backward(const Call& call) {
    const auto& a = args_of<BiasArgs>(call);
    for (int64_t ch = 0; ch < a.c; ++ch) {
        double sum = 0;
        for (int64_t i = ch; i < a.pixels * a.c; i += a.c) sum += static_cast<double>(operand<const float>(call, 0)[i]);
        operand(call, 1)[ch] = static_cast<float>(sum);
    }
}

void groupnorm_forward(const Call& call) {
    const auto& a = args_of<GroupNormArgs>(call);
    const Blocks b = group_blocks(a.n, a.hw, a.c, a.groups);
    float *mean = operand(call, 4), *inv = operand(call, 5);
    std::vector<double> variance;
    moments(b, operand<const float>(call, 0), a.eps, mean, inv, variance);
    normalise(b, operand<const float>(call, 0), operand<const float>(call, 1), operand<const float>(call, 2), mean, inv, operand(call, 3));
}

void groupnorm_backward(const Call& call) {
    const auto& a = args_of<GroupNormBackwardArgs>(call);
    backward(group_blocks(a.n, a.hw, a.c, a.groups), gradients(call));
}

void layernorm_forward(const Call& call) {
    const auto& a = args_of<LayerNormArgs>(call);
    const Blocks b = group_blocks(a.rows, 1, a.f, 1);
    float *mean = operand(call, 4), *inv = operand(call, 5);
    std::vector<double> variance;
    moments(b, operand<const float>(call, 0), a.eps, mean, inv, variance);
    normalise(b, operand<const float>(call, 0), operand<const float>(call, 1), operand<const float>(call, 2), mean, inv, operand(call, 3));
}

void layernorm_backward(const Call& call) {
    const auto& a = args_of<LayerNormBackwardArgs>(call);
    backward(group_blocks(a.rows, 1, a.f, 1), gradients(call));
}

void lrn_forward(const Call& call) {
    const auto& a = args_of<LrnArgs>(call);
    const float* x = operand<const float>(call, 0);
    for (int64_t at = 0; at < a.pixels * a.c; ++at) {
        int64_t ch = at % a.c;
        double sum = 0;
        for (int64_t j = ch - a.size / 2; j <= ch + (a.size - 1) / 2; ++j) {
            if (j >= 0 && j < a.c) sum += static_cast<double>(x[at - ch + j]) * static_cast<double>(x[at - ch + j]);
        }
        double s = a.k + a.alpha / static_cast<double>(a.size) * sum;
        operand(call, 1)[at] = static_cast<float>(static_cast<double>(x[at]) * std::pow(s, -a.beta));
    }
}

void lrn_backward(const Call& call) {
    const auto& a = args_of<LrnArgs>(call);
    const float *dy = operand<const float>(call, 0), *x = operand<const float>(call, 1);
    const double share = a.alpha / static_cast<double>(a.size);
    std::vector<double> dx(static_cast<size_t>(a.pixels * a.c));
    for (int64_t at = 0; at < a.pixels * a.c; ++at) {
        int64_t ch = at % a.c, low = larger(0, ch - a.size / 2), high = smaller(a.c - 1, ch + (a.size - 1) / 2);
        double sum = 0, g = static_cast<double>(dy[at]), here = static_cast<double>(x[at]);
        for (int64_t j = low; j <= high; ++j) sum += static_cast<double>(x[at - ch + j]) * static_cast<double>(x[at - ch + j]);
        double s = a.k + share * sum;
        dx[at] += g * std::pow(s, -a.beta);
        for (int64_t j = low; j <= high; ++j) {
            dx[at - ch + j] -= g * here * a.beta * std::pow(s, -a.beta - 1) * share * 2 * static_cast<double>(x[at - ch + j]);
        }
    }
    for (int64_t i = 0; i < a.pixels * a.c; ++i) operand(call, 2)[i] = static_cast<float>(dx[i]);
}

}  // namespace simplecell::reference
