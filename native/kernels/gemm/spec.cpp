#include "kernels/spec.h"

#include <algorithm>

#include "kernels/gemm/gemm.h"

namespace simplecell::spec {
namespace {

Size packed_bytes(int64_t i, int64_t o, const Target& target) {
    return f32(ceil_div(o, target.block.nr) * Size(i) * Size(target.block.nr));
}

// The panels of B (depth, columns) that are packed together, for each thread.
Size panel_bytes(int64_t depth, int64_t columns, const Target& target) {
    int64_t nr = target.block.nr;
    return round_to_line(f32(Size(std::min(depth, kPackedDepth)) * Size(packed_panels(columns, nr) * nr))) * Size(target.threads);
}

std::vector<Size> pack_sizes(const LinearPackArgs& a, const Target& target) {
    return {f32(Size(a.o) * Size(a.i)), packed_bytes(a.i, a.o, target)};
}

std::vector<Size> forward_sizes(const LinearForwardArgs& a, const Target& target) {
    return {f32(Size(a.n) * Size(a.i)), packed_bytes(a.i, a.o, target), f32(a.o), f32(Size(a.n) * Size(a.o))};
}

std::vector<Size> backward_data_sizes(const LinearArgs& a, const Target& target) {
    return {f32(Size(a.n) * Size(a.o)), f32(Size(a.o) * Size(a.i)), f32(Size(a.n) * Size(a.i)), panel_bytes(a.o, a.i, target)};
}

std::vector<Size> backward_weights_sizes(const LinearArgs& a, const Target& target) {
    return {f32(Size(a.n) * Size(a.o)), f32(Size(a.n) * Size(a.i)), f32(Size(a.o) * Size(a.i)), f32(a.o),
            panel_bytes(a.n, a.i, target)};
}

std::vector<Size> rows_sizes(const LinearForwardArgs& a, const Target&) {
    return {f32(Size(a.n) * Size(a.i)), f32(Size(a.o) * Size(a.i)), f32(a.o), f32(Size(a.n) * Size(a.o))};
}

std::vector<Size> update_sizes(const LinearUpdateArgs& a, const Target&) {
    require(a.nesterov == 0 || a.momentum > 0, "nesterov needs a momentum above 0");
    Size weights = f32(Size(a.o) * Size(a.i));
    return {f32(Size(a.n) * Size(a.o)), f32(Size(a.n) * Size(a.i)), weights, a.momentum != 0 ? weights : Size(0), Size(4),
            f32(a.o)};
}

}  // namespace

Spec linear_pack() {
    return make_spec<LinearPackArgs, pack_sizes>({dim("i"), dim("o")}, {in("w"), out("packed")});
}

Spec linear_forward() {
    return make_spec<LinearForwardArgs, forward_sizes>({dim("n"), dim("i"), dim("o"), rectifier()},
                                                       {in("x"), in("packed"), maybe(in("bias")), out("y")});
}

Spec linear_rows_forward() {
    return make_spec<LinearForwardArgs, rows_sizes>({dim("n"), dim("i"), dim("o"), rectifier()},
                                                    {in("x"), in("w"), maybe(in("bias")), out("y")});
}

Spec linear_update() {
    return make_spec<LinearUpdateArgs, update_sizes>(
        {dim("n"), dim("i"), dim("o"), real("momentum", 0, kMaxDim), flag("nesterov"), real("weight_decay", 0, kMaxDim)},
        {in("dy"), in("x"), inout("w"), inout("v"), in("hyper"), maybe(out("db"))});
}

Spec linear_backward_data() {
    return make_spec<LinearArgs, backward_data_sizes>({dim("n"), dim("i"), dim("o")},
                                                      {in("dy"), in("w"), out("dx"), scratch()});
}

Spec linear_backward_weights() {
    return make_spec<LinearArgs, backward_weights_sizes>(
        {dim("n"), dim("i"), dim("o")}, {in("dy"), in("x"), out("dw"), maybe(out("db")), scratch()});
}

}  // namespace simplecell::spec
