#include "program/registry.h"

#include <stdexcept>

namespace simplecell {

#define SC_KERNEL(family, name) void name(const Call&);
namespace reference {
#include "program/all_kernels.inc"
}
namespace scalar {
#include "program/all_kernels.inc"
}
#if SC_HAVE_AVX2
namespace avx2 {
#include "program/all_kernels.inc"
}
#endif
#if SC_HAVE_AVX512
namespace avx512 {
#include "program/all_kernels.inc"
}
#endif
#undef SC_KERNEL

#define SC_KERNEL(family, name) Spec name();
namespace spec {
#include "program/all_kernels.inc"
}
#undef SC_KERNEL

#if SC_HAVE_AVX2
#define SC_AVX2(name) avx2::name
#else
#define SC_AVX2(name) nullptr
#endif
#if SC_HAVE_AVX512
#define SC_AVX512(name) avx512::name
#else
#define SC_AVX512(name) nullptr
#endif

const std::vector<Kernel>& kernels() {
#define SC_KERNEL(family, name) \
    {#name, #family, spec::name(), {reference::name, scalar::name, SC_AVX2(name), SC_AVX512(name)}},
    static const std::vector<Kernel> rows = {
#include "program/all_kernels.inc"
    };
#undef SC_KERNEL
    return rows;
}

const Kernel& kernel_named(const std::string& name) {
    for (const Kernel& kernel : kernels()) {
        if (kernel.name == name) return kernel;
    }
    std::string known;
    for (const Kernel& kernel : kernels()) known += (known.empty() ? "" : ", ") + kernel.name;
    throw std::invalid_argument("no kernel '" + name + "'; there are: " + known);
}

}  // namespace simplecell
