// The optimiser updates, written once over the vector contract.
#include "kernels/call.h"
#include "kernels/optim/optim.h"
#include "kernels/optim/rule.h"
#include "simd/vec.h"

namespace simplecell::SC_ISA {

void sgd(const Call& call) {
    const auto& a = args_of<SgdArgs>(call);
    float *w = operand(call, 0), *v = operand(call, 2);
    const float* g = operand<const float>(call, 1);
    const Rule rule(*operand<const float>(call, 3), a.momentum, a.nesterov, a.weight_decay);
    each_block(call, a.count, 16384, 8.0, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; i += kLanes) {
            int64_t n = smaller(kLanes, end - i);
            update(rule, load_n(g + i, n), w + i, rule.has_momentum ? v + i : nullptr, n);
        }
    });
}

}  // namespace simplecell::SC_ISA
