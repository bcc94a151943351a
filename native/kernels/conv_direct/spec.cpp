#include "kernels/spec.h"

#include "kernels/conv_direct/conv.h"
#include "kernels/conv_direct/deep.h"

namespace simplecell::spec {
namespace {

void check_groups(int64_t c, int64_t co, int64_t groups) {
    require(c % groups == 0 && co % groups == 0,
            "groups must divide both c and co, but " + std::to_string(c) + " % " + std::to_string(groups) + " = " +
                std::to_string(c % groups) + " and " + std::to_string(co) + " % " + std::to_string(groups) + " = " +
                std::to_string(co % groups));
}

Size weights_bytes(int64_t co, int64_t c, int64_t kh, int64_t kw, int64_t groups) {
    return f32(Size(co) * Size(c / groups) * Size(kh) * Size(kw));
}

Size packed_bytes(int64_t co, int64_t c, int64_t kh, int64_t kw, int64_t groups, int64_t nr) {
    Size panels = Size(groups) * ceil_div(co / groups, nr);
    return f32(panels * Size(kh) * Size(kw) * Size(c / groups) * Size(nr));
}

Size image_bytes(int64_t n, int64_t h, int64_t w, int64_t c) { return f32(Size(n) * Size(h) * Size(w) * Size(c)); }

// The plans multiply dimensions in plain int64: these are the products they form, checked.
template <class Args>
void check_reach(const Args& a, int64_t zh, int64_t zw) {
    Size rows = Size(a.oh) * Size(a.sh) + Size(a.kh) * Size(a.dh) + Size(a.h) * Size(zh);
    Size columns = Size(a.ow) * Size(a.sw) + Size(a.kw) * Size(a.dw) + Size(a.w) * Size(zw);
    f32(rows * columns * Size(a.c));
    f32(Size(a.n) * Size(a.oh) * Size(a.ow) * Size(a.kh) * Size(a.kw));
}

std::vector<Size> pack_sizes(const ConvPackArgs& a, const Target& target) {
    check_groups(a.c, a.co, a.groups);
    int64_t out = a.transposed != 0 ? a.c : a.co, in = a.transposed != 0 ? a.co : a.c;
    return {weights_bytes(a.co, a.c, a.kh, a.kw, a.groups), packed_bytes(out, in, a.kh, a.kw, a.groups, target.block.nr)};
}

std::vector<Size> forward_sizes(const ConvForwardArgs& a, const Target& target) {
    check_groups(a.c, a.co, a.groups);
    check_reach(a, a.zh, a.zw);
    Size y = image_bytes(a.n, a.oh, a.ow, a.co);
    Size packed = packed_bytes(a.co, a.c, a.kh, a.kw, a.groups, target.block.nr);
    Size x = image_bytes(a.n, a.h, a.w, a.c);
    Size per_thread = round_to_line(f32(forward_plan(a, target.block.nr).scratch));
    return {x, packed, f32(a.co), y, y, y, per_thread * Size(target.threads)};
}

std::vector<Size> narrow_sizes(const ConvNarrowArgs& a, const Target& target) {
    Size y = image_bytes(a.n, a.oh, a.ow, a.co);
    Size packed = packed_bytes(a.co, a.c, a.kh, a.kw, 1, target.block.nr);
    f32((Size(a.oh) + Size(a.kh)) * (Size(a.ow) + Size(a.kw)) * Size(a.c));  // the planes of a band, at the most
    Size per_thread = round_to_line(f32(narrow_plan(a, target.block.nr).scratch));
    return {image_bytes(a.n, a.h, a.w, a.c), packed, f32(a.co), y, y, per_thread * Size(target.threads)};
}

std::vector<Size> backward_weights_sizes(const ConvWeightsArgs& a, const Target& target) {
    check_groups(a.c, a.co, a.groups);
    check_reach(a, 1, 1);
    Size weights = weights_bytes(a.co, a.c, a.kh, a.kw, a.groups);
    Size x = image_bytes(a.n, a.h, a.w, a.c), dy = image_bytes(a.n, a.oh, a.ow, a.co);
    if (deep_weights(a)) {
        DeepPlan plan = deep_plan(a, target.block);
        f32(Size(plan.parts) * Size(a.co) * Size(a.c) * Size(a.kh) * Size(a.kw));
        Size deep = f32(deep_partials(a, plan)) + round_to_line(f32(plan.scratch)) * Size(target.threads);
        return {x, dy, weights, f32(a.co), deep};
    }
    WeightsPlan plan = weights_plan(a);
    Size scratch = f32(Size(plan.chunks) * Size(plan.partial)) + round_to_line(f32(plan.scratch)) * Size(target.threads);
    return {x, dy, weights, f32(a.co), scratch};
}

std::vector<Size> winners_sizes(const ConvWinnersArgs& a, const Target& target) {
    Size rows = Size(a.oh) * Size(a.sh) + Size(a.kh), columns = Size(a.ow) * Size(a.sw) + Size(a.kw);
    f32(rows * columns * Size(a.c));
    require(a.oh * a.ow < (int64_t{1} << 31), "an index counts up to 2^31 pixels, but oh * ow is " + std::to_string(a.oh * a.ow));
    Size weights = weights_bytes(a.co, a.c, a.kh, a.kw, 1), winners = image_bytes(a.n, a.ph, a.pw, a.co);
    f32((Size(a.kw) * Size(a.c) + Size(32)) * (Size(a.kh) + Size(1)) * Size(a.co) * Size(16));
    WinnersPlan plan = winners_plan(a);
    Size scratch = f32(Size(plan.chunks) * Size(plan.partial) + Size(plan.image) * Size(target.threads));
    return {image_bytes(a.n, a.h, a.w, a.c), winners, winners, weights, f32(a.co), scratch};
}

constexpr int64_t kMaxZoom = 4096;

std::vector<ArgSpec> window_args() {
    ArgSpec top = whole("top", -kMaxDim, kMaxDim), left = whole("left", -kMaxDim, kMaxDim);
    return {dim("n"),  dim("h"),  dim("w"),  dim("c"),  dim("oh"), dim("ow"), dim("co"), dim("kh"),
            dim("kw"), dim("sh"), dim("sw"), dim("dh"), dim("dw"), top,       left,      dim("groups")};
}

}  // namespace

Spec conv2d_pack() {
    return make_spec<ConvPackArgs, pack_sizes>(
        {dim("co"), dim("c"), dim("kh"), dim("kw"), dim("groups"), flag("transposed")}, {in("w"), out("packed")});
}

Spec conv2d_forward() {
    std::vector<ArgSpec> args = window_args();
    for (const ArgSpec& more : {whole("zh", 1, kMaxZoom), whole("zw", 1, kMaxZoom), flag("planar"), rectifier()}) args.push_back(more);
    return make_spec<ConvForwardArgs, forward_sizes>(
        args, {in("x"), in("packed"), maybe(in("bias")), maybe(in("add")), maybe(in("mask")), over(out("y"), "add mask"), scratch()});
}

Spec conv2d_narrow_forward() {
    ArgSpec top = whole("top", -kMaxDim, kMaxDim), left = whole("left", -kMaxDim, kMaxDim);
    return make_spec<ConvNarrowArgs, narrow_sizes>(
        {dim("n"), dim("h"), dim("w"), dim("c"), dim("oh"), dim("ow"), dim("co"), dim("kh"), dim("kw"), top, left,
         flag("planar"), rectifier()},
        {in("x"), in("packed"), maybe(in("bias")), maybe(in("mask")), over(out("y"), "mask"), scratch()});
}

Spec conv2d_winners_weights() {
    ArgSpec top = whole("top", -kMaxDim, kMaxDim), left = whole("left", -kMaxDim, kMaxDim);
    return make_spec<ConvWinnersArgs, winners_sizes>(
        {dim("n"), dim("h"), dim("w"), dim("c"), dim("oh"), dim("ow"), dim("co"), dim("kh"), dim("kw"), dim("sh"), dim("sw"), top, left,
         dim("ph"), dim("pw"), flag("planar")},
        {in("x"), in("dy"), in("index", Type::i32), out("dw"), maybe(out("db")), scratch()});
}

Spec conv2d_backward_weights() {
    return make_spec<ConvWeightsArgs, backward_weights_sizes>(
        window_args(), {in("x"), in("dy"), out("dw"), maybe(out("db")), scratch()});
}

}  // namespace simplecell::spec
