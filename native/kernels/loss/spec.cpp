#include "kernels/spec.h"

#include "kernels/loss/loss.h"

namespace simplecell::spec {
namespace {

template <int kOperands>
std::vector<Size> row_sizes(const RowsArgs& a, const Target&) {
    return std::vector<Size>(kOperands, f32(Size(a.rows) * Size(a.cols)));
}

std::vector<Size> cross_entropy_sizes(const CrossEntropyArgs& a, const Target&) {
    Size logits = f32(Size(a.n) * Size(a.c));
    return {logits, Size(a.n) * Size(8), Size(8), logits, Size(8)};
}

std::vector<Size> mse_sizes(const MseArgs& a, const Target&) {
    return {f32(a.count), f32(a.count), Size(8), f32(a.count)};
}

}  // namespace

Spec softmax_forward() {
    return make_spec<RowsArgs, row_sizes<2>>({dim("rows"), dim("cols")}, {in("x"), over(out("y"), "x")});
}

Spec softmax_backward() {
    return make_spec<RowsArgs, row_sizes<3>>({dim("rows"), dim("cols")},
                                             {in("dy"), in("y"), over(out("dx"), "dy y")});
}

Spec log_softmax_forward() { return softmax_forward(); }
Spec log_softmax_backward() { return softmax_backward(); }

Spec cross_entropy() {
    return make_spec<CrossEntropyArgs, cross_entropy_sizes>(
        {dim("n"), dim("c")}, {in("logits"), in("targets", Type::i64), out("loss", Type::f64),
                               maybe(over(out("dlogits"), "logits")), out("correct", Type::i64)});
}

Spec mse() {
    return make_spec<MseArgs, mse_sizes>({count("count")}, {in("pred"), in("target"), out("loss", Type::f64),
                                                            maybe(over(out("dpred"), "pred target"))});
}

}  // namespace simplecell::spec
