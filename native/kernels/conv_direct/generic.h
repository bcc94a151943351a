// Direct convolution, written once over the microkernel: an implicit product of matrices whose rows are output
// pixels and whose k runs over a window's taps and channels, without the windows ever being written out.
#include "kernels/conv_direct/band.h"
#include "kernels/gemm/block.h"

namespace simplecell::SC_ISA {
namespace {

// Where the packed weights of a panel and its output channels lie.
struct Panel {
    int64_t group, first, columns;  // first output channel, over all groups; channels in it
};

inline Panel panel_at(int64_t index, int64_t co, int64_t groups) {
    int64_t per_group = co / groups, panels = divide_up(per_group, kColumns);
    int64_t group = index / panels, first = index % panels * kColumns;
    return {group, group * per_group + first, smaller(kColumns, per_group - first)};
}

// k of a window: with one group and neighbouring taps a filter's row is one run of kw*c floats.
inline Sum window_sum(const ConvForwardArgs& a, int64_t pitch) {
    int64_t channels = a.c / a.groups;
    bool merged = a.groups == 1 && a.dw == 1;
    Sum sum{.outer = a.kh, .inner = merged ? 1 : a.kw, .length = merged ? a.kw * channels : channels};
    sum.a_outer = a.dh * pitch;
    sum.a_inner = a.dw * a.c;
    sum.b_inner = sum.length * kColumns;
    sum.b_outer = sum.inner * sum.b_inner;
    return sum;
}

struct Forward {
    const ConvForwardArgs& a;
    const float *packed, *bias, *add;
    float* y;

    // One row of `pixels` outputs for one panel; `at` is its first tap, y's pixel `first`.
    void row(const Sum& sum, const Panel& p, const float* weights, const float* at, int64_t first, int64_t pixels) const {
        int64_t step = even_rows(pixels), stride = a.sw * a.c;
        Tile tile{at + p.group * (a.c / a.groups), stride, weights, y + first * a.co + p.first, a.co, p.columns,
                  bias != nullptr ? Start::bias : Start::zero};
        if (bias != nullptr) tile.bias = bias + p.first;
        if (add != nullptr) tile.add = add + first * a.co + p.first;
        tile.relu = a.relu != 0;
        for (int64_t done = 0; done < pixels; done += step) {
            run_block<Form::deep>(smaller(step, pixels - done), sum, tile);
            tile.a += step * stride;
            tile.c += step * a.co;
            if (add != nullptr) tile.add += step * a.co;
        }
    }
};

}  // namespace

// packed[group][panel][ky][kx][ci][j]; transposed: of the filters turned by 180 degrees, with the channels of each
// group changing sides.
void conv2d_pack(const Call& call) {
    const auto& a = args_of<ConvPackArgs>(call);
    const float* w = operand<const float>(call, 0);
    float* packed = operand(call, 1);
    const bool turned = a.transposed != 0;
    const int64_t ci = a.c / a.groups, co = a.co / a.groups, taps = a.kh * a.kw;
    const int64_t outs = turned ? ci : co, ins = turned ? co : ci;
    const int64_t out_stride = turned ? taps : ci * taps, in_stride = turned ? ci * taps : taps;
    const int64_t panels = divide_up(outs, kColumns);
    each_task(call, a.groups * panels, 8.0 * static_cast<double>(a.co * ci) * taps, [&](int64_t task, int) {
        const float* from = w + task / panels * co * ci * taps + task % panels * kColumns * out_stride;
        float* to = packed + task * taps * ins * kColumns;
        int64_t columns = smaller(kColumns, outs - task % panels * kColumns);
        for (int64_t in = 0; in < ins; ++in) {
            for (int64_t tap = 0; tap < taps; ++tap) {
                float* cell = to + ((turned ? taps - 1 - tap : tap) * ins + in) * kColumns;
                const float* source = from + in * in_stride + tap;
                for (int64_t j = 0; j < kColumns; ++j) cell[j] = j < columns ? source[j * out_stride] : 0.0f;
            }
        }
    });
}

void conv2d_forward(const Call& call) {
    const auto& a = args_of<ConvForwardArgs>(call);
    const ForwardPlan plan = forward_plan(a, kColumns);
    const ConvInput in = conv_input(a, a.zh, a.zw);
    const float* x = operand<const float>(call, 0);
    const Forward f{a, operand<const float>(call, 1), operand<const float>(call, 2), operand<const float>(call, 3),
                    operand(call, 4)};
    float* scratch = operand(call, 5);
    const int64_t panel_floats = a.kh * a.kw * (a.c / a.groups) * kColumns, per_thread = divide_up(plan.scratch, 16) * 16;
    const int64_t images = plan.flat ? 1 : a.n, tasks = plan.panel_tasks(), pixels = a.n * a.oh * a.ow;
    const double work = 2.0 * static_cast<double>(pixels) * (a.c / a.groups) * a.co * a.kh * a.kw;
    each_task(call, images * plan.bands * tasks, work, [&](int64_t task, int worker) {
        int64_t image = task / (plan.bands * tasks), first = task / tasks % plan.bands * plan.rows;
        int64_t begin = task % tasks * plan.panel_step, end = smaller(plan.panels, begin + plan.panel_step);
        int64_t rows = smaller(plan.rows, (plan.flat ? pixels : a.oh) - first);
        Band band{x + first * a.c, 0};
        if (!plan.flat) {
            band = make_band(in, x + image * a.h * a.w * a.c, first, rows, a.ow, plan.in_place, scratch + worker * per_thread);
        }
        const Sum sum = window_sum(a, band.pitch);
        for (int64_t index = begin; index < end; ++index) {
            Panel panel = panel_at(index, a.co, a.groups);
            const float* weights = f.packed + index * panel_floats;
            if (plan.flat) {
                f.row(sum, panel, weights, band.at, first, rows);
                continue;
            }
            for (int64_t r = 0; r < rows; ++r) {
                f.row(sum, panel, weights, band.at + r * a.sh * band.pitch, (image * a.oh + first + r) * a.ow, a.ow);
            }
        }
    });
}

}  // namespace simplecell::SC_ISA

#include "kernels/conv_direct/weights.h"
