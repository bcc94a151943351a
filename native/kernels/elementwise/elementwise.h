// Arguments of the elementwise family. The contract is in contract.md.
#pragma once

#include <cstdint>

namespace simplecell {

struct CountArgs {
    int64_t count;
};

struct AddArgs {
    int64_t count;
    int64_t relu;
};

struct FillArgs {
    int64_t count;
    double value;
};

// A batch of n images, c channels, hw pixels each.
struct LayoutArgs {
    int64_t n, c, hw;
};

struct DropoutArgs {
    int64_t n, c, hw;
    double p;
    int64_t stream;
};

}  // namespace simplecell
