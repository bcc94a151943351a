// e^x lane by lane, over the vector contract: within 2 ulp, subnormal results included; inf, -inf and NaN as
// IEEE has them. Include after defining SC_ISA.
#pragma once

#include "simd/vec.h"

namespace simplecell::SC_ISA {

// x = n*ln2 + r with whole n and |r| <= ln2/2. ln2 is split so that n * kLn2High is exact.
struct Reduced {
    Vec n, r;
};

// |x| < 2^20. Adding 1.5*2^23 leaves no bits for a fraction, which rounds to nearest.
SC_INLINE Reduced reduce(Vec x) {
    constexpr float kLog2e = 1.44269504f, kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
    const Vec magic = set1(12582912.0f);
    Vec n = sub(fma(x, set1(kLog2e), magic), magic);
    Vec r = fma(n, set1(-kLn2High), x);
    return {n, fma(n, set1(-kLn2Low), r)};
}

// 2^n * e^r for whole n: a polynomial fitted to within a tenth of an ulp.
SC_INLINE Vec restored(Vec n, Vec r) {
    Vec p = set1(0.00138145988f);
    p = fma(p, r, set1(0.00836871658f));
    p = fma(p, r, set1(0.0416683890f));
    p = fma(p, r, set1(0.166665211f));
    p = fma(p, r, set1(0.499999940f));
    p = fma(p, r, set1(1.0f));
    return scale2(fma(p, r, set1(1.0f)), n);
}

// e^x for x up to 88, where the bound above is not needed; -inf and NaN as IEEE has them.
SC_INLINE Vec exp_below(Vec x) {
    auto [n, r] = reduce(max(set1(-104.0f), x));  // below it is 0; NaN passes through
    return restored(n, r);
}

SC_INLINE Vec exp(Vec x) { return exp_below(min(set1(89.0f), x)); }  // above it is inf

}  // namespace simplecell::SC_ISA
