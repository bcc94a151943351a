#include "kernels/spec.h"

#include "kernels/elementwise/elementwise.h"

namespace simplecell::spec {
namespace {

// `kOperands` float32 operands of `count` elements each.
template <class Args, int kOperands>
std::vector<Size> equal_sizes(const Args& a, const Target&) {
    return std::vector<Size>(kOperands, f32(a.count));
}

std::vector<Size> image_sizes(const LayoutArgs& a, const Target&) {
    return std::vector<Size>(2, f32(Size(a.n) * Size(a.c) * Size(a.hw)));
}

std::vector<Size> dropout_sizes(const DropoutArgs& a, const Target&) {
    Size bytes = f32(Size(a.n) * Size(a.c) * Size(a.hw));
    return {bytes, Size(16), bytes};
}

Spec layout_spec() {
    return make_spec<LayoutArgs, image_sizes>({dim("n"), dim("c"), dim("hw")}, {in("x"), out("y")});
}

Spec dropout_spec(const char* input, const char* output) {
    return make_spec<DropoutArgs, dropout_sizes>(
        {dim("n"), dim("c"), dim("hw"), real("p", 0, 1), whole("stream", INT64_MIN, INT64_MAX)},
        {in(input), in("seed", Type::i64), over(out(output), input)});
}

}  // namespace

Spec relu_forward() {
    return make_spec<CountArgs, equal_sizes<CountArgs, 2>>({count("count")}, {in("x"), over(out("y"), "x")});
}

Spec relu_backward() {
    return make_spec<CountArgs, equal_sizes<CountArgs, 3>>({count("count")},
                                                           {in("dy"), in("y"), over(out("dx"), "dy y")});
}

Spec add() {
    return make_spec<AddArgs, equal_sizes<AddArgs, 3>>({count("count"), rectifier()},
                                                       {in("a"), in("b"), over(out("y"), "a b")});
}

Spec accumulate() {
    return make_spec<CountArgs, equal_sizes<CountArgs, 2>>({count("count")}, {in("x"), inout("y")});
}

Spec copy() { return make_spec<CountArgs, equal_sizes<CountArgs, 2>>({count("count")}, {in("x"), out("y")}); }

Spec fill() {
    return make_spec<FillArgs, equal_sizes<FillArgs, 1>>({count("count"), real("value", INT64_MIN, INT64_MAX)},
                                                         {out("y")});
}

Spec nchw_to_nhwc() { return layout_spec(); }
Spec nhwc_to_nchw() { return layout_spec(); }
Spec dropout_forward() { return dropout_spec("x", "y"); }
Spec dropout_backward() { return dropout_spec("dy", "dx"); }

}  // namespace simplecell::spec
