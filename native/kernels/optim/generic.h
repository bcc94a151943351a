// The optimiser updates, written once over the vector contract.
#include "kernels/call.h"
#include "kernels/optim/optim.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {
namespace {

struct Rule {
    Vec rate, momentum, decay;  // rate is -lr
    bool has_decay, has_momentum, nesterov;
};

struct State {
    Vec w, v;
};

SC_INLINE State update(const Rule& rule, Vec w, Vec g, Vec v) {
    if (rule.has_decay) g = fma(rule.decay, w, g);
    if (rule.has_momentum) {
        v = add(mul(rule.momentum, v), g);
        g = rule.nesterov ? fma(rule.momentum, v, g) : v;
    }
    return {fma(rule.rate, g, w), v};
}

}  // namespace

void sgd(const Call& call) {
    const auto& a = args_of<SgdArgs>(call);
    float *w = operand(call, 0), *v = operand(call, 2);
    const float* g = operand<const float>(call, 1);
    auto momentum = static_cast<float>(a.momentum), decay = static_cast<float>(a.weight_decay);
    const Rule rule = {set1(-*operand<const float>(call, 3)), set1(momentum), set1(decay),
                       a.weight_decay != 0,                   a.momentum != 0, a.nesterov != 0};
    each_block(call, a.count, 16384, 8.0, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; i += kLanes) {
            int64_t n = smaller(kLanes, end - i);
            Vec old = rule.has_momentum ? load_n(v + i, n) : zero();
            State next = update(rule, load_n(w + i, n), load_n(g + i, n), old);
            store_n(w + i, next.w, n);
            if (rule.has_momentum) store_n(v + i, next.v, n);
        }
    });
}

}  // namespace simplecell::SC_ISA
