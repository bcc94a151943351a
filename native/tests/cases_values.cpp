#include "cases.h"

namespace {

Case rows(Random& r, double tolerance) {
    return {{arg("rows", r.whole(1, 40)), arg("cols", r.whole(1, 80))}, "", {}, tolerance};
}

Case active(Random& r, Args more = {}) {
    Case c = counted(r);
    for (const auto& argument : more) c.args.push_back(argument);
    c.tolerance = 2e-6;
    return c;
}

Case elu(Random& r) {
    return active(r, {real_arg("alpha", 1.5), real_arg("scale", 1.25), real_arg("input_scale", static_cast<double>(r.whole(1, 3)) / 2)});
}

Case softplus(Random& r) { return active(r, {real_arg("beta", 0.5), real_arg("threshold", static_cast<double>(r.whole(-1, 3)))}); }

Case clip(Random& r) {
    return active(r, {real_arg("least", -2), real_arg("most", 3), arg("below", r.whole(0, 1)), arg("above", r.whole(0, 1))});
}

Case power(Random& r) { return active(r, {real_arg("exponent", static_cast<double>(r.pick({-2, -1, 1, 2, 3, 4, 5})) / 2)}); }

Case prelu(Random& r) {
    int64_t c = r.whole(1, 70), pixels = r.chance(10) ? r.whole(300, 3000) : r.whole(1, 90);
    return {{arg("pixels", pixels), arg("c", c), arg("slopes", r.chance(50) ? 1 : c)}, "", {}};
}

// What normalises divides by a root: the tests' whole numbers do not stay whole. Gradients grow with inv = 1/sqrt(eps)
// where a block has one value only.
Case normalised(Random& r, bool forward) {
    Case c{{arg("pixels", r.chance(10) ? r.whole(100, 9000) : r.whole(2, 200)), arg("c", r.whole(1, 70))}, "", {}, 2e-5};
    if (forward) c.args.push_back(real_arg("eps", 0.125));
    return c;
}

Case group_norm(Random& r, bool forward) {
    int64_t groups = r.whole(1, 6), hw = r.chance(10) ? r.whole(70, 700) : r.whole(1, 60);
    Case c{{arg("n", r.whole(1, 4)), arg("hw", hw), arg("c", groups * r.whole(1, 12)), arg("groups", groups)}, "", {}, 2e-5};
    if (forward) c.args.push_back(real_arg("eps", 0.125));
    return c;
}

Case layer_norm(Random& r, bool forward) {
    Case c{{arg("rows", r.chance(10) ? r.whole(60, 200) : r.whole(1, 20)), arg("f", r.chance(10) ? r.whole(900, 4000) : r.whole(1, 100))}, "", {}, 2e-5};
    if (forward) c.args.push_back(real_arg("eps", 0.125));
    return c;
}

Case lrn(Random& r) {
    return {{arg("pixels", r.chance(10) ? r.whole(300, 3000) : r.whole(1, 60)), arg("c", r.whole(1, 70)), arg("size", r.whole(1, 9)),
             real_arg("alpha", 0.25), real_arg("beta", static_cast<double>(r.pick({2, 3, 4, 5})) / 4), real_arg("k", 1)},
            "", {}, 2e-6};
}

}  // namespace

