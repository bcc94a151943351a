// Values that change places, written once over the vector contract. Lanes are channels.
#include <cstring>

#include "kernels/call.h"
#include "kernels/lanes.h"
#include "kernels/wiring/wiring.h"

namespace simplecell::SC_ISA {
namespace {

// body(image, row) for each row of each image; `each` values are touched in a row.
template <class Body>
inline void each_line(const Call& call, int64_t images, int64_t rows, int64_t each, const Body& body) {
    int64_t block = larger(1, kElementBlock / larger(1, each));
    each_block(call, images * rows, block, 8.0 * static_cast<double>(each), [&](int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; ++row) body(row / rows, row % rows);
    });
}

inline void copy_floats(float* to, const float* from, int64_t count) {
    each_vector(count, [&](int64_t i, int64_t n) { store_upto(to + i, load_upto(from + i, n), n); });
}

inline void fill_floats(float* to, Vec value, int64_t count) {
    each_vector(count, [&](int64_t i, int64_t n) { store_upto(to + i, value, n); });
}

// Whether q is larger than p; a NaN is larger than any number, and of equals the first wins.
SC_INLINE Mask second_wins(Vec p, Vec q) { return without(either(less(p, q), unordered(q, q)), unordered(p, p)); }

// One axis of an upsampling.
struct Scale {
    int64_t size, outputs, num, den;
    bool linear, centred;

    Between at(int64_t i) const { return between(i, size, num, den, linear, centred); }
    // The first output that reads cell `cell` or a later one.
    int64_t first_reader(int64_t cell) const {
        int64_t i = 0;
        if (num > 0) {  // begin safely before it
            double guess = (static_cast<double>(cell) - 1) * static_cast<double>(den) / static_cast<double>(num) - 3;
            i = guess <= 0 ? 0 : smaller(outputs, static_cast<int64_t>(guess));
        }
        while (i < outputs && at(i).high < cell) ++i;
        return i;
    }
    // With which share an output reads `cell`.
    static float share(const Between& b, int64_t cell) {
        if (b.high == b.low) return b.low == cell ? 1.0f : 0.0f;
        return static_cast<float>(b.low == cell ? 1 - b.share : b.high == cell ? b.share : 0);
    }
};

inline Scale rows_of(const UpsampleArgs& a) { return {a.h, a.oh, a.h_num, a.h_den, a.linear != 0, a.aligned == 0}; }
inline Scale columns_of(const UpsampleArgs& a) { return {a.w, a.ow, a.w_num, a.w_den, a.linear != 0, a.aligned == 0}; }

// `at` of one output after the other, without a division for each.
class Walk {
public:
    explicit Walk(const Scale& axis) : axis_(axis), whole_(axis.linear && axis.centred ? 2 * axis.den : axis.den) {
        const int64_t step = axis.linear && axis.centred ? 2 * axis.num : axis.num;
        const int64_t start = axis.linear && axis.centred ? axis.num - axis.den : 0;
        cells_ = step / whole_;
        parts_ = step % whole_;
        low_ = start < 0 ? -1 : start / whole_;  // start >= -den >= -whole
        rest_ = start - low_ * whole_;
    }
    Between next() {
        const Between here = between_at(low_, rest_, whole_, axis_.size, axis_.linear);
        low_ += cells_;
        rest_ += parts_;
        if (rest_ >= whole_) {
            rest_ -= whole_;
            ++low_;
        }
        return here;
    }

private:
    const Scale& axis_;
    int64_t whole_, cells_, parts_, low_, rest_;
};

// low += near * from and, where that is another cell, high += far * from, for c channels.
SC_INLINE void give(float* low, float* high, const float* from, float near, float far, int64_t c) {
    each_vector(c, [&](int64_t ch, int64_t n) {
        const Vec g = load_upto(from + ch, n);
        store_upto(low + ch, fma(g, set1(near), load_upto(low + ch, n)), n);
        if (low != high) store_upto(high + ch, fma(g, set1(far), load_upto(high + ch, n)), n);
    });
}

// Where place b*r + e of a pixel lies in the larger image, counted from the first of its r*r places.
inline int64_t place_of(const PixelShuffleArgs& a, int64_t place) { return (place / a.r * a.w * a.r + place % a.r) * a.c; }

// (1 - t) * p + t * q for c channels; a cell whose share is 0 is not read.
SC_INLINE Vec mixed(const float* p, const float* q, float t, int64_t n) {
    Vec near = load_upto(p, n);
    return t > 0 ? fma(load_upto(q, n), set1(t), mul(near, set1(1.0f - t))) : near;
}

}  // namespace

