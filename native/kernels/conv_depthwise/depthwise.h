// Arguments of the conv_depthwise family, and the division of its sums. The contract is in contract.md.
#pragma once

#include <cstdint>

namespace simplecell {

struct DepthwisePackArgs {
    int64_t c, co, kh, kw;
};

struct DepthwiseArgs {
    int64_t n, h, w, c, oh, ow, co, kh, kw, sh, sw, dh, dw, top, left;
};

struct DepthwiseForwardArgs : DepthwiseArgs {
    int64_t relu;
};

// A 1x1 convolution from c to e channels, then a depthwise one with 3x3 taps, step s = 1 or 2, top and left <= 2.
struct ExpandArgs {
    int64_t n, h, w, c, e, oh, ow, s, top, left, expand_relu, relu;
};

// How its outputs are divided into tasks. Any division gives the same bits.
struct ExpandPlan {
    int64_t group, groups;     // channels of a task, whole panels; groups of them
    int64_t lead;              // channels that the first group has less than the others
    int64_t rows, bands;       // output rows of a task; bands of an image
    int64_t step, high, wide;  // output rows that are made at a time; the rows that they read, and pixels in a row
    int64_t ring, scratch;     // floats: of the rows that are read; of these and a row of a block's outputs, for each thread
};

// The weights' gradient: chunks of rows of the batch's outputs, each with a partial gradient of its own.
struct DepthwiseWeightsPlan {
    int64_t rows, chunks;  // rows of a chunk
    int64_t partial;       // floats of one partial gradient, the bias's included
};

namespace {

inline DepthwiseWeightsPlan depthwise_weights_plan(const DepthwiseArgs& a) {
    constexpr int64_t kMostChunks = 16;
    int64_t all = a.n * a.oh, rows = (all + kMostChunks - 1) / kMostChunks;
    return {rows, (all + rows - 1) / rows, (a.co * (a.kh * a.kw + 1) + 15) / 16 * 16};
}

inline ExpandPlan expand_plan(const ExpandArgs& a, int64_t nr) {
    constexpr int64_t kRingFloats = 32 << 10, kFewTasks = 6, kDown = 2, kAcross = 4;  // outputs of a block
    auto up = [](int64_t p, int64_t q) { return (p + q - 1) / q; };
    auto even = [&](int64_t total, int64_t parts) { return up(up(total, parts), kDown) * kDown; };
    ExpandPlan p{};
    p.group = nr < a.e ? 2 * nr : nr;
    p.groups = up(a.e, p.group);
    p.rows = even(a.oh, up(kFewTasks, a.n * p.groups));
    p.bands = up(a.oh, p.rows);
    // Of an odd number of tasks two threads get unequal parts: then the first task is a half, and so is the last.
    if (p.group > nr && p.groups > 1 && a.n * p.bands * p.groups % 2 == 1) p.lead = nr;
    p.groups = up(a.e + p.lead, p.group);
    p.wide = (up(a.ow, kAcross) * kAcross - 1) * a.s + 3;
    const int64_t held = (kRingFloats / (p.wide * p.group) - 3) / a.s + 1;
    p.step = even(p.rows, up(p.rows, held < kDown ? kDown : held));
    p.high = (p.step - 1) * a.s + 3;
    p.ring = p.high * p.wide * p.group;
    p.scratch = p.ring + up(kAcross * a.e, 16) * 16;
    return p;
}

}  // namespace
}  // namespace simplecell
