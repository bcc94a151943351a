// From x to y: transform the input tiles, multiply place by place, transform back. Included by generic.h.
#pragma once

#include "kernels/winograd/product.h"

namespace simplecell::SC_ISA {
namespace {

struct Forward {
    const WinogradForwardArgs& a;
    const WinogradForwardPlan& plan;
    const float *x, *packed;
    Finish finish;

    int64_t panel_v() const { return plan.chunks * kPlaces * plan.tiles.rows * kLanes; }
    int64_t panel_m() const { return kPlaces * plan.tiles.rows * kColumns; }

    int64_t rows(int64_t block, int64_t panel) const { return plan.tiles.rows_of(block, panel); }
    int64_t first_tile(int64_t block, int64_t panel) const { return plan.tiles.first_of(block, panel); }

    // V of a panel of tiles, for channel chunks [begin, end).
    void input(int64_t block, int64_t panel, int64_t begin, int64_t end, float* v) const {
        const Images images{x, a.h, a.w, a.c};
        transform_panel<winograd::kInputs>(images, plan.tiles, block, panel, a.top, a.left, begin, end, v + panel * panel_v());
    }

    // One place of M for the filter panels [begin, end) and all tiles of a block; m holds those from `m_first` on.
    void multiply(int64_t block, int64_t place, int64_t begin, int64_t end, int64_t m_first, const float* v, float* m) const {
        const int64_t u_panel = a.c * kColumns, pitch = winograd_place_pitch(a.co, a.c, kColumns);
        const float* u = packed + place * pitch;
        for (int64_t f = begin; f < end; ++f) {
            const float* next = f + 1 < end ? u + (f + 1) * u_panel : u + pitch + begin * u_panel;
            const int vectors = a.co - f * kColumns > kLanes ? 2 : 1;
            for (int64_t panel = 0; panel < plan.tiles.panels; ++panel) {
                int64_t count = rows(block, panel), fetch = plan.tiles.panels == 1 ? 2 : panel < 2 ? 1 : 0;
                if (count == 0) break;
                float* to = m + ((f - m_first) * plan.tiles.panels + panel) * panel_m() + place * plan.tiles.rows * kColumns;
                kProducts.at[count][vectors][fetch](
                    {v + panel * panel_v() + place * plan.tiles.rows * kLanes, kPlaces * plan.tiles.rows * kLanes,
                     u + f * u_panel, a.c, to, reinterpret_cast<const char*>(next) + panel * a.c * 64});
            }
        }
    }

    // The outputs of one panel of tiles and one panel of filters.
    void output(int64_t block, int64_t panel, int64_t f, int64_t m_first, const float* m) const {
        m += ((f - m_first) * plan.tiles.panels + panel) * panel_m();
        for (int64_t r = 0; r < rows(block, panel); ++r) {
            TileAt tile = tile_at(plan.tiles, first_tile(block, panel) + r);
            for (int64_t j = 0; j < kColumns && f * kColumns + j < a.co; j += kLanes) {
                int64_t channel = f * kColumns + j;
                transform_output(m + r * kColumns + j, plan.tiles.rows * kColumns, tile, channel,
                                 smaller(kLanes, a.co - channel), finish);
            }
        }
    }
};

inline void forward_fused(const Call& call, const Forward& f, float* scratch, double work) {
    const WinogradForwardPlan& plan = f.plan;
    each_task(call, plan.tiles.blocks, work, [&](int64_t block, int worker) {
        float *v = scratch + worker * (plan.v + plan.m), *m = v + plan.v;
        for (int64_t panel = 0; panel < plan.tiles.panels; ++panel) f.input(block, panel, 0, plan.chunks, v);
        for (int64_t begin = 0; begin < plan.filter_panels; begin += plan.filter_step) {
            int64_t end = smaller(plan.filter_panels, begin + plan.filter_step);
            for (int64_t place = 0; place < kPlaces; ++place) f.multiply(block, place, begin, end, begin, v, m);
            for (int64_t i = begin; i < end; ++i) {
                for (int64_t panel = 0; panel < plan.tiles.panels; ++panel) f.output(block, panel, i, begin, m);
            }
        }
    });
}

inline void forward_staged(const Call& call, const Forward& f, float* v, double work) {
    const WinogradForwardPlan& plan = f.plan;
    float* m = v + plan.v;
    const int64_t panels = plan.tiles.panels, tasks = winograd::kStageTasks;
    const int64_t chunk_step = winograd_even(plan.chunks, larger(1, plan.chunks * panels / tasks));
    const int64_t filter_step = winograd_even(plan.filter_panels, divide_up(plan.filter_panels, 2));
    const int64_t out_step = winograd_even(plan.filter_panels, larger(1, plan.filter_panels * panels / tasks));
    const int64_t chunk_tasks = divide_up(plan.chunks, chunk_step), filter_tasks = divide_up(plan.filter_panels, filter_step);
    const int64_t out_tasks = divide_up(plan.filter_panels, out_step);
    for (int64_t block = 0; block < plan.tiles.blocks; ++block) {
        each_task(call, panels * chunk_tasks, work, [&](int64_t task, int) {
            int64_t begin = task % chunk_tasks * chunk_step;
            f.input(block, task / chunk_tasks, begin, smaller(plan.chunks, begin + chunk_step), v);
        });
        each_task(call, kPlaces * filter_tasks, work, [&](int64_t task, int) {
            int64_t begin = task % filter_tasks * filter_step;
            f.multiply(block, task / filter_tasks, begin, smaller(plan.filter_panels, begin + filter_step), 0, v, m);
        });
        each_task(call, panels * out_tasks, work, [&](int64_t task, int) {
            int64_t begin = task % out_tasks * out_step, end = smaller(plan.filter_panels, begin + out_step);
            for (int64_t i = begin; i < end; ++i) f.output(block, task / out_tasks, i, 0, m);
        });
    }
}

}  // namespace

void winograd_forward(const Call& call) {
    const auto& a = args_of<WinogradForwardArgs>(call);
    const WinogradForwardPlan plan = winograd_forward_plan(a, kBlock);
    const Finish finish{operand<const float>(call, 2), operand<const float>(call, 3), operand<const float>(call, 4),
                        operand(call, 5), a.oh, a.ow, a.co, Rectifier(a.relu)};
    const Forward f{a, plan, operand<const float>(call, 0), operand<const float>(call, 1), finish};
    const double work = 2.0 * kPlaces * static_cast<double>(plan.tiles.total) * static_cast<double>(a.c * a.co);
    (plan.staged ? forward_staged : forward_fused)(call, f, operand(call, 6), work);
}

}  // namespace simplecell::SC_ISA
