// The elementwise kernels, written once over the vector contract.
#include <cstring>

#include "kernels/call.h"
#include "kernels/elementwise/elementwise.h"
#include "kernels/elementwise/mask.h"
#include "kernels/lanes.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {
namespace {

// (rows, cols) -> (cols, rows) for the columns [begin, end), by square tiles that fit the registers' cache lines.
inline void transpose(const float* x, float* y, int64_t rows, int64_t cols, int64_t begin, int64_t end) {
    constexpr int64_t kTile = 16;
    float tile[kTile][kTile];
    for (int64_t j = begin; j < end; j += kTile) {
        int64_t width = smaller(kTile, end - j);
        for (int64_t i = 0; i < rows; i += kTile) {
            int64_t height = smaller(kTile, rows - i);
            for (int64_t r = 0; r < height; ++r) {
                const float* row = x + (i + r) * cols + j;
                for (int64_t q = 0; q < width; q += kLanes) {
                    store(tile[r] + q, load_n(row + q, smaller(kLanes, width - q)));
                }
            }
            for (int64_t q = 0; q < width; ++q) {
                float* column = y + (j + q) * rows + i;
                for (int64_t r = 0; r < height; ++r) column[r] = tile[r][q];
            }
        }
    }
}

inline void transpose_images(const Call& call, int64_t n, int64_t rows, int64_t cols) {
    const float* x = operand<const float>(call, 0);
    float* y = operand(call, 1);
    constexpr int64_t kColumns = 256;
    int64_t blocks = divide_up(cols, kColumns), size = rows * cols;
    each_task(call, n * blocks, static_cast<double>(n * size) * 8, [&](int64_t task, int) {
        int64_t image = task / blocks, begin = task % blocks * kColumns, end = smaller(cols, begin + kColumns);
        if (rows == 1) {
            std::memcpy(y + image * size + begin, x + image * size + begin, (end - begin) * sizeof(float));
        } else {
            transpose(x + image * size, y + image * size, rows, cols, begin, end);
        }
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
    map2_all(call, args_of<CountArgs>(call).count, x, x, operand(call, 1), [](Vec v, Vec) { return max(zero(), v); });
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
    auto value = static_cast<float>(a.value);
    each_block(call, a.count, kElementBlock, 4.0, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) y[i] = value;
    });
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
