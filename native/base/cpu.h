// What this machine can run.
#pragma once

#include <string>
#include <vector>

#include "base/isa.h"

namespace simplecell {

struct Cpu {
    std::string brand;
    std::vector<std::string> features;  // those the kernels care about, and only if the system saves their registers
    int cores = 1;                      // that this process may use
};

Cpu detect_cpu();

bool compiled(Isa isa);
bool runnable(Isa isa);                        // compiled, and this machine has what it takes
std::vector<Isa> fast_isas(bool must_run);     // best first, without the reference
Isa isa_named(const std::string& name);        // throws std::invalid_argument unless runnable

}  // namespace simplecell
