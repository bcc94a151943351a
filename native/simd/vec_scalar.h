// Portable C++: 4 lanes by the compiler's vector extension, which is four plain floats where the machine has no
// vectors. No FMA, because the baseline machine has none: fma rounds twice. See vec.h.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "base/isa.h"

namespace simplecell::scalar {

constexpr Blocking kBlock = blocking(Isa::scalar);
constexpr int kLanes = 4;
static_assert(kBlock.lanes == kLanes);

typedef float Vec __attribute__((vector_size(16)));
typedef int32_t Mask __attribute__((vector_size(16)));

SC_INLINE Vec zero() { return Vec{}; }
SC_INLINE Vec set1(float x) { return Vec{x, x, x, x}; }
SC_INLINE Vec set1_bits(int32_t x) { return reinterpret_cast<Vec>(Mask{x, x, x, x}); }
SC_INLINE Vec load(const float* p) {
    Vec v;
    std::memcpy(&v, p, sizeof v);
    return v;
}
SC_INLINE void store(float* p, Vec v) { std::memcpy(p, &v, sizeof v); }
SC_INLINE Vec load_n(const float* p, int64_t n) {
    Vec v{};
    for (int64_t i = 0; i < n; ++i) v[i] = p[i];
    return v;
}
SC_INLINE void store_n(float* p, Vec v, int64_t n) {
    for (int64_t i = 0; i < n; ++i) p[i] = v[i];
}
SC_INLINE Vec merge_n(Vec v, int64_t n, Vec w) { return static_cast<int32_t>(n) > Mask{0, 1, 2, 3} ? v : w; }
SC_INLINE Vec add(Vec a, Vec b) { return a + b; }
SC_INLINE Vec sub(Vec a, Vec b) { return a - b; }
SC_INLINE Vec mul(Vec a, Vec b) { return a * b; }
SC_INLINE Vec div(Vec a, Vec b) { return a / b; }
SC_INLINE Vec fma(Vec a, Vec b, Vec c) { return a * b + c; }
SC_INLINE float sum(Vec v) { return (v[0] + v[2]) + (v[1] + v[3]); }
SC_INLINE Vec max(Vec a, Vec b) { return a > b ? a : b; }
SC_INLINE Mask less(Vec a, Vec b) { return a < b; }
SC_INLINE Mask unordered(Vec a, Vec b) { return (a != a) | (b != b); }
SC_INLINE Mask equal_bits(Vec v, int32_t x) { return reinterpret_cast<Mask>(v) == x; }
SC_INLINE Mask both(Mask a, Mask b) { return a & b; }
SC_INLINE Mask either(Mask a, Mask b) { return a | b; }
SC_INLINE Mask without(Mask a, Mask b) { return a & ~b; }
SC_INLINE Vec select(Mask m, Vec a, Vec b) { return m ? a : b; }
SC_INLINE Vec sqrt(Vec v) { return Vec{std::sqrt(v[0]), std::sqrt(v[1]), std::sqrt(v[2]), std::sqrt(v[3])}; }
SC_INLINE Vec round(Vec v) {
    // Adding 1.5*2^23 leaves no bits for a fraction; the sum is rounded to nearest even.
    Vec magic = set1(12582912.0f);
    return (v + magic) - magic;
}
SC_INLINE Vec exp2i(Vec v) {
    Mask exponent = __builtin_convertvector(v == v ? v : Vec{}, Mask) + 127;  // no NaN may become an integer
    return reinterpret_cast<Vec>(exponent << 23);
}
// In two factors, because 2^n may leave the range of a normal float's exponent.
SC_INLINE Vec scale2(Vec v, Vec n) {
    Vec half = round(mul(n, set1(0.5f)));
    return mul(mul(v, exp2i(half)), exp2i(sub(n, half)));
}
SC_INLINE Vec low(Vec a, Vec b) { return Vec{a[0], b[0], a[1], b[1]}; }
SC_INLINE Vec high(Vec a, Vec b) { return Vec{a[2], b[2], a[3], b[3]}; }
template <int kGroup>
SC_INLINE void store_group(float* p, Vec v) {
    static_assert(kGroup == 0);
    store(p, v);
}
SC_INLINE Vec min(Vec a, Vec b) { return a < b ? a : b; }
SC_INLINE Vec abs(Vec v) { return reinterpret_cast<Vec>(reinterpret_cast<Mask>(v) & 0x7fffffff); }
SC_INLINE Vec negative(Vec v) { return -v; }
SC_INLINE Vec exponent(Vec v) {
    Mask bits = (reinterpret_cast<Mask>(v) >> 23) & 255;
    return __builtin_convertvector(bits - 127, Vec);
}
SC_INLINE void stream(float* p, Vec v) { store(p, v); }
SC_INLINE void fence() {}
SC_INLINE void transpose(Vec* rows) {
    for (int i = 0; i < kLanes; ++i) {
        for (int j = 0; j < i; ++j) {
            float swapped = rows[i][j];
            rows[i][j] = rows[j][i];
            rows[j][i] = swapped;
        }
    }
}

}  // namespace simplecell::scalar
