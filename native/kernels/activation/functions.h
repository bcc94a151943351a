// The activations as functions: `value` of x, `slope` of what backward reads (x or y, see contract.md). Included by
// generic.h.
#pragma once

#include <math.h>

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
        return select(above, mul(scale, x), mul(bend, expm1(mul(input_scale, min(zero(), x)))));
    }
    SC_MEMBER Vec slope(Vec x) const {
        Mask above = less(zero(), x);
        return select(above, scale, mul(bend_slope, exp(mul(input_scale, min(zero(), x)))));
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
        return fma(mul(x, at.decay), set1(0.398942280f), at.below);  // 1 / sqrt(2*pi)
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

// With e = e^x and q = e * (e + 2): g = q / (q + 2), and (1-g) * (1+g) * s = 4 * e * (e + 1) / (q + 2)^2. From 20 on, g is 1.
struct Mish {
    explicit Mish(const ActivationArgs&) {}
    SC_MEMBER Vec value(Vec x) const {
        Vec e = exp_below(min(set1(20.0f), x)), q = mul(e, add(e, set1(2.0f)));
        return mul(x, div(q, add(q, set1(2.0f))));
    }
    SC_MEMBER Vec slope(Vec x) const {
        Vec at = min(set1(20.0f), x), e = exp_below(at), q = mul(e, add(e, set1(2.0f)));
        Vec share = div(set1(1.0f), add(q, set1(2.0f)));
        Vec steep = mul(mul(mul(at, set1(4.0f)), fma(e, e, e)), share);
        return mul(share, add(q, steep));
    }
};

struct Softplus {
    Vec beta, share, threshold;
    explicit Softplus(const SoftplusArgs& a)
        : beta(set1(static_cast<float>(a.beta))), share(set1(static_cast<float>(1 / a.beta))),
          threshold(set1(static_cast<float>(a.threshold))) {}
    SC_MEMBER Vec value(Vec x) const {
        Vec z = mul(beta, x), low = log1p_unit(exp_below(negative(abs(z))));
        return select(less(threshold, z), x, mul(add(max(zero(), z), low), share));
    }
    SC_MEMBER Vec slope(Vec x) const {
        Vec z = mul(beta, x);
        return select(less(threshold, z), set1(1.0f), logistic(z).open);
    }
};

struct Rescale {
    Vec scale, offset;
    explicit Rescale(const RescaleArgs& a) : scale(set1(static_cast<float>(a.scale))), offset(set1(static_cast<float>(a.offset))) {}
    SC_MEMBER Vec value(Vec x) const { return add(mul(x, scale), offset); }
    SC_MEMBER Vec slope(Vec) const { return scale; }
};

struct Clip {
    Vec least, most;
    explicit Clip(const ClipArgs& a)
        : least(set1(a.below != 0 ? static_cast<float>(a.least) : -INFINITY)), most(set1(a.above != 0 ? static_cast<float>(a.most) : INFINITY)) {}
    SC_MEMBER Vec value(Vec x) const { return min(most, max(least, x)); }
    SC_MEMBER Vec slope(Vec x) const {
        return select(either(unordered(x, x), either(less(x, least), less(most, x))), zero(), set1(1.0f));
    }
};

struct Threshold {
    Vec threshold, fill;
    explicit Threshold(const ThresholdArgs& a) : threshold(set1(static_cast<float>(a.threshold))), fill(set1(static_cast<float>(a.fill))) {}
    SC_MEMBER Mask kept(Vec x) const { return either(less(threshold, x), unordered(x, x)); }
    SC_MEMBER Vec value(Vec x) const { return select(kept(x), x, fill); }
    SC_MEMBER Vec slope(Vec x) const { return select(kept(x), set1(1.0f), zero()); }
};

struct Abs {
    explicit Abs(const ActivationArgs&) {}
    SC_MEMBER Vec value(Vec x) const { return abs(x); }
    SC_MEMBER Vec slope(Vec x) const { return select(less(zero(), x), set1(1.0f), select(less(x, zero()), set1(-1.0f), x)); }
};

struct Exp {
    explicit Exp(const ActivationArgs&) {}
    SC_MEMBER Vec value(Vec x) const { return exp(x); }
    SC_MEMBER Vec slope(Vec y) const { return y; }
};

struct Log {
    explicit Log(const ActivationArgs&) {}
    SC_MEMBER Vec value(Vec x) const { return log(x); }
    SC_MEMBER Vec slope(Vec x) const { return div(set1(1.0f), x); }
};

struct Erf {
    explicit Erf(const ActivationArgs&) {}
    SC_MEMBER Vec value(Vec x) const { return erf(x); }
    SC_MEMBER Vec slope(Vec x) const { return mul(set1(1.12837917f), exp(negative(mul(x, x)))); }  // 2 / sqrt(pi)
};

struct Softsign {
    explicit Softsign(const ActivationArgs&) {}
    SC_MEMBER Vec value(Vec x) const { return div(x, add(set1(1.0f), abs(x))); }
    SC_MEMBER Vec slope(Vec x) const {
        Vec share = div(set1(1.0f), add(set1(1.0f), abs(x)));
        return mul(share, share);
    }
};

// x^exponent: by what is faster where the exponent allows it, else value by value.
SC_INLINE Vec raised(Vec x, float exponent) {
    if (exponent == 2.0f) return mul(x, x);
    if (exponent == 1.0f) return x;
    if (exponent == 0.5f) return sqrt(x);
    if (exponent == -0.5f) return div(set1(1.0f), sqrt(x));
    if (exponent == -1.0f) return div(set1(1.0f), x);
    float lane[kLanes];
    store(lane, x);
    for (int i = 0; i < kLanes; ++i) lane[i] = powf(lane[i], exponent);
    return load(lane);
}

struct Power {
    float exponent;
    explicit Power(const PowerArgs& a) : exponent(static_cast<float>(a.exponent)) {}
    SC_MEMBER Vec value(Vec x) const { return raised(x, exponent); }
    SC_MEMBER Vec slope(Vec x) const { return mul(set1(exponent), raised(x, exponent - 1.0f)); }
};

}  // namespace
}  // namespace simplecell::SC_ISA
