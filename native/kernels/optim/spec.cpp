#include "kernels/spec.h"

#include "kernels/optim/optim.h"

namespace simplecell::spec {
namespace {

std::vector<Size> sgd_sizes(const SgdArgs& a, const Target&) {
    require(a.nesterov == 0 || a.momentum > 0, "nesterov needs a momentum above 0");
    Size bytes = f32(a.count);
    return {bytes, bytes, a.momentum != 0 ? bytes : Size(0), Size(4)};
}

}  // namespace

Spec sgd() {
    return make_spec<SgdArgs, sgd_sizes>(
        {count("count"), real("momentum", 0, kMaxDim), flag("nesterov"), real("weight_decay", 0, kMaxDim)},
        {inout("w"), in("g"), inout("v"), in("hyper")});
}

}  // namespace simplecell::spec
