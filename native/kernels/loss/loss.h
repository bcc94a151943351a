// Arguments of the loss family. The contract is in contract.md.
#pragma once

#include <cstdint>

namespace simplecell {

struct RowsArgs {
    int64_t rows, cols;
};

struct CrossEntropyArgs {
    int64_t n, c;
};

struct MseArgs {
    int64_t count;
};

}  // namespace simplecell
