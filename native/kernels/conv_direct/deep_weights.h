// The gradient of the weights for many input channels: rows of the microkernel are output channels, columns are input
// channels of a tap, k runs over pixels. Both sides are packed, since the pixels of x and dy lie far apart. Included by
// generic.h.
#pragma once

#include "kernels/conv_direct/deep.h"
#include "kernels/conv_direct/weights.h"

namespace simplecell::SC_ISA {
namespace {

struct DeepWeights {
    const ConvWeightsArgs& a;
    const DeepPlan& plan;
    const float *x, *dy;

    int64_t row_pitch() const { return (plan.depth + 1) * kLanes; }
    int64_t column_pitch() const { return (plan.depth + 1) * kColumns; }

    // rows[block][k][lanes] = dy of the pixels [first, first + count) in the channels of `blocks` blocks.
    void pack_rows(int64_t first, int64_t count, int64_t block, int64_t blocks, float* rows) const {
        constexpr int64_t kRun = 8;
        for (int64_t k = 0; k < count; k += kRun) {
            for (int64_t b = 0; b < blocks; ++b) {
                const int64_t row = (block + b) * plan.step, n = smaller(kLanes, a.co - row), last = smaller(count, k + kRun);
                for (int64_t i = k; i < last; ++i) {
                    store(rows + b * row_pitch() + i * kLanes, load_upto(dy + (first + i) * a.co + row, n));
                }
            }
        }
    }

    // columns[panel][k][NR] = what the pixels see of x through the panel's tap, zero outside.
    void pack_columns(int64_t first, int64_t count, int64_t panel, int64_t panels, float* columns) const {
        int64_t image = first / (a.oh * a.ow), i = first / a.ow % a.oh, j = first % a.ow;
        int64_t down[kDeepPanels], right[kDeepPanels], channel[kDeepPanels];
        for (int64_t p = 0; p < panels; ++p) {
            int64_t tap = (panel + p) / plan.across;
            down[p] = tap / a.kw * a.dh - a.top;
            right[p] = tap % a.kw * a.dw - a.left;
            channel[p] = (panel + p) % plan.across * kColumns;
        }
        for (int64_t k = 0; k < count; ++k) {
            for (int64_t p = 0; p < panels; ++p) {
                int64_t row = i * a.sh + down[p], column = j * a.sw + right[p], n = smaller(kColumns, a.c - channel[p]);
                bool inside = row >= 0 && row < a.h && column >= 0 && column < a.w;
                const float* from = inside ? x + ((image * a.h + row) * a.w + column) * a.c + channel[p] : x;
                float* to = columns + p * column_pitch() + k * kColumns;
                store(to, load_n(from, inside ? smaller(n, kLanes) : 0));
                store(to + kLanes, n > kLanes && inside ? load_n(from + kLanes, n - kLanes) : zero());
            }
            if (++j < a.ow) continue;
            j = 0;
            if (++i < a.oh) continue;
            i = 0;
            ++image;
        }
    }

    // Asks for what the pixels [first, end) will be packed from: memory works while the products are made.
    void fetch(int64_t first, int64_t end, int64_t block, int64_t panel) const {
        const int64_t row = block * plan.step, rows = smaller(plan.block_step * plan.step, a.co - row);
        const int64_t tap = panel / plan.across, channel = panel % plan.across * kColumns;
        const int64_t columns = smaller(plan.panel_step * kColumns, a.c - channel);
        for (int64_t pixel = first; pixel < end; ++pixel) {
            for (int64_t i = 0; i < rows; i += 16) __builtin_prefetch(dy + pixel * a.co + row + i, 0, 2);
            int64_t down = pixel / a.ow % a.oh * a.sh + tap / a.kw * a.dh - a.top;
            int64_t right = pixel % a.ow * a.sw + tap % a.kw * a.dw - a.left;
            if (down < 0 || down >= a.h || right < 0 || right >= a.w) continue;
            const float* from = x + ((pixel / (a.oh * a.ow) * a.h + down) * a.w + right) * a.c + channel;
            for (int64_t i = 0; i < columns; i += 16) __builtin_prefetch(from + i, 0, 2);
        }
    }

