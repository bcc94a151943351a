#include "kernels/spec.h"

#include "kernels/winograd/winograd.h"

namespace simplecell::spec {
namespace {

Size image_bytes(int64_t n, int64_t h, int64_t w, int64_t c) { return f32(Size(n) * Size(h) * Size(w) * Size(c)); }

Size packed_bytes(int64_t outs, int64_t ins, int64_t nr) {
    f32((ceil_div(outs, nr) * Size(ins) + Size(9)) * Size(nr) * Size(winograd::kPlaces));
    return f32(Size(winograd_place_pitch(outs, ins, nr)) * Size(winograd::kPlaces));
}

// The plans multiply dimensions in plain int64: these are the products they form, checked.
template <class Args>
void check_reach(const Args& a, const Target& target) {
    Size tiles = Size(a.n) * ceil_div(a.oh, winograd::kOutputs) * ceil_div(a.ow, winograd::kOutputs);
    f32((tiles + Size(target.block.mr) * Size(64)) * Size(winograd::kPlaces) * (Size(a.c) + Size(a.co) + Size(128)));
    f32(Size(winograd::kPlaces) * (Size(a.c) + Size(128)) * (Size(a.co) + Size(128)) * Size(64));
}

std::vector<Size> pack_sizes(const WinogradPackArgs& a, const Target& target) {
    int64_t outs = a.transposed != 0 ? a.c : a.co, ins = a.transposed != 0 ? a.co : a.c;
    return {f32(Size(a.co) * Size(a.c) * Size(9)), packed_bytes(outs, ins, target.block.nr)};
}

std::vector<Size> forward_sizes(const WinogradForwardArgs& a, const Target& target) {
    check_reach(a, target);
    Size y = image_bytes(a.n, a.oh, a.ow, a.co);
    WinogradForwardPlan plan = winograd_forward_plan(a, target.block);
    Size scratch = f32(Size(plan.v) + Size(plan.m)) * Size(plan.staged ? 1 : target.threads);
    return {image_bytes(a.n, a.h, a.w, a.c), packed_bytes(a.co, a.c, target.block.nr), f32(a.co), y, y, y, scratch};
}

std::vector<Size> backward_weights_sizes(const WinogradWeightsArgs& a, const Target& target) {
    check_reach(a, target);
    WinogradWeightsPlan plan = winograd_weights_plan(a, target.block);
    Size blocks = f32(Size(plan.v) + Size(plan.d)) * Size(plan.staged ? 1 : target.threads);
    return {image_bytes(a.n, a.h, a.w, a.c), image_bytes(a.n, a.oh, a.ow, a.co), f32(Size(a.co) * Size(a.c) * Size(9)), f32(a.co),
            f32(plan.shared()) + blocks};
}

std::vector<ArgSpec> window_args() {
    ArgSpec top = whole("top", -kMaxDim, kMaxDim), left = whole("left", -kMaxDim, kMaxDim);
    return {dim("n"), dim("h"), dim("w"), dim("c"), dim("oh"), dim("ow"), dim("co"), top, left};
}

}  // namespace

Spec winograd_pack() {
    return make_spec<WinogradPackArgs, pack_sizes>({dim("co"), dim("c"), flag("transposed")}, {in("w"), out("packed")});
}

Spec winograd_forward() {
    std::vector<ArgSpec> args = window_args();
    args.push_back(rectifier());
    return make_spec<WinogradForwardArgs, forward_sizes>(
        args, {in("x"), in("packed"), maybe(in("bias")), maybe(in("add")), maybe(in("mask")), over(out("y"), "add mask"), scratch()});
}

Spec winograd_backward_weights() {
    return make_spec<WinogradWeightsArgs, backward_weights_sizes>(
        window_args(), {in("x"), in("dy"), out("dw"), maybe(out("db")), scratch()});
}

}  // namespace simplecell::spec
