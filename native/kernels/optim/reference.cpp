// The definitions, one loop each: the oracle of the tests.
#include "kernels/call.h"
#include "kernels/optim/optim.h"

namespace simplecell::reference {

void sgd(const Call& call) {
    const auto& a = args_of<SgdArgs>(call);
    float *w = operand(call, 0), *v = operand(call, 2);
    const float* gradient = operand<const float>(call, 1);
    float lr = *operand<const float>(call, 3);
    auto momentum = static_cast<float>(a.momentum), decay = static_cast<float>(a.weight_decay);
    for (int64_t i = 0; i < a.count; ++i) {
        float g = gradient[i] + decay * w[i];
        if (momentum != 0) {
            v[i] = momentum * v[i] + g;
            g = a.nesterov != 0 ? g + momentum * v[i] : v[i];
        }
        w[i] -= lr * g;
    }
}

}  // namespace simplecell::reference
