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

// The depth of B that is packed at a time when a kernel packs B itself.
constexpr int64_t kPackedDepth = 256;

}  // namespace simplecell
