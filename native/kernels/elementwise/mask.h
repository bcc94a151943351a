// The random numbers of dropout: a function of (seed, step, stream, index) alone, so that any thread, layout or
// language gives the same mask. Drawn in contract.md.
#pragma once

#include <cstdint>

namespace simplecell {
namespace {

constexpr uint64_t kGolden = 0x9E3779B97F4A7C15u;

inline uint64_t mix(uint64_t x) {  // the finaliser of splitmix64
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

inline uint64_t mask_key(const int64_t* seed, int64_t stream) {
    return mix(mix(static_cast<uint64_t>(seed[0])) + mix(static_cast<uint64_t>(stream)) * kGolden +
               static_cast<uint64_t>(seed[1]));
}

// u = bits * 2^-24 with bits in [0, 2^24): u >= p exactly when bits >= ceil(p * 2^24), which is exact in double.
inline uint64_t mask_bits(uint64_t key, int64_t index) {
    return mix(key + static_cast<uint64_t>(index) * kGolden) >> 40;
}

inline uint64_t mask_threshold(double p) {
    double scaled = p * 16777216.0;
    auto whole = static_cast<uint64_t>(scaled);
    return whole + (static_cast<double>(whole) < scaled ? 1 : 0);
}

inline float mask_scale(double p) { return p < 1.0 ? static_cast<float>(1.0 / (1.0 - p)) : 0.0f; }

}  // namespace
}  // namespace simplecell
