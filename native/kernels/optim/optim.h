// Arguments of the optim family. The contract is in contract.md.
#pragma once

#include <cstdint>

namespace simplecell {

struct SgdArgs {
    int64_t count;
    double momentum;
    int64_t nesterov;
    double weight_decay;
};

struct AdamArgs {
    int64_t count;
    double beta1, beta2, eps, weight_decay;
    int64_t decoupled;
};

struct RmspropArgs {
    int64_t count;
    double alpha, eps, momentum, weight_decay;
    int64_t centered;
};

}  // namespace simplecell
