#include "cases.h"

namespace {

Case dropout(Random& r) {
    Case c = layout(r);
    c.args.push_back(real_arg("p", static_cast<double>(r.pick({0, 1, 2, 4})) / 4));
    c.args.push_back(arg("stream", r.whole(-5, 1000)));
    return c;
}

Case linear(Random& r, bool forward) {
    int64_t n = r.chance(25) ? 1 : r.whole(1, 40), i = r.chance(8) ? r.whole(300, 2500) : r.whole(1, 70), o = r.whole(1, 150);
    Case c{{arg("n", n), arg("i", i), arg("o", o)}, "", {}};
    if (!forward) return c;
    c.args.push_back(arg("relu", r.pick({0, 1, 6})));
    c.packer = "linear_pack";
    c.packer_args = {arg("i", i), arg("o", o)};
    return c;
}

struct Filters {
    int64_t groups, c, co, kh, kw;
};

Filters filters(Random& r) {
    int64_t groups = r.pick({1, 1, 1, 2, 3});
    if (r.chance(10)) {
        groups = r.whole(1, 20);  // depthwise
        return {groups, groups, groups, r.whole(1, 4), r.whole(1, 4)};
    }
    return {groups, groups * r.whole(1, 20), groups * r.whole(1, 45), r.whole(1, 4), r.whole(1, 4)};
}

Args pack_args(const Filters& f, int64_t transposed) {
    return {arg("co", f.co), arg("c", f.c), arg("kh", f.kh), arg("kw", f.kw), arg("groups", f.groups), arg("transposed", transposed)};
}

Case conv(Random& r, bool forward) {
    Filters f = filters(r);
    bool point = r.chance(15);  // 1x1, unpadded, step 1
    if (point) f.kh = f.kw = 1;
    if (!forward && r.chance(10)) f = {1, r.whole(128, 200), r.whole(1, 30), r.whole(1, 3), r.whole(1, 2)};  // packed
    int64_t h = r.whole(1, 17), w = r.whole(1, 17), oh = point ? h : r.whole(1, 17), ow = point ? w : r.whole(1, 17);
    auto edge = [&] { return point ? 0 : r.whole(-3, 4); };
    auto step = [&] { return point ? 1 : r.whole(1, 3); };
    Case c{{arg("n", r.whole(1, 3)), arg("h", h), arg("w", w), arg("c", f.c), arg("oh", oh), arg("ow", ow), arg("co", f.co),
            arg("kh", f.kh), arg("kw", f.kw), arg("sh", step()), arg("sw", step()), arg("dh", step()), arg("dw", step()),
            arg("top", edge()), arg("left", edge()), arg("groups", f.groups)},
           "",
           {}};
    if (!forward) return c;
    bool zoom = !point && r.chance(40);
    c.args.push_back(arg("zh", zoom ? r.whole(1, 4) : 1));
    c.args.push_back(arg("zw", zoom ? r.whole(1, 4) : 1));
    c.args.push_back(arg("planar", r.whole(0, 1)));
    c.args.push_back(arg("relu", r.pick({0, 1, 6})));
    c.packer = "conv2d_pack";
    c.packer_args = pack_args(f, 0);
    return c;
}

Case winograd(Random& r, bool forward) {
    int64_t c = r.whole(1, 40), co = r.whole(1, 70), n = r.whole(1, 3);
    Case out{{arg("n", n), arg("h", r.whole(1, 20)), arg("w", r.whole(1, 20)), arg("c", c), arg("oh", r.whole(1, 20)),
              arg("ow", r.whole(1, 20)), arg("co", co), arg("top", r.whole(-3, 4)), arg("left", r.whole(-3, 4))},
             "",
             {},
             1e-5,
             true};
    if (!forward) return out;
    out.args.push_back(arg("relu", r.whole(0, 1)));  // cut off at 6, y would have lost the size that its errors are relative to
    out.packer = "winograd_pack";
    out.packer_args = {arg("co", co), arg("c", c), arg("transposed", 0)};
    return out;
}

Case narrow_conv(Random& r) {
    Filters f = filters(r);
    f.groups = 1;
    f.co = r.whole(1, 40);
    int64_t top = r.whole(-2, 4), left = r.whole(-2, 4);
    bool inside = r.chance(30);  // read in place
    int64_t h = r.whole(4, 17), w = r.whole(4, 17);
    if (inside) top = left = 0;
    return {{arg("n", r.whole(1, 3)), arg("h", h), arg("w", w), arg("c", f.c),
             arg("oh", inside ? h - f.kh + 1 : r.whole(1, 17)), arg("ow", inside ? w - f.kw + 1 : r.whole(1, 40)),
             arg("co", f.co), arg("kh", f.kh), arg("kw", f.kw), arg("top", top), arg("left", left),
             arg("planar", r.whole(0, 1)), arg("relu", r.pick({0, 1, 6}))},
            "conv2d_pack",
            pack_args(f, 0)};
}

Case winners(Random& r) {
    int64_t oh = r.whole(1, 17), ow = r.whole(1, 17);
    return {{arg("n", r.pick({1, 2, 3, 19})), arg("h", r.whole(1, 17)), arg("w", r.whole(1, 17)), arg("c", r.whole(1, 9)), arg("oh", oh),
             arg("ow", ow), arg("co", r.whole(1, 20)), arg("kh", r.whole(1, 4)), arg("kw", r.whole(1, 4)), arg("sh", r.whole(1, 3)),
             arg("sw", r.whole(1, 3)), arg("top", r.whole(-3, 4)), arg("left", r.whole(-3, 4)), arg("ph", r.whole(1, 5)),
             arg("pw", r.whole(1, 5)), arg("planar", r.whole(0, 1))},
            "",
            {}};
}

// Windows without gaps or overlaps, which have loops of their own.
Case pool_side_by_side(Random& r, bool average) {
    const int64_t kh = r.whole(1, 4), kw = r.whole(1, 4), oh = r.whole(1, 6), ow = r.whole(1, 9);
    Args args = {arg("n", r.whole(1, 3)), arg("h", oh * kh + r.whole(0, 2)), arg("w", ow * kw + r.whole(0, 2)),
                 arg("c", r.whole(1, 40)), arg("oh", oh), arg("ow", ow), arg("kh", kh), arg("kw", kw), arg("sh", kh), arg("sw", kw)};
    for (const char* gap : {"dh", "dw"}) {
        if (!average) args.push_back(arg(gap, 1));
    }
    for (const char* side : {"top", "left"}) args.push_back(arg(side, 0));
    if (average) {
        for (const char* side : {"bottom", "right"}) args.push_back(arg(side, r.whole(0, 3)));
        args.push_back(arg("count_pad", r.whole(0, 1)));
    }
    return {args, "", {}};
}

Case pool(Random& r, bool average) {
    if (r.chance(40)) return pool_side_by_side(r, average);
    Args args = {arg("n", r.whole(1, 3)), arg("h", r.whole(1, 14)), arg("w", r.whole(1, 14)), arg("c", r.whole(1, 40)),
                 arg("oh", r.whole(1, 9)), arg("ow", r.whole(1, 9)), arg("kh", r.whole(1, 4)), arg("kw", r.whole(1, 4)),
                 arg("sh", r.whole(1, 4)), arg("sw", r.whole(1, 4))};
    if (!average) {
        args.push_back(arg("dh", r.whole(1, 3)));
        args.push_back(arg("dw", r.whole(1, 3)));
    }
    for (const char* side : {"top", "left"}) args.push_back(arg(side, r.whole(-2, 3)));
    if (average) {
        for (const char* side : {"bottom", "right"}) args.push_back(arg(side, r.whole(-2, 3)));
        args.push_back(arg("count_pad", r.whole(0, 1)));
    }
    return {args, "", {}};
}

Case image(Random& r, double tolerance) {
    return {{arg("n", r.whole(1, 3)), arg("h", r.whole(1, 12)), arg("w", r.whole(1, 12)), arg("c", r.whole(1, 40)),
             arg("oh", r.whole(1, 15)), arg("ow", r.whole(1, 15))}, "", {}, tolerance};
}

Case pad(Random& r) {
    Case c = image(r, 0);
    for (const char* side : {"top", "left"}) c.args.push_back(arg(side, r.whole(-4, 5)));
    c.args.push_back(real_arg("value", 1.5));
    return c;
}

Case upsample(Random& r) {
    Case c = image(r, 3e-5);
    for (const char* axis : {"h", "w"}) {
        c.args.push_back(arg(std::string(axis) + "_num", r.whole(0, 5)));
        c.args.push_back(arg(std::string(axis) + "_den", r.whole(1, 5)));
    }
    int64_t linear = r.whole(0, 1);
    c.args.push_back(arg("linear", linear));
    c.args.push_back(arg("aligned", linear * r.whole(0, 1)));
    return c;
}

Case copy_channels(Random& r) {
    int64_t c = r.whole(1, 70), x = c + r.whole(0, 20), y = c + r.whole(0, 20);
    return {{arg("pixels", r.whole(1, 80)), arg("c", c), arg("x_channels", x), arg("x_first", r.whole(0, x - c)),
             arg("y_channels", y), arg("y_first", r.whole(0, y - c))}, "", {}};
}

Case shuffle(Random& r) {
    return {{arg("n", r.whole(1, 3)), arg("h", r.whole(1, 7)), arg("w", r.whole(1, 7)), arg("c", r.whole(1, 20)), arg("r", r.whole(1, 4))}, "", {}};
}

Case depthwise(Random& r, bool forward) {
    int64_t c = r.whole(1, 40), co = c * r.pick({1, 1, 2, 3}), kh = r.whole(1, 6), kw = r.whole(1, 6);
    Case out{{arg("n", r.whole(1, 3)), arg("h", r.whole(1, 17)), arg("w", r.whole(1, 17)), arg("c", c), arg("oh", r.whole(1, 17)),
              arg("ow", r.whole(1, 17)), arg("co", co), arg("kh", kh), arg("kw", kw), arg("sh", r.whole(1, 3)), arg("sw", r.whole(1, 3)),
              arg("dh", r.whole(1, 3)), arg("dw", r.whole(1, 3)), arg("top", r.whole(-3, 4)), arg("left", r.whole(-3, 4))},
             "depthwise_pack",
             {arg("c", c), arg("co", co), arg("kh", kh), arg("kw", kw)}};
    if (!forward) return out;
    out.args.push_back(arg("relu", r.pick({0, 1, 6})));
    return out;
}

Case expand_depthwise(Random& r) {
    int64_t c = r.whole(1, 40), e = r.whole(1, 150), s = r.whole(1, 2);
    return {{arg("n", r.whole(1, 3)), arg("h", r.whole(1, 17)), arg("w", r.whole(1, 17)), arg("c", c), arg("e", e),
             arg("oh", r.whole(1, 19)), arg("ow", r.whole(1, 19)), arg("s", s), arg("top", r.whole(0, 2)), arg("left", r.whole(0, 2)),
             arg("expand_relu", r.pick({0, 1, 6})), arg("relu", r.pick({0, 1, 6}))},
            "conv2d_pack",
            {arg("co", e), arg("c", c), arg("kh", 1), arg("kw", 1), arg("groups", 1), arg("transposed", 0)}};
}

}  // namespace

