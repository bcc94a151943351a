// The loops behind program/ceilings.h, one per instruction set. Not kernels: they have no operands and no row.
#pragma once

#include <cstdint>

namespace simplecell {

#define SC_CEILING(isa)                                        \
    namespace isa {                                            \
    double multiply_add(int64_t rounds); /* FLOP done */       \
    float read_all(const float* x, int64_t count);             \
    }
SC_CEILING(scalar)
SC_CEILING(avx2)
SC_CEILING(avx512)
#undef SC_CEILING

}  // namespace simplecell
