// Loops over vectors that several families share. Include after defining SC_ISA.
#pragma once

#include "kernels/call.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {
namespace {

constexpr int64_t kElementBlock = 16384;

// load_n() and store_n() where n is kLanes most of the time. Where masks cost nothing there is one way for both.
constexpr bool kFreeMasks = kLanes == 16;

SC_INLINE Vec load_upto(const float* p, int64_t n) { return !kFreeMasks && n == kLanes ? load(p) : load_n(p, n); }

SC_INLINE void store_upto(float* p, Vec v, int64_t n) {
    if (!kFreeMasks && n == kLanes) store(p, v);
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

// How many floats from p to a whole vector's address.
inline int64_t to_aligned(const float* p) {
    return (kLanes - static_cast<int64_t>(reinterpret_cast<uintptr_t>(p) / sizeof(float)) % kLanes) % kLanes;
}

// Whether what is written to y should go past the caches: where it is more than they hold, and does not lie over an
// input. Then the lines that are overwritten are not read first.
template <class... Inputs>
inline bool past_caches([[maybe_unused]] const float* y, int64_t count, const Inputs*... inputs) {
    constexpr int64_t kHeld = int64_t{4} << 20;
    return count > kHeld && ((y != inputs) && ...);
}

struct ToCache {
    SC_MEMBER void operator()(float* p, Vec v, int64_t n) const { store_upto(p, v, n); }
};

struct ToMemory {
    SC_MEMBER void operator()(float* p, Vec v, int64_t n) const {
        if (n == kLanes) stream(p, v);
        else store_n(p, v, n);
    }
};

// body(put) with the put(p, v, n) that stores n lanes of v at p, past the caches or not: then whole vectors must be aligned.
template <class Body>
SC_INLINE void writing(bool past, const Body& body) {
    if (!past) return body(ToCache{});
    body(ToMemory{});
    fence();
}

// put(y + j, op(j, lanes), lanes) for a row, so that whole vectors are aligned.
template <class Put, class Op>
SC_INLINE void put_row(float* y, int64_t cols, const Put& put, const Op& op) {
    const int64_t head = smaller(cols, to_aligned(y));
    if (head > 0) put(y, op(int64_t{0}, head), head);
    each_vector(cols - head, [&](int64_t j, int64_t n) { put(y + head + j, op(head + j, n), n); });
}

// Transposes a tile of at most kLanes x kLanes: row(r) says where row r < height lies, put(q, v) takes column q < width.
template <class Row, class Put>
SC_INLINE void transpose_tile(int64_t height, int64_t width, const Row& row, const Put& put) {
    Vec square[kLanes];
    for (int64_t r = 0; r < kLanes; ++r) square[r] = r < height ? load_upto(row(r), width) : zero();
    transpose(square);
    for (int64_t q = 0; q < width; ++q) put(q, square[q]);
}

// y[i] = op(i, lanes) for all `count`, where op costs about `work` operations; the tail computes in the same vector
// operations.
template <class Op, class... Inputs>
inline void generate_all(const Call& call, int64_t count, double work, float* y, const Op& op, const Inputs*... inputs) {
    const bool past = to_aligned(y) == 0 && past_caches(y, count, inputs...);
    each_block(call, count, kElementBlock, work, [&](int64_t begin, int64_t end) {
        writing(past, [&](auto put) {
            each_vector(end - begin, [&](int64_t i, int64_t n) { put(y + begin + i, op(begin + i, n), n); });
        });
    });
}

// y[i] = op(a[i], b[i]).
template <class Op>
inline void map2_all(const Call& call, int64_t count, const float* a, const float* b, float* y, const Op& op, double work = 4.0) {
    generate_all(call, count, work, y, [&](int64_t i, int64_t n) { return op(load_upto(a + i, n), load_upto(b + i, n)); }, a, b);
}

// y[i] = op(x[i]).
template <class Op>
inline void map_all(const Call& call, int64_t count, double work, const float* x, float* y, const Op& op) {
    generate_all(call, count, work, y, [&](int64_t i, int64_t n) { return op(load_upto(x + i, n)); }, x);
}

}  // namespace
}  // namespace simplecell::SC_ISA
