// The gradient of the weights behind a max pool: of all pixels only the winners of its windows have one, so each adds
// its patch of x to its filter's gradient, and the others are left out. Included by generic.h.
#pragma once

#include <cstring>

#include "kernels/conv_direct/band.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {
namespace {

// The cells of an image that the windows read, channels last, with the zeros of the padding.
inline void pad_image(const ConvWinnersArgs& a, const WinnersPlan& plan, const float* image, float* to) {
    const int64_t pitch = plan.columns * a.c;
    for (int64_t r = 0; r < plan.rows; ++r, to += pitch) {
        const int64_t row = r - a.top;
        if (row < 0 || row >= a.h) std::memset(to, 0, pitch * sizeof(float));
        else copy_row({image, a.h, a.w, a.c, a.planar != 0}, row, {-a.left, plan.columns}, to);
    }
    std::memset(to, 0, (plan.image - plan.rows * pitch) * sizeof(float));
}

// Adds one image's winners to a partial gradient.
inline void add_winners(const ConvWinnersArgs& a, const WinnersPlan& plan, const float* x, const float* dy, const int32_t* index,
                        float* partial) {
    const auto pixels = static_cast<uint32_t>(a.oh * a.ow), ow = static_cast<uint32_t>(a.ow);
    const int64_t pitch = plan.columns * a.c;
    for (int64_t q = 0; q < a.ph * a.pw; ++q) {
        for (int64_t o = 0; o < a.co; ++o) {
            const auto pixel = static_cast<uint32_t>(index[q * a.co + o]);
            if (pixel >= pixels) continue;  // a window without a cell of the image, or no pixel at all
            const float *from = x + pixel / ow * a.sh * pitch + pixel % ow * a.sw * a.c, gradient = dy[q * a.co + o];
            float* to = partial + o * plan.filter;
            const Vec g = set1(gradient);
            for (int64_t ky = 0; ky < a.kh; ++ky, to += plan.row, from += pitch) {
                for (int64_t f = 0; f < a.kw * a.c; f += kLanes) store(to + f, fma(g, load(from + f), load(to + f)));
            }
            *to += gradient;
        }
    }
}

}  // namespace

void conv2d_winners_weights(const Call& call) {
    const auto& a = args_of<ConvWinnersArgs>(call);
    const WinnersPlan plan = winners_plan(a);
    const float *x = operand<const float>(call, 0), *dy = operand<const float>(call, 1);
    const auto* index = operand<const int32_t>(call, 2);
    float *dw = operand(call, 3), *db = operand(call, 4), *partials = operand(call, 5);
    float* images = partials + plan.chunks * plan.partial;
    const int64_t winners = a.ph * a.pw * a.co, taps = a.kh * a.kw;
    const double work = 2.0 * static_cast<double>(a.n * winners) * static_cast<double>(plan.filter);
    each_task(call, plan.chunks, work, [&](int64_t chunk, int worker) {
        float *partial = partials + chunk * plan.partial, *padded = images + worker * plan.image;
        std::memset(partial, 0, plan.partial * sizeof(float));
        for (int64_t i = chunk * plan.chunk_images; i < smaller(a.n, (chunk + 1) * plan.chunk_images); ++i) {
            pad_image(a, plan, x + i * a.h * a.w * a.c, padded);
            add_winners(a, plan, padded, dy + i * winners, index + i * winners, partial);
        }
    });
    auto total = [&](int64_t at) {
        float sum = partials[at];
        for (int64_t chunk = 1; chunk < plan.chunks; ++chunk) sum += partials[chunk * plan.partial + at];
        return sum;
    };
    each_task(call, a.co, static_cast<double>(a.co * plan.filter) * static_cast<double>(plan.chunks), [&](int64_t o, int) {
        for (int64_t tap = 0; tap < taps; ++tap) {
            const int64_t at = o * plan.filter + tap / a.kw * plan.row + tap % a.kw * a.c;
            for (int64_t ch = 0; ch < a.c; ++ch) dw[(o * a.c + ch) * taps + tap] = total(at + ch);
        }
        if (db != nullptr) db[o] = total(o * plan.filter + a.kh * plan.row);
    });
}

}  // namespace simplecell::SC_ISA
