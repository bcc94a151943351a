// Pooling, written once over the vector contract. Lanes are channels. The backward kernels gather: each input cell
// collects from the windows that cover it, in the order of the outputs, so nothing is ever scattered.
#include <cmath>

#include "kernels/call.h"
#include "kernels/lanes.h"
#include "kernels/pool/pool.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {
namespace {

// body(image, row) for each of n * rows rows, whose work is `each`.
template <class Body>
inline void each_row(const Call& call, int64_t n, int64_t rows, double each, const Body& body) {
    int64_t block = larger(1, smaller(rows, static_cast<int64_t>(20e3 / each)));
    each_block(call, n * rows, block, each, [&](int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; ++row) body(row / rows, row % rows);
    });
}

struct Best {
    Vec value, index;
};

}  // namespace
}  // namespace simplecell::SC_ISA

#include "kernels/pool/tiles.h"

namespace simplecell::SC_ISA {
namespace {

// Of the cells inside the image of kWindows windows, sw columns apart, the first largest; the first NaN beats every
// number. Several windows at once, because each comparison of one waits for the last.
template <int kWindows>
SC_INLINE void best_of(const MaxPoolArgs& a, const float* image, int64_t v, int64_t u, Taps rows, Taps columns, int64_t n,
                       Best* best) {
    for (int i = 0; i < kWindows; ++i) best[i] = {set1(-INFINITY), set1_bits(-1)};
    bool first = true;
    for (int64_t ky = rows.begin; ky < rows.end; ++ky) {
        for (int64_t kx = columns.begin; kx < columns.end; ++kx) {
            int64_t at = (v + ky * a.dh) * a.w + u + kx * a.dw;
#pragma GCC unroll 4
            for (int i = 0; i < kWindows; ++i) {
                Vec x = load_upto(image + (at + i * a.sw) * a.c, n), here = set1_bits(static_cast<int32_t>(at + i * a.sw));
                Vec value = best[i].value;
                Mask wins = without(either(less(value, x), unordered(x, x)), unordered(value, value));
                best[i].value = first ? x : select(wins, x, value);
                best[i].index = first ? here : select(wins, here, best[i].index);
            }
            first = false;
        }
    }
}

// The columns [begin, end) of outputs whose windows lie inside the image from left to right.
inline Taps whole_columns(const MaxPoolArgs& a) {
    int64_t room = a.w - 1 - (a.kw - 1) * a.dw + a.left;
    int64_t begin = a.left > 0 ? divide_up(a.left, a.sw) : 0, end = room >= 0 ? room / a.sw + 1 : 0;
    return {smaller(begin, a.ow), larger(smaller(begin, a.ow), smaller(end, a.ow))};
}

SC_INLINE Vec sum_of(const AvgPoolArgs& a, const float* image, int64_t v, int64_t u, Taps rows, Taps columns, int64_t n) {
    Vec sum = zero();
    for (int64_t ky = rows.begin; ky < rows.end; ++ky) {
        for (int64_t kx = columns.begin; kx < columns.end; ++kx) {
            sum = add(sum, load_upto(image + ((v + ky) * a.w + u + kx) * a.c, n));
        }
    }
    return sum;
}

// The mean of a region for `count` channels: four cells at a time, so that the running sums are seldom moved.
inline void add_region(const AdaptivePoolArgs& a, const float* image, Region rows, Region columns, int64_t count, float* sum) {
    each_vector(count, [&](int64_t ch, int64_t n) { store_upto(sum + ch, zero(), n); });
    for (int64_t v = rows.begin; v < rows.end; ++v) {
        for (int64_t u = columns.begin; u < columns.end; u += 4) {
            const float* from = image + (v * a.w + u) * a.c;
            const int64_t cells = smaller(4, columns.end - u);
            each_vector(count, [&](int64_t ch, int64_t n) {
                Vec part = load_upto(from + ch, n);
                for (int64_t k = 1; k < cells; ++k) part = add(part, load_upto(from + k * a.c + ch, n));
                store_upto(sum + ch, add(load_upto(sum + ch, n), part), n);
            });
        }
    }
    const Vec cells = set1(static_cast<float>(rows.count() * columns.count()));
    each_vector(count, [&](int64_t ch, int64_t n) { store_upto(sum + ch, div(load_upto(sum + ch, n), cells), n); });
}

}  // namespace

void maxpool2d_forward(const Call& call) {
    const auto& a = args_of<MaxPoolArgs>(call);
    const float* x = operand<const float>(call, 0);
    float *y = operand(call, 1), *index = operand(call, 2);  // int32 bits, moved as float lanes
    constexpr int kTogether = 4;
    const Taps whole = whole_columns(a);
    const bool tiles = index == nullptr && fits_tiles(a) && a.dh == 1 && a.dw == 1;
    double each = 4.0 * static_cast<double>(a.ow * a.c) * static_cast<double>(a.kh * a.kw);
    each_row(call, a.n, a.oh, each, [&](int64_t image, int64_t i) {
        const float* from = x + image * a.h * a.w * a.c;
        int64_t v = i * a.sh - a.top;
        if (tiles) return max_tiles(a, from + v * a.w * a.c, y + (image * a.oh + i) * a.ow * a.c);
        Taps rows = taps_inside(v, a.kh, a.dh, 0, a.h);
        auto windows = [&]<int kWindows>(int64_t j) {
            int64_t u = j * a.sw - a.left, at = ((image * a.oh + i) * a.ow + j) * a.c;
            Taps columns = taps_inside(u, a.kw, a.dw, 0, a.w);
            each_vector(a.c, [&](int64_t ch, int64_t n) {
                Best best[kWindows];
                best_of<kWindows>(a, from + ch, v, u, rows, columns, n, best);
                for (int q = 0; q < kWindows; ++q) {
                    store_upto(y + at + q * a.c + ch, best[q].value, n);
                    if (index != nullptr) store_upto(index + at + q * a.c + ch, best[q].index, n);
                }
            });
        };
        int64_t j = 0;
        for (; j < whole.begin; ++j) windows.template operator()<1>(j);
        for (; j + kTogether <= whole.end; j += kTogether) windows.template operator()<kTogether>(j);
        for (; j < a.ow; ++j) windows.template operator()<1>(j);
    });
}

void maxpool2d_backward(const Call& call) {
    const auto& a = args_of<MaxPoolArgs>(call);
    if (side_by_side(a) && a.dh == 1 && a.dw == 1) return max_backward_tiles(call, a);
    const float *dy = operand<const float>(call, 0), *index = operand<const float>(call, 1);
    float* dx = operand(call, 2);
    int64_t reach_h = (a.kh - 1) * a.dh, reach_w = (a.kw - 1) * a.dw;
    auto windows = static_cast<double>(reach_h / a.sh + 1) * static_cast<double>(reach_w / a.sw + 1);
    double each = static_cast<double>(a.w * a.c) * windows;
    each_row(call, a.n, a.h, each, [&](int64_t image, int64_t v) {
        Taps rows = outputs_over(v + a.top, reach_h, a.sh, a.oh);
        for (int64_t u = 0; u < a.w; ++u) {
            Taps columns = outputs_over(u + a.left, reach_w, a.sw, a.ow);
            auto here = static_cast<int32_t>(v * a.w + u);
            float* to = dx + ((image * a.h + v) * a.w + u) * a.c;
            each_vector(a.c, [&](int64_t ch, int64_t n) {
                Vec sum = zero();
                for (int64_t i = rows.begin; i < rows.end; ++i) {
                    for (int64_t j = columns.begin; j < columns.end; ++j) {
                        int64_t at = ((image * a.oh + i) * a.ow + j) * a.c + ch;
                        Mask won = equal_bits(load_upto(index + at, n), here);
                        sum = add(sum, select(won, load_upto(dy + at, n), zero()));
                    }
                }
                store_upto(to + ch, sum, n);
            });
        }
    });
}

void avgpool2d_forward(const Call& call) {
    const auto& a = args_of<AvgPoolArgs>(call);
    const bool tiles = fits_tiles(a);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    double each = 4.0 * static_cast<double>(a.ow * a.c) * static_cast<double>(a.kh * a.kw);
    each_row(call, a.n, a.oh, each, [&](int64_t image, int64_t i) {
        const float* from = x + image * a.h * a.w * a.c;
        int64_t v = i * a.sh - a.top;
        if (tiles) return avg_tiles(a, from + v * a.w * a.c, y + (image * a.oh + i) * a.ow * a.c);
        Taps rows = taps_inside(v, a.kh, 1, 0, a.h);
        for (int64_t j = 0; j < a.ow; ++j) {
            int64_t u = j * a.sw - a.left, cells = divisor(a, i, j);
            Taps columns = taps_inside(u, a.kw, 1, 0, a.w);
            float* to = y + ((image * a.oh + i) * a.ow + j) * a.c;
            Vec count = set1(static_cast<float>(larger(1, cells)));
            each_vector(a.c, [&](int64_t ch, int64_t n) {
                Vec mean = div(sum_of(a, from + ch, v, u, rows, columns, n), count);
                store_upto(to + ch, cells > 0 ? mean : zero(), n);
            });
        }
    });
}

void avgpool2d_backward(const Call& call) {
    const auto& a = args_of<AvgPoolArgs>(call);
    if (side_by_side(a)) return avg_backward_tiles(call, a);
    const float *dy = operand<const float>(call, 0), *mask = operand<const float>(call, 1);
    float* dx = operand(call, 2);
    auto windows = static_cast<double>((a.kh - 1) / a.sh + 1) * static_cast<double>((a.kw - 1) / a.sw + 1);
    double each = static_cast<double>(a.w * a.c) * windows;
    each_row(call, a.n, a.h, each, [&](int64_t image, int64_t v) {
        Taps rows = outputs_over(v + a.top, a.kh - 1, a.sh, a.oh);
        for (int64_t u = 0; u < a.w; ++u) {
            Taps columns = outputs_over(u + a.left, a.kw - 1, a.sw, a.ow);
            const int64_t cell = ((image * a.h + v) * a.w + u) * a.c;
            each_vector(a.c, [&](int64_t ch, int64_t n) {
                Vec sum = zero();
                for (int64_t i = rows.begin; i < rows.end; ++i) {
                    for (int64_t j = columns.begin; j < columns.end; ++j) {
                        int64_t cells = divisor(a, i, j);
                        if (cells == 0) continue;
                        const float* from = dy + ((image * a.oh + i) * a.ow + j) * a.c + ch;
                        sum = add(sum, div(load_upto(from, n), set1(static_cast<float>(cells))));
                    }
                }
                if (mask != nullptr) sum = select(less(zero(), load_upto(mask + cell + ch, n)), sum, zero());
                store_upto(dx + cell + ch, sum, n);
            });
        }
    });
}

void adaptive_avgpool2d_forward(const Call& call) {
    const auto& a = args_of<AdaptivePoolArgs>(call);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    constexpr int64_t kChannels = 256;
    const int64_t parts = divide_up(a.c, kChannels);
    each_task(call, a.n * a.oh * parts, 4.0 * static_cast<double>(a.n * a.h * a.w) * static_cast<double>(a.c), [&](int64_t task, int) {
        const int64_t first = task % parts * kChannels, image = task / parts / a.oh, i = task / parts % a.oh;
        const Region rows = region_at(i, a.h, a.oh);
        for (int64_t j = 0; j < a.ow; ++j) {
            const Region columns = region_at(j, a.w, a.ow);
            float* sum = y + ((image * a.oh + i) * a.ow + j) * a.c + first;
            add_region(a, x + image * a.h * a.w * a.c + first, rows, columns, smaller(kChannels, a.c - first), sum);
        }
    });
}

void adaptive_avgpool2d_backward(const Call& call) {
    const auto& a = args_of<AdaptivePoolArgs>(call);
    const float* dy = operand<const float>(call, 0);
    float* dx = operand(call, 1);
    each_row(call, a.n, a.h, static_cast<double>(a.w * a.c), [&](int64_t image, int64_t v) {
        const Region rows = region_at(v, a.oh, a.h);  // the regions that hold row v, by the same rule
        for (int64_t u = 0; u < a.w; ++u) {
            const Region columns = region_at(u, a.ow, a.w);
            float* to = dx + ((image * a.h + v) * a.w + u) * a.c;
            bool first = true;
            for (int64_t i = rows.begin; i < rows.end; ++i) {
                for (int64_t j = columns.begin; j < columns.end; ++j, first = false) {
                    const int64_t cells = region_at(i, a.h, a.oh).count() * region_at(j, a.w, a.ow).count();
                    const Vec share = set1(1.0f / static_cast<float>(cells));
                    const float* from = dy + ((image * a.oh + i) * a.ow + j) * a.c;
                    each_vector(a.c, [&](int64_t ch, int64_t n) {
                        Vec part = load_upto(from + ch, n);
                        store_upto(to + ch, first ? mul(part, share) : fma(part, share, load_upto(to + ch, n)), n);
                    });
                }
            }
        }
    });
}

}  // namespace simplecell::SC_ISA
