// The activations as functions: `value` of x, `slope` of what backward reads (x or y, see contract.md). Included by
// generic.h.
#pragma once

#include "kernels/activation/activation.h"
#include "simd/functions.h"

namespace simplecell::SC_ISA {
namespace {

SC_INLINE Vec clip6(Vec x) {
    Vec low = max(zero(), x), six = set1(6.0f);  // max(a, b) is b where either is NaN
    return select(less(six, low), six, low);
}

struct Relu6 {
    explicit Relu6(const ActivationArgs&) {}
    SC_MEMBER Vec value(Vec x) const { return clip6(x); }
    SC_MEMBER Vec slope(Vec y) const { return select(both(less(zero(), y), less(y, set1(6.0f))), set1(1.0f), zero()); }
};

struct LeakyRelu {
    Vec below;
    explicit LeakyRelu(const LeakyReluArgs& a) : below(set1(static_cast<float>(a.slope))) {}
    SC_MEMBER Vec value(Vec x) const { return select(less(zero(), x), x, mul(x, below)); }
    SC_MEMBER Vec slope(Vec x) const { return select(less(zero(), x), set1(1.0f), below); }
};

struct Elu {
    Vec scale, bend, input_scale, bend_slope;
    explicit Elu(const EluArgs& a)
        : scale(set1(static_cast<float>(a.scale))), bend(set1(static_cast<float>(a.scale * a.alpha))),
          input_scale(set1(static_cast<float>(a.input_scale))),
          bend_slope(set1(static_cast<float>(a.scale * a.alpha * a.input_scale))) {}
    SC_MEMBER Vec value(Vec x) const {
        Mask above = less(zero(), x);
        return select(above, mul(scale, x), mul(bend, expm1(mul(input_scale, select(above, zero(), x)))));
    }
    SC_MEMBER Vec slope(Vec x) const {
        Mask above = less(zero(), x);
        return select(above, scale, mul(bend_slope, exp(mul(input_scale, select(above, zero(), x)))));
    }
};

struct Sigmoid {
    explicit Sigmoid(const ActivationArgs&) {}
    SC_MEMBER Vec value(Vec x) const { return logistic(x).open; }
    SC_MEMBER Vec slope(Vec y) const { return mul(y, sub(set1(1.0f), y)); }
};

struct HardSigmoid {
    explicit HardSigmoid(const ActivationArgs&) {}
    SC_MEMBER Vec value(Vec x) const { return div(clip6(add(x, set1(3.0f))), set1(6.0f)); }
    SC_MEMBER Vec slope(Vec x) const { return select(both(less(set1(-3.0f), x), less(x, set1(3.0f))), set1(1.0f / 6), zero()); }
};

struct HardSwish {
    explicit HardSwish(const ActivationArgs&) {}
    SC_MEMBER Vec value(Vec x) const { return mul(x, div(clip6(add(x, set1(3.0f))), set1(6.0f))); }
    SC_MEMBER Vec slope(Vec x) const {
        Vec ramp = fma(x, set1(1.0f / 3), set1(0.5f));
        Vec upper = select(less(x, set1(3.0f)), ramp, set1(1.0f));
        return select(less(set1(-3.0f), x), upper, select(unordered(x, x), x, zero()));
    }
};

struct Tanh {
    explicit Tanh(const ActivationArgs&) {}
    SC_MEMBER Vec value(Vec x) const { return tanh(x); }
    SC_MEMBER Vec slope(Vec y) const { return mul(sub(set1(1.0f), y), add(set1(1.0f), y)); }
};

struct Gelu {
    explicit Gelu(const ActivationArgs&) {}
    SC_MEMBER Vec value(Vec x) const { return mul(x, normal(x).below); }
    SC_MEMBER Vec slope(Vec x) const {
        Normal at = normal(x);
        return fma(x, at.density, at.below);
    }
};

// sqrt(2/pi) * 2 and its product with 0.044715: 2u = x * (kTwice + kCube * x*x).
struct GeluTanh {
    static constexpr float kTwice = 1.59576912f, kCube = 0.0713548162f;
    explicit GeluTanh(const ActivationArgs&) {}
    static SC_MEMBER Logistic gate(Vec x) { return logistic(mul(x, fma(mul(x, x), set1(kCube), set1(kTwice)))); }
    SC_MEMBER Vec value(Vec x) const { return mul(x, gate(x).open); }
    SC_MEMBER Vec slope(Vec x) const {
        Vec limit = set1(64.0f);  // beyond, the gate no longer moves, and x*x could overflow
        Vec z = select(less(limit, x), limit, select(less(x, negative(limit)), negative(limit), x));
        Logistic g = gate(z);
        Vec steep = mul(mul(z, fma(mul(z, z), set1(3 * kCube), set1(kTwice))), mul(g.open, g.shut));
        return add(g.open, steep);
    }
};

struct Silu {
    explicit Silu(const ActivationArgs&) {}
    SC_MEMBER Vec value(Vec x) const { return mul(x, logistic(x).open); }
    SC_MEMBER Vec slope(Vec x) const {
        Logistic s = logistic(x);
        return mul(s.open, fma(x, s.shut, set1(1.0f)));
    }
};

// With e = e^-|x|: g = (1 + 2e) / (1 + 2e + 2ee) above 0, (ee + 2e) / (ee + 2e + 2) below.
struct Mish {
    explicit Mish(const ActivationArgs&) {}
    struct Gate {
        Vec open, shut, logistic;
    };
    static SC_MEMBER Gate gate(Vec x) {
        Vec one = set1(1.0f), two = set1(2.0f), e = exp(negative(abs(x)));
        Mask below = less(x, zero());
        Vec part = select(below, mul(e, add(e, two)), fma(e, two, one));
        Vec rest = select(below, two, mul(two, mul(e, e))), whole = div(one, add(part, rest)), r = div(one, add(e, one));
        return {mul(part, whole), mul(rest, whole), select(below, mul(e, r), r)};
    }
    SC_MEMBER Vec value(Vec x) const { return mul(x, gate(x).open); }
    SC_MEMBER Vec slope(Vec x) const {
        Gate g = gate(x);
        return fma(mul(x, g.shut), mul(add(set1(1.0f), g.open), g.logistic), g.open);
    }
};

struct Softplus {
    Vec beta, share, threshold;
    explicit Softplus(const SoftplusArgs& a)
        : beta(set1(static_cast<float>(a.beta))), share(set1(static_cast<float>(1 / a.beta))),
          threshold(set1(static_cast<float>(a.threshold))) {}
    SC_MEMBER Vec value(Vec x) const {
        Vec z = mul(beta, x), low = log1p_unit(exp(negative(abs(z))));
        return select(less(threshold, z), x, mul(add(max(zero(), z), low), share));
    }
    SC_MEMBER Vec slope(Vec x) const {
        Vec z = mul(beta, x);
        return select(less(threshold, z), set1(1.0f), logistic(z).open);
    }
};

}  // namespace
}  // namespace simplecell::SC_ISA
