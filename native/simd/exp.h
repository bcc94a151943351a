// e^x lane by lane, over the vector contract: within 2 ulp, subnormal results included; inf, -inf and NaN as
// IEEE has them. Include after defining SC_ISA.
#pragma once

#include "simd/vec.h"

namespace simplecell::SC_ISA {

// x = n*ln2 + r with |r| <= ln2/2, so e^x = 2^n * e^r. ln2 is split so that n * kLn2High is exact. e^r is its
// Taylor series to the seventh term, whose remainder is below a tenth of an ulp.
SC_INLINE Vec exp(Vec x) {
    constexpr float kLog2e = 1.44269504f, kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
    Vec low = set1(-104.0f), high = set1(89.0f);  // beyond these the result is 0 or inf
    Vec clamped = select(less(x, low), low, select(less(high, x), high, x));
    clamped = select(unordered(x, x), zero(), clamped);
    Vec n = round(mul(clamped, set1(kLog2e)));
    Vec r = fma(n, set1(-kLn2High), clamped);
    r = fma(n, set1(-kLn2Low), r);
    Vec p = set1(1.0f / 5040);
    p = fma(p, r, set1(1.0f / 720));
    p = fma(p, r, set1(1.0f / 120));
    p = fma(p, r, set1(1.0f / 24));
    p = fma(p, r, set1(1.0f / 6));
    p = fma(p, r, set1(0.5f));
    p = fma(mul(r, r), p, r);
    p = add(p, set1(1.0f));
    // 2^n in two factors, because n may leave the range of a normal float's exponent.
    Vec half = round(mul(n, set1(0.5f)));
    Vec y = mul(mul(p, exp2i(half)), exp2i(sub(n, half)));
    return select(unordered(x, x), x, y);
}

}  // namespace simplecell::SC_ISA
