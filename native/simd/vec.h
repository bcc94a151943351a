// The vector contract: everything a kernel template may ask of an instruction set. A translation unit defines
// SC_ISA (scalar, avx2 or avx512) and includes this file; the names below then exist in simplecell::SC_ISA.
// Another instruction set is one more vec_NAME.h with the same names.
//
//   Vec, Mask                kLanes floats; one truth value per lane
//   zero() set1(x)           all lanes 0 / x
//   set1_bits(i)             all lanes hold the bits of an int32
//   load(p) store(p, v)      kLanes floats at p, which need not be aligned
//   load_n(p, n)             the first n floats (0 <= n <= kLanes), the other lanes 0; touches no memory beyond p+n
//   store_n(p, v, n)         writes the first n lanes and nothing else
//   merge_n(v, n, w)         the first n lanes of v, the others of w
//   add sub mul div          lane by lane, IEEE
//   fma(a, b, c)             a*b + c, rounded once where the set has FMA, twice (mul, add) where it has not
//   sum(v)                   all lanes added, the upper half to the lower until one is left
//   max(a, b)                a > b ? a : b   (so b where either is NaN)
//   less(a, b)               a < b, false where either is NaN
//   unordered(a, b)          true where either is NaN
//   equal_bits(v, i)         the lane's bits are the int32 i
//   both(m, k) either(m, k)  and / or of masks; without(m, k) is m and not k
//   select(m, a, b)          m ? a : b
//   sqrt(v)                  rounded correctly
//   round(v)                 nearest integer, ties to even, for |v| < 2^22
//   exp2i(v)                 2^v for integral v in [-126, 127]; anything for NaN
//   scale2(v, n)             v * 2^n for integral n in [-252, 254], rounded once; anything for NaN n
//   min(a, b)                a < b ? a : b   (so b where either is NaN)
//   abs(v) negative(v)       v without its sign, with the other sign
//   exponent(v)              the whole n with 2^n <= v < 2^(n+1), for normal v > 0; anything for others
//   stream(p, v)             store, past the caches where the set can; p is aligned to the vector
//   fence()                  what was streamed is seen before whatever follows
//   transpose(rows)          kLanes vectors, rows become columns
//   low(a, b) high(a, b)     in each group of four lanes: a0 b0 a1 b1 / a2 b2 a3 b3
//   store_group<g>(p, v)     writes the four lanes of group g
#pragma once

#ifndef SC_ISA
#error "define SC_ISA before including simd/vec.h"
#endif

// Forced inline and internal: no copy of such a function can be shared between instruction sets at link time.
#define SC_INLINE static inline __attribute__((always_inline))
#define SC_MEMBER inline __attribute__((always_inline))  // of classes without external linkage

#define SC_JOIN_(a, b) a##b
#define SC_JOIN(a, b) SC_JOIN_(a, b)
#define SC_ISA_IS_scalar 1
#define SC_ISA_IS_avx2 2
#define SC_ISA_IS_avx512 3

#if SC_JOIN(SC_ISA_IS_, SC_ISA) == 1
#include "simd/vec_scalar.h"
#elif SC_JOIN(SC_ISA_IS_, SC_ISA) == 2
#include "simd/vec_avx2.h"
#elif SC_JOIN(SC_ISA_IS_, SC_ISA) == 3
#include "simd/vec_avx512.h"
#else
#error "no vec_NAME.h for this SC_ISA"
#endif
