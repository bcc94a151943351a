"""Sizes at which each native kernel is timed: those of the networks, and beyond the cache where memory is the limit."""

from __future__ import annotations

Numbers = dict[str, int | float]


def conv(n: int, hw: int, c: int, k: int, size: int = 3, stride: int = 1, groups: int = 1) -> Numbers:
    """A padded convolution that keeps the image's size, up to its stride."""
    pad = size // 2
    out = (hw + 2 * pad - size) // stride + 1
    return {
        "n": n, "h": hw, "w": hw, "c": c, "oh": out, "ow": out, "co": k, "kh": size, "kw": size, "sh": stride,
        "sw": stride, "dh": 1, "dw": 1, "top": pad, "left": pad, "groups": groups,
    }  # fmt: skip


def pool(n: int, hw: int, c: int, size: int = 2) -> Numbers:
    """A pool whose windows do not overlap."""
    return {
        "n": n, "h": hw, "w": hw, "c": c, "oh": hw // size, "ow": hw // size, "kh": size, "kw": size, "sh": size,
        "sw": size, "dh": 1, "dw": 1, "top": 0, "left": 0, "bottom": 0, "right": 0, "count_pad": 1,
    }  # fmt: skip


CONVS = [conv(1, 56, 64, 64), conv(8, 56, 64, 64), conv(64, 8, 16, 32), conv(1, 14, 512, 512), conv(1, 224, 3, 64)]
CONVS += [conv(1, 56, 64, 256, 1), conv(1, 28, 128, 128, 3, 2)]
NARROW = [conv(64, 28, 1, 6, 5), conv(64, 64, 3, 8, 3)]
WINOGRADS = [conv(1, 56, 64, 64), conv(8, 56, 128, 128), conv(1, 14, 512, 512)]
LINEARS: list[Numbers] = [{"n": 64, "i": 512, "o": 10}, {"n": 1, "i": 4096, "o": 4096}, {"n": 64, "i": 1024, "o": 1024}]
LARGE = 1 << 25
POOLS = [pool(8, 112, 64), pool(64, 8, 32)]
ADAPTIVE = [{**pool(8, 56, 256), "oh": 1, "ow": 1}, {**pool(8, 112, 64), "oh": 7, "ow": 7}]
DEPTHWISE = [conv(8, 112, 32, 32, groups=32), conv(8, 56, 144, 144, 3, 2, 144), conv(1, 14, 576, 576, groups=576)]
PIXELS: list[Numbers] = [
    {"pixels": 8 * 112 * 112, "c": 64, "eps": 1e-5, "momentum": 0.1, "relu": 1},
    {"pixels": 8 * 49, "c": 2048, "eps": 1e-5, "momentum": 0.1, "relu": 1},
]
GROUPS: list[Numbers] = [{"n": 8, "hw": 112 * 112, "c": 64, "groups": 8, "eps": 1e-5}]
ROWS: list[Numbers] = [{"rows": 8 * 784, "f": 1024, "eps": 1e-5}, {"rows": 8, "f": 802816, "eps": 1e-5}]
LRN: list[Numbers] = [{"pixels": 8 * 55 * 55, "c": 96, "size": 5, "alpha": 1e-4, "beta": 0.75, "k": 1.0}]
FUNCTIONS = (
    "relu6",
    "leaky_relu",
    "elu",
    "sigmoid",
    "hardsigmoid",
    "hardswish",
    "tanh",
    "gelu",
    "gelu_tanh",
    "silu",
    "mish",
    "softplus",
    "rescale",
    "clip",
    "threshold",
    "abs",
    "exp",
    "log",
    "erf",
    "softsign",
    "power",
)
FUNCTION: Numbers = {
    "count": LARGE, "slope": 0.01, "alpha": 1.0, "scale": 1.0, "input_scale": 1.0, "beta": 1.0, "threshold": 20.0,
    "offset": 0.5, "least": -1.0, "most": 1.0, "below": 1, "above": 1, "fill": 0.0, "exponent": 0.5,
}  # fmt: skip
UPSAMPLE: Numbers = {
    "n": 8, "h": 56, "w": 56, "c": 64, "oh": 112, "ow": 112, "h_num": 1, "h_den": 2, "w_num": 1, "w_den": 2,
    "aligned": 0,
}  # fmt: skip
LAYOUT: Numbers = {"n": 8, "c": 64, "hw": 112 * 112}
CLASSES: Numbers = {"rows": 1 << 15, "cols": 1000}
FILTERS = {"co": 512, "c": 512}

