// Forward with the usual window: 3x3 taps side by side, step 1 or 2, one filter for each channel. Included by generic.h.
//
// A block is kDown x kAcross outputs of a vector of channels. Every cell under it is loaded once and multiplied into all
// the outputs it belongs to, whose sums and nine weights stay in registers. Each sum takes its taps in row-major order.
#pragma once

#include "kernels/conv_depthwise/depthwise.h"
#include "kernels/lanes.h"

namespace simplecell::SC_ISA {
namespace {

// What happens to a sum before it is stored.
struct Finish {
    const float* add;
    Rectifier rectifier;

    SC_MEMBER Vec of(Vec v, Vec other) const {
        if (add != nullptr) v = simplecell::SC_ISA::add(v, other);
        return rectifier.of(v);
    }
};

constexpr int kDown = 2, kAcross = 4;

// Rows that a block reads, null outside the image: `w` pixels each, `pixel` floats from one to the next. `every`: none is null.
template <int kStep>
struct ThreeRows {
    static constexpr int kHigh = (kDown - 1) * kStep + 3;

    const float* row[kHigh];
    int64_t w, pixel;
    bool every;
};

// Filters as depthwise_pack lays them, of `c` channels in all; of some of them where the pointers are moved.
struct ThreeFilters {
    const float *packed, *bias;
    int64_t c;
    Rectifier rectifier;
};

// Outputs of a block that exist: the first of each row, and what is added to it where something is.
struct ThreeOutputs {
    float* y[kDown];
    const float* add[kDown];
    int64_t rows, columns;
};

template <int kStep>
struct ThreeBlock {
    static constexpr int kHigh = ThreeRows<kStep>::kHigh, kWide = (kAcross - 1) * kStep + 3;  // cells under the block

    const ThreeRows<kStep>& in;
    const ThreeFilters& f;
    const ThreeOutputs& out;
    const int64_t at;                 // where in a row its first cell under the block lies
    const bool whole;                 // every output and every cell exists
    const float* cell[kHigh][kWide];  // null outside the image: for what is not whole, blocks or vectors

    // The block whose first cell is number `left` of the rows.
    ThreeBlock(const ThreeRows<kStep>& rows, const ThreeFilters& filters, const ThreeOutputs& outputs, int64_t left)
        : in(rows), f(filters), out(outputs), at(left * in.pixel),
          whole(in.every && out.rows == kDown && out.columns == kAcross && left >= 0 && left + kWide <= in.w) {
        if (!whole || f.c % kLanes != 0) find_cells(left);
    }

    void find_cells(int64_t left) {
        for (int v = 0; v < kHigh; ++v) {
            for (int64_t u = left; u < left + kWide; ++u) {
                cell[v][u - left] = in.row[v] != nullptr && u >= 0 && u < in.w ? in.row[v] + u * in.pixel : nullptr;
            }
        }
    }

    template <bool kWhole>
    SC_MEMBER void vector(int64_t ch, int64_t n) const {
        Vec weight[9], sum[kDown][kAcross];
#pragma GCC unroll 9
        for (int tap = 0; tap < 9; ++tap) weight[tap] = kWhole ? load(f.packed + tap * f.c + ch) : load_upto(f.packed + tap * f.c + ch, n);
        const Vec start = f.bias == nullptr ? zero() : load_upto(f.bias + ch, n);
#pragma GCC unroll 8
        for (int r = 0; r < kDown * kAcross; ++r) sum[r / kAcross][r % kAcross] = start;
#pragma GCC unroll 5
        for (int v = 0; v < kHigh; ++v) {
            const float* const first = kWhole ? in.row[v] + at + ch : nullptr;
#pragma GCC unroll 9
            for (int u = 0; u < kWide; ++u) {
                if (!kWhole && cell[v][u] == nullptr) continue;
                const Vec x = kWhole ? load(first + u * in.pixel) : load_upto(cell[v][u] + ch, n);
#pragma GCC unroll 2
                for (int r = 0; r < kDown; ++r) {
#pragma GCC unroll 4
                    for (int q = 0; q < kAcross; ++q) {
                        const int ky = v - r * kStep, kx = u - q * kStep;
                        if (ky >= 0 && ky < 3 && kx >= 0 && kx < 3) sum[r][q] = fma(x, weight[ky * 3 + kx], sum[r][q]);
                    }
                }
            }
        }
        // One branch for all: between branches of their own the compiler would take the sums one after the other.
        if (out.add[0] != nullptr) {
            each_output<kWhole>([&](int r, int q) { sum[r][q] = add(sum[r][q], load_upto(out.add[r] + q * f.c + ch, n)); });
        }
        const Rectifier rectifier = f.rectifier;
        each_output<kWhole>([&](int r, int q) {
            const Vec v = rectifier.of(sum[r][q]);
            if (kWhole) store(out.y[r] + q * f.c + ch, v);
            else store_upto(out.y[r] + q * f.c + ch, v, n);
        });
    }

