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

    // Where the pixels [first, first + count) see x through a tap: floats to the pixel's first channel, -1 outside.
    void cells(int64_t first, int64_t count, int64_t tap, int64_t* at) const {
        int64_t image = first / (a.oh * a.ow), i = first / a.ow % a.oh, j = first % a.ow;
        const int64_t down = tap / a.kw * a.dh - a.top, right = tap % a.kw * a.dw - a.left;
        for (int64_t k = 0; k < count; ++k) {
            int64_t row = i * a.sh + down, column = j * a.sw + right;
            bool inside = row >= 0 && row < a.h && column >= 0 && column < a.w;
            at[k] = inside ? ((image * a.h + row) * a.w + column) * a.c : -1;
            if (++j < a.ow) continue;
            j = 0;
            if (++i < a.oh) continue;
            i = 0;
            ++image;
        }
    }

    // columns[panel][k][NR] = what the pixels see of x through the panel's tap, zero outside.
    void pack_columns(int64_t first, int64_t count, int64_t panel, int64_t panels, float* columns) const {
        int64_t at[kDeepDepth];
        for (int64_t p = panel; p < panel + panels; ++p, columns += column_pitch()) {
            if (p == panel || p % plan.across == 0) cells(first, count, p / plan.across, at);
            const int64_t channel = p % plan.across * kColumns, low = smaller(kLanes, a.c - channel);
            const int64_t high = smaller(kLanes, a.c - channel - low);
            for (int64_t k = 0; k < count; ++k) {
                const bool inside = at[k] >= 0;
                const float* from = x + (inside ? at[k] + channel : 0);
                store(columns + k * kColumns, load_n(from, inside ? low : 0));
                store(columns + k * kColumns + kLanes, load_n(from + kLanes * (high > 0), inside ? high : 0));
            }
        }
    }

    // Lists the lines that the next pixels [first + begin, first + end) will be packed from and returns how many: a product
    // fetches one with each of its k, so that memory works evenly while products are made. `at`: the cells under the first tap.
    int64_t list(int64_t first, int64_t begin, int64_t end, int64_t block, int64_t panel, const int64_t* at,
                 const float** lines) const {
        constexpr int64_t kLine = 16;
        const int64_t row = block * plan.step, rows = smaller(plan.block_step * plan.step, a.co - row);
        const int64_t channel = panel % plan.across * kColumns, columns = smaller(plan.panel_step * kColumns, a.c - channel);
        const int64_t most = kDeepDepth - divide_up(rows, kLine) - divide_up(columns, kLine);
        int64_t count = 0;
        for (int64_t k = begin; k < end && count <= most; ++k) {
            for (int64_t i = 0; i < rows; i += kLine) lines[count++] = dy + (first + k) * a.co + row + i;
            for (int64_t i = 0; i < columns && at[k] >= 0; i += kLine) lines[count++] = x + at[k] + channel + i;
        }
        return count;
    }

    // A task's rows and columns of the gradient `to` (co, taps, c) over the pixels of a part: sums over `depth` pixels,
    // added up.
    void multiply(int64_t part, int64_t block, int64_t panel, float* to, float* rows) const {
        const int64_t blocks = smaller(plan.block_step, plan.blocks - block), panels = smaller(plan.panel_step, plan.panels - panel);
        const int64_t begin = part * plan.part_pixels, end = smaller(a.n * a.oh * a.ow, begin + plan.part_pixels);
        const int64_t pitch = a.kh * a.kw * a.c;
        const Rows table(1, pitch);
        float* columns = rows + plan.block_step * row_pitch();
        int64_t ahead[kDeepDepth];
        const float* lines[kDeepDepth];
        for (int64_t first = begin; first < end; first += plan.depth) {
            const int64_t count = smaller(plan.depth, end - first), next = smaller(plan.depth, end - first - count);
            const Sum sum{.length = count, .a_k = kLanes};
            pack_rows(first, count, block, blocks, rows);
            pack_columns(first, count, panel, panels, columns);
            cells(first + count, next, panel / plan.across, ahead);
            for (int64_t p = 0; p < panels; ++p) {
                const int64_t channel = (panel + p) % plan.across * kColumns, column = (panel + p) / plan.across * a.c + channel;
                for (int64_t b = 0; b < blocks; ++b) {
                    const int64_t row = (block + b) * plan.step, turn = p * blocks + b, turns = panels * blocks;
                    Tile tile{table, rows + b * row_pitch(), columns + p * column_pitch(), to + row * pitch + column,
                              smaller(kColumns, a.c - channel), Start::zero};
                    if (first > begin) tile.add = tile.c;
                    tile.lines = lines;
                    tile.line_count = list(first + count, next * turn / turns, next * (turn + 1) / turns, block, panel, ahead, lines);
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