const Makers& image_cases() {
    static const Makers table = {
        {"nchw_to_nhwc", layout},
        {"nhwc_to_nchw", layout},
        {"dropout_forward", dropout},
        {"dropout_backward", dropout},
        {"gate_forward", layout},
        {"gate_backward", layout},
        {"copy_channels", copy_channels},
        {"pad2d", pad},
        {"upsample2d_forward", upsample},
        {"upsample2d_backward", upsample},
        {"pixel_shuffle", shuffle},
        {"pixel_unshuffle", shuffle},
        {"adaptive_avgpool2d_forward", [](Random& r) { return image(r, 1e-6); }},
        {"adaptive_avgpool2d_backward", [](Random& r) { return image(r, 1e-6); }},
        {"depthwise_pack", [](Random& r) {
             int64_t c = r.whole(1, 40);
             return Case{{arg("c", c), arg("co", c * r.whole(1, 3)), arg("kh", r.whole(1, 5)), arg("kw", r.whole(1, 5))}, "", {}};
         }},
        {"depthwise_forward", [](Random& r) { return depthwise(r, true); }},
        {"expand_depthwise_forward", expand_depthwise},
        {"depthwise_backward_data", [](Random& r) { return depthwise(r, false); }},
        {"depthwise_backward_weights", [](Random& r) { return depthwise(r, false); }},
        {"linear_pack", [](Random& r) { return Case{{arg("i", r.whole(1, 70)), arg("o", r.whole(1, 150))}, "", {}}; }},
        {"linear_forward", [](Random& r) { return linear(r, true); }},
        {"linear_rows_forward", [](Random& r) {
             Case c = linear(r, false);
             c.args.push_back(arg("relu", r.pick({0, 1, 6})));
             return c;
         }},
        {"linear_update", [](Random& r) {
             Case c = linear(r, false);
             int64_t momentum = r.whole(0, 1);
             c.args.push_back(real_arg("momentum", 0.5 * static_cast<double>(momentum)));
             c.args.push_back(arg("nesterov", momentum * r.whole(0, 1)));
             c.args.push_back(real_arg("weight_decay", 0.25 * static_cast<double>(r.whole(0, 1))));
             return c;
         }},
        {"linear_backward_data", [](Random& r) { return linear(r, false); }},
        {"linear_backward_weights", [](Random& r) { return linear(r, false); }},
        {"conv2d_pack", [](Random& r) { return Case{pack_args(filters(r), r.whole(0, 1)), "", {}}; }},
        {"conv2d_forward", [](Random& r) { return conv(r, true); }},
        {"conv2d_narrow_forward", narrow_conv},
        {"conv2d_backward_weights", [](Random& r) { return conv(r, false); }},
        {"conv2d_winners_weights", winners},
        {"winograd_pack", [](Random& r) {
             return Case{{arg("co", r.whole(1, 70)), arg("c", r.whole(1, 70)), arg("transposed", r.whole(0, 1))}, "", {}, 1e-6, true};
         }},
        {"winograd_forward", [](Random& r) { return winograd(r, true); }},
        {"winograd_backward_weights", [](Random& r) { return winograd(r, false); }},
        {"maxpool2d_forward", [](Random& r) { return pool(r, false); }},
        {"maxpool2d_backward", [](Random& r) { return pool(r, false); }},
        {"avgpool2d_forward", [](Random& r) { return pool(r, true); }},
        {"avgpool2d_backward", [](Random& r) { return pool(r, true); }},
    };
    return table;
}
