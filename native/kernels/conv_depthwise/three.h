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

template <int kStep>
struct ThreeBlock {
    static constexpr int kHigh = (kDown - 1) * kStep + 3, kWide = (kAcross - 1) * kStep + 3;  // cells under the block

    const DepthwiseForwardArgs& a;
    const float *packed, *bias;
    const Finish& finish;
    float* y;                         // the block's first output
    const float* add;                 // as y
    int64_t rows, columns;            // outputs that exist
    bool whole;                       // every output and every cell exists
    const float* first;               // the first cell of a whole block
    const float* cell[kHigh][kWide];  // all of them, null outside the image: for what is not whole, blocks or vectors

    // The block whose first output is (i, j) of an image.
    ThreeBlock(const Call& call, const Finish& last, int64_t image, int64_t i, int64_t j)
        : a(args_of<DepthwiseForwardArgs>(call)), packed(operand<const float>(call, 1)), bias(operand<const float>(call, 2)), finish(last),
          rows(smaller(kDown, a.oh - i)), columns(smaller(kAcross, a.ow - j)) {
        const float* x = operand<const float>(call, 0) + image * a.h * a.w * a.c;
        const int64_t at = ((image * a.oh + i) * a.ow + j) * a.c, top = i * kStep - a.top, left = j * kStep - a.left;
        y = operand(call, 4) + at;
        add = last.add == nullptr ? nullptr : last.add + at;
        whole = rows == kDown && columns == kAcross && top >= 0 && left >= 0 && top + kHigh <= a.h && left + kWide <= a.w;
        first = whole ? x + (top * a.w + left) * a.c : nullptr;
        for (int64_t v = top; v < top + kHigh && (!whole || a.c % kLanes != 0); ++v) {
            for (int64_t u = left; u < left + kWide; ++u) {
                bool inside = v >= 0 && v < a.h && u >= 0 && u < a.w;
                cell[v - top][u - left] = inside ? x + (v * a.w + u) * a.c : nullptr;
            }
        }
    }

    template <bool kWhole>
    SC_MEMBER void vector(int64_t ch, int64_t n) const {
        Vec weight[9], sum[kDown][kAcross];
#pragma GCC unroll 9
        for (int tap = 0; tap < 9; ++tap) weight[tap] = kWhole ? load(packed + tap * a.c + ch) : load_upto(packed + tap * a.c + ch, n);
        const Vec start = bias == nullptr ? zero() : load_upto(bias + ch, n);
#pragma GCC unroll 8
        for (int r = 0; r < kDown * kAcross; ++r) sum[r / kAcross][r % kAcross] = start;
#pragma GCC unroll 5
        for (int v = 0; v < kHigh; ++v) {
#pragma GCC unroll 9
            for (int u = 0; u < kWide; ++u) {
                if (!kWhole && cell[v][u] == nullptr) continue;
                const Vec x = kWhole ? load(first + (v * a.w + u) * a.c + ch) : load_upto(cell[v][u] + ch, n);
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
#pragma GCC unroll 2
        for (int r = 0; r < kDown; ++r) {
#pragma GCC unroll 4
            for (int q = 0; q < kAcross; ++q) {
                if (!kWhole && (r >= rows || q >= columns)) continue;
                const int64_t at = (r * a.ow + q) * a.c + ch;
                const Vec other = add == nullptr ? zero() : load_upto(add + at, n);
                store_upto(y + at, finish.of(sum[r][q], other), n);
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
    const int64_t pairs = divide_up(a.oh, kDown), vectors = divide_up(a.c, kLanes);
    const int64_t step = divide_up(vectors, smaller(vectors, divide_up(kFewTasks, a.n * pairs))) * kLanes, groups = divide_up(a.c, step);
    const double work = 18.0 * static_cast<double>(a.n * a.oh * a.ow) * static_cast<double>(a.c);
    each_task(call, a.n * pairs * groups, work, [&](int64_t task, int) {
        const int64_t pair = task / groups, begin = task % groups * step;
        for (int64_t j = 0; j < a.ow; j += kAcross) {
            ThreeBlock<kStep>(call, finish, pair / pairs, pair % pairs * kDown, j).run(begin, smaller(a.c, begin + step));
        }
    });
}

inline bool is_three(const DepthwiseArgs& a) {
    return a.kh == 3 && a.kw == 3 && a.dh == 1 && a.dw == 1 && a.sh == a.sw && a.sh <= 2 && a.co == a.c;
}

}  // namespace
}  // namespace simplecell::SC_ISA
