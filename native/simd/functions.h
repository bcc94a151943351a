// Functions of one number, lane by lane, over the vector contract: within 4 ulp where the set has FMA; infinities and
// NaN as IEEE has them. Include after defining SC_ISA.
#pragma once

#include <cmath>

#include "simd/exp.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {

SC_INLINE Vec negative(Vec x) { return sub(zero(), x); }

// e^x - 1, with all its digits near 0. With x = n*ln2 + r: 2 * (2^(n-1) * (e^r - 1) + (2^(n-1) - 1/2)).
SC_INLINE Vec expm1(Vec x) {
    auto [n, r] = reduce(min(set1(89.0f), max(set1(-50.0f), x)));  // beyond these it is -1 or inf; NaN passes through
    Vec p = set1(1.0f / 40320);
    p = fma(p, r, set1(1.0f / 5040));
    p = fma(p, r, set1(1.0f / 720));
    p = fma(p, r, set1(1.0f / 120));
    p = fma(p, r, set1(1.0f / 24));
    p = fma(p, r, set1(1.0f / 6));
    p = fma(p, r, set1(0.5f));
    p = fma(mul(r, r), p, r);
    Vec half = exp2i(sub(n, set1(1.0f)));
    Vec y = fma(half, p, sub(half, set1(0.5f)));
    return add(y, y);
}

// log(1 + u) for u in [0, 1]: twice the inverse hyperbolic tangent of s = u / (2 + u), a fitted polynomial in s*s.
SC_INLINE Vec log1p_unit(Vec u) {
    Vec s = div(u, add(u, set1(2.0f))), q = mul(s, s);
    Vec p = set1(0.244094029f);
    p = fma(p, q, set1(0.213942677f));
    p = fma(p, q, set1(0.286206245f));
    p = fma(p, q, set1(0.399986953f));
    p = fma(p, q, set1(0.666666806f));
    return fma(mul(p, q), s, add(s, s));
}

// tanh |x| = -t / (2 + t), t = e^(-2|x|) - 1.
SC_INLINE Vec tanh(Vec x) {
    Vec t = expm1(mul(abs(x), set1(-2.0f)));
    Vec y = div(negative(t), add(t, set1(2.0f)));
    return select(less(x, zero()), negative(y), y);
}

// 1 / (1 + e^-x) and 1 minus it, each with all its digits.
struct Logistic {
    Vec open, shut;
};

SC_INLINE Logistic logistic(Vec x) {
    Vec e = exp(negative(abs(x)));
    Vec large = div(set1(1.0f), add(e, set1(1.0f))), small = mul(e, large);
    Mask below = less(x, zero());
    return {select(below, small, large), select(below, large, small)};
}

// Phi(x), the share of a normal distribution below x, and its density e^(-x*x/2) / sqrt(2*pi).
struct Normal {
    Vec below, density;
};

// With z = |x| / sqrt(2), erfc(z) = e^(-z*z) * P(t) / (1 + 2z), t = (z - 2) / (z + 2) (Shepherd and Laframboise 1981);
// P is fitted for z <= 10.5, behind which e^(-z*z) is 0. x*x is taken in two parts, since rounding it would cost the
// digits of a small result.
SC_INLINE Normal normal(Vec x) {
    Vec square = mul(x, x), rest = fma(x, x, negative(square));
    rest = select(less(square, set1(400.0f)), rest, zero());
    Vec e = exp(mul(square, set1(-0.5f)));
    e = fma(mul(e, rest), set1(-0.5f), e);
    Vec z = mul(abs(x), set1(0.707106781f));
    z = select(less(set1(10.5f), z), set1(10.5f), z);
    Vec near = add(z, set1(2.0f)), wide = fma(z, set1(2.0f), set1(1.0f));
    Vec both = div(set1(1.0f), mul(near, wide));  // one division for two
    Vec t = mul(mul(sub(z, set1(2.0f)), wide), both);
    constexpr float kFitted[] = {3.00163665e-05f, -0.000357580546f, -0.00125241128f, 0.00126804982f, 0.00863614865f, -0.0080434354f,
                                 -0.0542044863f,  0.164053097f,     -0.166031405f,   -0.0927639008f, 1.27697837f};
    Vec p = set1(kFitted[0]);
    for (int i = 1; i < 11; ++i) p = fma(p, t, set1(kFitted[i]));
    Vec tail = mul(mul(mul(e, p), set1(0.5f)), mul(near, both));
    Vec below = select(less(zero(), x), sub(set1(1.0f), tail), tail);
    return {below, mul(e, set1(0.398942280f))};
}

}  // namespace simplecell::SC_ISA
