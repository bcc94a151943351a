// A 1x1 convolution and the depthwise one behind it, which reads what the first wrote while it is still in the cache.
// Included by generic.h.
//
// A task is a band of output rows of one image, and two panels of its channels. It makes a few rows of outputs at a time:
// what the 1x1 convolution makes for them lies in the thread's scratch with the zeros of the padding written out, and
// where rows are read again by the next outputs they stay, the new ones taking the places of those done with.
#pragma once

#include "kernels/conv_depthwise/three.h"
#include "kernels/block/block.h"

namespace simplecell::SC_ISA {
namespace {

// The 1x1 convolution for `count` channels of one image, as rows of plan.wide pixels of plan.group floats.
struct Expansion {
    const ExpandArgs& a;
    const ExpandPlan& plan;
    const float *x, *packed, *bias;  // of the image, of the channels
    int64_t count;
    float* ring;

    // Where row v, counted from the band's first, lies.
    float* row(int64_t v) const { return ring + v % plan.high * plan.wide * plan.group; }

    // Makes the rows [begin, end), of which the band's first is the image's row `top`.
    void fill(int64_t top, int64_t begin, int64_t end) const {
        const int64_t used = smaller(a.w, plan.wide - a.left);
        const int64_t low = smaller(end, larger(begin, -top)), high = larger(low, smaller(end, a.h - top));
        for (int64_t v = begin; v < end; ++v) {
            const bool inside = v >= low && v < high;
            clear(row(v), inside ? a.left : plan.wide);
            if (inside) clear(row(v) + (a.left + used) * plan.group, plan.wide - a.left - used);
        }
        const int64_t total = (high - low) * used, step = total > 0 ? even_rows(total) : 1;
        int64_t v = low, u = 0, cell = 0, place = 0;  // of row v: its first pixel in x and in the ring
        for (int64_t done = 0; done < total; done += step) {
            Rows rows;
            const int64_t pixels = smaller(step, total - done);
            for (int64_t r = 0; r < pixels; ++r, ++u) {
                if (u == used) {
                    u = 0;
                    ++v;
                }
                if (u == 0) {
                    cell = (top + v) * a.w * a.c;
                    place = row(v) - ring + a.left * plan.group;
                }
                rows.a[r] = cell + u * a.c;
                rows.c[r] = place + u * plan.group;
            }
            multiply(rows, pixels);
        }
    }

    void clear(float* to, int64_t pixels) const {
        for (int64_t i = 0; i < pixels * plan.group; i += kLanes) store(to + i, zero());
    }

    void multiply(const Rows& rows, int64_t pixels) const {
        Sum sum{.length = a.c};
        sum.b_panel = a.c * kColumns;
        const bool pair = count > kColumns && paired(count - kColumns);
        for (int64_t done = 0; done < count; done += pair ? count : kColumns) {
            Tile tile{rows, x, packed + done * a.c, ring + done, pair ? count : smaller(kColumns, count - done),
                      bias != nullptr ? Start::bias : Start::zero};
            if (bias != nullptr) tile.bias = bias + done;
            tile.relu = a.expand_relu;
            if (pair) run_pair(pixels, sum, tile);
            else run_block<Form::deep>(pixels, sum, tile);
        }
    }
};

inline const float* from(const float* p, int64_t first) { return p == nullptr ? nullptr : p + first; }

template <int kStep>
inline void expand_steps(const Call& call, const ExpandArgs& a) {
    const ExpandPlan plan = expand_plan(a, kColumns);
    const float *x = operand<const float>(call, 0), *packed = operand<const float>(call, 1), *expand_bias = operand<const float>(call, 2);
    const float *filters = operand<const float>(call, 3), *bias = operand<const float>(call, 4);
    const double work = 2.0 * static_cast<double>(a.n * a.oh * a.ow) * static_cast<double>((a.c + 9) * a.e);
    each_task(call, a.n * plan.bands * plan.groups, work, [&](int64_t task, int worker) {
        const int64_t group = task % plan.groups * plan.group - plan.lead, begin = larger(0, group);
        const int64_t count = smaller(a.e, group + plan.group) - begin;
        const int64_t image = task / plan.groups / plan.bands, top = task / plan.groups % plan.bands * plan.rows;
        const int64_t end = smaller(a.oh, top + plan.rows);
        const ThreeFilters some{filters + begin, from(bias, begin), a.e, Rectifier(a.relu)};
        const Expansion expansion{a, plan, x + image * a.h * a.w * a.c, packed + begin * a.c, from(expand_bias, begin), count,
                                  operand(call, 6) + worker * plan.scratch};
        float* const nowhere = expansion.ring + plan.ring;  // for the row that the last pair of an odd number lacks
        ThreeRows<kStep> in{{}, plan.wide, plan.group, true};
        for (int64_t i = top, made = 0; i < end; i += kDown) {
            const int64_t first = (i - top) * kStep, wanted = first + (smaller(plan.step, end - i + 1) / 2 * 2 - 1) * kStep + 3;
            if ((i - top) % plan.step == 0) {
                expansion.fill(top * kStep - a.top, made, wanted);
                made = wanted;
            }
            for (int64_t v = 0; v < in.kHigh; ++v) in.row[v] = expansion.row(first + v);
            for (int64_t done = 0; done < a.ow; done += kAcross) {
                const int64_t j = larger(0, smaller(done, a.ow - kAcross));  // the last block may lie over the one before
                float* y = operand(call, 5) + ((image * a.oh + i) * a.ow + j) * a.e + begin;
                const ThreeOutputs out{{y, i + 1 < end ? y + a.ow * a.e : nowhere}, {}, kDown, smaller(kAcross, a.ow)};
                ThreeBlock<kStep>(in, some, out, j * kStep).run(0, count);
            }
        }
    });
}

}  // namespace

void expand_depthwise_forward(const Call& call) {
    const auto& a = args_of<ExpandArgs>(call);
    if (a.s == 1) return expand_steps<1>(call, a);
    expand_steps<2>(call, a);
}

}  // namespace simplecell::SC_ISA
