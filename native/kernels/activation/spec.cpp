#include "kernels/spec.h"

#include "kernels/activation/activation.h"

namespace simplecell::spec {
namespace {

template <class Args, int kOperands>
std::vector<Size> sizes(const Args& a, const Target&) {
    return std::vector<Size>(kOperands, f32(a.count));
}

template <class Args>
Spec forward(std::vector<ArgSpec> args) {
    args.insert(args.begin(), count("count"));
    return make_spec<Args, sizes<Args, 2>>(args, {in("x"), over(out("y"), "x")});
}

// `kept` is what the slope is computed from: x or y.
template <class Args>
Spec backward(const char* kept, const char* both, std::vector<ArgSpec> args) {
    args.insert(args.begin(), count("count"));
    return make_spec<Args, sizes<Args, 3>>(args, {in("dy"), in(kept), over(out("dx"), both)});
}

ArgSpec any_real(const char* name) { return real(name, -kMaxDim, kMaxDim); }

std::vector<ArgSpec> elu_args() { return {any_real("alpha"), any_real("scale"), any_real("input_scale")}; }
std::vector<ArgSpec> softplus_args() { return {real("beta", 0, kMaxDim), any_real("threshold")}; }

std::vector<ArgSpec> rescale_args() { return {any_real("scale"), any_real("offset")}; }
std::vector<ArgSpec> clip_args() { return {any_real("least"), any_real("most"), flag("below"), flag("above")}; }
std::vector<ArgSpec> threshold_args() { return {any_real("threshold"), any_real("fill")}; }
std::vector<ArgSpec> power_args() { return {any_real("exponent")}; }

Size prelu_bytes(const PreluArgs& a) {
    require(a.slopes == 1 || a.slopes == a.c,
            "slopes is 1 or c, got " + std::to_string(a.slopes) + " with c = " + std::to_string(a.c));
    return f32(Size(a.pixels) * Size(a.c));
}

std::vector<Size> prelu_forward_sizes(const PreluArgs& a, const Target&) {
    return {prelu_bytes(a), f32(a.slopes), prelu_bytes(a)};
}

std::vector<Size> prelu_backward_sizes(const PreluArgs& a, const Target&) {
    Size bytes = prelu_bytes(a), partials = Size(prelu_plan(a).chunks) * Size(a.c) * Size(16);
    return {bytes, bytes, f32(a.slopes), bytes, f32(a.slopes), partials};
}

std::vector<ArgSpec> prelu_args() { return {count("pixels"), dim("c"), dim("slopes")}; }

}  // namespace

Spec relu6_forward() { return forward<ActivationArgs>({}); }
Spec relu6_backward() { return backward<ActivationArgs>("y", "dy y", {}); }
Spec leaky_relu_forward() { return forward<LeakyReluArgs>({any_real("slope")}); }
Spec leaky_relu_backward() { return backward<LeakyReluArgs>("x", "dy x", {any_real("slope")}); }
Spec elu_forward() { return forward<EluArgs>(elu_args()); }
Spec elu_backward() { return backward<EluArgs>("x", "dy x", elu_args()); }
Spec sigmoid_forward() { return forward<ActivationArgs>({}); }
Spec sigmoid_backward() { return backward<ActivationArgs>("y", "dy y", {}); }
Spec hardsigmoid_forward() { return forward<ActivationArgs>({}); }
Spec hardsigmoid_backward() { return backward<ActivationArgs>("x", "dy x", {}); }
Spec hardswish_forward() { return forward<ActivationArgs>({}); }
Spec hardswish_backward() { return backward<ActivationArgs>("x", "dy x", {}); }
Spec tanh_forward() { return forward<ActivationArgs>({}); }
Spec tanh_backward() { return backward<ActivationArgs>("y", "dy y", {}); }
Spec gelu_forward() { return forward<ActivationArgs>({}); }
Spec gelu_backward() { return backward<ActivationArgs>("x", "dy x", {}); }
Spec gelu_tanh_forward() { return forward<ActivationArgs>({}); }
Spec gelu_tanh_backward() { return backward<ActivationArgs>("x", "dy x", {}); }
Spec silu_forward() { return forward<ActivationArgs>({}); }
Spec silu_backward() { return backward<ActivationArgs>("x", "dy x", {}); }
Spec mish_forward() { return forward<ActivationArgs>({}); }
Spec mish_backward() { return backward<ActivationArgs>("x", "dy x", {}); }
Spec softplus_forward() { return forward<SoftplusArgs>(softplus_args()); }
Spec softplus_backward() { return backward<SoftplusArgs>("x", "dy x", softplus_args()); }
Spec rescale_forward() { return forward<RescaleArgs>(rescale_args()); }
Spec rescale_backward() { return backward<RescaleArgs>("x", "dy x", rescale_args()); }
Spec clip_forward() { return forward<ClipArgs>(clip_args()); }
Spec clip_backward() { return backward<ClipArgs>("x", "dy x", clip_args()); }
Spec threshold_forward() { return forward<ThresholdArgs>(threshold_args()); }
Spec threshold_backward() { return backward<ThresholdArgs>("x", "dy x", threshold_args()); }
Spec abs_forward() { return forward<ActivationArgs>({}); }
Spec abs_backward() { return backward<ActivationArgs>("x", "dy x", {}); }
Spec exp_forward() { return forward<ActivationArgs>({}); }
Spec exp_backward() { return backward<ActivationArgs>("y", "dy y", {}); }
Spec log_forward() { return forward<ActivationArgs>({}); }
Spec log_backward() { return backward<ActivationArgs>("x", "dy x", {}); }
Spec erf_forward() { return forward<ActivationArgs>({}); }
Spec erf_backward() { return backward<ActivationArgs>("x", "dy x", {}); }
Spec softsign_forward() { return forward<ActivationArgs>({}); }
Spec softsign_backward() { return backward<ActivationArgs>("x", "dy x", {}); }
Spec power_forward() { return forward<PowerArgs>(power_args()); }
Spec power_backward() { return backward<PowerArgs>("x", "dy x", power_args()); }

Spec prelu_forward() {
    return make_spec<PreluArgs, prelu_forward_sizes>(prelu_args(), {in("x"), in("weight"), over(out("y"), "x")});
}

Spec prelu_backward() {
    return make_spec<PreluArgs, prelu_backward_sizes>(
        prelu_args(), {in("dy"), in("x"), in("weight"), maybe(over(out("dx"), "dy x")), out("dweight"), scratch(Type::f64)});
}

}  // namespace simplecell::spec
