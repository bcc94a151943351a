// The instruction sets kernels are compiled for, and the block sizes that go with each.
#pragma once

namespace simplecell {

enum class Isa : int { reference, scalar, avx2, avx512 };
constexpr int kIsaCount = 4;

// lanes: floats in a vector. mr x nr: the block of outputs one microkernel call keeps in registers; nr is also
// the width of a packed panel of weights. The reference kernels use a width of their own, so that a packed
// layout taken for granted shows up in the tests.
struct Blocking {
    const char* name;
    int lanes;
    int mr;
    int nr;
};

constexpr Blocking kBlocking[kIsaCount] = {
    {"reference", 1, 1, 5},
    {"scalar", 4, 4, 8},
    {"avx2", 8, 6, 16},
    {"avx512", 16, 14, 32},
};

constexpr const Blocking& blocking(Isa isa) { return kBlocking[static_cast<int>(isa)]; }

}  // namespace simplecell
