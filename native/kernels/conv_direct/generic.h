// Direct convolution, written once over the microkernel: an implicit product of matrices whose rows are output
// pixels and whose k runs over a window's taps and channels, without the windows ever being written out.
#include "kernels/conv_direct/band.h"
#include "kernels/conv_direct/deep_weights.h"
#include "kernels/conv_direct/forward.h"
#include "kernels/conv_direct/weights.h"
#include "kernels/block/block.h"

namespace simplecell::SC_ISA {

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
        const int64_t columns = smaller(kColumns, outs - task % panels * kColumns);
        if (turned && taps == 1) return pack_panel(from, in_stride, ins, columns, to);
        // The floats that lie side by side in a filter: all of it, or the taps of one channel.
        const int64_t runs = turned ? ins : 1, length = turned ? taps : ins * taps;
        for (int64_t run = 0; run < runs; ++run) {
            turn_panel(from + run * in_stride, columns, out_stride, length, [&](int64_t e, int64_t half, Vec v) {
                const int64_t row = turned ? (taps - 1 - e) * ins + run : taps == 1 ? e : e % taps * ins + e / taps;
                store(to + row * kColumns + half * kLanes, v);
            });
        }
    });
}

void conv2d_forward(const Call& call) {
    const auto& a = args_of<ConvForwardArgs>(call);
    const ForwardPlan plan = forward_plan(a, kColumns);
    const ConvInput in = conv_input(a, a.zh, a.zw);
    const float* x = operand<const float>(call, 0);
    const Forward f{a, operand<const float>(call, 1), operand<const float>(call, 2), operand<const float>(call, 3),
                    operand<const float>(call, 4), operand(call, 5)};
    float* scratch = operand(call, 6);
    constexpr int64_t kCachedFloats = 128 << 10;  // of weights that stay near while pixels pass over them
    const int64_t cached = larger(1, kCachedFloats / f.panel_floats()), per_thread = divide_up(plan.scratch, 16) * 16;
    const int64_t images = plan.flat ? 1 : a.n, tasks = plan.panel_tasks(), pixels = a.n * a.oh * a.ow;
    int64_t held[kMaxThreads];  // the band that each worker's scratch holds: tasks of one band differ in their channels only
    for (int64_t& band : held) band = -1;
    each_task(call, images * plan.bands * tasks, conv_work(a, a.groups), [&](int64_t task, int worker) {
        int64_t image = task / (plan.bands * tasks), first = task / tasks % plan.bands * plan.rows;
        int64_t begin = task % tasks * plan.panel_step, end = smaller(plan.panels, begin + plan.panel_step);
        int64_t rows = smaller(plan.rows, (plan.flat ? pixels : a.oh) - first);
        if (plan.flat) {
            const Phase line{first, 1, rows, first, 1, 0, 1, 1, 1}, point{0, 1, 1, 0, 1, 0, 1, 1, 1};
            for (int64_t p = begin; p < end; p += cached) f.phase({x, 0, 0, 0}, point, line, 0, p, smaller(end, p + cached));
            return;
        }
        const Picture picture{x + image * a.h * a.w * a.c, a.h, a.w, a.c, a.planar != 0};
        Band band = make_band(in, picture, first, rows, a.ow, plan.in_place, scratch + worker * per_thread, held[worker] == task / tasks);
        held[worker] = task / tasks;
        for (int64_t i = 0; i < phase_count(in.rows); ++i) {
            for (int64_t j = 0; j < phase_count(in.columns); ++j) {
                Phase down = phase_at(in.rows, first, rows, a.kh, a.dh, i), across = phase_at(in.columns, 0, a.ow, a.kw, a.dw, j);
                for (int64_t p = begin; p < end; p += cached) {
                    f.phase(band, down, across, image * a.oh * a.ow, p, smaller(end, p + cached));
                }
            }
        }
    });
}

void conv2d_backward_weights(const Call& call) {
    const auto& a = args_of<ConvWeightsArgs>(call);
    if (deep_weights(a)) return deep_backward_weights(call, a);
    const WeightsPlan plan = weights_plan(a);
    float *dw = operand(call, 2), *db = operand(call, 3), *partials = operand(call, 4);
    const int64_t co = a.co / a.groups, blocks = divide_up(co, kLanes);
    const double weights = static_cast<double>(a.co) * (a.c / a.groups) * a.kh * a.kw;
    sum_chunks(call, joined(a, plan.pixels), plan, partials, 2.0 * weights * static_cast<double>(a.n * a.oh * a.ow));
    const auto parts = static_cast<double>(plan.chunks * plan.pixels);
    each_task(call, a.groups * blocks, weights * (4.0 + parts), [&](int64_t task, int) {
        int64_t first = task % blocks * kLanes;
        gather(a, plan, partials, task / blocks, first, smaller(kLanes, co - first), dw);
    });
    if (db == nullptr) return;
    const int64_t of_bias = a.co * plan.pixels;
    const float* bias = partials + plan.partial - of_bias;
    for (int64_t j = 0; j < a.co; ++j) {
        float sum = 0;
        for (int64_t chunk = 0; chunk < plan.chunks; ++chunk) {
            for (int64_t p = 0; p < plan.pixels; ++p) sum += bias[chunk * plan.partial + p * a.co + j];
        }
        db[j] = sum;
    }
}

}  // namespace simplecell::SC_ISA

#include "kernels/conv_direct/narrow.h"
#include "kernels/conv_direct/winners.h"
