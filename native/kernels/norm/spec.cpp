#include "kernels/spec.h"

#include "kernels/norm/norm.h"

namespace simplecell::spec {
namespace {

// Doubles first, then floats for each image, then floats for each thread.
Size scratch_bytes(const NormPlan& p, const Target& target) {
    Size partials = Size(p.tasks()) * Size(2) * Size(p.c) * Size(8), lines = f32(Size(p.images) * Size(4) * Size(p.c));
    return partials + round_to_line(lines) + round_to_line(f32(p.work())) * Size(target.threads);
}

std::vector<Size> batchnorm_forward_sizes(const BatchNormArgs& a, const Target& target) {
    Size x = f32(Size(a.pixels) * Size(a.c)), c = f32(a.c);
    return {x, c, c, c, c, x, x, c, c, scratch_bytes(norm_plan(1, a.pixels, a.c), target)};
}

std::vector<Size> batchnorm_evaluate_sizes(const BatchNormEvaluateArgs& a, const Target&) {
    Size x = f32(Size(a.pixels) * Size(a.c)), c = f32(a.c);
    return {x, c, c, c, c, x, c * Size(2)};
}

std::vector<Size> batchnorm_backward_sizes(const BatchNormBackwardArgs& a, const Target& target) {
    Size x = f32(Size(a.pixels) * Size(a.c)), c = f32(a.c);
    return {x, x, c, c, c, x, c, c, scratch_bytes(norm_plan(1, a.pixels, a.c), target)};
}

std::vector<Size> batchnorm_fold_sizes(const BatchNormFoldArgs& a, const Target&) {
    Size w = f32(Size(a.co) * Size(a.each)), c = f32(a.co);
    return {w, c, c, c, c, c, w, c};
}

std::vector<Size> bias_sizes(const BiasArgs& a, const Target& target) {
    return {f32(Size(a.pixels) * Size(a.c)), f32(a.c), scratch_bytes(norm_plan(1, a.pixels, a.c), target)};
}

void check_groups(int64_t c, int64_t groups) {
    require(c % groups == 0, "groups must divide c, but " + std::to_string(c) + " % " + std::to_string(groups) + " = " +
                                 std::to_string(c % groups));
}

std::vector<Size> groupnorm_forward_sizes(const GroupNormArgs& a, const Target& target) {
    check_groups(a.c, a.groups);
    Size x = f32(Size(a.n) * Size(a.hw) * Size(a.c)), c = f32(a.c), kept = f32(Size(a.n) * Size(a.groups));
    return {x, c, c, x, kept, kept, scratch_bytes(norm_plan(a.n, a.hw, a.c), target)};
}

std::vector<Size> groupnorm_backward_sizes(const GroupNormBackwardArgs& a, const Target& target) {
    check_groups(a.c, a.groups);
    Size x = f32(Size(a.n) * Size(a.hw) * Size(a.c)), c = f32(a.c), kept = f32(Size(a.n) * Size(a.groups));
    return {x, x, c, kept, kept, x, c, c, scratch_bytes(norm_plan(a.n, a.hw, a.c), target)};
}

std::vector<Size> layernorm_forward_sizes(const LayerNormArgs& a, const Target&) {
    Size x = f32(Size(a.rows) * Size(a.f)), f = f32(a.f), rows = f32(a.rows);
    return {x, f, f, x, rows, rows};
}

std::vector<Size> layernorm_backward_sizes(const LayerNormBackwardArgs& a, const Target&) {
    Size x = f32(Size(a.rows) * Size(a.f)), f = f32(a.f), rows = f32(a.rows);
    Size sums = Size(layer_sums(a.rows, a.f)) * Size(16), parts = ceil_div(a.rows, layer_chunk(a.rows)) * Size(2) * f;
    return {x, x, f, rows, rows, x, f, f, sums + parts};
}

std::vector<Size> lrn_sizes(const LrnArgs& a, const Target& target, int images) {
    require(a.beta > 0, "beta must be above 0");
    std::vector<Size> out(static_cast<size_t>(images), f32(Size(a.pixels) * Size(a.c)));
    out.push_back(round_to_line(f32(Size(a.c) + Size(a.size) + Size(16))) * Size(3 * target.threads));
    return out;
}

std::vector<Size> lrn_forward_sizes(const LrnArgs& a, const Target& target) { return lrn_sizes(a, target, 2); }
std::vector<Size> lrn_backward_sizes(const LrnArgs& a, const Target& target) { return lrn_sizes(a, target, 3); }

ArgSpec eps() { return real("eps", 0, kMaxDim); }
OperandSpec weight() { return maybe(in("weight")); }
OperandSpec bias() { return maybe(in("bias")); }
OperandSpec dx() { return maybe(over(out("dx"), "dy x")); }

std::vector<ArgSpec> lrn_args() {
    return {count("pixels"), dim("c"), dim("size"), real("alpha", -kMaxDim, kMaxDim), real("beta", 0, kMaxDim),
            real("k", -kMaxDim, kMaxDim)};
}

}  // namespace

Spec batchnorm_forward() {
    return make_spec<BatchNormArgs, batchnorm_forward_sizes>(
        {count("pixels"), dim("c"), eps(), real("momentum", 0, 1), rectifier()},
        {in("x"), weight(), bias(), maybe(inout("running_mean")), maybe(inout("running_var")), maybe(in("add")),
         over(out("y"), "add"), out("mean"), out("inv"), scratch(Type::f64)});
}

Spec batchnorm_evaluate() {
    return make_spec<BatchNormEvaluateArgs, batchnorm_evaluate_sizes>(
        {count("pixels"), dim("c"), eps()},
        {in("x"), weight(), bias(), in("mean"), in("var"), over(out("y"), "x"), scratch()});
}

Spec batchnorm_backward() {
    return make_spec<BatchNormBackwardArgs, batchnorm_backward_sizes>(
        {count("pixels"), dim("c")}, {in("dy"), in("x"), weight(), in("mean"), in("inv"), dx(), maybe(out("dweight")),
                                      maybe(out("dbias")), scratch(Type::f64)});
}

Spec batchnorm_fold() {
    return make_spec<BatchNormFoldArgs, batchnorm_fold_sizes>(
        {dim("co"), count("each"), eps()}, {in("w"), maybe(in("b")), weight(), bias(), in("mean"), in("var"),
                                            out("folded"), out("folded_bias")});
}

Spec bias_backward() {
    return make_spec<BiasArgs, bias_sizes>({count("pixels"), dim("c")}, {in("dy"), out("db"), scratch(Type::f64)});
}

Spec groupnorm_forward() {
    return make_spec<GroupNormArgs, groupnorm_forward_sizes>(
        {dim("n"), count("hw"), dim("c"), dim("groups"), eps()},
        {in("x"), weight(), bias(), out("y"), out("mean"), out("inv"), scratch(Type::f64)});
}

Spec groupnorm_backward() {
    return make_spec<GroupNormBackwardArgs, groupnorm_backward_sizes>(
        {dim("n"), count("hw"), dim("c"), dim("groups")},
        {in("dy"), in("x"), weight(), in("mean"), in("inv"), dx(), maybe(out("dweight")), maybe(out("dbias")),
         scratch(Type::f64)});
}

Spec layernorm_forward() {
    return make_spec<LayerNormArgs, layernorm_forward_sizes>(
        {dim("rows"), count("f"), eps()}, {in("x"), weight(), bias(), over(out("y"), "x"), out("mean"), out("inv")});
}

Spec layernorm_backward() {
    return make_spec<LayerNormBackwardArgs, layernorm_backward_sizes>(
        {dim("rows"), count("f")}, {in("dy"), in("x"), weight(), in("mean"), in("inv"), dx(), maybe(out("dweight")),
                                    maybe(out("dbias")), scratch(Type::f64)});
}

Spec lrn_forward() {
    return make_spec<LrnArgs, lrn_forward_sizes>(lrn_args(), {in("x"), over(out("y"), "x"), scratch()});
}

Spec lrn_backward() {
    return make_spec<LrnArgs, lrn_backward_sizes>(lrn_args(), {in("dy"), in("x"), over(out("dx"), "dy x"), scratch()});
}

}  // namespace simplecell::spec
