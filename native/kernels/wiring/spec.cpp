#include "kernels/spec.h"

#include "kernels/wiring/wiring.h"

namespace simplecell::spec {
namespace {

Size image(int64_t n, int64_t h, int64_t w, int64_t c) { return f32(Size(n) * Size(h) * Size(w) * Size(c)); }

std::vector<Size> mul_sizes(const MulArgs& a, const Target&) { return std::vector<Size>(3, f32(a.count)); }

std::vector<Size> maximum_backward_sizes(const MulArgs& a, const Target&) { return std::vector<Size>(5, f32(a.count)); }

std::vector<Size> gate_sizes(const GateArgs& a, const Target&) {
    Size x = f32(Size(a.n) * Size(a.hw) * Size(a.c));
    return {x, f32(Size(a.n) * Size(a.c)), x};
}

std::vector<Size> gate_backward_sizes(const GateArgs& a, const Target&) {
    Size x = f32(Size(a.n) * Size(a.hw) * Size(a.c));
    return {x, x, f32(Size(a.n) * Size(a.c))};
}

std::vector<Size> copy_channels_sizes(const CopyChannelsArgs& a, const Target&) {
    require(a.x_first + a.c <= a.x_channels && a.y_first + a.c <= a.y_channels,
            "channels [first, first + c) must exist: " + std::to_string(a.x_first) + " + " + std::to_string(a.c) + " of " +
                std::to_string(a.x_channels) + ", " + std::to_string(a.y_first) + " + " + std::to_string(a.c) + " of " +
                std::to_string(a.y_channels));
    return {f32(Size(a.pixels) * Size(a.x_channels)), f32(Size(a.pixels) * Size(a.y_channels))};
}

std::vector<Size> pad_sizes(const PadArgs& a, const Target&) {
    return {image(a.n, a.h, a.w, a.c), image(a.n, a.oh, a.ow, a.c)};
}

std::vector<Size> upsample_forward_sizes(const UpsampleArgs& a, const Target&) {
    Size(2 * a.oh + 1) * Size(a.h_num) + Size(2) * Size(a.h_den);  // the products that `between` forms
    Size(2 * a.ow + 1) * Size(a.w_num) + Size(2) * Size(a.w_den);
    return {image(a.n, a.h, a.w, a.c), image(a.n, a.oh, a.ow, a.c)};
}

std::vector<Size> upsample_backward_sizes(const UpsampleArgs& a, const Target& target) {
    std::vector<Size> sizes = upsample_forward_sizes(a, target);
    return {sizes[1], sizes[0]};
}

std::vector<Size> shuffle_sizes(const PixelShuffleArgs& a, const Target&) {
    return std::vector<Size>(2, image(a.n, a.h, a.w, a.c) * Size(a.r) * Size(a.r));
}

std::vector<ArgSpec> upsample_args() {
    return {dim("n"),        dim("h"),        dim("w"),        dim("c"),        dim("oh"),      dim("ow"),
            whole("h_num", 0, INT64_MAX), count("h_den"), whole("w_num", 0, INT64_MAX), count("w_den"), flag("linear"), flag("aligned")};
}

std::vector<ArgSpec> shuffle_args() { return {dim("n"), dim("h"), dim("w"), dim("c"), whole("r", 1, 1 << 15)}; }

}  // namespace

Spec mul() { return make_spec<MulArgs, mul_sizes>({count("count")}, {in("a"), in("b"), over(out("y"), "a b")}); }

Spec maximum_forward() { return mul(); }

Spec maximum_backward() {
    return make_spec<MulArgs, maximum_backward_sizes>(
        {count("count")}, {in("dy"), in("a"), in("b"), maybe(over(out("da"), "dy")), maybe(out("db"))});
}

Spec gate_forward() {
    return make_spec<GateArgs, gate_sizes>({dim("n"), count("hw"), dim("c")}, {in("x"), in("gate"), over(out("y"), "x")});
}

Spec gate_backward() {
    return make_spec<GateArgs, gate_backward_sizes>({dim("n"), count("hw"), dim("c")}, {in("dy"), in("x"), out("dgate")});
}

Spec copy_channels() {
    return make_spec<CopyChannelsArgs, copy_channels_sizes>(
        {count("pixels"), dim("c"), dim("x_channels"), whole("x_first", 0, kMaxDim), dim("y_channels"), whole("y_first", 0, kMaxDim)},
        {in("x"), inout("y")});
}

Spec pad2d() {
    return make_spec<PadArgs, pad_sizes>({dim("n"), dim("h"), dim("w"), dim("c"), dim("oh"), dim("ow"), whole("top", -kMaxDim, kMaxDim),
                                          whole("left", -kMaxDim, kMaxDim), real("value", INT64_MIN, INT64_MAX)},
                                         {in("x"), out("y")});
}

Spec upsample2d_forward() { return make_spec<UpsampleArgs, upsample_forward_sizes>(upsample_args(), {in("x"), out("y")}); }
Spec upsample2d_backward() { return make_spec<UpsampleArgs, upsample_backward_sizes>(upsample_args(), {in("dy"), out("dx")}); }
Spec pixel_shuffle() { return make_spec<PixelShuffleArgs, shuffle_sizes>(shuffle_args(), {in("x"), out("y")}); }
Spec pixel_unshuffle() { return make_spec<PixelShuffleArgs, shuffle_sizes>(shuffle_args(), {in("dy"), out("dx")}); }

}  // namespace simplecell::spec