CASES: dict[str, list[Numbers]] = {
    "conv2d_forward": [{**c, "zh": 1, "zw": 1, "planar": 0, "relu": 1} for c in CONVS],
    "conv2d_narrow_forward": [{**c, "planar": 0, "relu": 1} for c in NARROW],
    "conv2d_backward_weights": CONVS,
    "conv2d_winners_weights": [
        {
            "n": 64,
            "h": 64,
            "w": 64,
            "c": 3,
            "oh": 64,
            "ow": 64,
            "co": 8,
            "kh": 4,
            "kw": 4,
            "sh": 1,
            "sw": 1,
            "top": 1,
            "left": 1,
            "ph": 8,
            "pw": 8,
            "planar": planar,
        }
        for planar in (0, 1)
    ],
    "linear_forward": [{**c, "relu": 0} for c in LINEARS],
    "linear_rows_forward": [{**c, "relu": 0} for c in LINEARS],
    "linear_update": [{**c, "momentum": 0.9, "nesterov": 0, "weight_decay": 1e-4} for c in LINEARS],
    "linear_backward_data": LINEARS,
    "linear_backward_weights": LINEARS,
    "linear_pack": [{"i": 4096, "o": 4096}],
    "winograd_forward": [{**c, "relu": 1} for c in WINOGRADS],
    "winograd_backward_weights": WINOGRADS,
    "winograd_pack": [{**FILTERS, "transposed": turned} for turned in (0, 1)],
    "conv2d_pack": [{**FILTERS, "kh": 3, "kw": 3, "groups": 1, "transposed": turned} for turned in (0, 1)],
    "maxpool2d_forward": POOLS,
    "maxpool2d_backward": POOLS,
    "avgpool2d_forward": POOLS,
    "avgpool2d_backward": POOLS,
    "relu_forward": [{"count": LARGE}],
    "relu_backward": [{"count": LARGE}],
    "add": [{"count": LARGE, "relu": 0}],
    "copy": [{"count": LARGE}],
    "nchw_to_nhwc": [LAYOUT],
    "nhwc_to_nchw": [LAYOUT],
    "accumulate": [{"count": LARGE}],
    "fill": [{"count": LARGE, "value": 1.0}],
    **{f"{name}_{way}": [CLASSES] for name in ("softmax", "log_softmax") for way in ("forward", "backward")},
    **{f"dropout_{way}": [{**LAYOUT, "p": 0.5, "stream": 1}] for way in ("forward", "backward")},
    **{f"gate_{way}": [LAYOUT] for way in ("forward", "backward")},
    "cross_entropy": [{"n": 1 << 15, "c": 1000}],
    "mse": [{"count": LARGE}],
    **{f"{name}_{way}": [FUNCTION] for name in FUNCTIONS for way in ("forward", "backward")},
    **{f"prelu_{way}": [{"pixels": 8 * 112 * 112, "c": 64, "slopes": 64}] for way in ("forward", "backward")},
    "bias_backward": PIXELS,
    "batchnorm_fold": [{"co": 2048, "each": 4608, "eps": 1e-5}],
    **{f"batchnorm_{way}": PIXELS for way in ("forward", "evaluate", "backward")},
    **{f"groupnorm_{way}": GROUPS for way in ("forward", "backward")},
    **{f"layernorm_{way}": ROWS for way in ("forward", "backward")},
    **{f"lrn_{way}": LRN for way in ("forward", "backward")},
    **{f"adaptive_avgpool2d_{way}": ADAPTIVE for way in ("forward", "backward")},
    **{f"upsample2d_{way}": [{**UPSAMPLE, "linear": linear} for linear in (0, 1)] for way in ("forward", "backward")},
    "mul": [{"count": LARGE}],
    **{f"maximum_{way}": [{"count": LARGE}] for way in ("forward", "backward")},
    "copy_channels": [{"pixels": 1 << 18, "c": 64, "x_channels": 64, "x_first": 0, "y_channels": 128, "y_first": 64}],
    "pad2d": [{**pool(8, 112, 64), "oh": 114, "ow": 114, "top": 1, "left": 1, "value": 0.0}],
    **{name: [{"n": 8, "h": 112, "w": 112, "c": 16, "r": 2}] for name in ("pixel_shuffle", "pixel_unshuffle")},
    "depthwise_forward": [{**c, "relu": 6} for c in DEPTHWISE],
    "expand_depthwise_forward": [
        {**conv(8, 112, 16, 0, 3, 2), "e": 96, "s": 2, "expand_relu": 6, "relu": 6},
        {**conv(1, 14, 96, 0), "e": 576, "s": 1, "expand_relu": 6, "relu": 6},
    ],
    "depthwise_pack": [{"co": 1024, "c": 1024, "kh": 3, "kw": 3}],
    "depthwise_backward_data": DEPTHWISE,
    "depthwise_backward_weights": DEPTHWISE,
    "adam": [{"count": LARGE, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 1e-2, "decoupled": 1}],
    "rmsprop": [{"count": LARGE, "alpha": 0.99, "eps": 1e-8, "momentum": 0.9, "weight_decay": 0, "centered": 0}],
    "sgd": [{"count": LARGE, "momentum": 0.9, "nesterov": 0, "weight_decay": 1e-4}],
}
