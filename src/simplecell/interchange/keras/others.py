"""Keras's dense layers, normalisations, shapes and sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from math import prod
from typing import Any

import numpy as np

from simplecell.interchange.keras.activations import FUNCTIONS, activated
from simplecell.interchange.keras.stage import Stage
from simplecell.interchange.onnx.call import known
from simplecell.interchange.onnx.operators.arithmetic import add, divide, multiply, subtract
from simplecell.interchange.onnx.operators.products import times_matrix
from simplecell.interchange.onnx.values import Operand, Traced
from simplecell.layers import BatchNorm, Crop, Dropout, Dropout2d, GroupNorm, LayerNorm, Pad, Upsample
from simplecell.layers.base import Array

_LEAST_DEVIATION = 1e-7
"""Keras's epsilon, below which Normalization does not divide."""


def _dense(a: Stage) -> Traced:
    """y = x @ kernel + bias along the file's last axis: over channels a convolution of kernel 1. Behind a Flatten the
    kernel's rows are put into our order."""
    weights = a.weights(*(("kernel", "bias") if a.get("use_bias", True) else ("kernel",)))
    kernel, x = weights["kernel"], a.x
    if x.value in a.room.flattened:
        x, shape = a.room.flattened[x.value]
        if len(kernel) == prod(shape):
            kernel = np.moveaxis(kernel.reshape(*shape[1:], shape[0], -1), -2, 0).reshape(prod(shape), -1)
    weight, bias = np.ascontiguousarray(kernel.T), weights.get("bias")
    if len(x.shape) > 1 and not a.room.first:
        return activated(a, a.onnx("Conv", x, weight.reshape(*weight.shape, *(1,) * (len(x.shape) - 1)), bias))
    return activated(a, a.only_traced([times_matrix(a.call("Dense"), x, weight, bias)]))


def _channel_axis(a: Stage) -> None:
    """Refuse a normalisation along another axis than the channels."""
    given = a.get("axis", -1)
    axes = given if isinstance(given, list) else [given]
    if [a.axis(int(axis)) for axis in axes] != [1]:
        a.refuse(f"axis = {given!r}; supported: the channels' axis")


def _scale_and_offset(a: Stage) -> tuple[str, ...]:
    return tuple(name for key, name in (("scale", "weight"), ("center", "bias")) if a.get(key, True))


def _ones_and_zeros(found: dict[str, Array], size: int) -> dict[str, Array]:
    """A scale of ones and an offset of zeros where the layer has none."""
    return {"weight": np.ones(size, np.float32), "bias": np.zeros(size, np.float32)} | found


def _batch_norm(a: Stage) -> Traced:
    _channel_axis(a)
    names = (*_scale_and_offset(a), "running_mean", "running_var")
    found, stays = a.weights(*names), float(a.get("momentum", 0.99))
    affine = len(names) > 2
    weights = _ones_and_zeros(found, a.x.shape[0]) if affine else found
    layer = BatchNorm(eps=float(a.get("epsilon", 1e-3)), momentum=round(1 - stays, 7), affine=affine)
    return a.layer(layer, a.x, **weights)


def _group_norm(a: Stage) -> Traced:
    """groups = -1: each channel alone."""
    _channel_axis(a)
    groups, eps, channels = int(a.get("groups", 32)), float(a.get("epsilon", 1e-3)), a.x.shape[0]
    weights = _ones_and_zeros(a.weights(*_scale_and_offset(a)), channels)
    return a.layer(GroupNorm(channels if groups == -1 else groups, eps=eps), a.x, **weights)


def _layer_norm(a: Stage) -> Traced:
    """Over the axes named, which are put last for it."""
    rank, given = len(a.x.shape), a.get("axis", -1)
    axes = sorted(a.axis(int(axis)) for axis in (given if isinstance(given, list) else [given]))
    if a.get("rms_scaling", False) or 0 in axes or not axes:
        a.refuse(
            f"axis = {given!r} with rms_scaling = {a.get('rms_scaling', False)}; supported: axes of an image, False"
        )
    order = [*(i for i in range(rank) if i + 1 not in axes), *(i - 1 for i in axes)]
    shape = tuple(a.x.shape[i - 1] for i in axes)
    found = a.weights(*_scale_and_offset(a))
    if 1 in axes:
        found = {name: a.weight_from_keras(w) for name, w in found.items()}
    weights = {"weight": np.ones(shape, np.float32)} | found if found else {}
    layer = LayerNorm(shape, eps=float(a.get("epsilon", 1e-3)), elementwise_affine=bool(found), bias="bias" in found)
    y = a.layer(layer, a.permuted(a.x, order), **weights)
    return a.permuted(y, np.argsort(order).tolist())


