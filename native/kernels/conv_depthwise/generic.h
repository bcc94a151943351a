// Depthwise convolution, written once over the vector contract. Lanes are channels.
#include "kernels/call.h"
#include "kernels/conv_depthwise/lines.h"
#include "kernels/conv_depthwise/three.h"

namespace simplecell::SC_ISA {
namespace {

struct ForwardRow {
    const DepthwiseForwardArgs& a;
    Source source;
    const float* bias;
    Finish finish;
    float* y;

    // Output row i of an image whose first output pixel is number `origin`.
    void run(const Line& down, const Line& across, int64_t i, int64_t origin) const {
        const Span rows = down.taps_of(i);
        each_stretch(across, [&](int64_t j, int64_t count, Span columns) {
            const Walk walk = source.walk(down, across, rows, columns);
            const float *cell = source.first_cell(down, across, rows, columns, i, j);
            const float *weight = source.first_weight(down, across, rows, columns);
            float* to = y + (origin + i * a.ow + j) * a.co;
            const float* add = finish.add == nullptr ? nullptr : finish.add + (to - y);
            for (int64_t q = 0; q < a.co / a.c; ++q) {
                const float* filters = weight + q * a.kh * a.kw * a.c;
                each_vector(a.c, [&](int64_t ch, int64_t n) { block(walk, cell + ch, filters + ch, ch, q, n, count, to, add); });
            }
        });
    }

    // `count` pixels, for the channels [ch, ch + n), filter q of each.
    SC_MEMBER void block(const Walk& walk, const float* cell, const float* weight, int64_t ch, int64_t q, int64_t n, int64_t count,
                         float* to, const float* add) const {
        const int64_t m = a.co / a.c, at = ch * m + q;
        const Vec start = bias == nullptr ? zero() : m == 1 ? load_upto(bias + ch, n) : load_strided(bias + at, m, n);
        each_result(walk, cell, weight, n, count, start, [&](int64_t p, Vec sum) {
            float* pixel = to + p * a.co + at;
            const float* more = add == nullptr ? nullptr : add + p * a.co + at;
            if (m == 1) store_upto(pixel, finish.of(sum, more != nullptr ? load_upto(more, n) : zero()), n);
            else store_strided(pixel, m, finish.of(sum, more != nullptr ? load_strided(more, m, n) : zero()), n);
        });
    }
};

// body(image, row) for blocks of rows that are worth a task.
template <class Body>
inline void each_image_row(const Call& call, int64_t n, int64_t rows, double each, const Body& body) {
    int64_t block = larger(1, smaller(rows, static_cast<int64_t>(100e3 / each)));
    each_block(call, n * rows, block, each, [&](int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; ++row) body(row / rows, row % rows);
    });
}

// The outputs of a row whose cell under tap kx exists.
inline Span outputs_of(const DepthwiseArgs& a, int64_t kx) {
    int64_t first = kx * a.dw - a.left;
    int64_t begin = first < 0 ? divide_up(-first, a.sw) : 0, end = first < a.w ? divide_up(a.w - first, a.sw) : 0;
    end = smaller(end, a.ow);
    return {smaller(begin, end), end};
}

// Sums over one row of outputs the products of dy and the cells under `kTaps` neighbouring taps of a filter's row, and adds
// them to `sum` (c floats from tap to tap).
template <int kTaps>
struct WeightsRow {
    const DepthwiseArgs& a;
    const float *x, *dy;  // the first output's cell under the first tap; the row of outputs
    float* sum;
    Span own[kTaps], shared;

    WeightsRow(const DepthwiseArgs& args, const float* cells, const float* slopes, float* to, int64_t kx)
        : a(args), x(cells + (kx * args.dw - args.left) * args.c), dy(slopes), sum(to), shared{0, args.ow} {
        for (int t = 0; t < kTaps; ++t) {
            own[t] = outputs_of(a, kx + t);
            shared = {larger(shared.begin, own[t].begin), smaller(shared.end, own[t].end)};
        }
        shared.end = larger(shared.begin, shared.end);
    }
    SC_MEMBER Vec slope(int64_t j, int64_t ch, int64_t n) const {
        return a.co == a.c ? load_upto(dy + j * a.co + ch, n) : load_strided(dy + j * a.co + ch * (a.co / a.c), a.co / a.c, n);
    }
    SC_MEMBER Vec cell(int64_t j, int t, int64_t ch, int64_t n) const { return load_upto(x + (j * a.sw + t * a.dw) * a.c + ch, n); }

