"""How each kind of layer is written in ONNX: a row per kind."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from simplecell.errors import GraphError
from simplecell.geometry import Sliding
from simplecell.layers import selecting
from simplecell.layers.axes import Picked

if TYPE_CHECKING:
    from simplecell.interchange.onnx.writing import Export

Exporter = Callable[["Export"], Any]


def _pads(axes: Any) -> list[int]:
    """ONNX's order: all befores, then all afters."""
    return [axis.window.before for axis in axes] + [axis.window.after for axis in axes]


def _window(e: Export) -> dict[str, Any]:
    """The window of a convolution or pool, in resolved numbers."""
    axes = [axis for axis in e.site.axes if isinstance(axis, Sliding)]
    return {
        "kernel_shape": [a.window.size for a in axes],
        "strides": [a.window.step for a in axes],
        "pads": _pads(axes),
    }


def _weights(e: Export) -> list[str]:
    """Weight, and bias if there is one."""
    return [e.weight(key) for key in ("weight", "bias") if key in e.site.weights]


def _conv(e: Export) -> None:
    e.end("Conv", *e.inputs, *_weights(e), **_window(e), dilations=list(e.layer.dilation), group=e.layer.groups)


def _conv_transpose(e: Export) -> None:
    layer = e.layer
    pads = [before for before, _ in layer.padding] + [after for _, after in layer.padding]
    e.end(
        "ConvTranspose", *e.inputs, *_weights(e), kernel_shape=list(layer.kernel_size), strides=list(layer.stride),
        pads=pads, dilations=list(layer.dilation), group=layer.groups, output_padding=list(layer.output_padding),
    )  # fmt: skip


def _ceil(e: Export) -> int:
    """Whether rounding up gives more outputs than rounding down."""
    return int(any(isinstance(a, Sliding) and a.outputs > a.window.outputs(a.inputs) for a in e.site.axes))


def _max_pool(e: Export) -> None:
    e.end("MaxPool", *e.inputs, **_window(e), dilations=list(e.layer.dilation), ceil_mode=_ceil(e))


def _average_pool(e: Export) -> None:
    window = _window(e)
    e.end("AveragePool", *e.inputs, **window, ceil_mode=_ceil(e), count_include_pad=int(e.layer.counts_padding))


