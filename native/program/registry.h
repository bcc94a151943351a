// Every kernel, found by name. The rows come from the families' table.inc.
#pragma once

#include <string>
#include <vector>

#include "kernels/call.h"
#include "kernels/spec.h"

namespace simplecell {

struct Kernel {
    std::string name;
    std::string family;
    Spec spec;
    KernelFn run[kIsaCount];  // null where an instruction set is not compiled in
};

const std::vector<Kernel>& kernels();
const Kernel& kernel_named(const std::string& name);  // throws std::invalid_argument

}  // namespace simplecell
