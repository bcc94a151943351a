// The optimiser updates, written once over the vector contract.
#include <math.h>

#include "kernels/call.h"
#include "kernels/lanes.h"
#include "kernels/optim/optim.h"
#include "kernels/optim/rule.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {

void sgd(const Call& call) {
    const auto& a = args_of<SgdArgs>(call);
    float *w = operand(call, 0), *v = operand(call, 2);
    const float* g = operand<const float>(call, 1);
    const Rule rule(*operand<const float>(call, 3), a.momentum, a.nesterov, a.weight_decay);
    each_block(call, a.count, 16384, 8.0, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; i += kLanes) {
            int64_t n = smaller(kLanes, end - i);
            update(rule, load_n(g + i, n), w + i, rule.has_momentum ? v + i : nullptr, n);
        }
    });
}

void adam(const Call& call) {
    const auto& a = args_of<AdamArgs>(call);
    float *w = operand(call, 0), *exp_avg = operand(call, 2), *exp_avg_sq = operand(call, 3);
    const float* g = operand<const float>(call, 1);
    const double step = static_cast<double>(*operand(call, 4) += 1), lr = static_cast<double>(*operand<const float>(call, 5));
    auto lanes = [](double x) { return set1(static_cast<float>(x)); };
    const Vec keep = lanes(a.beta2), first = lanes(1 - a.beta1), second = lanes(1 - a.beta2), eps = lanes(a.eps);
    const Vec rate = lanes(-lr / (1 - ::pow(a.beta1, step))), root = lanes(1 / ::sqrt(1 - ::pow(a.beta2, step)));
    const Vec decay = lanes(a.weight_decay), shrink = lanes(1 - lr * a.weight_decay);
    each_block(call, a.count, kElementBlock, 16.0, [&](int64_t begin, int64_t end) {
        each_vector(end - begin, [&](int64_t i, int64_t n) {
            i += begin;
            Vec slope = load_upto(g + i, n), weight = load_upto(w + i, n), mean = load_upto(exp_avg + i, n);
            if (a.decoupled != 0) weight = mul(weight, shrink);
            else slope = fma(decay, weight, slope);
            mean = fma(first, sub(slope, mean), mean);
            Vec squares = fma(keep, load_upto(exp_avg_sq + i, n), mul(second, mul(slope, slope)));
            store_upto(exp_avg + i, mean, n);
            store_upto(exp_avg_sq + i, squares, n);
            store_upto(w + i, fma(rate, div(mean, fma(sqrt(squares), root, eps)), weight), n);
        });
    });
}

void rmsprop(const Call& call) {
    const auto& a = args_of<RmspropArgs>(call);
    float *w = operand(call, 0), *square_avg = operand(call, 2), *grad_avg = operand(call, 3), *buffer = operand(call, 4);
    const float* g = operand<const float>(call, 1);
    auto lanes = [](double x) { return set1(static_cast<float>(x)); };
    const Vec keep = lanes(a.alpha), share = lanes(1 - a.alpha), eps = lanes(a.eps), decay = lanes(a.weight_decay);
    const Vec rate = set1(-*operand<const float>(call, 5)), momentum = lanes(a.momentum);
    each_block(call, a.count, kElementBlock, 16.0, [&](int64_t begin, int64_t end) {
        each_vector(end - begin, [&](int64_t i, int64_t n) {
            i += begin;
            Vec weight = load_upto(w + i, n), slope = fma(decay, weight, load_upto(g + i, n));
            Vec squares = fma(keep, load_upto(square_avg + i, n), mul(share, mul(slope, slope))), spread = squares;
            store_upto(square_avg + i, squares, n);
            if (a.centered != 0) {
                Vec mean = load_upto(grad_avg + i, n);
                mean = fma(share, sub(slope, mean), mean);
                store_upto(grad_avg + i, mean, n);
                spread = fma(sub(zero(), mean), mean, squares);
            }
            Vec move = div(slope, add(sqrt(spread), eps));
            if (a.momentum != 0) {
                move = fma(momentum, load_upto(buffer + i, n), move);
                store_upto(buffer + i, move, n);
            }
            store_upto(w + i, fma(rate, move, weight), n);
        });
    });
}

}  // namespace simplecell::SC_ISA
