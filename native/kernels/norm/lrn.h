// Local response normalisation: a sum of squares slides over the channels of one pixel. Included by generic.h.
#pragma once

#include <math.h>

#include "kernels/lanes.h"
#include "kernels/norm/norm.h"

namespace simplecell::SC_ISA {
namespace {

// s^-beta, by roots where they give it.
SC_INLINE Vec inverse_power(Vec s, float beta) {
    if (beta == 0.75f) return div(set1(1.0f), mul(sqrt(s), sqrt(sqrt(s))));
    if (beta == 0.5f) return div(set1(1.0f), sqrt(s));
    if (beta == 1.0f) return div(set1(1.0f), s);
    float lane[kLanes];
    store(lane, s);
    for (int i = 0; i < kLanes; ++i) lane[i] = powf(lane[i], -beta);
    return load(lane);
}

// The channels of one pixel with zeros around them, so that windows need no edges.
struct LrnLine {
    float* cells;      // `before` zeros, c values, `size` zeros and a vector more
    int64_t before, size;

    LrnLine(float* memory, int64_t c, int64_t zeros_before, int64_t window) : cells(memory), before(zeros_before), size(window) {
        for (int64_t i = 0; i < before; ++i) cells[i] = 0;
        for (int64_t i = before + c; i < c + size + 16; ++i) cells[i] = 0;
    }
    SC_MEMBER void put(int64_t ch, Vec v, int64_t n) const { store_upto(cells + before + ch, v, n); }
    SC_MEMBER Vec window(int64_t ch) const {
        Vec sum = load(cells + ch);
        for (int64_t i = 1; i < size; ++i) sum = add(sum, load(cells + ch + i));
        return sum;
    }
};

// body(pixel's first value, this thread's memory) for every pixel.
template <class Body>
inline void each_pixel(const Call& call, const LrnArgs& a, float* scratch, const Body& body) {
    const int64_t block = larger(1, kElementBlock / a.c), line = divide_up(a.c + a.size + 16, 16) * 16;
    const double work = static_cast<double>(a.pixels * a.c) * static_cast<double>(a.size + 8);
    each_task(call, divide_up(a.pixels, block), work, [&](int64_t task, int worker) {
        float* memory = scratch + worker * 3 * line;
        const int64_t before = a.size / 2;
        const LrnLine squares(memory, a.c, before, a.size), shares(memory + line, a.c, a.size - 1 - before, a.size);
        for (int64_t pixel = task * block; pixel < smaller(a.pixels, (task + 1) * block); ++pixel) {
            body(pixel * a.c, squares, shares, memory + 2 * line);
        }
    });
}

SC_INLINE void put_squares(const LrnLine& line, const float* x, int64_t c) {
    each_vector(c, [&](int64_t ch, int64_t n) {
        Vec v = load_upto(x + ch, n);
        line.put(ch, mul(v, v), n);
    });
}

}  // namespace

void lrn_forward(const Call& call) {
    const auto& a = args_of<LrnArgs>(call);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    const Vec share = set1(static_cast<float>(a.alpha / static_cast<double>(a.size))), k = set1(static_cast<float>(a.k));
    const auto beta = static_cast<float>(a.beta);
    each_pixel(call, a, operand(call, 2), [&](int64_t at, const LrnLine& squares, const LrnLine&, float*) {
        put_squares(squares, x + at, a.c);
        each_vector(a.c, [&](int64_t ch, int64_t n) {
            Vec p = inverse_power(fma(share, squares.window(ch), k), beta);
            store_upto(y + at + ch, mul(load_upto(x + at + ch, n), p), n);
        });
    });
}

// With s = k + alpha/size * S: dx_i = dy_i * s_i^-beta - 2 * alpha/size * beta * x_i * sum of dy_j * x_j * s_j^(-beta-1)
// over the windows j that hold i.
void lrn_backward(const Call& call) {
    const auto& a = args_of<LrnArgs>(call);
    const float *dy = operand<const float>(call, 0), *x = operand<const float>(call, 1);
    float* dx = operand(call, 2);
    const double each = a.alpha / static_cast<double>(a.size);
    const Vec share = set1(static_cast<float>(each)), k = set1(static_cast<float>(a.k));
    const Vec factor = set1(static_cast<float>(-2 * each * a.beta));
    const auto beta = static_cast<float>(a.beta);
    each_pixel(call, a, operand(call, 3), [&](int64_t at, const LrnLine& squares, const LrnLine& shares, float* direct) {
        put_squares(squares, x + at, a.c);
        each_vector(a.c, [&](int64_t ch, int64_t n) {
            Vec s = fma(share, squares.window(ch), k), own = mul(load_upto(dy + at + ch, n), inverse_power(s, beta));
            store_upto(direct + ch, own, n);
            shares.put(ch, div(mul(own, load_upto(x + at + ch, n)), s), n);
        });
        each_vector(a.c, [&](int64_t ch, int64_t n) {
            Vec v = mul(factor, load_upto(x + at + ch, n));
            store_upto(dx + at + ch, fma(v, shares.window(ch), load_upto(direct + ch, n)), n);
        });
    });
}

}  // namespace simplecell::SC_ISA