    template <bool kWhole, class Body>
    SC_MEMBER void each_output(const Body& body) const {
#pragma GCC unroll 2
        for (int r = 0; r < kDown; ++r) {
#pragma GCC unroll 4
            for (int q = 0; q < kAcross; ++q) {
                if (kWhole || (r < out.rows && q < out.columns)) body(r, q);
            }
        }
    }

    void run(int64_t begin, int64_t end) const {
        int64_t ch = begin;
        for (; whole && ch + kLanes <= end; ch += kLanes) vector<true>(ch, kLanes);
        for (; ch < end; ch += kLanes) vector<false>(ch, smaller(kLanes, end - ch));
    }
};

// Tasks are pairs of rows, and some of the channels where these would be few.
template <int kStep>
inline void three_forward(const Call& call, const Finish& finish) {
    constexpr int64_t kFewTasks = 8;
    const auto& a = args_of<DepthwiseForwardArgs>(call);
    const ThreeFilters filters{operand<const float>(call, 1), operand<const float>(call, 2), a.c, finish.rectifier};
    const int64_t pairs = divide_up(a.oh, kDown), vectors = divide_up(a.c, kLanes);
    const int64_t step = divide_up(vectors, smaller(vectors, divide_up(kFewTasks, a.n * pairs))) * kLanes, groups = divide_up(a.c, step);
    const double work = 18.0 * static_cast<double>(a.n * a.oh * a.ow) * static_cast<double>(a.c);
    const int64_t below = a.ow * a.c;
    each_task(call, a.n * pairs * groups, work, [&](int64_t task, int) {
        const int64_t pair = task / groups, begin = task % groups * step, image = pair / pairs, i = pair % pairs * kDown;
        const float* x = operand<const float>(call, 0) + image * a.h * a.w * a.c;
        const int64_t above = i * kStep - a.top;
        ThreeRows<kStep> in{{}, a.w, a.c, above >= 0 && above + ThreeRows<kStep>::kHigh <= a.h};
        for (int64_t v = 0, at = above; v < in.kHigh; ++v, ++at) in.row[v] = at >= 0 && at < a.h ? x + at * a.w * a.c : nullptr;
        for (int64_t j = 0; j < a.ow; j += kAcross) {
            const int64_t at = ((image * a.oh + i) * a.ow + j) * a.c;
            float* y = operand(call, 4) + at;
            const float* more = finish.add == nullptr ? nullptr : finish.add + at;
            const ThreeOutputs out{{y, y + below}, {more, more == nullptr ? nullptr : more + below}, smaller(kDown, a.oh - i), smaller(kAcross, a.ow - j)};
            ThreeBlock<kStep>(in, filters, out, j * kStep - a.left).run(begin, smaller(a.c, begin + step));
        }
    });
}

inline bool is_three(const DepthwiseArgs& a) {
    return a.kh == 3 && a.kw == 3 && a.dh == 1 && a.dw == 1 && a.sh == a.sw && a.sh <= 2 && a.co == a.c;
}

}  // namespace
}  // namespace simplecell::SC_ISA
