// Pools whose windows lie side by side, which is what most networks have: no cell has two windows, so the backward
// kernels go through the outputs and write each cell once. Included by generic.h.
#pragma once

#include <cstring>

#include "kernels/call.h"
#include "kernels/pool/pool.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {
namespace {

// give(output cell, channel, lanes) -> a function of the place in the window (its input cell's number and the address
// to write), for each vector of a row of outputs; cells that no window covers become zero.
template <class Args, class Give>
SC_INLINE void spread_row(const Args& a, int64_t i, float* image, const Give& give) {
    const int64_t line = a.w * a.c, covered = a.ow * a.kw;
    for (int64_t v = i * a.kh; v < (i + 1) * a.kh; ++v) {
        std::memset(image + v * line + covered * a.c, 0, (a.w - covered) * a.c * sizeof(float));
    }
    if (i == a.oh - 1) std::memset(image + a.oh * a.kh * line, 0, (a.h - a.oh * a.kh) * line * sizeof(float));
    for (int64_t j = 0; j < a.ow; ++j) {
        each_vector(a.c, [&](int64_t ch, int64_t n) {
            auto put = give(j, ch, n);
            for (int64_t v = i * a.kh; v < (i + 1) * a.kh; ++v) {
                for (int64_t u = j * a.kw; u < (j + 1) * a.kw; ++u) put(v * a.w + u, image + v * line + u * a.c + ch);
            }
        });
    }
}

inline void max_backward_tiles(const Call& call, const MaxPoolArgs& a) {
    const float *dy = operand<const float>(call, 0), *index = operand<const float>(call, 1);
    float* dx = operand(call, 2);
    each_row(call, a.n, a.oh, 4.0 * static_cast<double>(a.w * a.c * a.kh), [&](int64_t image, int64_t i) {
        const int64_t row = (image * a.oh + i) * a.ow * a.c;
        spread_row(a, i, dx + image * a.h * a.w * a.c, [&](int64_t j, int64_t ch, int64_t n) {
            Vec won = load_upto(index + row + j * a.c + ch, n), gradient = load_upto(dy + row + j * a.c + ch, n);
            return [=](int64_t cell, float* to) {
                store_upto(to, select(equal_bits(won, static_cast<int32_t>(cell)), gradient, zero()), n);
            };
        });
    });
}

// Fewer channels than lanes: a row of shares is written out once, each as often as its window is wide, and copied to the
// rows of the window in whole vectors. A vector written for one cell is written over by the next one's.
inline void avg_spread_narrow(const AvgPoolArgs& a, const float* dy, const float* mask, Vec share, float* wide, float* dx) {
    const int64_t line = a.w * a.c, width = a.ow * a.kw * a.c;
    float* to = wide;
    for (int64_t j = 0; j < a.ow; ++j) {
        const Vec gradient = mul(load_upto(dy + j * a.c, a.c), share);
        for (int64_t u = 0; u < a.kw; ++u, to += a.c) store(to, gradient);
    }
    for (int64_t v = 0; v < a.kh; ++v) {
        each_vector(width, [&](int64_t f, int64_t n) {
            Vec value = load(wide + f);
            if (mask != nullptr) value = select(less(zero(), load_upto(mask + v * line + f, n)), value, zero());
            store_upto(dx + v * line + f, value, n);
        });
        std::memset(dx + v * line + width, 0, (line - width) * sizeof(float));
    }
}

inline void avg_backward_tiles(const Call& call, const AvgPoolArgs& a) {
    constexpr int64_t kMost = 2048;
    const float *dy = operand<const float>(call, 0), *mask = operand<const float>(call, 1);
    float* dx = operand(call, 2);
    const int64_t window = a.kh * a.kw;
    const Vec cells = set1(static_cast<float>(window)), share = set1(1.0f / static_cast<float>(window));
    const bool exact = (window & (window - 1)) == 0;  // a product with the share has the quotient's bits
    const bool narrow = exact && a.c < kLanes && a.ow * a.kw * a.c <= kMost;
    each_row(call, a.n, a.oh, 4.0 * static_cast<double>(a.w * a.c * a.kh), [&](int64_t image, int64_t i) {
        const float* row = dy + (image * a.oh + i) * a.ow * a.c;
        float* to_image = dx + image * a.h * a.w * a.c;
        if (narrow) {
            float wide[kMost + kLanes];
            const int64_t at = i * a.kh * a.w * a.c, from = (to_image - dx) + at;
            avg_spread_narrow(a, row, mask != nullptr ? mask + from : nullptr, share, wide, to_image + at);
            if (i == a.oh - 1) std::memset(to_image + a.oh * a.kh * a.w * a.c, 0, (a.h - a.oh * a.kh) * a.w * a.c * sizeof(float));
            return;
        }
        spread_row(a, i, to_image, [&](int64_t j, int64_t ch, int64_t n) {
            const Vec gradient = load_upto(row + j * a.c + ch, n), each = exact ? mul(gradient, share) : div(gradient, cells);
            return [=](int64_t, float* to) {
                if (mask == nullptr) return store_upto(to, each, n);
                store_upto(to, select(less(zero(), load_upto(mask + (to - dx), n)), each, zero()), n);
            };
        });
    });
}

// finish(what join makes of all its cells) for the windows of one row of outputs: first down the columns at full width,
// then across.
template <class Args, class Join, class Finish>
SC_INLINE void join_tiles(const Args& a, const float* x, const Join& join, const Finish& finish, float* y) {
    constexpr int64_t kMost = 2048;
    float down[kMost + kLanes];
    const int64_t step = larger(1, kMost / (a.kw * a.c));
    for (int64_t j = 0; j < a.ow; j += step) {
        int64_t here = smaller(step, a.ow - j), width = here * a.kw * a.c;
        const float* from = x + j * a.kw * a.c;
        for (int64_t f = 0; f < width; f += kLanes) {
            int64_t n = smaller(kLanes, width - f);
            Vec joint = load_upto(from + f, n);
            for (int64_t ky = 1; ky < a.kh; ++ky) joint = join(joint, load_upto(from + ky * a.w * a.c + f, n));
            store(down + f, joint);
        }
        for (int64_t q = 0; q < here; ++q) {
            each_vector(a.c, [&](int64_t ch, int64_t n) {
                const float* at = down + q * a.kw * a.c + ch;
                Vec joint = load(at);
                for (int64_t kx = 1; kx < a.kw; ++kx) joint = join(joint, load(at + kx * a.c));
                store_upto(y + (j + q) * a.c + ch, finish(joint), n);
            });
        }
    }
}

// Whether a window of one row of cells, with all channels, fits the buffer of join_tiles.
template <class Args>
inline bool fits_tiles(const Args& a) {
    return side_by_side(a) && a.kw * a.c <= 2048;
}

inline void avg_tiles(const AvgPoolArgs& a, const float* x, float* y) {
    const int64_t cells = a.kh * a.kw;
    const Vec count = set1(static_cast<float>(cells)), share = set1(1.0f / static_cast<float>(cells));
    auto sum = [](Vec joint, Vec more) { return add(joint, more); };
    if ((cells & (cells - 1)) == 0) join_tiles(a, x, sum, [&](Vec v) { return mul(v, share); }, y);  // the same bits, sooner
    else join_tiles(a, x, sum, [&](Vec v) { return div(v, count); }, y);
}

// Largest values where nobody asks which cell they come from.
inline void max_tiles(const MaxPoolArgs& a, const float* x, float* y) {
    auto largest = [](Vec joint, Vec more) { return select(unordered(more, more), more, max(more, joint)); };
    join_tiles(a, x, largest, [](Vec v) { return v; }, y);
}

}  // namespace
}  // namespace simplecell::SC_ISA