def _normalization(a: Stage) -> Traced:
    """y = (x - mean) / deviation by fixed numbers, per channel or for all; inverted: back again."""
    if a.get("axis") not in (None, []):
        _channel_axis(a)
    if a.get("mean") is not None:
        mean, variance = (np.asarray(_numbers(a, key), np.float32) for key in ("mean", "variance"))
    else:
        found = a.weights("mean", "variance", "count")
        mean, variance = found["mean"], found["variance"]
    deviation = np.maximum(np.sqrt(variance.astype(np.float64)), _LEAST_DEVIATION)
    if a.get("invert", False):
        return _scaled(a, deviation, mean.astype(np.float64))
    return _scaled(a, 1 / deviation, -mean / deviation)


def _numbers(a: Stage, key: str) -> Any:
    """A number or a list of them, which Keras may keep as an array in words."""
    given = a.get(key)
    while isinstance(given, dict):
        given = given.get("config", {}).get("value") if "config" in given else given.get("value")
    return given if given is not None else a.refuse(f"{key} = {a.get(key)!r}; supported: numbers")


def _scaled(a: Stage, scale: Array, offset: Array) -> Traced:
    """x * scale + offset, by one number each or by one per channel."""
    scale, offset = (a.per_channel(np.asarray(n, np.float32)) for n in (scale, offset))
    y = multiply(a.call(a.kind), a.x, scale)
    return a.only_traced([add(a.call(a.kind), y, offset)])


def _rescaling(a: Stage) -> Traced:
    return _scaled(a, *(np.asarray(_numbers(a, key), np.float32) for key in ("scale", "offset")))


def _reshape(a: Stage) -> Traced:
    """The values in the file's order under a new shape; -1 stands for what is left."""
    total, wanted = prod(a.x.shape), [int(n) for n in a["target_shape"]]
    if wanted.count(-1) == 1:
        wanted[wanted.index(-1)] = total // max(-prod(wanted), 1)
    if prod(wanted) != total or min(wanted, default=0) < 1:
        a.refuse(f"target_shape = {a['target_shape']!r}, but there are {total} values")
    return a.from_keras(a.reshaped(a.to_keras(a.x), wanted))


def _permute(a: Stage) -> Traced:
    """Axes are counted from 1 and in the file's order."""
    dims, rank = [int(d) for d in a["dims"]], len(a.x.shape)
    if sorted(dims) != list(range(1, rank + 1)):
        a.refuse(f"dims = {dims!r}; supported: the axes 1 to {rank} in some order")
    axes = [a.axis(d) - 1 for d in dims]
    order = axes if a.room.first else [axes[-1], *axes[:-1]]
    return a.permuted(a.x, order, a.name)


def _pairs(a: Stage, key: str) -> tuple[tuple[int, int], ...]:
    """Cells before and after each spatial axis; one number is both."""
    given, rank = a.get(key), len(a.x.shape) - 1
    if isinstance(given, list) and rank == 1 and len(given) == 2 and not isinstance(given[0], list):
        given = [given]
    each = given if isinstance(given, list) else [given] * rank
    pairs = [tuple(int(n) for n in pair) if isinstance(pair, list) else (int(pair),) * 2 for pair in each]
    if len(pairs) != rank or any(len(pair) != 2 for pair in pairs):
        a.refuse(f"{key} = {given!r}; supported: a pair for each of {rank} spatial axes")
    return tuple((pair[0], pair[1]) for pair in pairs)


def _upsampling(rank: int, a: Stage) -> Traced:
    a.places(rank)
    modes = {"nearest": "nearest", "bilinear": "bilinear"}
    mode = modes[a.only("interpolation", *(modes if rank == 2 else ("nearest",)))]
    return a.layer(Upsample(scale_factor=a.each("size", 2), mode=mode), a.x)


