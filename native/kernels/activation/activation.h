// Arguments of the activation family. The contract is in contract.md.
#pragma once

#include <cstdint>

namespace simplecell {

struct ActivationArgs {
    int64_t count;
};

struct LeakyReluArgs {
    int64_t count;
    double slope;
};

struct EluArgs {
    int64_t count;
    double alpha, scale, input_scale;
};

struct SoftplusArgs {
    int64_t count;
    double beta, threshold;
};

struct RescaleArgs {
    int64_t count;
    double scale, offset;
};

// `below` and `above` say whether there is a bound on that side.
struct ClipArgs {
    int64_t count;
    double least, most;
    int64_t below, above;
};

struct ThresholdArgs {
    int64_t count;
    double threshold, fill;
};

struct PowerArgs {
    int64_t count;
    double exponent;
};

// pixels * c values, the channels innermost; `slopes` is 1 or c.
struct PreluArgs {
    int64_t pixels, c, slopes;
};

// How PReLU's weight gradient is summed: chunks of pixels, each a partial sum of its own. A matter of the problem.
struct PreluPlan {
    int64_t pixels, chunks;  // pixels of a chunk
};

namespace {

inline PreluPlan prelu_plan(const PreluArgs& a) {
    constexpr int64_t kMostChunks = 64, kLeastValues = 16384;
    int64_t least = (kLeastValues + a.c - 1) / a.c, share = (a.pixels + kMostChunks - 1) / kMostChunks;
    int64_t pixels = share > least ? share : least;
    return {pixels, (a.pixels + pixels - 1) / pixels};
}

}  // namespace
}  // namespace simplecell