void mul(const Call& call) {
    map2_all(call, args_of<MulArgs>(call).count, operand<const float>(call, 0), operand<const float>(call, 1), operand(call, 2),
             [](Vec p, Vec q) { return mul(p, q); });
}

void maximum_forward(const Call& call) {
    map2_all(call, args_of<MulArgs>(call).count, operand<const float>(call, 0), operand<const float>(call, 1), operand(call, 2),
             [](Vec p, Vec q) { return select(second_wins(p, q), q, p); });
}

void maximum_backward(const Call& call) {
    const int64_t count = args_of<MulArgs>(call).count;
    const float *dy = operand<const float>(call, 0), *a = operand<const float>(call, 1), *b = operand<const float>(call, 2);
    float *da = operand(call, 3), *db = operand(call, 4);
    each_block(call, count, kElementBlock, 4.0, [&](int64_t begin, int64_t end) {
        each_vector(end - begin, [&](int64_t i, int64_t n) {
            i += begin;
            const Vec g = load_upto(dy + i, n);
            const Mask second = second_wins(load_upto(a + i, n), load_upto(b + i, n));
            if (da != nullptr) store_upto(da + i, select(second, zero(), g), n);
            if (db != nullptr) store_upto(db + i, select(second, g, zero()), n);
        });
    });
}

void gate_forward(const Call& call) {
    const auto& a = args_of<GateArgs>(call);
    const float *x = operand<const float>(call, 0), *gate = operand<const float>(call, 1);
    float* y = operand(call, 2);
    each_line(call, a.n, a.hw, a.c, [&](int64_t image, int64_t row) {
        int64_t at = (image * a.hw + row) * a.c;
        each_vector(a.c, [&](int64_t ch, int64_t n) {
            store_upto(y + at + ch, mul(load_upto(x + at + ch, n), load_upto(gate + image * a.c + ch, n)), n);
        });
    });
}

void gate_backward(const Call& call) {
    const auto& a = args_of<GateArgs>(call);
    const float *dy = operand<const float>(call, 0), *x = operand<const float>(call, 1);
    float* dgate = operand(call, 2);
    constexpr int64_t kChannels = 256;
    const int64_t parts = divide_up(a.c, kChannels);
    each_task(call, a.n * parts, 8.0 * static_cast<double>(a.n * a.hw) * static_cast<double>(a.c), [&](int64_t task, int) {
        int64_t image = task / parts, first = task % parts * kChannels, count = smaller(kChannels, a.c - first);
        float* sum = dgate + image * a.c + first;
        fill_floats(sum, zero(), count);
        for (int64_t row = 0; row < a.hw; row += 4) {
            int64_t at = (image * a.hw + row) * a.c + first, rows = smaller(4, a.hw - row);
            each_vector(count, [&](int64_t ch, int64_t n) {
                Vec part = zero();
                for (int64_t r = 0; r < rows; ++r) part = fma(load_upto(dy + at + r * a.c + ch, n), load_upto(x + at + r * a.c + ch, n), part);
                store_upto(sum + ch, add(load_upto(sum + ch, n), part), n);
            });
        }
    });
}

void copy_channels(const Call& call) {
    const auto& a = args_of<CopyChannelsArgs>(call);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    each_line(call, 1, a.pixels, a.c, [&](int64_t, int64_t pixel) {
        copy_floats(y + pixel * a.y_channels + a.y_first, x + pixel * a.x_channels + a.x_first, a.c);
    });
}

void pad2d(const Call& call) {
    const auto& a = args_of<PadArgs>(call);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    const Vec value = set1(static_cast<float>(a.value));
    const int64_t begin = smaller(a.ow, larger(0, a.left)), end = larger(begin, smaller(a.ow, a.left + a.w));
    each_line(call, a.n, a.oh, a.ow * a.c, [&](int64_t image, int64_t i) {
        float* to = y + (image * a.oh + i) * a.ow * a.c;
        int64_t row = i - a.top;
        if (row < 0 || row >= a.h || begin == end) {
            fill_floats(to, value, a.ow * a.c);
            return;
        }
        fill_floats(to, value, begin * a.c);
        copy_floats(to + begin * a.c, x + ((image * a.h + row) * a.w + begin - a.left) * a.c, (end - begin) * a.c);
        fill_floats(to + end * a.c, value, (a.ow - end) * a.c);
    });
}

