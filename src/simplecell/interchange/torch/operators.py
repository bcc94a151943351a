"""ATen's operators, each in the words of ONNX or as a layer: a closed table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from simplecell.interchange.onnx.operators.arithmetic import add, divide, multiply, subtract
from simplecell.interchange.onnx.operators.products import times_matrix
from simplecell.interchange.onnx.values import Operand
from simplecell.layers import (
    KINDS,
    BatchNorm,
    ChannelShuffle,
    GlobalAvgPool,
    GlobalMaxPool,
    InstanceNorm,
    Softplus,
    Threshold,
)

if TYPE_CHECKING:
    from simplecell.interchange.torch.reading import Aten

Operator = Callable[["Aten"], Any]


def _whole(*values: int) -> Operand:
    return np.array(values, np.int64)


def _number(value: Any) -> Operand:
    """A Python number as a constant."""
    return value if not isinstance(value, int | float | bool) else np.array(value, np.float32)


def _filled(values: Any, rank: int) -> list[int]:
    """One number per spatial axis."""
    given = [int(v) for v in values] if isinstance(values, list | tuple) else [int(values)]
    return given * rank if len(given) == 1 else given


def _conv(a: Aten) -> Operand:
    rank = a["weight"].ndim - 2
    window: dict[str, Any] = {"strides": _filled(a["stride"], rank), "dilations": _filled(a["dilation"], rank)}
    if isinstance(a["padding"], str):
        window["auto_pad"] = {"same": "SAME_UPPER", "valid": "VALID"}[a["padding"]]
    else:
        window["pads"] = _filled(a["padding"], rank) * 2
    return a.onnx("Conv", a["input"], a["weight"], a["bias"], group=a["groups"], **window)


def _conv_transpose(a: Aten) -> Operand:
    rank = a["weight"].ndim - 2
    return a.onnx(
        "ConvTranspose", a["input"], a["weight"], a["bias"], strides=_filled(a["stride"], rank),
        pads=_filled(a["padding"], rank) * 2, output_padding=_filled(a["output_padding"], rank), group=a["groups"],
        dilations=_filled(a["dilation"], rank),
    )  # fmt: skip


def _pool(a: Aten) -> dict[str, Any]:
    rank = len(a.shape(a["self"])) - 2
    kernel = _filled(a["kernel_size"], rank)
    return {
        "kernel_shape": kernel, "strides": _filled(a["stride"], rank) if a["stride"] else kernel,
        "pads": _filled(a["padding"], rank) * 2, "ceil_mode": int(a["ceil_mode"]),
    }  # fmt: skip


def _max_pool(a: Aten) -> Operand:
    gaps = _filled(a["dilation"], len(a.shape(a["self"])) - 2)
    return a.onnx("MaxPool", a["self"], dilations=gaps, **_pool(a))


def _avg_pool(a: Aten) -> Operand:
    if a.get("divisor_override") is not None:
        a.call("AveragePool").refuse(f"divisor_override = {a['divisor_override']}; supported: None")
    return a.onnx("AveragePool", a["self"], count_include_pad=int(a["count_include_pad"]), **_pool(a))


def _adaptive(kind: str, everything: type[GlobalAvgPool] | type[GlobalMaxPool], rank: int, a: Aten) -> Operand:
    sizes = _filled(a["output_size"], rank)
    if all(size == 1 for size in sizes):
        return a.layer(everything(), a["self"])
    return a.layer(KINDS[f"{kind}{rank}d"].make({"output_size": sizes}, None), a["self"])


def _linear(a: Aten) -> Operand:
    return times_matrix(a.call("Linear"), a["input"], a["weight"], a["bias"])


def _batch_norm(a: Aten) -> Operand:
    weights = {"weight": a["weight"], "bias": a["bias"], "running_mean": a["running_mean"]}
    layer = BatchNorm(eps=a["eps"], momentum=a["momentum"], affine=a["weight"] is not None)
    return a.layer(layer, a["input"], **weights, running_var=a["running_var"])


def _instance_norm(a: Aten) -> Operand:
    layer = InstanceNorm(eps=a["eps"], affine=a["weight"] is not None)
    return a.layer(layer, a["input"], weight=a["weight"], bias=a["bias"])


def _group_norm(a: Aten) -> Operand:
    layer = KINDS["GroupNorm"].make(
        {"groups": a["num_groups"], "eps": a["eps"], "affine": a["weight"] is not None}, None
    )
    return a.layer(layer, a["input"], weight=a["weight"], bias=a["bias"])


def _layer_norm(a: Aten) -> Operand:
    layer = KINDS["LayerNorm"].make(
        {"normalized_shape": tuple(a["normalized_shape"]), "eps": a["eps"],
         "elementwise_affine": a["weight"] is not None, "bias": a["bias"] is not None}, None
    )  # fmt: skip
    return a.layer(layer, a["input"], weight=a["weight"], bias=a["bias"])


def _same(op: str, a: Aten) -> Operand:
    """An operator of one value under ONNX's name."""
    return a.onnx(op, next(iter(a.arguments.values())))


