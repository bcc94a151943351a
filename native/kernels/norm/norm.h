// Arguments of the norm family, and the division of its sums. The contract is in contract.md.
#pragma once

#include <cstdint>

namespace simplecell {

struct BatchNormArgs {
    int64_t pixels, c;
    double eps, momentum;
    int64_t relu;
};

struct BatchNormEvaluateArgs {
    int64_t pixels, c;
    double eps;
};

struct BatchNormFoldArgs {
    int64_t co, each;
    double eps;
};

struct BatchNormBackwardArgs {
    int64_t pixels, c;
};

struct BiasArgs {
    int64_t pixels, c;
};

struct GroupNormArgs {
    int64_t n, hw, c, groups;
    double eps;
};

struct GroupNormBackwardArgs {
    int64_t n, hw, c, groups;
};

struct LayerNormArgs {
    int64_t rows, f;
    double eps;
};

struct LayerNormBackwardArgs {
    int64_t rows, f;
};

struct LrnArgs {
    int64_t pixels, c, size;
    double alpha, beta, k;
};

// Sums over the pixels of each image, per channel: float inside a run of kNormRun pixels, double over the runs of a
// chunk and over chunks. All of it a matter of the problem, so that the bits do not depend on the threads.
constexpr int64_t kNormRun = 64;

struct NormPlan {
    int64_t images, pixels, c;  // pixels and channels of an image; batch norm takes the whole batch as one
    int64_t chunk, chunks;      // pixels of a chunk, chunks of an image

    int64_t tasks() const { return images * chunks; }
    int64_t partials() const { return tasks() * 2 * c; }  // doubles: two sums for each channel
    int64_t lines() const { return images * 4 * c; }      // floats: what the last pass needs of each channel
    int64_t work() const { return 3 * c; }                // floats for each thread
};

namespace {

inline NormPlan norm_plan(int64_t images, int64_t pixels, int64_t c) {
    constexpr int64_t kMostChunks = 64;
    int64_t even = (pixels + kMostChunks - 1) / kMostChunks, chunk = even > kNormRun ? even : kNormRun;
    return {images, pixels, c, chunk, (pixels + chunk - 1) / chunk};
}

// Rows of a chunk of layer norm's weight gradient.
inline int64_t layer_chunk(int64_t rows) {
    int64_t even = (rows + 63) / 64;
    return even > kNormRun ? even : kNormRun;
}

// Two sums over a row, or over a segment of one.
struct RowSums {
    double first, second;
};

constexpr int64_t kLayerSegment = 16384;

// The segments of all rows of layer norm's gradient, where the rows are so few that they are cut.
inline int64_t layer_sums(int64_t rows, int64_t f) {
    return rows <= layer_chunk(rows) ? rows * ((f + kLayerSegment - 1) / kLayerSegment) : 0;
}

}  // namespace
}  // namespace simplecell
