// Filters into their transformed, packed form. Included by generic.h.
#pragma once

#include "kernels/winograd/product.h"

namespace simplecell::SC_ISA {
namespace {

constexpr int kTaps = winograd::kTaps;

// u = G g along one axis, in double, for kColumns filters side by side: three taps to six places.
inline void filter_line(const double* __restrict g, int64_t tap_pitch, double* __restrict u, int64_t place_pitch) {
    using namespace winograd;
    for (int64_t j = 0; j < kColumns; ++j) {
        double g0 = g[j], g1 = g[tap_pitch + j], g2 = g[2 * tap_pitch + j];
        double even_p = g0 + kP2 * g2, odd_p = kP * g1, even_q = g0 + kQ2 * g2, odd_q = kQ * g1;
        u[j] = g0;
        u[place_pitch + j] = kScaleP * (even_p + odd_p);
        u[2 * place_pitch + j] = kScaleP * (even_p - odd_p);
        u[3 * place_pitch + j] = kScaleQ * (even_q + odd_q);
        u[4 * place_pitch + j] = kScaleQ * (even_q - odd_q);
        u[5 * place_pitch + j] = g2;
    }
}

constexpr int64_t kTogether = 8;  // input channels, so that every place is written in runs of kTogether * kColumns floats

// The 36 places of kColumns filters on one input channel.
inline void transform_filters(const double (*g)[kColumns], float (*to)[kTogether][kColumns], int64_t channel) {
    constexpr int n = winograd::kInputs;
    double half[kTaps][n][kColumns], u[n][kColumns];
    for (int i = 0; i < kTaps; ++i) filter_line(g[i * kTaps], kColumns, half[i][0], kColumns);
    for (int j = 0; j < n; ++j) {
        filter_line(half[0][j], n * kColumns, u[0], kColumns);
        for (int i = 0; i < n; ++i) {
            float* at = to[i * n + j][channel];
            for (int64_t k = 0; k < kColumns; ++k) at[k] = static_cast<float>(u[i][k]);
        }
    }
}

}  // namespace

// packed[place][panel][ci][j] = (G g G^T)[place] of filter panel*NR + j on channel ci, zero beyond the last filter;
// transposed: of the filters turned by 180 degrees, filters and channels changing sides.
void winograd_pack(const Call& call) {
    const auto& a = args_of<WinogradPackArgs>(call);
    const float* w = operand<const float>(call, 0);
    float* packed = operand(call, 1);
    const bool turned = a.transposed != 0;
    const int64_t outs = turned ? a.c : a.co, ins = turned ? a.co : a.c, taps = kTaps * kTaps;
    const int64_t out_stride = turned ? taps : a.c * taps, in_stride = turned ? a.c * taps : taps;
    const int64_t panels = divide_up(outs, kColumns), pitch = winograd_place_pitch(outs, ins, kColumns);
    const int64_t groups = divide_up(ins, kTogether);
    const bool past = past_caches(packed, kPlaces * pitch) && to_aligned(packed) == 0;
    each_task(call, panels * groups, 100.0 * static_cast<double>(a.co * a.c), [&](int64_t task, int) {
        int64_t panel = task / groups, first = task % groups * kTogether, count = smaller(kTogether, ins - first);
        int64_t columns = smaller(kColumns, outs - panel * kColumns);
        const float* from = w + panel * kColumns * out_stride + first * in_stride;
        double g[kTaps * kTaps][kColumns] = {};
        float places[kPlaces][kTogether][kColumns];
        for (int64_t in = 0; in < count; ++in) {
            for (int64_t j = 0; j < columns; ++j) {
                const float* filter = from + j * out_stride + in * in_stride;
                for (int64_t tap = 0; tap < taps; ++tap) g[tap][j] = filter[turned ? taps - 1 - tap : tap];
            }
            transform_filters(g, places, in);
        }
        writing(past, [&](auto put) {
            for (int64_t place = 0; place < kPlaces; ++place) {
                float* to = packed + place * pitch + (panel * ins + first) * kColumns;
                for (int64_t k = 0; k < count * kColumns; k += kLanes) put(to + k, load(places[place][0] + k), kLanes);
                if (task + 1 < panels * groups) continue;
                for (int64_t k = panels * ins * kColumns; k < pitch; k += kLanes) put(packed + place * pitch + k, zero(), kLanes);
            }
        });
    });
}

}  // namespace simplecell::SC_ISA
