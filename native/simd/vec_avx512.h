// AVX-512 (F, DQ, BW, VL): 16 lanes. See vec.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "base/isa.h"

namespace simplecell::avx512 {

constexpr Blocking kBlock = blocking(Isa::avx512);
constexpr int kLanes = 16;
static_assert(kBlock.lanes == kLanes);

using Vec = __m512;
using Mask = __mmask16;

SC_INLINE Mask first(int64_t n) { return static_cast<Mask>((uint32_t{1} << n) - 1); }

SC_INLINE Vec zero() { return _mm512_setzero_ps(); }
SC_INLINE Vec set1(float x) { return _mm512_set1_ps(x); }
SC_INLINE Vec set1_bits(int32_t x) { return _mm512_castsi512_ps(_mm512_set1_epi32(x)); }
SC_INLINE Vec load(const float* p) { return _mm512_loadu_ps(p); }
SC_INLINE void store(float* p, Vec v) { _mm512_storeu_ps(p, v); }
SC_INLINE Vec load_n(const float* p, int64_t n) { return _mm512_maskz_loadu_ps(first(n), p); }
SC_INLINE void store_n(float* p, Vec v, int64_t n) { _mm512_mask_storeu_ps(p, first(n), v); }
SC_INLINE Vec merge_n(Vec v, int64_t n, Vec w) { return _mm512_mask_blend_ps(first(n), w, v); }
SC_INLINE Vec add(Vec a, Vec b) { return _mm512_add_ps(a, b); }
SC_INLINE Vec sub(Vec a, Vec b) { return _mm512_sub_ps(a, b); }
SC_INLINE Vec mul(Vec a, Vec b) { return _mm512_mul_ps(a, b); }
SC_INLINE Vec div(Vec a, Vec b) { return _mm512_div_ps(a, b); }
SC_INLINE Vec fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
SC_INLINE float sum(Vec v) {
    __m256 a = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
    __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    b = _mm_add_ps(b, _mm_movehl_ps(b, b));
    return _mm_cvtss_f32(_mm_add_ss(b, _mm_movehdup_ps(b)));
}
SC_INLINE Vec max(Vec a, Vec b) { return _mm512_max_ps(a, b); }
SC_INLINE Mask less(Vec a, Vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
SC_INLINE Mask unordered(Vec a, Vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_UNORD_Q); }
SC_INLINE Mask equal_bits(Vec v, int32_t x) {
    return _mm512_cmpeq_epi32_mask(_mm512_castps_si512(v), _mm512_set1_epi32(x));
}
SC_INLINE Mask both(Mask a, Mask b) { return static_cast<Mask>(a & b); }
SC_INLINE Mask either(Mask a, Mask b) { return static_cast<Mask>(a | b); }
SC_INLINE Mask without(Mask a, Mask b) { return static_cast<Mask>(a & ~b); }
SC_INLINE Vec select(Mask m, Vec a, Vec b) { return _mm512_mask_blend_ps(m, b, a); }
SC_INLINE Vec sqrt(Vec v) { return _mm512_sqrt_ps(v); }
SC_INLINE Vec round(Vec v) { return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
SC_INLINE Vec exp2i(Vec v) {
    __m512i exponent = _mm512_add_epi32(_mm512_cvtps_epi32(v), _mm512_set1_epi32(127));
    return _mm512_castsi512_ps(_mm512_slli_epi32(exponent, 23));
}
SC_INLINE Vec scale2(Vec v, Vec n) { return _mm512_scalef_ps(v, n); }
SC_INLINE Vec low(Vec a, Vec b) { return _mm512_unpacklo_ps(a, b); }
SC_INLINE Vec high(Vec a, Vec b) { return _mm512_unpackhi_ps(a, b); }
template <int kGroup>
SC_INLINE void store_group(float* p, Vec v) {
    _mm_storeu_ps(p, _mm512_extractf32x4_ps(v, kGroup));
}
SC_INLINE Vec min(Vec a, Vec b) { return _mm512_min_ps(a, b); }
SC_INLINE Vec abs(Vec v) { return _mm512_abs_ps(v); }
SC_INLINE Vec negative(Vec v) { return -v; }
SC_INLINE Vec exponent(Vec v) { return _mm512_getexp_ps(v); }
SC_INLINE void stream(float* p, Vec v) { _mm512_stream_ps(p, v); }
SC_INLINE void fence() { _mm_sfence(); }
// Pairs of rows, then pairs of pairs, then quarters twice.
SC_INLINE void transpose(Vec* rows) {
    Vec t[kLanes];
#pragma GCC unroll 8
    for (int i = 0; i < kLanes; i += 2) {
        t[i] = _mm512_unpacklo_ps(rows[i], rows[i + 1]);
        t[i + 1] = _mm512_unpackhi_ps(rows[i], rows[i + 1]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < kLanes; i += 4) {
        rows[i] = _mm512_shuffle_ps(t[i], t[i + 2], 0x44);
        rows[i + 1] = _mm512_shuffle_ps(t[i], t[i + 2], 0xee);
        rows[i + 2] = _mm512_shuffle_ps(t[i + 1], t[i + 3], 0x44);
        rows[i + 3] = _mm512_shuffle_ps(t[i + 1], t[i + 3], 0xee);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        Vec a = _mm512_shuffle_f32x4(rows[i], rows[i + 4], 0x88), b = _mm512_shuffle_f32x4(rows[i + 8], rows[i + 12], 0x88);
        Vec c = _mm512_shuffle_f32x4(rows[i], rows[i + 4], 0xdd), d = _mm512_shuffle_f32x4(rows[i + 8], rows[i + 12], 0xdd);
        rows[i] = _mm512_shuffle_f32x4(a, b, 0x88);
        rows[i + 8] = _mm512_shuffle_f32x4(a, b, 0xdd);
        rows[i + 4] = _mm512_shuffle_f32x4(c, d, 0x88);
        rows[i + 12] = _mm512_shuffle_f32x4(c, d, 0xdd);
    }
}

}  // namespace simplecell::avx512