    // A task's rows and columns of the gradient `to` (co, taps, c) over the pixels of a part: sums over `depth` pixels,
    // added up.
    void multiply(int64_t part, int64_t block, int64_t panel, float* to, float* rows) const {
        const int64_t blocks = smaller(plan.block_step, plan.blocks - block), panels = smaller(plan.panel_step, plan.panels - panel);
        const int64_t begin = part * plan.part_pixels, end = smaller(a.n * a.oh * a.ow, begin + plan.part_pixels);
        const int64_t pitch = a.kh * a.kw * a.c;
        const Rows table(1, pitch);
        float* columns = rows + plan.block_step * row_pitch();
        for (int64_t first = begin; first < end; first += plan.depth) {
            const int64_t count = smaller(plan.depth, end - first), next = smaller(plan.depth, end - first - count);
            const Sum sum{.length = count, .a_k = kLanes};
            pack_rows(first, count, block, blocks, rows);
            pack_columns(first, count, panel, panels, columns);
            for (int64_t p = 0; p < panels; ++p) {
                const int64_t channel = (panel + p) % plan.across * kColumns, column = (panel + p) / plan.across * a.c + channel;
                for (int64_t b = 0; b < blocks; ++b) {
                    const int64_t row = (block + b) * plan.step, turn = p * blocks + b, turns = panels * blocks;
                    fetch(first + count + next * turn / turns, first + count + next * (turn + 1) / turns, block, panel);
                    Tile tile{table, rows + b * row_pitch(), columns + p * column_pitch(), to + row * pitch + column,
                              smaller(kColumns, a.c - channel), Start::zero};
                    if (first > begin) tile.add = tile.c;
                    run_block<Form::wide>(smaller(plan.step, a.co - row), sum, tile);
                }
            }
        }
    }
};

// dw (OIHW) of one output channel = the parts' gradients (taps, c), added in order.
inline void gather_deep(const ConvWeightsArgs& a, const DeepPlan& plan, const float* partial, float* dw) {
    const int64_t taps = a.kh * a.kw, next = a.co * taps * a.c;
    float sums[kLanes][kLanes];
    for (int64_t tap = 0; tap < taps; tap += kLanes) {
        const int64_t height = smaller(kLanes, taps - tap);
        each_vector(a.c, [&](int64_t ch, int64_t n) {
            for (int64_t t = 0; t < height; ++t) {
                const float* from = partial + (tap + t) * a.c + ch;
                Vec sum = load_upto(from, n);
                for (int64_t part = 1; part < plan.parts; ++part) sum = add(sum, load_upto(from + part * next, n));
                store(sums[t], sum);
            }
            if (taps == 1) return store_upto(dw + ch, load(sums[0]), n);
            transpose_tile(height, kLanes, [&](int64_t t) { return sums[t]; },
                           [&](int64_t q, Vec v) { if (q < n) store_n(dw + (ch + q) * taps + tap, v, height); });
        });
    }
}

inline void bias_of_deep(const Call& call, const ConvWeightsArgs& a, const float* dy, float* partials, float* db) {
    const int64_t pixels = a.n * a.oh * a.ow, each = divide_up(pixels, kBiasParts), parts = divide_up(pixels, each);
    each_task(call, parts, 4.0 * static_cast<double>(pixels) * static_cast<double>(a.co), [&](int64_t part, int) {
        int64_t begin = part * each;
        add_bias(dy + begin * a.co, smaller(each, pixels - begin), a.co, partials + part * a.co, true);
    });
    for (int64_t j = 0; j < a.co; ++j) {
        float sum = 0;
        for (int64_t part = 0; part < parts; ++part) sum += partials[part * a.co + j];
        db[j] = sum;
    }
}

inline void deep_backward_weights(const Call& call, const ConvWeightsArgs& a) {
    const DeepPlan plan = deep_plan(a, kBlock);
    float *dw = operand(call, 2), *db = operand(call, 3), *partials = operand(call, 4);
    const int64_t size = a.co * a.c * a.kh * a.kw, per_thread = divide_up(plan.scratch, 16) * 16, tiles = plan.tiles();
    const DeepWeights product{a, plan, operand<const float>(call, 0), operand<const float>(call, 1)};
    float *bias = partials + (plan.direct ? 0 : plan.parts * size), *scratch = partials + deep_partials(a, plan);
    const double work = 2.0 * static_cast<double>(size) * static_cast<double>(a.n * a.oh * a.ow);
    each_task(call, plan.parts * tiles, work, [&](int64_t task, int worker) {
        int64_t part = task / tiles, block = task % plan.row_tasks() * plan.block_step;
        int64_t panel = task % tiles / plan.row_tasks() * plan.panel_step;
        product.multiply(part, block, panel, plan.direct ? dw : partials + part * size, scratch + worker * per_thread);
    });
    if (!plan.direct) {
        const int64_t row = a.c * a.kh * a.kw;
        each_task(call, a.co, static_cast<double>(size) * (4.0 + static_cast<double>(plan.parts)),
                  [&](int64_t o, int) { gather_deep(a, plan, partials + o * row, dw + o * row); });
    }
    if (db != nullptr) bias_of_deep(call, a, operand<const float>(call, 1), bias, db);
}

}  // namespace
}  // namespace simplecell::SC_ISA
