// AVX2 with FMA: 8 lanes. See vec.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "base/isa.h"

namespace simplecell::avx2 {

constexpr Blocking kBlock = blocking(Isa::avx2);
constexpr int kLanes = 8;
static_assert(kBlock.lanes == kLanes);

using Vec = __m256;
struct Mask {
    __m256 bits;
};

// All ones in the first n lanes.
SC_INLINE __m256i first(int64_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

SC_INLINE Vec zero() { return _mm256_setzero_ps(); }
SC_INLINE Vec set1(float x) { return _mm256_set1_ps(x); }
SC_INLINE Vec set1_bits(int32_t x) { return _mm256_castsi256_ps(_mm256_set1_epi32(x)); }
SC_INLINE Vec load(const float* p) { return _mm256_loadu_ps(p); }
SC_INLINE void store(float* p, Vec v) { _mm256_storeu_ps(p, v); }
SC_INLINE Vec load_n(const float* p, int64_t n) { return _mm256_maskload_ps(p, first(n)); }
SC_INLINE void store_n(float* p, Vec v, int64_t n) { _mm256_maskstore_ps(p, first(n), v); }
SC_INLINE Vec merge_n(Vec v, int64_t n, Vec w) { return _mm256_blendv_ps(w, v, _mm256_castsi256_ps(first(n))); }
SC_INLINE Vec add(Vec a, Vec b) { return _mm256_add_ps(a, b); }
SC_INLINE Vec sub(Vec a, Vec b) { return _mm256_sub_ps(a, b); }
SC_INLINE Vec mul(Vec a, Vec b) { return _mm256_mul_ps(a, b); }
SC_INLINE Vec div(Vec a, Vec b) { return _mm256_div_ps(a, b); }
SC_INLINE Vec fma(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
SC_INLINE float sum(Vec v) {
    __m128 b = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    b = _mm_add_ps(b, _mm_movehl_ps(b, b));
    return _mm_cvtss_f32(_mm_add_ss(b, _mm_movehdup_ps(b)));
}
SC_INLINE Vec max(Vec a, Vec b) { return _mm256_max_ps(a, b); }
SC_INLINE Mask less(Vec a, Vec b) { return {_mm256_cmp_ps(a, b, _CMP_LT_OQ)}; }
SC_INLINE Mask unordered(Vec a, Vec b) { return {_mm256_cmp_ps(a, b, _CMP_UNORD_Q)}; }
SC_INLINE Mask equal_bits(Vec v, int32_t x) {
    return {_mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_castps_si256(v), _mm256_set1_epi32(x)))};
}
SC_INLINE Mask both(Mask a, Mask b) { return {_mm256_and_ps(a.bits, b.bits)}; }
SC_INLINE Mask either(Mask a, Mask b) { return {_mm256_or_ps(a.bits, b.bits)}; }
SC_INLINE Mask without(Mask a, Mask b) { return {_mm256_andnot_ps(b.bits, a.bits)}; }
SC_INLINE Vec select(Mask m, Vec a, Vec b) { return _mm256_blendv_ps(b, a, m.bits); }
SC_INLINE Vec sqrt(Vec v) { return _mm256_sqrt_ps(v); }
SC_INLINE Vec round(Vec v) { return _mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
SC_INLINE Vec exp2i(Vec v) {
    __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(v), _mm256_set1_epi32(127));
    return _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23));
}
// In two factors, because 2^n may leave the range of a normal float's exponent.
SC_INLINE Vec scale2(Vec v, Vec n) {
    Vec half = round(mul(n, set1(0.5f)));
    return mul(mul(v, exp2i(half)), exp2i(sub(n, half)));
}
SC_INLINE Vec low(Vec a, Vec b) { return _mm256_unpacklo_ps(a, b); }
SC_INLINE Vec high(Vec a, Vec b) { return _mm256_unpackhi_ps(a, b); }
template <int kGroup>
SC_INLINE void store_group(float* p, Vec v) {
    _mm_storeu_ps(p, _mm256_extractf128_ps(v, kGroup));
}
SC_INLINE Vec min(Vec a, Vec b) { return _mm256_min_ps(a, b); }
SC_INLINE Vec abs(Vec v) { return _mm256_andnot_ps(set1(-0.0f), v); }
SC_INLINE Vec negative(Vec v) { return -v; }
SC_INLINE Vec exponent(Vec v) {
    __m256i bits = _mm256_and_si256(_mm256_srli_epi32(_mm256_castps_si256(v), 23), _mm256_set1_epi32(255));
    return _mm256_cvtepi32_ps(_mm256_sub_epi32(bits, _mm256_set1_epi32(127)));
}
SC_INLINE void stream(float* p, Vec v) { _mm256_stream_ps(p, v); }
SC_INLINE void fence() { _mm_sfence(); }
// Pairs of rows, then pairs of pairs, then the halves.
SC_INLINE void transpose(Vec* rows) {
    Vec t[kLanes];
#pragma GCC unroll 4
    for (int i = 0; i < kLanes; i += 2) {
        t[i] = _mm256_unpacklo_ps(rows[i], rows[i + 1]);
        t[i + 1] = _mm256_unpackhi_ps(rows[i], rows[i + 1]);
    }
#pragma GCC unroll 2
    for (int i = 0; i < kLanes; i += 4) {
        rows[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
        rows[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
        rows[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
        rows[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        Vec low = rows[i], high = rows[i + 4];
        rows[i] = _mm256_permute2f128_ps(low, high, 0x20);
        rows[i + 4] = _mm256_permute2f128_ps(low, high, 0x31);
    }
}

}  // namespace simplecell::avx2
