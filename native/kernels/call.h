// What every kernel receives, and how it shares its loop among threads. Included by code compiled for one
// instruction set: everything inline here is internal to the including file.
#pragma once

#include <cstdint>

#include "base/pool.h"

namespace simplecell {

// args: the family's Args struct. operands: in the order of the kernel's spec, null where an optional one is
// absent. threads: 1..kMaxThreads.
struct Call {
    const void* args;
    void* const* operands;
    int threads;
};

using KernelFn = void (*)(const Call&);

namespace {

template <class Args>
inline const Args& args_of(const Call& call) {
    return *static_cast<const Args*>(call.args);
}

template <class T = float>
inline T* operand(const Call& call, int index) {
    return static_cast<T*>(call.operands[index]);
}

inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
inline int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
// The argument `relu` of kernels that end in a rectifier: 0 leaves v as it is, 1 is max(0, v), and a larger number is
// min(max(0, v), relu), so that 6 is ReLU6. NaN stays NaN.
template <class T>
inline T rectified(T v, int64_t relu) {
    if (relu != 0 && v < 0) return 0;
    return relu > 1 && v > static_cast<T>(relu) ? static_cast<T>(relu) : v;
}

inline int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }  // a >= 0, b > 0

// Below this much work (in FLOP, or bytes touched) a loop stays in the calling thread. Handing it over costs about a
// microsecond where the worker spins and five where it sleeps, and what the worker wrote must cross between the caches:
// loops of 150 to 480 thousand FLOP, 2 to 8 microseconds, gained nothing from two threads.
constexpr double kWorthSharing = 500e3;

// body(index, worker) for each index in [0, count); see parallel_for. What a body computes must depend on
// `index` alone.
template <class Body>
inline void each_task(const Call& call, int64_t count, double work, const Body& body) {
    if (call.threads <= 1 || count <= 1 || work < kWorthSharing) {
        for (int64_t i = 0; i < count; ++i) body(i, 0);
        return;
    }
    auto piece = [](const void* context, int64_t index, int worker) {
        (*static_cast<const Body*>(context))(index, worker);
    };
    parallel_for(call.threads, count, piece, &body);
}

// body(begin, end) over [0, count) in blocks of `block`.
template <class Body>
inline void each_block(const Call& call, int64_t count, int64_t block, double work_each, const Body& body) {
    each_task(call, divide_up(count, block), static_cast<double>(count) * work_each,
              [&](int64_t index, int) { body(index * block, smaller(count, (index + 1) * block)); });
}

}  // namespace
}  // namespace simplecell
