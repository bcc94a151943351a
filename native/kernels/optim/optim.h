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

}  // namespace simplecell
