// Functions of one number, lane by lane, over the vector contract: within 4 ulp where the set has FMA; infinities and
// NaN as IEEE has them. Include after defining SC_ISA.
#pragma once

#include <cmath>

#include "simd/exp.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {

// A polynomial by Horner's rule, highest power first. The loop must not stay one: it would wait for each product.
template <int N>
SC_INLINE Vec polynomial(const float (&coefficients)[N], Vec x) {
    Vec p = set1(coefficients[0]);
#pragma GCC unroll 16
    for (int i = 1; i < N; ++i) p = fma(p, x, set1(coefficients[i]));
    return p;
}

// e^x - 1, with all its digits near 0. With x = n*ln2 + r: 2 * (2^(n-1) * (e^r - 1) + (2^(n-1) - 1/2)).
SC_INLINE Vec expm1(Vec x) {
    auto [n, r] = reduce(min(set1(89.0f), max(set1(-50.0f), x)));  // beyond these it is -1 or inf; NaN passes through
    Vec p = set1(0.00138825213f);
    p = fma(p, r, set1(0.00836652052f));
    p = fma(p, r, set1(0.0416672006f));
    p = fma(p, r, set1(0.166665435f));
    p = fma(p, r, set1(0.499999970f));
    p = fma(mul(r, r), p, r);
    Vec half = scale2(set1(0.5f), n);
    Vec y = fma(half, p, sub(half, set1(0.5f)));
    return add(y, y);
}

// log(1 + u) for u in [0, 1], a polynomial fitted to within a tenth of an ulp.
SC_INLINE Vec log1p_unit(Vec u) {
    constexpr float kFitted[] = {-0.00331847323f, 0.0202045869f, -0.0576644503f, 0.106805563f, -0.153553963f,
                                 0.196954012f,    -0.249585882f, 0.333305120f,   -0.499999315f};
    return fma(mul(u, u), polynomial(kFitted, u), u);
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
    Vec e = exp_below(negative(abs(x)));
    Vec large = div(set1(1.0f), add(e, set1(1.0f))), small = mul(e, large);
    Mask below = less(x, zero());
    return {select(below, small, large), select(below, large, small)};
}

// Phi(x), the share of a normal distribution below x, and e^(-x*x/2).
struct Normal {
    Vec below, decay;
};

// With z = |x|, Phi(-z) = e^(-z*z/2) * P(t) / (z + 1.5), t = (z - 1.5) / (z + 1.5) (after Shepherd and Laframboise 1981);
// P is fitted for z <= 14.5, behind which the result is 0. z*z is taken in two parts, since rounding it would cost the
// digits of a small result.
SC_INLINE Normal normal(Vec x) {
    Vec z = min(set1(14.5f), abs(x)), half = mul(z, set1(-0.5f)), square = mul(z, half);
    auto [n, r] = reduce(square);
    Vec e = restored(n, add(r, fma(z, half, negative(square))));
    Vec share = div(set1(1.0f), add(z, set1(1.5f))), t = fma(share, set1(-3.0f), set1(1.0f));
    constexpr float kFitted[] = {0.000152284803f, 0.000465068908f, 0.000247697084f, -0.00104110106f, -0.00270744436f, -0.00243425835f,
                                 0.00398660731f,  0.0176402163f,   0.0178968683f,   -0.057495404f,   -0.195099503f,   0.617341995f};
    Vec tail = mul(e, mul(share, polynomial(kFitted, t)));
    return {select(less(zero(), x), sub(set1(1.0f), tail), tail), e};
}

// The error function: x * P(x*x) up to 1, from Phi beyond.
SC_INLINE Vec erf(Vec x) {
    Vec size = abs(x);
    constexpr float kFitted[] = {-0.000557527354f, 0.00490278238f, -0.026697509f, 0.112796418f, -0.376122504f, 1.12837911f};
    Vec tail = normal(mul(size, set1(-1.41421356f))).below, far = fma(set1(-2.0f), tail, set1(1.0f));
    far = select(less(x, zero()), negative(far), far);
    return select(less(size, set1(1.0f)), mul(x, polynomial(kFitted, mul(x, x))), far);
}

// log x. With x = 2^n * (1 + f) and 1 + f in [sqrt(1/2), sqrt(2)): n*ln2 + f - f*f/2 + f*f*f * P(f).
SC_INLINE Vec log(Vec x) {
    constexpr float kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
    Mask tiny = less(x, set1(1e-37f));
    Vec wide = select(tiny, mul(x, set1(33554432.0f)), x);
    Vec n = add(exponent(mul(wide, set1(0.707106781f))), set1(1.0f)), f = sub(scale2(wide, negative(n)), set1(1.0f));
    n = select(tiny, sub(n, set1(25.0f)), n);
    constexpr float kFitted[] = {0.06747026f,   -0.116763107f, 0.118883513f, -0.124055013f, 0.14219518f,
                                 -0.166679993f, 0.200021207f,  -0.250000089f, 0.333333135f};
    Vec square = mul(f, f), y = fma(mul(square, f), polynomial(kFitted, f), fma(n, set1(kLn2Low), mul(square, set1(-0.5f))));
    y = add(fma(n, set1(kLn2High), f), y);
    y = select(less(x, set1(INFINITY)), y, x);  // NaN and infinity
    return select(less(zero(), x), y, select(less(x, zero()), set1(NAN), select(unordered(x, x), x, set1(-INFINITY))));
}

}  // namespace simplecell::SC_ISA
