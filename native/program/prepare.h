// A kernel with its arguments checked and its operands measured: all that is known before memory is.
#pragma once

#include <string>
#include <vector>

#include "program/registry.h"

namespace simplecell {

struct Argument {
    std::string name;
    bool real;
    Slot value;  // the member that `real` says
};

struct Prepared {
    const Kernel* kernel;
    Isa isa;
    int threads;
    std::vector<Slot> args;
    std::vector<int64_t> bytes;  // that each operand needs, in the spec's order

    const OperandSpec& operand(size_t index) const { return kernel->spec.operands[index]; }
    size_t operands() const { return bytes.size(); }
    bool needed(size_t index) const { return !operand(index).optional && bytes[index] > 0; }
    int index_of(const std::string& operand_name) const;  // throws std::invalid_argument
    void run(void* const* operands) const { kernel->run[static_cast<int>(isa)]({args.data(), operands, threads}); }
};

// Throws std::invalid_argument, naming the kernel and the numbers, for an unknown kernel, a missing, unknown or
// out-of-range argument, and for sizes that overflow or contradict each other.
Prepared prepare(const std::string& kernel, Isa isa, const std::vector<Argument>& args, int threads);

}  // namespace simplecell