const Makers& value_cases() {
    static const Makers table = {
        {"relu_forward", counted},
        {"relu_backward", counted},
        {"accumulate", counted},
        {"copy", counted},
        {"add", [](Random& r) { return Case{{arg("count", some_count(r)), arg("relu", r.pick({0, 1, 6}))}, "", {}}; }},
        {"fill", [](Random& r) { return Case{{arg("count", some_count(r)), real_arg("value", -1.5)}, "", {}}; }},
        {"softmax_forward", [](Random& r) { return rows(r, 1e-6); }},
        {"softmax_backward", [](Random& r) { return rows(r, 0); }},
        {"log_softmax_forward", [](Random& r) { return rows(r, 1e-6); }},
        {"log_softmax_backward", [](Random& r) { return rows(r, 2e-6); }},
        {"cross_entropy", [](Random& r) { return Case{{arg("n", r.whole(1, 200)), arg("c", r.whole(1, 40))}, "", {}, 1e-6}; }},
        {"mse", [](Random& r) { return Case{{arg("count", some_count(r))}, "", {}, 1e-6}; }},
        {"sgd", [](Random& r) {
             int64_t momentum = r.whole(0, 1);
             return Case{{arg("count", some_count(r)), real_arg("momentum", 0.5 * static_cast<double>(momentum)),
                          arg("nesterov", momentum * r.whole(0, 1)), real_arg("weight_decay", 0.25 * static_cast<double>(r.whole(0, 1)))},
                         "", {}};
         }},
        {"relu6_forward", [](Random& r) { return active(r); }},
        {"relu6_backward", [](Random& r) { return active(r); }},
        {"leaky_relu_forward", [](Random& r) { return active(r, {real_arg("slope", 0.25)}); }},
        {"leaky_relu_backward", [](Random& r) { return active(r, {real_arg("slope", 0.25)}); }},
        {"elu_forward", elu},
        {"elu_backward", elu},
        {"sigmoid_forward", [](Random& r) { return active(r); }},
        {"sigmoid_backward", [](Random& r) { return active(r); }},
        {"hardsigmoid_forward", [](Random& r) { return active(r); }},
        {"hardsigmoid_backward", [](Random& r) { return active(r); }},
        {"hardswish_forward", [](Random& r) { return active(r); }},
        {"hardswish_backward", [](Random& r) { return active(r); }},
        {"tanh_forward", [](Random& r) { return active(r); }},
        {"tanh_backward", [](Random& r) { return active(r); }},
        {"gelu_forward", [](Random& r) { return active(r); }},
        {"gelu_backward", [](Random& r) { return active(r); }},
        {"gelu_tanh_forward", [](Random& r) { return active(r); }},
        {"gelu_tanh_backward", [](Random& r) { return active(r); }},
        {"silu_forward", [](Random& r) { return active(r); }},
        {"silu_backward", [](Random& r) { return active(r); }},
        {"mish_forward", [](Random& r) { return active(r); }},
        {"mish_backward", [](Random& r) { return active(r); }},
        {"softplus_forward", softplus},
        {"softplus_backward", softplus},
        {"rescale_forward", [](Random& r) { return active(r, {real_arg("scale", -1.5), real_arg("offset", 0.25)}); }},
        {"rescale_backward", [](Random& r) { return active(r, {real_arg("scale", -1.5), real_arg("offset", 0.25)}); }},
        {"clip_forward", clip},
        {"clip_backward", clip},
        {"threshold_forward", [](Random& r) { return active(r, {real_arg("threshold", static_cast<double>(r.whole(-2, 2))), real_arg("fill", 0.5)}); }},
        {"threshold_backward", [](Random& r) { return active(r, {real_arg("threshold", static_cast<double>(r.whole(-2, 2))), real_arg("fill", 0.5)}); }},
        {"abs_forward", [](Random& r) { return active(r); }},
        {"abs_backward", [](Random& r) { return active(r); }},
        {"exp_forward", [](Random& r) { return active(r); }},
        {"exp_backward", [](Random& r) { return active(r); }},
        {"log_forward", [](Random& r) { return active(r); }},
        {"log_backward", [](Random& r) { return active(r); }},
        {"erf_forward", [](Random& r) { return active(r); }},
        {"erf_backward", [](Random& r) { return active(r); }},
        {"softsign_forward", [](Random& r) { return active(r); }},
        {"softsign_backward", [](Random& r) { return active(r); }},
        {"power_forward", power},
        {"power_backward", power},
        {"prelu_forward", prelu},
        {"prelu_backward", prelu},
        {"batchnorm_forward", [](Random& r) {
             Case c = normalised(r, true);
             c.args.push_back(real_arg("momentum", 0.25));
             c.args.push_back(arg("relu", r.chance(3) ? 6 : r.whole(0, 1)));
             return c;
         }},
        {"batchnorm_evaluate", [](Random& r) { return normalised(r, true); }},
        {"batchnorm_backward", [](Random& r) { return normalised(r, false); }},
        {"batchnorm_fold", [](Random& r) {
             return Case{{arg("co", r.whole(1, 70)), arg("each", r.whole(1, 100)), real_arg("eps", 0.125)}, "", {}, 1e-6};
         }},
        {"bias_backward", [](Random& r) { return normalised(r, false); }},
        {"groupnorm_forward", [](Random& r) { return group_norm(r, true); }},
        {"groupnorm_backward", [](Random& r) { return group_norm(r, false); }},
        {"layernorm_forward", [](Random& r) { return layer_norm(r, true); }},
        {"layernorm_backward", [](Random& r) { return layer_norm(r, false); }},
        {"lrn_forward", lrn},
        {"lrn_backward", lrn},
        {"mul", counted},
        {"maximum_forward", counted},
        {"maximum_backward", counted},
        {"adam", [](Random& r) {
             return Case{{arg("count", some_count(r)), real_arg("beta1", 0.875), real_arg("beta2", 0.96875), real_arg("eps", 0.125),
                          real_arg("weight_decay", 0.25 * static_cast<double>(r.whole(0, 1))), arg("decoupled", r.whole(0, 1))},
                         "", {}, 2e-6};
         }},
        {"rmsprop", [](Random& r) {
             return Case{{arg("count", some_count(r)), real_arg("alpha", 0.875), real_arg("eps", 0.125),
                          real_arg("momentum", 0.5 * static_cast<double>(r.whole(0, 1))),
                          real_arg("weight_decay", 0.25 * static_cast<double>(r.whole(0, 1))), arg("centered", r.whole(0, 1))},
                         "", {}, 2e-5};
         }},
    };
    return table;
}