    void run() const {
        each_vector(a.c, [&](int64_t ch, int64_t n) {
            Vec sums[kTaps];
            for (int t = 0; t < kTaps; ++t) {
                sums[t] = zero();
                for (int64_t j = own[t].begin; j < smaller(own[t].end, shared.begin); ++j) sums[t] = fma(cell(j, t, ch, n), slope(j, ch, n), sums[t]);
            }
            for (int64_t j = shared.begin; j < shared.end; ++j) {
                Vec g = slope(j, ch, n);
#pragma GCC unroll 4
                for (int t = 0; t < kTaps; ++t) sums[t] = fma(cell(j, t, ch, n), g, sums[t]);
            }
            for (int t = 0; t < kTaps; ++t) {
                for (int64_t j = larger(own[t].begin, shared.end); j < own[t].end; ++j) sums[t] = fma(cell(j, t, ch, n), slope(j, ch, n), sums[t]);
                float* to = sum + t * a.c + ch;
                store_upto(to, add(load_upto(to, n), sums[t]), n);
            }
        });
    }
};

// All taps of a filter's row.
inline void add_filter_row(const DepthwiseArgs& a, const float* cells, const float* slopes, float* sum) {
    int64_t kx = 0;
    for (; kx + 4 <= a.kw; kx += 4) WeightsRow<4>(a, cells, slopes, sum + kx * a.c, kx).run();
    sum += kx * a.c;
    if (a.kw - kx == 3) WeightsRow<3>(a, cells, slopes, sum, kx).run();
    else if (a.kw - kx == 2) WeightsRow<2>(a, cells, slopes, sum, kx).run();
    else if (a.kw - kx == 1) WeightsRow<1>(a, cells, slopes, sum, kx).run();
}

// Adds one row of outputs to a partial gradient: [q][ky][kx][ch], and the bias's [q][ch] behind it.
inline void add_output_row(const DepthwiseArgs& a, const float* x, const float* dy, int64_t i, float* partial) {
    const int64_t m = a.co / a.c, taps = a.kh * a.kw;
    const Span rows = forward_line(a.h, a.oh, a.kh, a.sh, a.dh, a.top).taps_of(i);
    for (int64_t q = 0; q < m; ++q) {
        for (int64_t ky = rows.begin; ky < rows.end; ++ky) {
            const float* cells = x + (i * a.sh - a.top + ky * a.dh) * a.w * a.c;
            add_filter_row(a, cells, dy + q, partial + (q * taps + ky * a.kw) * a.c);
        }
        each_vector(a.c, [&](int64_t ch, int64_t n) {
            float* bias = partial + a.co * taps + q * a.c + ch;
            const float* slopes = dy + ch * m + q;
            Vec sum = zero();
            for (int64_t j = 0; j < a.ow; ++j) sum = add(sum, m == 1 ? load_upto(slopes + j * a.co, n) : load_strided(slopes + j * a.co, m, n));
            store_upto(bias, add(load_upto(bias, n), sum), n);
        });
    }
}

}  // namespace

void depthwise_pack(const Call& call) {
    const auto& a = args_of<DepthwisePackArgs>(call);
    const float* w = operand<const float>(call, 0);
    float* packed = operand(call, 1);
    const int64_t m = a.co / a.c, taps = a.kh * a.kw;
    each_block(call, m * taps, 1, 4.0 * static_cast<double>(a.c), [&](int64_t begin, int64_t) {
        const float* from = w + begin / taps * taps + begin % taps;
        for (int64_t ch = 0; ch < a.c; ++ch) packed[begin * a.c + ch] = from[ch * m * taps];
    });
}

