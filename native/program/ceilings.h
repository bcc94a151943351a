// What this machine can do at best: the yardsticks a measured kernel is held against.
#pragma once

#include <cstdint>

#include "base/isa.h"

namespace simplecell {

double fma_peak(Isa isa, int threads, double seconds);  // GFLOP/s, operands in registers

struct Bandwidth {
    double read, copy;  // GB/s; a copied byte counts twice, once read and once written
};

Bandwidth bandwidth(int threads, int64_t bytes, double seconds);

}  // namespace simplecell
