// e^x lane by lane, over the vector contract: within 2 ulp, subnormal results included; inf, -inf and NaN as
// IEEE has them. Include after defining SC_ISA.
#pragma once

#include "simd/vec.h"

namespace simplecell::SC_ISA {

// x = n*ln2 + r with whole n and |r| <= ln2/2. ln2 is split so that n * kLn2High is exact.
struct Reduced {
    Vec n, r;
};

SC_INLINE Reduced reduce(Vec x) {
    constexpr float kLog2e = 1.44269504f, kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
    Vec n = round(mul(x, set1(kLog2e)));
    Vec r = fma(n, set1(-kLn2High), x);
    return {n, fma(n, set1(-kLn2Low), r)};
}

// e^x = 2^n * e^r, and e^r is its Taylor series to the seventh term, whose remainder is below a tenth of an ulp.
SC_INLINE Vec exp(Vec x) {
    auto [n, r] = reduce(min(set1(89.0f), max(set1(-104.0f), x)));  // beyond these it is 0 or inf; NaN passes through
    Vec p = set1(1.0f / 5040);
    p = fma(p, r, set1(1.0f / 720));
    p = fma(p, r, set1(1.0f / 120));
    p = fma(p, r, set1(1.0f / 24));
    p = fma(p, r, set1(1.0f / 6));
    p = fma(p, r, set1(0.5f));
    p = fma(mul(r, r), p, r);
    return scale2(add(p, set1(1.0f)), n);
}

}  // namespace simplecell::SC_ISA
