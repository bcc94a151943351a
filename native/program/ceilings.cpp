#include "program/ceilings.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <stdexcept>

#include "base/cpu.h"
#include "base/memory.h"
#include "base/pool.h"
#include "kernels/ceiling/ceiling.h"

namespace simplecell {
namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double multiply_add(Isa isa, int64_t rounds) {
    switch (isa) {
#if SC_HAVE_AVX512
        case Isa::avx512: return avx512::multiply_add(rounds);
#endif
#if SC_HAVE_AVX2
        case Isa::avx2: return avx2::multiply_add(rounds);
#endif
        default: return scalar::multiply_add(rounds);
    }
}

float read_all(const float* x, int64_t count) {
#if SC_HAVE_AVX512
    if (runnable(Isa::avx512)) return avx512::read_all(x, count);
#endif
#if SC_HAVE_AVX2
    if (runnable(Isa::avx2)) return avx2::read_all(x, count);
#endif
    return scalar::read_all(x, count);
}

// The best rate (units per second) of repeated calls of `round`, which does `units` of work on `threads` threads.
template <class Round>
double best_rate(double seconds, double units, const Round& round) {
    double best = 0;
    auto begin = Clock::now();
    do {
        auto start = Clock::now();
        round();
        best = std::max(best, units / since(start));
    } while (since(begin) < seconds);
    return best;
}

template <class Body>
void share(int threads, int64_t count, const Body& body) {
    auto task = [](const void* context, int64_t index, int) { (*static_cast<const Body*>(context))(index); };
    parallel_for(threads, count, task, &body);
}

void check(int threads, double seconds) {
    if (threads < 1 || threads > kMaxThreads) {
        throw std::invalid_argument("threads is " + std::to_string(threads) + ", outside [1, 64]");
    }
    if (!(seconds > 0 && seconds <= 60)) throw std::invalid_argument("seconds must be in (0, 60]");
}

}  // namespace

double fma_peak(Isa isa, int threads, double seconds) {
    check(threads, seconds);
    constexpr int64_t kRounds = 20000;
    int64_t pieces = int64_t{threads} * 8;
    double flop = multiply_add(isa, kRounds) * static_cast<double>(pieces);
    return best_rate(seconds, flop, [&] {
               share(threads, pieces, [&](int64_t) { multiply_add(isa, kRounds); });
           }) / 1e9;
}

Bandwidth bandwidth(int threads, int64_t bytes, double seconds) {
    check(threads, seconds);
    constexpr int64_t kPiece = int64_t{1} << 18;
    int64_t pieces = bytes / kPiece;
    if (pieces < 2) throw std::invalid_argument("bytes must be at least " + std::to_string(2 * kPiece));
    AlignedMemory from(static_cast<size_t>(bytes)), to(static_cast<size_t>(bytes));
    std::memset(from.data(), 1, from.size());
    std::memset(to.data(), 1, to.size());
    const char* source = static_cast<const char*>(from.data());
    char* target = static_cast<char*>(to.data());
    auto used = static_cast<double>(pieces * kPiece);
    Bandwidth out{};
    out.read = best_rate(seconds / 2, used, [&] {
                   share(threads, pieces, [&](int64_t i) {
                       volatile float sink [[maybe_unused]] =
                           read_all(reinterpret_cast<const float*>(source + i * kPiece), kPiece / 4);
                   });
               }) / 1e9;
    out.copy = best_rate(seconds / 2, 2 * used, [&] {
                   share(threads, pieces, [&](int64_t i) { std::memcpy(target + i * kPiece, source + i * kPiece, kPiece); });
               }) / 1e9;
    return out;
}

}  // namespace simplecell
