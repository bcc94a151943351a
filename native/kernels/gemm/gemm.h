// Arguments of the gemm family. The contract is in contract.md.
#pragma once

#include <cstdint>

namespace simplecell {

struct LinearPackArgs {
    int64_t i, o;
};

struct LinearForwardArgs {
    int64_t n, i, o, relu;
};

struct LinearArgs {
    int64_t n, i, o;
};

struct LinearUpdateArgs {
    int64_t n, i, o;
    double momentum;
    int64_t nesterov;
    double weight_decay;
};

// What a kernel that packs B itself packs at a time: so many rows of B, and so many panels side by side, whose rows are
// read in longer runs.
constexpr int64_t kPackedDepth = 256;

inline int64_t packed_panels(int64_t columns, int64_t nr) {
    constexpr int64_t kMost = 16, kEnoughTasks = 16;
    int64_t panels = (columns + nr - 1) / nr / kEnoughTasks;
    return panels < 1 ? 1 : panels < kMost ? panels : kMost;
}

}  // namespace simplecell
