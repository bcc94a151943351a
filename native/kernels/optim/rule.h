// Stochastic gradient descent on one vector of weights; contract.md has the formulas. Included by code compiled for
// one instruction set.
#pragma once

#include "simd/vec.h"

namespace simplecell::SC_ISA {
namespace {

struct Rule {
    Vec rate, momentum, decay;  // rate is -lr
    bool has_decay, has_momentum, nesterov;

    Rule(float lr, double momentum_, int64_t nesterov_, double decay_)
        : rate(set1(-lr)),
          momentum(set1(static_cast<float>(momentum_))),
          decay(set1(static_cast<float>(decay_))),
          has_decay(decay_ != 0),
          has_momentum(momentum_ != 0),
          nesterov(nesterov_ != 0) {}
};

// w and v, n of their lanes, moved by the gradient g.
SC_INLINE void update(const Rule& rule, Vec g, float* w, float* v, int64_t n) {
    Vec weight = load_n(w, n);
    if (rule.has_decay) g = fma(rule.decay, weight, g);
    if (rule.has_momentum) {
        Vec speed = add(mul(rule.momentum, load_n(v, n)), g);
        store_n(v, speed, n);
        g = rule.nesterov ? fma(rule.momentum, speed, g) : speed;
    }
    store_n(w, fma(rule.rate, g, weight), n);
}

}  // namespace
}  // namespace simplecell::SC_ISA
