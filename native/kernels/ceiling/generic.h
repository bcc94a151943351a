#include "kernels/ceiling/ceiling.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {

double multiply_add(int64_t rounds) {
    constexpr int kChains = 12;  // enough to hide the latency of an FMA on two ports
    static volatile float source = 1e-9f;
    Vec factor = set1(source), sum[kChains];
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) sum[i] = set1(source);
    for (int64_t r = 0; r < rounds; ++r) {
#pragma GCC unroll 12
        for (int i = 0; i < kChains; ++i) sum[i] = fma(sum[i], factor, factor);
    }
    Vec total = zero();
    for (int i = 0; i < kChains; ++i) total = add(total, sum[i]);
    float lane[kLanes];
    store(lane, total);
    volatile float sink [[maybe_unused]] = lane[0];
    return static_cast<double>(rounds) * kChains * kLanes * 2;
}

float read_all(const float* x, int64_t count) {
    constexpr int kStreams = 4;
    Vec sum[kStreams] = {zero(), zero(), zero(), zero()};
    int64_t i = 0;
    for (; i + kStreams * kLanes <= count; i += kStreams * kLanes) {
#pragma GCC unroll 4
        for (int s = 0; s < kStreams; ++s) sum[s] = add(sum[s], load(x + i + s * kLanes));
    }
    Vec total = add(add(sum[0], sum[1]), add(sum[2], sum[3]));
    float lane[kLanes];
    store(lane, total);
    return lane[0];
}

}  // namespace simplecell::SC_ISA
