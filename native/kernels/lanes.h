// Loops over vectors that several families share. Include after defining SC_ISA.
#pragma once

#include "kernels/call.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {
namespace {

constexpr int64_t kElementBlock = 16384;

SC_INLINE Vec load_upto(const float* p, int64_t n) { return n == kLanes ? load(p) : load_n(p, n); }

SC_INLINE void store_upto(float* p, Vec v, int64_t n) {
    if (n == kLanes) store(p, v);
    else store_n(p, v, n);
}

// rectified() of call.h for vectors.
struct Rectifier {
    float low, high;

    explicit Rectifier(int64_t relu)
        : low(relu != 0 ? 0.0f : -__builtin_inff()), high(relu > 1 ? static_cast<float>(relu) : __builtin_inff()) {}
    SC_MEMBER Vec of(Vec v) const { return min(set1(high), max(set1(low), v)); }
};

// body(first, lanes) for each vector of `count` neighbours; the last may have fewer lanes.
template <class Body>
SC_INLINE void each_vector(int64_t count, const Body& body) {
    int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) body(i, int64_t{kLanes});
    if (i < count) body(i, count - i);
}

inline float lanes_sum(Vec v) {
    float lane[kLanes];
    store(lane, v);
    float sum = lane[0];
    for (int i = 1; i < kLanes; ++i) sum += lane[i];
    return sum;
}

// y[i] = op(a[i], b[i]) for all `count`; the tail computes in the same vector operations.
template <class Op>
inline void map2_all(const Call& call, int64_t count, const float* a, const float* b, float* y, const Op& op) {
    each_block(call, count, kElementBlock, 4.0, [&](int64_t begin, int64_t end) {
        each_vector(end - begin, [&](int64_t i, int64_t n) {
            i += begin;
            store_upto(y + i, op(load_upto(a + i, n), load_upto(b + i, n)), n);
        });
    });
}

// y[i] = op(x[i]) for all `count`, where op costs about `work` operations.
template <class Op>
inline void map_all(const Call& call, int64_t count, double work, const float* x, float* y, const Op& op) {
    each_block(call, count, kElementBlock, work, [&](int64_t begin, int64_t end) {
        each_vector(end - begin, [&](int64_t i, int64_t n) {
            i += begin;
            store_upto(y + i, op(load_upto(x + i, n)), n);
        });
    });
}

}  // namespace
}  // namespace simplecell::SC_ISA