void depthwise_forward(const Call& call) {
    const auto& a = args_of<DepthwiseForwardArgs>(call);
    const float* x = operand<const float>(call, 0);
    const Line down = forward_line(a.h, a.oh, a.kh, a.sh, a.dh, a.top), across = forward_line(a.w, a.ow, a.kw, a.sw, a.dw, a.left);
    const Finish finish{operand<const float>(call, 3), Rectifier(a.relu)};
    if (is_three(a)) return a.sh == 1 ? three_forward<1>(call, finish) : three_forward<2>(call, finish);
    each_image_row(call, a.n, a.oh, static_cast<double>(a.ow * a.co) * static_cast<double>(a.kh * a.kw), [&](int64_t image, int64_t i) {
        const Source source{x + image * a.h * a.w * a.c, operand<const float>(call, 1), a.w, a.c, 1, a.kh, a.kw, a.c};
        const ForwardRow row{a, source, operand<const float>(call, 2), finish, operand(call, 4)};
        row.run(down, across, i, image * a.oh * a.ow);
    });
}

void depthwise_backward_data(const Call& call) {
    const auto& a = args_of<DepthwiseArgs>(call);
    const float *dy = operand<const float>(call, 0), *packed = operand<const float>(call, 1);
    float* dx = operand(call, 2);
    const int64_t m = a.co / a.c;
    each_image_row(call, a.n, a.h, static_cast<double>(a.w * a.co) * static_cast<double>(a.kh * a.kw), [&](int64_t image, int64_t v) {
        const Source source{dy + image * a.oh * a.ow * a.co, packed, a.ow, a.co, m, a.kh, a.kw, a.c};
        const Line down = backward_line(a.h, a.oh, a.kh, a.sh, a.dh, a.top, v % a.sh);
        const Span rows = down.taps_of(v / a.sh);
        float* to = dx + (image * a.h + v) * a.w * a.c;
        for (int64_t remainder = 0; remainder < smaller(a.sw, a.w); ++remainder) {
            const Line across = backward_line(a.w, a.ow, a.kw, a.sw, a.dw, a.left, remainder);
            each_stretch(across, [&](int64_t r, int64_t count, Span columns) {
                const Walk walk = source.walk(down, across, rows, columns);
                const float *cell = source.first_cell(down, across, rows, columns, v / a.sh, r);
                const float *weight = source.first_weight(down, across, rows, columns);
                float* first = to + (remainder + r * a.sw) * a.c;
                each_vector(a.c, [&](int64_t ch, int64_t n) {
                    each_result(walk, cell + ch * m, weight + ch, n, count, zero(),
                                [&](int64_t p, Vec sum) { store_upto(first + p * a.sw * a.c + ch, sum, n); });
                });
            });
        }
    });
}

void depthwise_backward_weights(const Call& call) {
    const auto& a = args_of<DepthwiseArgs>(call);
    const float *x = operand<const float>(call, 0), *dy = operand<const float>(call, 1);
    float *dw = operand(call, 2), *db = operand(call, 3), *partials = operand(call, 4);
    const DepthwiseWeightsPlan plan = depthwise_weights_plan(a);
    const int64_t m = a.co / a.c, taps = a.kh * a.kw;
    each_task(call, plan.chunks, 2.0 * static_cast<double>(a.n * a.oh * a.ow) * static_cast<double>(a.co * taps), [&](int64_t chunk, int) {
        float* partial = partials + chunk * plan.partial;
        for (int64_t i = 0; i < plan.partial; ++i) partial[i] = 0;
        for (int64_t row = chunk * plan.rows; row < smaller(a.n * a.oh, (chunk + 1) * plan.rows); ++row) {
            int64_t image = row / a.oh, i = row % a.oh;
            add_output_row(a, x + image * a.h * a.w * a.c, dy + row * a.ow * a.co, i, partial);
        }
    });
    auto total = [&](int64_t at) {
        float sum = partials[at];
        for (int64_t chunk = 1; chunk < plan.chunks; ++chunk) sum += partials[chunk * plan.partial + at];
        return sum;
    };
    each_block(call, a.co, 64, static_cast<double>(plan.chunks * (taps + 1)), [&](int64_t begin, int64_t end) {
        for (int64_t k = begin; k < end; ++k) {
            int64_t ch = k / m, q = k % m;
            for (int64_t t = 0; t < taps; ++t) dw[k * taps + t] = total((q * taps + t) * a.c + ch);
            if (db != nullptr) db[k] = total(a.co * taps + q * a.c + ch);
        }
    });
}

}  // namespace simplecell::SC_ISA

#include "kernels/conv_depthwise/expand.h"
