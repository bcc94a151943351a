// The gradient of the weights: 36 products over all tiles, then one inverse transform. Included by generic.h.
#pragma once

#include "kernels/winograd/transforms.h"

namespace simplecell::SC_ISA {
namespace {

// The microkernel adds, over the tiles of a block, kDepthRows input channels times up to kDepthVectors vectors of filters.
constexpr int kDepthRows = kLanes > 4 ? kLanes / 2 : 4, kDepthVectors = 3;
static_assert(kLanes % kDepthRows == 0);

struct DepthProduct {
    const float *v, *d;
    int64_t v_panel, d_panel;  // floats from one panel of tiles to the next
    int64_t d_chunk;           // floats from one vector of filters to the next
    int64_t panel_rows, tiles;
    float* s;
    int64_t s_chunk;
    bool start;                // S is stored, not added to
};

template <int NV>
void depth_product(const DepthProduct& p) {
    Vec acc[kDepthRows][NV];
#pragma GCC unroll 8
    for (int r = 0; r < kDepthRows; ++r) {
#pragma GCC unroll 3
        for (int j = 0; j < NV; ++j) acc[r][j] = p.start ? zero() : load(p.s + j * p.s_chunk + r * kLanes);
    }
    const float *v_panel = p.v, *d_panel = p.d;
    const int64_t d_chunk = p.d_chunk;
    for (int64_t first = 0; first < p.tiles; first += p.panel_rows, v_panel += p.v_panel, d_panel += p.d_panel) {
        const float *v = v_panel, *d = d_panel;
        const float* end = v + smaller(p.panel_rows, p.tiles - first) * kLanes;
        for (; v < end; v += kLanes, d += kLanes) {
            Vec dv[NV];
#pragma GCC unroll 3
            for (int j = 0; j < NV; ++j) dv[j] = load(d + j * d_chunk);
#pragma GCC unroll 8
            for (int r = 0; r < kDepthRows; ++r) {
                Vec av = set1(v[r]);
#pragma GCC unroll 3
                for (int j = 0; j < NV; ++j) acc[r][j] = fma(av, dv[j], acc[r][j]);
            }
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < kDepthRows; ++r) {
#pragma GCC unroll 3
        for (int j = 0; j < NV; ++j) store(p.s + j * p.s_chunk + r * kLanes, acc[r][j]);
    }
}

struct Weights {
    const WinogradWeightsArgs& a;
    const WinogradWeightsPlan& plan;
    const float *x, *dy;

    int64_t panel_v() const { return plan.chunks * kPlaces * plan.tiles.rows * kLanes; }
    int64_t panel_d() const { return plan.filter_chunks * kPlaces * plan.tiles.rows * kLanes; }

    void input(int64_t block, int64_t panel, int64_t begin, int64_t end, float* v) const {
        const Images images{x, a.h, a.w, a.c};
        transform_panel<winograd::kInputs>(images, plan.tiles, block, panel, a.top, a.left, begin, end, v + panel * panel_v());
    }

    // D of a panel of tiles for the filter chunks [begin, end), and what they add to a partial sum of dy.
    void gradient(int64_t block, int64_t panel, int64_t begin, int64_t end, float* d, float* bias, bool start) const {
        const Images images{dy, a.oh, a.ow, a.co};
        transform_panel<winograd::kOutputs>(images, plan.tiles, block, panel, 0, 0, begin, end, d + panel * panel_d());
        for (int64_t chunk = begin; chunk < end; ++chunk) add_bias(block, panel, chunk, bias, start);
    }

    void add_bias(int64_t block, int64_t panel, int64_t chunk, float* bias, bool start) const {
        const int64_t channel = chunk * kLanes, lanes = smaller(kLanes, a.co - channel);
        Vec sum = start ? zero() : load(bias + channel);
        for (int64_t r = 0; r < plan.tiles.rows_of(block, panel); ++r) {
            TileAt tile = tile_at(plan.tiles, plan.tiles.first_of(block, panel) + r);
            int64_t rows = smaller(winograd::kOutputs, a.oh - tile.row), columns = smaller(winograd::kOutputs, a.ow - tile.column);
            for (int64_t i = 0; i < rows; ++i) {
                const float* at = dy + ((tile.image * a.oh + tile.row + i) * a.ow + tile.column) * a.co + channel;
                for (int64_t j = 0; j < columns; ++j) sum = add(sum, load_n(at + j * a.co, lanes));
            }
        }
        store(bias + channel, sum);
    }

    // Adds one place of a block's products to S, for the filter chunks [begin, end).
    void multiply(int64_t block, int64_t place, int64_t begin, int64_t end, const float* v, const float* d, float* s, bool start) const {
        constexpr decltype(&depth_product<1>) by_vectors[] = {depth_product<1>, depth_product<2>, depth_product<3>};
        const int64_t pitch = plan.tiles.rows * kLanes, channels = plan.chunks * kLanes, step = winograd_even(end - begin, kDepthVectors);
        const int64_t tiles = smaller(plan.tiles.block_tiles(), plan.tiles.total - plan.tiles.first_of(block, 0));
        for (int64_t f = begin; f < end; f += step) {
            for (int64_t c = 0; c < channels && c < a.c; c += kDepthRows) {
                by_vectors[smaller(step, end - f) - 1](
                    {v + (c / kLanes * kPlaces + place) * pitch + c % kLanes, d + (f * kPlaces + place) * pitch, panel_v(), panel_d(),
                     kPlaces * pitch, plan.tiles.rows, tiles, s + place * plan.place + (f * channels + c) * kLanes, channels * kLanes,
                     start});
            }
        }
    }

    // dw (OIHW) of one vector of filters and the input channels [begin, end), from all groups' S in order.
    void taps(int64_t chunk, int64_t begin, int64_t end, const float* s, float* dw) const {
        constexpr int n = winograd::kInputs, taps = winograd::kTaps;
        float places[kPlaces][kTogether * kLanes], out[kTogether * taps * taps][kLanes];
        const int64_t count = (end - begin) * kLanes;
        for (int place = 0; place < kPlaces; ++place) {
            const float* from = s + place * plan.place + (chunk * plan.chunks * kLanes + begin) * kLanes;
            for (int64_t e = 0; e < count; e += kLanes) {
                Vec sum = load(from + e);
                for (int64_t g = 1; g < plan.groups; ++g) sum = add(sum, load(from + g * plan.s + e));
                store(places[place] + e, sum);
            }
        }
        for (int64_t c = begin; c < end; ++c) {
            Vec half[taps][n];
            for (int j = 0; j < n; ++j) {
                Vec at[n], t[taps];
                for (int i = 0; i < n; ++i) at[i] = load(places[i * n + j] + (c - begin) * kLanes);
                taps_line(at, t);
                for (int i = 0; i < taps; ++i) half[i][j] = t[i];
            }
            for (int i = 0; i < taps; ++i) {
                Vec t[taps];
                taps_line(half[i], t);
                for (int j = 0; j < taps; ++j) store(out[((c - begin) * taps + i) * taps + j], t[j]);
            }
        }
        for (int64_t lane = 0; lane < smaller(kLanes, a.co - chunk * kLanes); ++lane) {
            float* to = dw + ((chunk * kLanes + lane) * a.c + begin) * taps * taps;
            for (int64_t e = 0; e < (end - begin) * taps * taps; ++e) to[e] = out[e][lane];
        }
    }
};

inline void sum_fused(const Call& call, const Weights& w, float* s, float* bias, float* scratch, double work) {
    const WinogradWeightsPlan& plan = w.plan;
    each_task(call, plan.groups, work, [&](int64_t group, int worker) {
        float *v = scratch + worker * (plan.v + plan.d), *d = v + plan.v;
        const int64_t first = group * plan.group_blocks, end = smaller(plan.tiles.blocks, first + plan.group_blocks);
        for (int64_t block = first; block < end; ++block) {
            for (int64_t panel = 0; panel < plan.tiles.panels; ++panel) {
                w.input(block, panel, 0, plan.chunks, v);
                w.gradient(block, panel, 0, plan.filter_chunks, d, bias + group * plan.bias, block == first && panel == 0);
            }
            for (int64_t place = 0; place < kPlaces; ++place) {
                w.multiply(block, place, 0, plan.filter_chunks, v, d, s + group * plan.s, block == first);
            }
        }
    });
}

inline void sum_staged(const Call& call, const Weights& w, float* s, float* bias, float* v, double work) {
    const WinogradWeightsPlan& plan = w.plan;
    float* d = v + plan.v;
    const int64_t panels = plan.tiles.panels, parts = divide_up(winograd::kStageTasks, panels);
    const int64_t chunk_step = winograd_even(plan.chunks, divide_up(plan.chunks, parts)), chunk_tasks = divide_up(plan.chunks, chunk_step);
    const int64_t d_step = winograd_even(plan.filter_chunks, divide_up(plan.filter_chunks, parts));
    const int64_t d_tasks = divide_up(plan.filter_chunks, d_step);
    const int64_t filter_step = divide_up(divide_up(plan.filter_chunks, 2), kDepthVectors) * kDepthVectors;
    const int64_t filter_tasks = divide_up(plan.filter_chunks, filter_step);
    for (int64_t block = 0; block < plan.tiles.blocks; ++block) {
        each_task(call, panels * (chunk_tasks + d_tasks), work, [&](int64_t task, int) {
            int64_t panel = task / (chunk_tasks + d_tasks), part = task % (chunk_tasks + d_tasks);
            if (part < chunk_tasks) {
                w.input(block, panel, part * chunk_step, smaller(plan.chunks, (part + 1) * chunk_step), v);
            } else {
                int64_t begin = (part - chunk_tasks) * d_step, end = smaller(plan.filter_chunks, begin + d_step);
                w.gradient(block, panel, begin, end, d, bias + panel * plan.bias, block == 0);
            }
        });
        each_task(call, kPlaces * filter_tasks, work, [&](int64_t task, int) {
            int64_t begin = task % filter_tasks * filter_step;
            w.multiply(block, task / filter_tasks, begin, smaller(plan.filter_chunks, begin + filter_step), v, d, s, block == 0);
        });
    }
}

}  // namespace

void winograd_backward_weights(const Call& call) {
    const auto& a = args_of<WinogradWeightsArgs>(call);
    const WinogradWeightsPlan plan = winograd_weights_plan(a, kBlock);
    const Weights w{a, plan, operand<const float>(call, 0), operand<const float>(call, 1)};
    float *dw = operand(call, 2), *db = operand(call, 3), *s = operand(call, 4);
    float *bias = s + plan.groups * plan.s, *blocks = bias + plan.bias_rows * plan.bias;
    const double filters = static_cast<double>(a.c * a.co), work = 2.0 * kPlaces * static_cast<double>(plan.tiles.total) * filters;
    (plan.staged ? sum_staged : sum_fused)(call, w, s, bias, blocks, work);
    const int64_t parts = divide_up(a.c, kTogether);
    each_task(call, plan.filter_chunks * parts, kPlaces * filters * static_cast<double>(plan.groups), [&](int64_t task, int) {
        int64_t begin = task % parts * kTogether;
        w.taps(task / parts, begin, smaller(a.c, begin + kTogether), s, dw);
    });
    if (db == nullptr) return;
    for (int64_t j = 0; j < a.co; ++j) {
        float sum = bias[j];
        for (int64_t row = 1; row < plan.bias_rows; ++row) sum += bias[row * plan.bias + j];
        db[j] = sum;
    }
}

}  // namespace simplecell::SC_ISA