void upsample2d_forward(const Call& call) {
    const auto& a = args_of<UpsampleArgs>(call);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    const Scale rows = rows_of(a), columns = columns_of(a);
    each_line(call, a.n, a.oh, a.ow * a.c, [&](int64_t image, int64_t i) {
        const Between down = rows.at(i);
        const float *low = x + (image * a.h + down.low) * a.w * a.c, *high = x + (image * a.h + down.high) * a.w * a.c;
        const auto t = static_cast<float>(down.share);
        for (int64_t j = 0; j < a.ow; ++j) {
            const Between across = columns.at(j);
            const int64_t p = across.low * a.c, q = across.high * a.c;
            const auto s = static_cast<float>(across.share);
            float* to = y + ((image * a.oh + i) * a.ow + j) * a.c;
            each_vector(a.c, [&](int64_t ch, int64_t n) {
                Vec near = mixed(low + p + ch, low + q + ch, s, n);
                if (t > 0) near = fma(mixed(high + p + ch, high + q + ch, s, n), set1(t), mul(near, set1(1.0f - t)));
                store_upto(to + ch, near, n);
            });
        }
    });
}

// Each row of outputs that reads a row of cells gives to it from left to right, so a cell collects in the outputs' order.
void upsample2d_backward(const Call& call) {
    const auto& a = args_of<UpsampleArgs>(call);
    const float* dy = operand<const float>(call, 0);
    float* dx = operand(call, 1);
    const Scale rows = rows_of(a), columns = columns_of(a);
    each_line(call, a.n, a.h, a.w * a.c, [&](int64_t image, int64_t v) {
        float* to = dx + (image * a.h + v) * a.w * a.c;
        fill_floats(to, zero(), a.w * a.c);
        for (int64_t i = rows.first_reader(v); i < a.oh && rows.at(i).low <= v; ++i) {
            const float down = Scale::share(rows.at(i), v);
            const float* from = dy + (image * a.oh + i) * a.ow * a.c;
            if (down == 0) continue;
            Walk walk(columns);
            for (int64_t j = 0; j < a.ow; ++j, from += a.c) {
                const Between across = walk.next();
                give(to + across.low * a.c, to + across.high * a.c, from, down * static_cast<float>(1 - across.share),
                     down * static_cast<float>(across.share), a.c);
            }
        }
    });
}

// One pixel's channels as a matrix (c, r*r), a row of which goes to (r*r) places of the larger image, is turned.
void pixel_shuffle(const Call& call) {
    const auto& a = args_of<PixelShuffleArgs>(call);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    const int64_t places = a.r * a.r;
    each_line(call, a.n, a.h, a.w * a.c * places, [&](int64_t image, int64_t i) {
        for (int64_t j = 0; j < a.w; ++j) {
            const float* from = x + ((image * a.h + i) * a.w + j) * a.c * places;
            float* to = y + ((image * a.h + i) * a.r * a.w + j) * a.r * a.c;
            for (int64_t place = 0; place < places; place += kLanes) {
                for (int64_t ch = 0; ch < a.c; ch += kLanes) {
                    const int64_t channels = smaller(kLanes, a.c - ch);
                    transpose_tile(channels, smaller(kLanes, places - place), [&](int64_t k) { return from + (ch + k) * places + place; },
                                   [&](int64_t q, Vec v) { store_upto(to + place_of(a, place + q) + ch, v, channels); });
                }
            }
        }
    });
}

void pixel_unshuffle(const Call& call) {
    const auto& a = args_of<PixelShuffleArgs>(call);
    const float* dy = operand<const float>(call, 0);
    float* dx = operand(call, 1);
    const int64_t places = a.r * a.r;
    each_line(call, a.n, a.h, a.w * a.c * places, [&](int64_t image, int64_t i) {
        for (int64_t j = 0; j < a.w; ++j) {
            const float* from = dy + ((image * a.h + i) * a.r * a.w + j) * a.r * a.c;
            float* to = dx + ((image * a.h + i) * a.w + j) * a.c * places;
            for (int64_t place = 0; place < places; place += kLanes) {
                const int64_t here = smaller(kLanes, places - place);
                for (int64_t ch = 0; ch < a.c; ch += kLanes) {
                    transpose_tile(here, smaller(kLanes, a.c - ch), [&](int64_t k) { return from + place_of(a, place + k) + ch; },
                                   [&](int64_t q, Vec v) { store_upto(to + (ch + q) * places + place, v, here); });
                }
            }
        }
    });
}

}  // namespace simplecell::SC_ISA
