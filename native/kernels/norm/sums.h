// Two sums over pixels for every channel, the heart of batch and group norm. Included by generic.h.
#pragma once

#include "kernels/lanes.h"
#include "kernels/norm/norm.h"

namespace simplecell::SC_ISA {
namespace {

// The memory of one call: see scratch_bytes in spec.cpp.
struct NormMemory {
    NormPlan plan;
    double* partials;
    float *lines, *work;

    NormMemory(const NormPlan& p, double* scratch) : plan(p), partials(scratch) {
        lines = reinterpret_cast<float*>(partials + p.partials());
        work = lines + divide_up(p.lines(), 16) * 16;
    }
    // Two sums of a channel in the chunk of a task.
    double* sums(int64_t task) const { return partials + task * 2 * plan.c; }
    // Line `which` of four (c floats each) for the last pass over an image.
    float* line(int64_t image, int which) const { return lines + (image * 4 + which) * plan.c; }
    float* of_worker(int worker) const { return work + worker * (divide_up(plan.work(), 16) * 16); }
    double all_sums(int64_t image, int which, int64_t channel) const {
        double sum = 0;
        for (int64_t i = 0; i < plan.chunks; ++i) sum += sums(image * plan.chunks + i)[which * plan.c + channel];
        return sum;
    }
};

// The mean of a few pixels of an image: near enough to the mean for sums around it to keep their digits.
inline void sample_mean(const float* image, int64_t pixels, int64_t c, float* mean) {
    constexpr int64_t kMost = 8;
    const int64_t count = smaller(kMost, pixels), step = pixels / count;
    const Vec share = set1(1.0f / static_cast<float>(count));
    each_vector(c, [&](int64_t ch, int64_t n) {
        Vec sum = zero();
        for (int64_t i = 0; i < count; ++i) sum = fma(share, load_upto(image + i * step * c + ch, n), sum);
        store_upto(mean + ch, sum, n);
    });
}

// What is summed over pixels, for x alone: (x - s) and its square.
struct Moments {
    const float *x, *around;
    SC_MEMBER void add_to(int64_t at, Vec center, int64_t n, Vec& first, Vec& second) const {
        Vec d = sub(load_upto(x + at, n), center);
        first = add(first, d);
        second = fma(d, d, second);
    }
};

// For gradients: dy and dy * (x - mean).
struct Slopes {
    const float *x, *dy, *around;
    SC_MEMBER void add_to(int64_t at, Vec center, int64_t n, Vec& first, Vec& second) const {
        Vec g = load_upto(dy + at, n);
        first = add(first, g);
        second = fma(g, sub(load_upto(x + at, n), center), second);
    }
};

// Values alone; there is no second sum.
struct Values {
    const float *x, *around;
    SC_MEMBER void add_to(int64_t at, Vec, int64_t n, Vec& first, Vec&) const { first = add(first, load_upto(x + at, n)); }
};

// sums[0..c) and sums[c..2c) over the pixels [begin, end), four at a time so that the running sums are seldom moved.
template <class Terms>
inline void add_run(const Terms& terms, int64_t begin, int64_t end, int64_t c, float* sums) {
    for (int64_t i = 0; i < 2 * c; ++i) sums[i] = 0;
    int64_t pixel = begin;
    for (; pixel + 4 <= end; pixel += 4) {
        each_vector(c, [&](int64_t ch, int64_t n) {
            Vec first = load_upto(sums + ch, n), second = load_upto(sums + c + ch, n), center = load_upto(terms.around + ch, n);
            for (int64_t i = 0; i < 4; ++i) terms.add_to((pixel + i) * c + ch, center, n, first, second);
            store_upto(sums + ch, first, n);
            store_upto(sums + c + ch, second, n);
        });
    }
    for (; pixel < end; ++pixel) {
        each_vector(c, [&](int64_t ch, int64_t n) {
            Vec first = load_upto(sums + ch, n), second = load_upto(sums + c + ch, n);
            terms.add_to(pixel * c + ch, load_upto(terms.around + ch, n), n, first, second);
            store_upto(sums + ch, first, n);
            store_upto(sums + c + ch, second, n);
        });
    }
}

// Fills `memory.sums(task)` for every chunk. terms_of(image, work) -> the terms of that image; work has c floats.
template <class TermsOf>
inline void sum_chunks(const Call& call, const NormMemory& memory, const TermsOf& terms_of) {
    const NormPlan& p = memory.plan;
    each_task(call, p.tasks(), 8.0 * static_cast<double>(p.images * p.pixels) * static_cast<double>(p.c), [&](int64_t task, int worker) {
        double* total = memory.sums(task);
        float* run = memory.of_worker(worker);
        const auto terms = terms_of(task / p.chunks, run + 2 * p.c);
        int64_t first = task % p.chunks * p.chunk, last = smaller(p.pixels, first + p.chunk);
        for (int64_t i = 0; i < 2 * p.c; ++i) total[i] = 0;
        for (int64_t begin = first; begin < last; begin += kNormRun) {
            add_run(terms, begin, smaller(last, begin + kNormRun), p.c, run);
            for (int64_t i = 0; i < 2 * p.c; ++i) total[i] += static_cast<double>(run[i]);
        }
    });
}

// y[i] = op(i, channel, image, lanes) for all values of all images, past the caches where that pays.
template <class Op, class... Inputs>
inline void each_value(const Call& call, const NormPlan& p, float* y, const Op& op, const Inputs*... inputs) {
    const bool past = p.c % kLanes == 0 && to_aligned(y) == 0 && past_caches(y, p.images * p.pixels * p.c, inputs...);
    const int64_t block = larger(1, kElementBlock / p.c), blocks = divide_up(p.pixels, block);
    each_task(call, p.images * blocks, 8.0 * static_cast<double>(p.images * p.pixels) * static_cast<double>(p.c), [&](int64_t task, int) {
        const int64_t image = task / blocks, begin = task % blocks * block;
        writing(past, [&](auto put) {
            for (int64_t pixel = begin; pixel < smaller(p.pixels, begin + block); ++pixel) {
                const int64_t first = (image * p.pixels + pixel) * p.c;
                each_vector(p.c, [&](int64_t ch, int64_t n) { put(y + first + ch, op(first + ch, ch, image, n), n); });
            }
        });
    });
}

}  // namespace
}  // namespace simplecell::SC_ISA