def _adaptive(reduce: str, pool: str, everything: str, e: Export) -> None:
    """Equal regions are a pool; uneven ones are cut out, reduced and joined, axis by axis."""
    axes = e.site.axes[1:]
    if all(axis.outputs == 1 for axis in axes):
        e.end(everything, *e.inputs)
        return
    if all(axis.inputs % axis.outputs == 0 for axis in axes):
        size = [axis.inputs // axis.outputs for axis in axes]
        e.end(pool, *e.inputs, kernel_shape=size, strides=size)
        return
    x = e.inputs[0]
    for number, axis in enumerate(axes, start=2):
        at, parts = e.integers(number), list[str]()
        for i in range(axis.outputs):
            cells = axis.reads(i)
            part = e.do("Slice", x, e.integers(cells[0]), e.integers(cells[-1] + 1), at)
            parts.append(e.do(reduce, part, at, keepdims=1))
        last = number == len(axes) + 1
        x = (e.end if last else e.do)("Concat", *parts, axis=number)


def _linear(e: Export) -> None:
    e.end("Gemm", *e.inputs, *_weights(e), transB=1)


def _batch_norm(e: Export) -> None:
    c = e.site.output[0]
    scale, bias = e.weight_or("weight", 1.0, c), e.weight_or("bias", 0.0, c)
    e.end(
        "BatchNormalization", *e.inputs, scale, bias, e.weight("running_mean"), e.weight("running_var"),
        epsilon=e.layer.eps, momentum=1 - e.layer.momentum,
    )  # fmt: skip


def _instance_norm(e: Export) -> None:
    c = e.site.output[0]
    scale, bias = e.weight_or("weight", 1.0, c), e.weight_or("bias", 0.0, c)
    e.end("InstanceNormalization", *e.inputs, scale, bias, epsilon=e.layer.eps)


def _group_norm(e: Export) -> None:
    c = e.site.output[0]
    scale, bias = e.weight_or("weight", 1.0, c), e.weight_or("bias", 0.0, c)
    e.end("GroupNormalization", *e.inputs, scale, bias, num_groups=e.layer.groups, epsilon=e.layer.eps)


def _layer_norm(e: Export) -> None:
    sizes = e.layer.normalized_shape or e.site.inputs[0]
    scale = e.weight("weight") if "weight" in e.site.weights else e.floats(np.ones(sizes))
    bias = [e.weight("bias")] if "bias" in e.site.weights else []
    e.end("LayerNormalization", *e.inputs, scale, *bias, axis=-len(sizes), epsilon=e.layer.eps)


def _local_response_norm(e: Export) -> None:
    """ONNX's node for odd sizes; of even ones it takes other neighbours, so they are summed by a convolution over the
    squares whose weights are alpha/size where the channels are neighbours."""
    layer, c = e.layer, e.site.output[0]
    if layer.size % 2:
        e.end("LRN", *e.inputs, size=layer.size, alpha=layer.alpha, beta=layer.beta, bias=layer.k)
        return
    band = np.zeros((c, c))
    for channel in range(c):
        band[channel, list(e.site.axes[0].reads(channel))] = layer.alpha / layer.size
    around = e.do("Conv", e.do("Mul", *e.inputs * 2), e.floats(band.reshape(c, c, *(1,) * (e.rank - 2))))
    divisor = e.do("Pow", e.do("Add", around, e.floats(layer.k)), e.floats(layer.beta))
    e.end("Div", *e.inputs, divisor)


def _plain(op: str, e: Export) -> None:
    e.end(op, *e.inputs)


def _named(op: str, names: dict[str, str], e: Export) -> None:
    """An operator whose attributes are arguments of the layer."""
    e.end(op, *e.inputs, **{theirs: getattr(e.layer, mine) for theirs, mine in names.items()})


def _fixed(op: str, attributes: dict[str, Any], e: Export) -> None:
    e.end(op, *e.inputs, **attributes)


def _prelu(e: Export) -> None:
    count = e.layer.num_parameters
    e.end("PRelu", *e.inputs, e.weight("weight", (count, *(1,) * (e.rank - 2)) if count > 1 else (1,)))


def _silu(e: Export) -> None:
    e.end("Mul", *e.inputs, e.do("Sigmoid", *e.inputs))


def _softplus(e: Export) -> None:
    """log(1 + exp(beta * x)) / beta, which from beta * x = 16 on is x in float32 with and without a threshold."""
    beta = e.layer.beta
    if e.layer.threshold < 16:
        raise GraphError(
            f"layer {e.name!r} (Softplus): threshold={e.layer.threshold:g} has no form in ONNX; from 16 on it has"
        )
    if beta == 1:
        e.end("Softplus", *e.inputs)
        return
    e.end("Div", e.do("Softplus", e.do("Mul", *e.inputs, e.floats(beta))), e.floats(beta))


def _threshold(e: Export) -> None:
    """ONNX fills with 0; another value is taken away before and added behind."""
    fill = e.layer.fill
    if fill == 0:
        e.end("ThresholdedRelu", *e.inputs, alpha=e.layer.threshold)
        return
    kept = e.do("ThresholdedRelu", e.do("Sub", *e.inputs, e.floats(fill)), alpha=e.layer.threshold - fill)
    e.end("Add", kept, e.floats(fill))


def _clip(e: Export) -> None:
    bounds = ["" if bound is None else e.floats(bound) for bound in (e.layer.least, e.layer.most)]
    e.end("Clip", *e.inputs, *(bounds if bounds[1] else bounds[:1]))


def _relu6(e: Export) -> None:
    e.end("Clip", *e.inputs, e.floats(0.0), e.floats(6.0))


def _power(e: Export) -> None:
    e.end("Pow", *e.inputs, e.floats(e.layer.exponent))


def _rescale(e: Export) -> None:
    scale, offset = e.layer.scale, e.layer.offset
    if offset == 0:
        e.end("Mul", *e.inputs, e.floats(scale))
    elif scale == 1:
        e.end("Add", *e.inputs, e.floats(offset))
    else:
        e.end("Add", e.do("Mul", *e.inputs, e.floats(scale)), e.floats(offset))


def _affine(e: Export) -> None:
    if not e.layer.bias:
        e.end("Mul", *e.inputs, e.weight("weight"))
        return
    x = e.do("Mul", *e.inputs, e.weight("weight")) if e.layer.weight else e.inputs[0]
    e.end("Add", x, e.weight("bias"))


def _dropout(e: Export) -> None:
    e.end("Dropout", *e.inputs, e.floats(e.layer.p))


def _reshape(e: Export) -> None:
    e.end("Reshape", *e.inputs, e.integers(0, *e.site.output))


def _permute(e: Export) -> None:
    e.end("Transpose", *e.inputs, perm=[0, *(d + 1 for d in e.layer.dims)])


def _channel_shuffle(e: Export) -> None:
    c, *sizes = e.site.output
    split = e.do("Reshape", *e.inputs, e.integers(0, e.layer.groups, c // e.layer.groups, -1))
    turned = e.do("Transpose", split, perm=[0, 2, 1, 3])
    e.end("Reshape", turned, e.integers(0, c, *sizes))


def _pad(e: Export) -> None:
    modes = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    pads = selecting.margins_of(e.layer.padding, e.site.inputs[0], "padding")
    flat = [0, 0, *(before for before, _ in pads), 0, 0, *(after for _, after in pads)]
    e.end("Pad", *e.inputs, e.integers(*flat), e.floats(e.layer.value), mode=modes[e.layer.mode])


def _slice(e: Export) -> None:
    """Crops and slices alike: their axes say where they begin and how they step."""
    chosen = [(n, axis) for n, axis in enumerate(e.site.axes, start=1) if isinstance(axis, Picked)]
    starts = [axis.start for _, axis in chosen]
    stops = [axis.start + (axis.outputs - 1) * axis.step + 1 for _, axis in chosen]
    steps = [axis.step for _, axis in chosen]
    places = [n for n, _ in chosen]
    if not places:
        e.end("Identity", *e.inputs)
        return
    e.end("Slice", *e.inputs, *(e.integers(*each) for each in (starts, stops, places, steps)))


def _upsample(e: Export) -> None:
    layer, axes = e.layer, list(range(2, e.rank))
    nearest = layer.mode == "nearest"
    how = "asymmetric" if nearest else "align_corners" if layer.align_corners else "half_pixel"
    attributes: dict[str, Any] = {
        "mode": "nearest" if nearest else "linear", "coordinate_transformation_mode": how, "axes": axes,
    }  # fmt: skip
    if nearest:
        attributes["nearest_mode"] = "floor"
    if layer.scale_factor is None:
        e.end("Resize", *e.inputs, "", "", e.integers(*e.site.output[1:]), **attributes)
        return
    given = layer.scale_factor
    scales = given if isinstance(given, tuple) else (given,) * len(axes)
    e.end("Resize", *e.inputs, "", e.floats(scales), **attributes)


def _expand(e: Export) -> None:
    e.end("Expand", *e.inputs, e.integers(1, *e.layer.shape))


def _take(e: Export) -> None:
    e.end("Gather", *e.inputs, e.integers(*e.layer.indices), axis=e.layer.axis + 1)


def _chain(op: str, e: Export) -> None:
    """A product of many, two by two."""
    x = e.inputs[0]
    for other in e.inputs[1:-1]:
        x = e.do(op, x, other)
    e.end(op, x, e.inputs[-1])


def _concat(e: Export) -> None:
    e.end("Concat", *e.inputs, axis=e.layer.axis + 1)


EXPORTERS: dict[str, Exporter] = {
    **dict.fromkeys(("Conv1d", "Conv2d", "Conv3d"), _conv),
    **dict.fromkeys(("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"), _conv_transpose),
    **dict.fromkeys(("MaxPool1d", "MaxPool2d", "MaxPool3d"), _max_pool),
    **dict.fromkeys(("AvgPool1d", "AvgPool2d", "AvgPool3d"), _average_pool),
    **dict.fromkeys(
        ("AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d"),
        partial(_adaptive, "ReduceMean", "AveragePool", "GlobalAveragePool"),
    ),
    "AdaptiveMaxPool2d": partial(_adaptive, "ReduceMax", "MaxPool", "GlobalMaxPool"),
    "GlobalAvgPool": partial(_plain, "GlobalAveragePool"),
    "GlobalMaxPool": partial(_plain, "GlobalMaxPool"),
    "Linear": _linear,
    "BatchNorm": _batch_norm,
    "InstanceNorm": _instance_norm,
    "GroupNorm": _group_norm,
    "LayerNorm": _layer_norm,
    "LocalResponseNorm": _local_response_norm,
    "Affine": _affine,
    "Rescale": _rescale,
    "ReLU": partial(_plain, "Relu"),
    "ReLU6": _relu6,
    "LeakyReLU": partial(_named, "LeakyRelu", {"alpha": "negative_slope"}),
    "PReLU": _prelu,
    "ELU": partial(_named, "Elu", {"alpha": "alpha"}),
    "SELU": partial(_plain, "Selu"),
    "CELU": partial(_named, "Celu", {"alpha": "alpha"}),
    "Sigmoid": partial(_plain, "Sigmoid"),
    "HardSigmoid": partial(_fixed, "HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}),
    "HardSwish": partial(_plain, "HardSwish"),
    "Tanh": partial(_plain, "Tanh"),
    "GELU": partial(_named, "Gelu", {"approximate": "approximate"}),
    "SiLU": _silu,
    "Mish": partial(_plain, "Mish"),
    "Softplus": _softplus,
    "Softsign": partial(_plain, "Softsign"),
    "Threshold": _threshold,
    "Clip": _clip,
    "Abs": partial(_plain, "Abs"),
    "Exp": partial(_plain, "Exp"),
    "Log": partial(_plain, "Log"),
    "Erf": partial(_plain, "Erf"),
    "Power": _power,
    "Softmax": partial(_fixed, "Softmax", {"axis": 1}),
    "LogSoftmax": partial(_fixed, "LogSoftmax", {"axis": 1}),
    "Dropout": _dropout,
    "Dropout2d": _dropout,
    "Flatten": partial(_fixed, "Flatten", {"axis": 1}),
    "Reshape": _reshape,
    "Permute": _permute,
    "PixelShuffle": lambda e: e.end("DepthToSpace", *e.inputs, blocksize=e.layer.upscale_factor, mode="CRD"),
    "ChannelShuffle": _channel_shuffle,
    "Pad": _pad,
    "Crop": _slice,
    "Slice": _slice,
    "Upsample": _upsample,
    "Expand": _expand,
    "Take": _take,
    "Add": partial(_chain, "Add"),
    "Mul": partial(_chain, "Mul"),
    "Maximum": partial(_plain, "Max"),
    "MatMul": partial(_plain, "MatMul"),
    "Concat": _concat,
}
"""The row of each kind."""
