#include "kernels/spec.h"

#include "kernels/pool/pool.h"

namespace simplecell::spec {
namespace {

template <class Args>
Size input_bytes(const Args& a) {
    return f32(Size(a.n) * Size(a.h) * Size(a.w) * Size(a.c));
}

template <class Args>
Size output_bytes(const Args& a) {
    return f32(Size(a.n) * Size(a.oh) * Size(a.ow) * Size(a.c));
}

void check_index(const MaxPoolArgs& a) {
    require(!(Size(INT32_MAX) < Size(a.h) * Size(a.w)), "h * w does not fit the int32 index: " + std::to_string(a.h) +
                                                            " * " + std::to_string(a.w));
}

std::vector<Size> max_forward_sizes(const MaxPoolArgs& a, const Target&) {
    check_index(a);
    return {input_bytes(a), output_bytes(a), output_bytes(a)};
}

std::vector<Size> max_backward_sizes(const MaxPoolArgs& a, const Target&) {
    check_index(a);
    return {output_bytes(a), output_bytes(a), input_bytes(a)};
}

std::vector<Size> avg_forward_sizes(const AvgPoolArgs& a, const Target&) { return {input_bytes(a), output_bytes(a)}; }
std::vector<Size> avg_backward_sizes(const AvgPoolArgs& a, const Target&) {
    return {output_bytes(a), input_bytes(a), input_bytes(a)};
}

ArgSpec margin(const char* name) { return whole(name, -kMaxDim, kMaxDim); }

std::vector<ArgSpec> max_args() {
    return {dim("n"),  dim("h"),  dim("w"),  dim("c"),  dim("oh"), dim("ow"),     dim("kh"),
            dim("kw"), dim("sh"), dim("sw"), dim("dh"), dim("dw"), margin("top"), margin("left")};
}

std::vector<ArgSpec> avg_args() {
    return {dim("n"),  dim("h"),  dim("w"),      dim("c"),       dim("oh"),        dim("ow"),       dim("kh"),        dim("kw"),
            dim("sh"), dim("sw"), margin("top"), margin("left"), margin("bottom"), margin("right"), flag("count_pad")};
}

std::vector<Size> adaptive_forward_sizes(const AdaptivePoolArgs& a, const Target&) {
    return {input_bytes(a), f32(Size(a.n) * Size(a.oh) * Size(a.ow) * Size(a.c))};
}

std::vector<Size> adaptive_backward_sizes(const AdaptivePoolArgs& a, const Target&) {
    return {f32(Size(a.n) * Size(a.oh) * Size(a.ow) * Size(a.c)), input_bytes(a)};
}

std::vector<ArgSpec> adaptive_args() { return {dim("n"), dim("h"), dim("w"), dim("c"), dim("oh"), dim("ow")}; }

}  // namespace

Spec maxpool2d_forward() {
    return make_spec<MaxPoolArgs, max_forward_sizes>(max_args(), {in("x"), out("y"), maybe(out("index", Type::i32))});
}

Spec maxpool2d_backward() {
    return make_spec<MaxPoolArgs, max_backward_sizes>(max_args(), {in("dy"), in("index", Type::i32), out("dx")});
}

Spec avgpool2d_forward() { return make_spec<AvgPoolArgs, avg_forward_sizes>(avg_args(), {in("x"), out("y")}); }

Spec avgpool2d_backward() {
    return make_spec<AvgPoolArgs, avg_backward_sizes>(avg_args(), {in("dy"), maybe(in("mask")), over(out("dx"), "mask")});
}

Spec adaptive_avgpool2d_forward() {
    return make_spec<AdaptivePoolArgs, adaptive_forward_sizes>(adaptive_args(), {in("x"), out("y")});
}

Spec adaptive_avgpool2d_backward() {
    return make_spec<AdaptivePoolArgs, adaptive_backward_sizes>(adaptive_args(), {in("dy"), out("dx")});
}

}  // namespace simplecell::spec
