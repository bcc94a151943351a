#include "kernels/spec.h"

#include "kernels/conv_depthwise/depthwise.h"

namespace simplecell::spec {
namespace {

Size filters(int64_t c, int64_t co, int64_t kh, int64_t kw) {
    require(co % c == 0, "co must be a multiple of c, but " + std::to_string(co) + " % " + std::to_string(c) + " = " +
                             std::to_string(co % c));
    return f32(Size(co) * Size(kh) * Size(kw));
}

Size image(int64_t n, int64_t h, int64_t w, int64_t c) { return f32(Size(n) * Size(h) * Size(w) * Size(c)); }

// The kernels multiply dimensions in plain int64: these are the products they form, checked.
void check_reach(const DepthwiseArgs& a) {
    Size rows = Size(a.oh) * Size(a.sh) + Size(a.kh) * Size(a.dh) + Size(a.h);
    Size columns = Size(a.ow) * Size(a.sw) + Size(a.kw) * Size(a.dw) + Size(a.w);
    f32(rows * columns * Size(a.co));
}

std::vector<Size> pack_sizes(const DepthwisePackArgs& a, const Target&) {
    return std::vector<Size>(2, filters(a.c, a.co, a.kh, a.kw));
}

std::vector<Size> forward_sizes(const DepthwiseForwardArgs& a, const Target&) {
    check_reach(a);
    Size y = image(a.n, a.oh, a.ow, a.co);
    return {image(a.n, a.h, a.w, a.c), filters(a.c, a.co, a.kh, a.kw), f32(a.co), y, y};
}

std::vector<Size> expand_sizes(const ExpandArgs& a, const Target& target) {
    Size y = image(a.n, a.oh, a.ow, a.e), x = image(a.n, a.h, a.w, a.c);
    Size packed = f32(ceil_div(a.e, target.block.nr) * Size(target.block.nr) * Size(a.c));
    f32((Size(a.oh) * Size(a.s) + Size(3) + Size(a.h)) * (Size(a.ow) * Size(a.s) + Size(3) + Size(a.w)) * Size(2 * target.block.nr));
    Size scratch = f32(Size(expand_plan(a, target.block.nr).scratch) * Size(target.threads));
    return {x, packed, f32(a.e), f32(Size(a.e) * Size(9)), f32(a.e), y, scratch};
}

std::vector<Size> backward_data_sizes(const DepthwiseArgs& a, const Target&) {
    check_reach(a);
    return {image(a.n, a.oh, a.ow, a.co), filters(a.c, a.co, a.kh, a.kw), image(a.n, a.h, a.w, a.c)};
}

std::vector<Size> backward_weights_sizes(const DepthwiseArgs& a, const Target&) {
    check_reach(a);
    DepthwiseWeightsPlan plan = depthwise_weights_plan(a);
    return {image(a.n, a.h, a.w, a.c), image(a.n, a.oh, a.ow, a.co), filters(a.c, a.co, a.kh, a.kw), f32(a.co),
            f32(Size(plan.chunks) * Size(plan.partial))};
}

std::vector<ArgSpec> window_args() {
    ArgSpec top = whole("top", -kMaxDim, kMaxDim), left = whole("left", -kMaxDim, kMaxDim);
    return {dim("n"),  dim("h"),  dim("w"),  dim("c"),  dim("oh"), dim("ow"), dim("co"), dim("kh"),
            dim("kw"), dim("sh"), dim("sw"), dim("dh"), dim("dw"), top,       left};
}

}  // namespace

Spec depthwise_pack() {
    return make_spec<DepthwisePackArgs, pack_sizes>({dim("c"), dim("co"), dim("kh"), dim("kw")}, {in("w"), out("packed")});
}

Spec depthwise_forward() {
    std::vector<ArgSpec> args = window_args();
    args.push_back(rectifier());
    return make_spec<DepthwiseForwardArgs, forward_sizes>(
        args, {in("x"), in("packed"), maybe(in("bias")), maybe(in("add")), over(out("y"), "add")});
}

Spec expand_depthwise_forward() {
    ArgSpec expand_relu = rectifier();
    expand_relu.name = "expand_relu";
    return make_spec<ExpandArgs, expand_sizes>(
        {dim("n"), dim("h"), dim("w"), dim("c"), dim("e"), dim("oh"), dim("ow"), whole("s", 1, 2), whole("top", 0, 2), whole("left", 0, 2),
         expand_relu, rectifier()},
        {in("x"), in("packed"), maybe(in("expand_bias")), in("filters"), maybe(in("bias")), out("y"), scratch()});
}

Spec depthwise_backward_data() {
    return make_spec<DepthwiseArgs, backward_data_sizes>(window_args(), {in("dy"), in("packed"), out("dx")});
}

Spec depthwise_backward_weights() {
    return make_spec<DepthwiseArgs, backward_weights_sizes>(
        window_args(), {in("x"), in("dy"), out("dw"), maybe(out("db")), scratch()});
}

}  // namespace simplecell::spec