def _elu(a: Aten) -> Operand:
    if (a["scale"], a["input_scale"]) != (1, 1):
        a.call("Elu").refuse(f"scale {a['scale']} and input_scale {a['input_scale']}; supported: 1")
    return a.onnx("Elu", a["self"], alpha=float(a["alpha"]))


def _clip(low: str, high: str, a: Aten) -> Operand:
    bounds = [None if (bound := a.get(name)) is None else _number(bound) for name in (low, high)]
    return a.onnx("Clip", a["self"], *bounds)


def _softmax(op: str, a: Aten) -> Operand:
    return a.onnx(op, a["self"], axis=a["dim"])


def _sum_of(combine: Callable[..., Operand], a: Aten) -> Operand:
    """self + alpha * other, self - alpha * other."""
    other, alpha = _number(a["other"]), a.get("alpha", 1)
    if alpha != 1:
        other = multiply(a.call("Mul"), other, _number(alpha))
    return combine(a.call("Add"), a["self"], other)


def _product_of(combine: Callable[..., Operand], a: Aten) -> Operand:
    if a.get("rounding_mode") is not None:
        a.call("Div").refuse(f"rounding_mode = {a['rounding_mode']!r}; supported: None")
    return combine(a.call("Mul"), _number(a["self"]), _number(a["other"]))


def _rsub(a: Aten) -> Operand:
    return subtract(a.call("Sub"), _number(a["other"]), a["self"])


def _power(a: Aten) -> Operand:
    return a.onnx("Pow", a["self"], _number(a["exponent"]))


def _rsqrt(a: Aten) -> Operand:
    return a.onnx("Pow", a["self"], _number(-0.5))


def _view(a: Aten) -> Operand:
    sizes = a.get("size") or a.get("shape")
    return a.onnx("Reshape", a["self"], _whole(*sizes))


def _flatten(a: Aten) -> Operand:
    shape = a.shape(a["self"])
    start, end = a["start_dim"] % len(shape), a["end_dim"] % len(shape) + 1
    return a.onnx("Reshape", a["self"], _whole(*shape[:start], prod(shape[start:end]), *shape[end:]))


def _permute(a: Aten) -> Operand:
    rank = len(a.shape(a["self"]))
    return a.onnx("Transpose", a["self"], perm=[d % rank for d in a["dims"]])


def _transpose(a: Aten) -> Operand:
    order = list(range(len(a.shape(a["self"]))))
    i, j = (a.get("dim0", 0), a.get("dim1", 1))
    order[i], order[j] = order[j], order[i]
    return a.onnx("Transpose", a["self"], perm=order)


def _squeeze(a: Aten) -> Operand:
    shape, dims = a.shape(a["self"]), a.get("dim")
    given = range(len(shape)) if dims is None else dims if isinstance(dims, list) else [dims]
    gone = [d % len(shape) for d in given if shape[d] == 1 and (dims is not None or d)]
    return a.onnx("Squeeze", a["self"], _whole(*gone)) if gone else a["self"]


def _unsqueeze(a: Aten) -> Operand:
    return a.onnx("Unsqueeze", a["self"], _whole(a["dim"]))


def _expand(a: Aten) -> Operand:
    shape = a.shape(a["self"])
    old = (1,) * (len(a["size"]) - len(shape)) + shape
    sizes = [n if size == -1 else size for size, n in zip(a["size"], old, strict=True)]
    return a.onnx("Expand", a["self"], _whole(*sizes))


def _unchanged(a: Aten) -> Operand:
    return next(iter(a.arguments.values()))


def _dropout(kind: str, a: Aten) -> Operand:
    """Nothing outside training, in which its layer stays."""
    return a.layer(KINDS[kind].make({"p": a["p"]}, None), _unchanged(a))


def _cat(a: Aten) -> Operand:
    return a.onnx("Concat", *a["tensors"], axis=a.get("dim", 0))


def _parts(a: Aten, sizes: Sequence[int], axis: int) -> tuple[Operand, ...]:
    from simplecell.interchange.onnx.operators.selecting import split

    call = a.call("Split", a["self"], _whole(*sizes), axis=axis)
    return split(replace(call, outputs=tuple(map(str, range(len(sizes))))))


