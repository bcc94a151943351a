#include "kernels/spec.h"

#include "kernels/optim/optim.h"

namespace simplecell::spec {
namespace {

std::vector<Size> sgd_sizes(const SgdArgs& a, const Target&) {
    require(a.nesterov == 0 || a.momentum > 0, "nesterov needs a momentum above 0");
    Size bytes = f32(a.count);
    return {bytes, bytes, a.momentum != 0 ? bytes : Size(0), Size(4)};
}

std::vector<Size> adam_sizes(const AdamArgs& a, const Target&) {
    Size bytes = f32(a.count);
    return {bytes, bytes, bytes, bytes, Size(4), Size(4)};
}

std::vector<Size> rmsprop_sizes(const RmspropArgs& a, const Target&) {
    Size bytes = f32(a.count);
    return {bytes, bytes, bytes, a.centered != 0 ? bytes : Size(0), a.momentum != 0 ? bytes : Size(0), Size(4)};
}

}  // namespace

Spec adam() {
    return make_spec<AdamArgs, adam_sizes>(
        {count("count"), real("beta1", 0, 1), real("beta2", 0, 1), real("eps", 0, kMaxDim), real("weight_decay", 0, kMaxDim),
         flag("decoupled")},
        {inout("w"), in("g"), inout("exp_avg"), inout("exp_avg_sq"), inout("step"), in("hyper")});
}

Spec rmsprop() {
    return make_spec<RmspropArgs, rmsprop_sizes>(
        {count("count"), real("alpha", 0, 1), real("eps", 0, kMaxDim), real("momentum", 0, kMaxDim),
         real("weight_decay", 0, kMaxDim), flag("centered")},
        {inout("w"), in("g"), inout("square_avg"), inout("grad_avg"), inout("momentum_buffer"), in("hyper")});
}

Spec sgd() {
    return make_spec<SgdArgs, sgd_sizes>(
        {count("count"), real("momentum", 0, kMaxDim), flag("nesterov"), real("weight_decay", 0, kMaxDim)},
        {inout("w"), in("g"), inout("v"), in("hyper")});
}

}  // namespace simplecell::spec