def _widened(a: Stage, values: Sequence[Traced]) -> list[Traced]:
    """Values in as many axes as the longest has: new ones stand before, in the file's order."""
    rank = max(len(x.shape) for x in values)
    return [
        x if len(x.shape) == rank
        else a.from_keras(a.reshaped(a.to_keras(x), [*(1,) * (rank - len(x.shape)), *a.to_keras(x).shape]))
        for x in values
    ]  # fmt: skip


Combine = Callable[[Any, Operand, Operand], Operand]


def _merged(combine: Combine, a: Stage) -> Traced:
    """Two and more values, one after another."""
    first, *rest = _widened(a, a.values)
    return a.only_traced([reduce(partial(combine, a.call(a.kind)), rest, first)])


def _average(a: Stage) -> Traced:
    total = _merged(add, a)
    return a.only_traced([multiply(a.call(a.kind, title=""), total, np.array(1 / len(a.inputs), np.float32))])


def _extreme(op: str, a: Stage) -> Traced:
    return a.onnx(op, *_widened(a, a.values))


def _concatenate(a: Stage) -> Traced:
    return a.onnx("Concat", *a.values, axis=a.axis(int(a.get("axis", -1))))


def _operation(combine: Combine, a: Stage) -> Traced:
    """`x * 2`, `x + y`: values and numbers, as written in the model's code."""
    if len(a.inputs) != 2:
        a.refuse(f"has {len(a.inputs)} operands; supported: two")
    values = iter(_widened(a, [x for x in a.inputs if not known(x)]))
    x, y = (x if known(x) else next(values) for x in a.inputs)
    return a.only_traced([combine(a.call(a.kind), x, y)])


def _function(name: str, a: Stage) -> Traced:
    return FUNCTIONS[name](a, a.x)


def _same(a: Stage) -> Traced:
    """What a layer outside training leaves as it is."""
    return a.x


def _dropout(kind: type[Dropout], a: Stage) -> Traced:
    """Nothing outside training, in which its layer stays; values behind a Flatten are known in both orders still."""
    layer = kind(a.get("rate", 0.5))
    y = a.layer(layer, a.x)
    if a.x.value in a.room.flattened:
        row, shape = a.room.flattened[a.x.value]
        a.room.flattened[y.value] = a.layer(layer, row), shape
    return y


NOTHING = (
    "SpatialDropout1D", "SpatialDropout3D", "AlphaDropout", "GaussianDropout", "GaussianNoise",
    "ActivityRegularization", "Identity", "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation",
    "RandomContrast", "RandomBrightness",
)  # fmt: skip
"""Layers that change values in training alone."""

OPERATORS: dict[str, Callable[[Stage], Traced]] = {
    "Dense": _dense,
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm,
    "GroupNormalization": _group_norm,
    "Normalization": _normalization,
    "Rescaling": _rescaling,
    "Flatten": lambda a: a.flatten(a.x),
    "Reshape": _reshape,
    "Permute": _permute,
    **{f"ZeroPadding{r}D": lambda a: a.layer(Pad(_pairs(a, "padding")), a.x) for r in (1, 2, 3)},
    **{f"Cropping{r}D": lambda a: a.layer(Crop(_pairs(a, "cropping")), a.x) for r in (1, 2, 3)},
    **{f"UpSampling{r}D": partial(_upsampling, r) for r in (1, 2, 3)},
    "Add": partial(_merged, add),
    "Subtract": partial(_merged, subtract),
    "Multiply": partial(_merged, multiply),
    "Average": _average,
    "Maximum": partial(_extreme, "Max"),
    "Minimum": partial(_extreme, "Min"),
    "Concatenate": _concatenate,
    "ops.Add": partial(_operation, add),
    "ops.Subtract": partial(_operation, subtract),
    "ops.Multiply": partial(_operation, multiply),
    **dict.fromkeys(("ops.Divide", "ops.TrueDivide"), partial(_operation, divide)),
    **{f"ops.{name.title()}": partial(_function, name) for name in ("relu", "relu6", "sigmoid", "tanh", "silu")},
    "Dropout": partial(_dropout, Dropout),
    "SpatialDropout2D": partial(_dropout, Dropout2d),
    **dict.fromkeys(NOTHING, _same),
}