def _split(a: Aten) -> tuple[Operand, ...]:
    n, axis = a.shape(a["self"])[a["dim"]], a["dim"]
    each = a.get("split_size") or -(-n // a["chunks"])
    return _parts(a, [min(each, n - start) for start in range(0, n, each)], axis)


def _split_with_sizes(a: Aten) -> tuple[Operand, ...]:
    return _parts(a, a["split_sizes"], a["dim"])


def _slice(a: Aten) -> Operand:
    n = a.shape(a["self"])[a["dim"]]
    start, stop = a["start"] or 0, n if a["end"] is None else min(a["end"], n)
    return a.onnx("Slice", a["self"], _whole(start), _whole(stop), _whole(a["dim"]), _whole(a["step"]))


def _select(a: Aten) -> Operand:
    return a.onnx("Gather", a["self"], np.array(a["index"], np.int64), axis=a["dim"])


def _index(a: Aten) -> Operand:
    """x[:, [2, 0]]: indices along one axis, none along the others."""
    given = [(axis, index) for axis, index in enumerate(a["indices"]) if index is not None]
    if len(given) != 1:
        a.call("Gather").refuse(f"indexes {len(given)} axes at once; supported: one")
    return a.onnx("Gather", a["self"], given[0][1], axis=given[0][0])


def _reduce(op: str, a: Aten) -> Operand:
    dims = a.get("dim")
    axes = [dims] if isinstance(dims, int) else dims or list(range(len(a.shape(a["self"]))))
    return a.onnx(op, a["self"], _whole(*axes), keepdims=int(a.get("keepdim", False)))


_MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def _pad(mode: str, a: Aten) -> Operand:
    flat = a.get("pad") or a.get("padding")
    rank = len(a.shape(a["self"]))
    pads = [(0, 0)] * (rank - len(flat) // 2) + [(flat[i], flat[i + 1]) for i in range(len(flat) - 2, -1, -2)]
    value = _number(float(a.get("value") or 0))
    mode = _MODES[a.get("mode") or mode]
    return a.onnx("Pad", a["self"], _whole(*(p for p, _ in pads), *(q for _, q in pads)), value, mode=mode)


def _upsample(mode: str, a: Aten) -> Operand:
    """By sizes, or by factors."""
    shape, sizes = a.shape(a["input"]), a.get("output_size")
    how = "align_corners" if a.get("align_corners") else "asymmetric" if mode == "nearest" else "half_pixel"
    factors = a.get("scale_factors")
    settings = {"mode": mode, "coordinate_transformation_mode": how, "nearest_mode": "floor"}
    if sizes is not None:
        return a.onnx("Resize", a["input"], None, None, _whole(*shape[:2], *sizes), **settings)
    return a.onnx("Resize", a["input"], None, np.array([1, 1, *(factors or ())], np.float32), **settings)


def _constant(value: float | None, a: Aten) -> Operand:
    """A tensor of one number."""
    number = value if value is not None else a.get("fill_value", a.get("s", 0))
    return np.full(a.get("size", ()), number, np.float32)


def _addmm(a: Aten) -> Operand:
    return a.onnx("Gemm", a["mat1"], a["mat2"], a["self"], alpha=float(a["alpha"]), beta=float(a["beta"]))


def _matmul(a: Aten) -> Operand:
    return a.onnx("MatMul", a["self"], a.get("other", a.get("mat2")))


def _shuffle(a: Aten) -> Operand:
    return a.layer(ChannelShuffle(a["groups"]), a["self"])


ATEN: dict[str, Operator] = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), _conv),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), _conv_transpose),
    **dict.fromkeys(("max_pool1d", "max_pool2d", "max_pool3d"), _max_pool),
    "max_pool2d_with_indices": lambda a: (_max_pool(a),),
    "max_pool3d_with_indices": lambda a: (_max_pool(a),),
    **dict.fromkeys(("avg_pool1d", "avg_pool2d", "avg_pool3d"), _avg_pool),
    **{f"adaptive_avg_pool{r}d": partial(_adaptive, "AdaptiveAvgPool", GlobalAvgPool, r) for r in (1, 2, 3)},
    "adaptive_max_pool2d": lambda a: (_adaptive("AdaptiveMaxPool", GlobalMaxPool, 2, a),),
    "linear": _linear,
    "addmm": _addmm,
    **dict.fromkeys(("matmul", "mm", "bmm"), _matmul),
    "batch_norm": _batch_norm,
    "_native_batch_norm_legit_no_training": lambda a: (_batch_norm(a),),
    "instance_norm": _instance_norm,
    "group_norm": _group_norm,
    "layer_norm": _layer_norm,
    "relu": partial(_same, "Relu"),
    "selu": partial(_same, "Selu"),
    "sigmoid": partial(_same, "Sigmoid"),
    "tanh": partial(_same, "Tanh"),
    "hardswish": partial(_same, "HardSwish"),
    "mish": partial(_same, "Mish"),
    "silu": partial(_same, "Swish"),
    "abs": partial(_same, "Abs"),
    "exp": partial(_same, "Exp"),
    "log": partial(_same, "Log"),
    "erf": partial(_same, "Erf"),
    "sqrt": partial(_same, "Sqrt"),
    "neg": partial(_same, "Neg"),
    "reciprocal": partial(_same, "Reciprocal"),
    "rsqrt": _rsqrt,
    "hardsigmoid": lambda a: a.layer(KINDS["HardSigmoid"].make({}, None), a["self"]),
    "gelu": lambda a: a.onnx("Gelu", a["self"], approximate=a["approximate"]),
    "leaky_relu": lambda a: a.onnx("LeakyRelu", a["self"], alpha=float(a["negative_slope"])),
    "celu": lambda a: a.onnx("Celu", a["self"], alpha=float(a["alpha"])),
    "elu": _elu,
    "softplus": lambda a: a.layer(Softplus(float(a["beta"]), threshold=float(a["threshold"])), a["self"]),
    "threshold": lambda a: a.layer(Threshold(float(a["threshold"]), float(a["value"])), a["self"]),
    "prelu": lambda a: a.onnx("PRelu", a["self"], a["weight"].reshape(-1, *(1,) * (len(a.shape(a["self"])) - 2))),
    "hardtanh": partial(_clip, "min_val", "max_val"),
    "relu6": lambda a: a.onnx("Clip", a["self"], _number(0.0), _number(6.0)),
    "clamp": partial(_clip, "min", "max"),
    "clamp_min": partial(_clip, "min", "no maximum"),
    "clamp_max": partial(_clip, "no minimum", "max"),
    "softmax": partial(_softmax, "Softmax"),
    "_softmax": partial(_softmax, "Softmax"),
    "log_softmax": partial(_softmax, "LogSoftmax"),
    "_log_softmax": partial(_softmax, "LogSoftmax"),
    "add": partial(_sum_of, add),
    "sub": partial(_sum_of, subtract),
    "rsub": _rsub,
    "mul": partial(_product_of, multiply),
    "div": partial(_product_of, divide),
    "pow": _power,
    "square": lambda a: multiply(a.call("Mul"), a["self"], a["self"]),
    "maximum": lambda a: a.onnx("Max", a["self"], a["other"]),
    "minimum": lambda a: a.onnx("Min", a["self"], a["other"]),
    **dict.fromkeys(("view", "reshape", "_unsafe_view"), _view),
    "flatten": _flatten,
    "permute": _permute,
    "transpose": _transpose,
    "t": _transpose,
    "squeeze": _squeeze,
    "unsqueeze": _unsqueeze,
    "expand": _expand,
    **dict.fromkeys(("clone", "contiguous", "alias", "detach", "_to_copy", "lift_fresh_copy"), _unchanged),
    "dropout": partial(_dropout, "Dropout"),
    "feature_dropout": lambda a: _dropout("Dropout2d" if len(a.shape(_unchanged(a))) == 4 else "Dropout", a),
    "cat": _cat,
    **dict.fromkeys(("split", "chunk"), _split),
    "split_with_sizes": _split_with_sizes,
    "slice": _slice,
    "select": _select,
    "index": _index,
    "index_select": lambda a: a.onnx("Gather", a["self"], a["index"], axis=a["dim"]),
    "mean": partial(_reduce, "ReduceMean"),
    "sum": partial(_reduce, "ReduceSum"),
    "amax": partial(_reduce, "ReduceMax"),
    "amin": partial(_reduce, "ReduceMin"),
    **dict.fromkeys(("pad", "constant_pad_nd"), partial(_pad, "constant")),
    **{f"reflection_pad{r}d": partial(_pad, "reflect") for r in (1, 2, 3)},
    **{f"replication_pad{r}d": partial(_pad, "replicate") for r in (1, 2, 3)},
    "pixel_shuffle": lambda a: a.onnx("DepthToSpace", a["self"], blocksize=a["upscale_factor"], mode="CRD"),
    "channel_shuffle": _shuffle,
    **{f"upsample_nearest{r}d": partial(_upsample, "nearest") for r in (1, 2, 3)},
    "upsample_linear1d": partial(_upsample, "linear"),
    "upsample_bilinear2d": partial(_upsample, "linear"),
    "upsample_trilinear3d": partial(_upsample, "linear"),
    "ones": partial(_constant, 1.0),
    "zeros": partial(_constant, 0.0),
    "full": partial(_constant, None),
    "scalar_tensor": partial(_constant, None),
}
"""The operator of each ATen name."""
