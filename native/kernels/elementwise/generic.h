// The elementwise kernels, written once over the vector contract.
#include <cstring>

#include "kernels/call.h"
#include "kernels/elementwise/elementwise.h"
#include "kernels/elementwise/mask.h"
#include "kernels/lanes.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {
namespace {

constexpr int64_t kColumns = 256;  // columns of a tile: some cache lines of each row, while the rows of y stay in the cache

// (rows, cols) -> (cols, rows) for the columns [begin, end).
template <class Put>
inline void transpose_columns(const float* x, float* y, int64_t rows, int64_t cols, int64_t begin, int64_t end, const Put& put) {
    for (int64_t i = 0; i < rows; i += kLanes) {
        const int64_t height = smaller(kLanes, rows - i);
        for (int64_t j = begin; j < end; j += kLanes) {
            transpose_tile(height, smaller(kLanes, end - j), [&](int64_t r) { return x + (i + r) * cols + j; },
                           [&](int64_t q, Vec v) { put(y + (j + q) * rows + i, v, height); });
        }
    }
}

inline void transpose_images(const Call& call, int64_t n, int64_t rows, int64_t cols) {
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    const int64_t tiles = divide_up(cols, kColumns), size = rows * cols, block = larger(1, kElementBlock / (rows * kColumns));
    const bool past = rows % kLanes == 0 && to_aligned(y) == 0 && past_caches(y, n * size);
    each_block(call, n * tiles, block, 8.0 * static_cast<double>(size) / static_cast<double>(tiles), [&](int64_t first, int64_t last) {
        writing(past, [&](auto put) {
            for (int64_t tile = first; tile < last; ++tile) {
                const int64_t at = tile / tiles * size, begin = tile % tiles * kColumns, end = smaller(cols, begin + kColumns);
                transpose_columns(x + at, y + at, rows, cols, begin, end, put);
            }
        });
    });
}

constexpr int64_t kRun = 64;  // numbers drawn at once, in a loop that the compiler turns into vectors

// to[k] = from[k] * scale where the number of `first + k * step` keeps it, else 0, for k < count <= kRun.
inline void drop_run(const float* from, float* to, int64_t count, uint64_t first, uint64_t step, int32_t threshold, float scale) {
    int32_t keep[kRun];
    for (int64_t k = 0; k < count; ++k) {
        auto bits = static_cast<int32_t>(mix(first + static_cast<uint64_t>(k) * step) >> 40);
        keep[k] = bits >= threshold ? -1 : 0;
    }
    for (int64_t k = 0; k < count; ++k) to[k] = keep[k] != 0 ? from[k] * scale : 0.0f;
}

// Memory is (n, hw, c); the mask is indexed as (n, c, hw).
inline void dropout(const Call& call) {
    const auto& a = args_of<DropoutArgs>(call);
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 2);
    uint64_t key = mask_key(operand<const int64_t>(call, 1), a.stream), step = static_cast<uint64_t>(a.hw) * kGolden;
    auto threshold = static_cast<int32_t>(mask_threshold(a.p));
    float scale = mask_scale(a.p);
    int64_t pixels = a.n * a.hw, block = larger(1, 4096 / a.c);
    each_block(call, pixels, block, 8.0 * static_cast<double>(a.c), [&](int64_t begin, int64_t end) {
        for (int64_t pixel = begin; pixel < end; ++pixel) {
            uint64_t first = key + static_cast<uint64_t>(pixel / a.hw * a.c * a.hw + pixel % a.hw) * kGolden;
            for (int64_t ch = 0; ch < a.c; ch += kRun) {
                drop_run(x + pixel * a.c + ch, y + pixel * a.c + ch, smaller(kRun, a.c - ch),
                         first + static_cast<uint64_t>(ch) * step, step, threshold, scale);
            }
        }
    });
}

}  // namespace

void relu_forward(const Call& call) {
    const float* x = operand<const float>(call, 0);
    map_all(call, args_of<CountArgs>(call).count, 4.0, x, operand(call, 1), [](Vec v) { return max(zero(), v); });
}

void relu_backward(const Call& call) {
    map2_all(call, args_of<CountArgs>(call).count, operand<const float>(call, 0), operand<const float>(call, 1),
             operand(call, 2), [](Vec dy, Vec y) { return select(less(zero(), y), dy, zero()); });
}

void add(const Call& call) {
    const auto& a = args_of<AddArgs>(call);
    const float *left = operand<const float>(call, 0), *right = operand<const float>(call, 1);
    float* y = operand(call, 2);
    const Rectifier rectifier(a.relu);
    map2_all(call, a.count, left, right, y, [=](Vec p, Vec q) { return rectifier.of(add(p, q)); });
}

void accumulate(const Call& call) {
    float* y = operand(call, 1);
    map2_all(call, args_of<CountArgs>(call).count, y, operand<const float>(call, 0), y,
             [](Vec p, Vec q) { return add(p, q); });
}

void copy(const Call& call) {
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    each_block(call, args_of<CountArgs>(call).count, kElementBlock, 4.0, [&](int64_t begin, int64_t end) {
        std::memcpy(y + begin, x + begin, (end - begin) * sizeof(float));
    });
}

void fill(const Call& call) {
    const auto& a = args_of<FillArgs>(call);
    float* y = operand(call, 0);
    const Vec value = set1(static_cast<float>(a.value));
    generate_all(call, a.count, 4.0, y, [&](int64_t, int64_t) { return value; });
}

void nchw_to_nhwc(const Call& call) {
    const auto& a = args_of<LayoutArgs>(call);
    transpose_images(call, a.n, a.c, a.hw);
}

void nhwc_to_nchw(const Call& call) {
    const auto& a = args_of<LayoutArgs>(call);
    transpose_images(call, a.n, a.hw, a.c);
}

void dropout_forward(const Call& call) { dropout(call); }
void dropout_backward(const Call& call) { dropout(call); }

}  // namespace simplecell::SC_ISA
