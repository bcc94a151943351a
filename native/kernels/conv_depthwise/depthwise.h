// Arguments of the conv_depthwise family, and the division of its sums. The contract is in contract.md.
#pragma once

#include <cstdint>

namespace simplecell {

struct DepthwisePackArgs {
    int64_t c, co, kh, kw;
};

struct DepthwiseArgs {
    int64_t n, h, w, c, oh, ow, co, kh, kw, sh, sw, dh, dw, top, left;
};

struct DepthwiseForwardArgs : DepthwiseArgs {
    int64_t relu;
};

// The weights' gradient: chunks of rows of the batch's outputs, each with a partial gradient of its own.
struct DepthwiseWeightsPlan {
    int64_t rows, chunks;  // rows of a chunk
    int64_t partial;       // floats of one partial gradient, the bias's included
};

namespace {

inline DepthwiseWeightsPlan depthwise_weights_plan(const DepthwiseArgs& a) {
    constexpr int64_t kMostChunks = 16;
    int64_t all = a.n * a.oh, rows = (all + kMostChunks - 1) / kMostChunks;
    return {rows, (all + rows - 1) / rows, (a.co * (a.kh * a.kw + 1) + 15) / 16 * 16};
}

}  // namespace
}  // namespace simplecell
