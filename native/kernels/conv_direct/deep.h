// The division of a weights' gradient of many input channels: a product of dy, turned, and the windows of x. It is a
// function of the problem and of the block of the instruction set, and decides the bits.
#pragma once

#include "base/isa.h"
#include "kernels/conv_direct/conv.h"

namespace simplecell {

struct DeepPlan {
    int64_t step;                // rows (output channels) of a block
    int64_t blocks, block_step;  // blocks of all rows, and of a task
    int64_t across;              // panels of columns (input channels) of a tap
    int64_t panels, panel_step;  // over all taps, and of a task
    int64_t parts, part_pixels;  // sums over pixels are cut into so many, each with a gradient of its own
    int64_t depth;               // pixels that are packed at a time
    bool direct;                 // one part and one tap: its gradient is dw itself
    int64_t scratch;             // floats for each thread: the packed rows and columns, one pixel longer than they are,
                                 // so that blocks do not lie over each other in the cache

    int64_t row_tasks() const { return conv_ceil(blocks, block_step); }
    int64_t tiles() const { return row_tasks() * conv_ceil(panels, panel_step); }
};

namespace {

constexpr int64_t kDeepPanels = 8;   // of a task, at the most
constexpr int64_t kDeepDepth = 200;  // pixels that are packed at a time, at the most

// From so many channels on packing pays: the pixels of x lie so far apart that they drive each other from the cache.
inline bool deep_weights(const ConvWeightsArgs& a) { return a.groups == 1 && (a.c >= 128 || (a.c >= 64 && a.co >= 128)); }

inline DeepPlan deep_plan(const ConvWeightsArgs& a, const Blocking& block) {
    constexpr int64_t kMostBlocks = 20, kFewTasks = 16, kFewPixels = 512;
    DeepPlan p{};
    const int64_t pixels = a.n * a.oh * a.ow, taps = a.kh * a.kw;
    p.step = even_part(a.co, block.mr);
    p.blocks = conv_ceil(a.co, p.step);
    p.block_step = even_part(p.blocks, kMostBlocks);
    p.across = conv_ceil(a.c, block.nr);
    p.panels = taps * p.across;
    p.panel_step = even_part(p.panels, kDeepPanels);
    int64_t parts = conv_min(conv_ceil(kFewTasks, p.tiles()), conv_ceil(pixels, kFewPixels));
    p.part_pixels = conv_ceil(pixels, parts);
    p.parts = conv_ceil(pixels, p.part_pixels);
    p.depth = even_part(p.part_pixels, kDeepDepth);
    p.direct = p.parts == 1 && taps == 1;
    p.scratch = (p.depth + 1) * (p.block_step * block.lanes + p.panel_step * block.nr);
    return p;
}

// Floats of the gradients of all parts, where dw does not take them; then 16 sums of each channel's bias.
constexpr int64_t kBiasParts = 16;

inline int64_t deep_partials(const ConvWeightsArgs& a, const DeepPlan& p) {
    int64_t gradients = p.direct ? 0 : p.parts * a.co * a.c * a.kh * a.kw;
    return conv_ceil(gradients + kBiasParts * a.co, 16) * 16;
}

}  // namespace
}  // namespace simplecell
