"""ONNX's reductions along axes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any

import numpy as np

from simplecell.interchange.onnx.call import Call, known
from simplecell.interchange.onnx.operators.activations import Function
from simplecell.interchange.onnx.values import Operand, Traced
from simplecell.layers import AdaptiveAvgPool2d, GlobalAvgPool, GlobalMaxPool, Rescale
from simplecell.layers.base import Array

Reduction = Callable[..., Any]


def _axes(call: Call, rank: int) -> list[int] | None:
    """The axes, ascending; None where there are none and that means to leave all as it is."""
    given = call.integers(1, "axes", "axes")
    if not given:
        return None if call.get("noop_with_empty_axes", 0) else list(range(rank))
    return sorted({call.axis(a, rank) for a in given})


def _reduce(
    function: Reduction, layers: Callable[[Call, Traced, int], Operand] | None, call: Call
) -> tuple[Operand, ...]:
    x = call.input(0)
    shape, keep = call.shape(x), bool(call.get("keepdims", 1))
    axes = _axes(call, len(shape))
    if known(x):
        with np.errstate(all="ignore"):
            y = function(x, axis=() if axes is None else tuple(axes), keepdims=keep)
        return (np.asarray(y, x.dtype),)
    if axes is None:
        return (x,)
    if layers is None:
        call.refuse("is supported on constants alone; of the reductions networks have mean, sum, maximum and minimum")
    inner = [call.inner_axis(x, a) for a in axes]
    if function is np.mean and keep and len(x.shape) == 3 and inner in ([1], [2]):
        return (call.apply(AdaptiveAvgPool2d([1 if i in inner else None for i in (1, 2)]), x),)
    kept = [i for i in range(len(x.shape)) if i not in inner]
    count = prod(x.shape[i] for i in inner)
    joined = call.permuted(x, [*kept, *inner])
    rows = call.reshaped(joined, (prod(x.shape[i] for i in kept), *[x.shape[i] for i in inner]))
    assert isinstance(rows, Traced)
    result = layers(call, rows, count)
    sizes = [1 if i in inner else size for i, size in enumerate(x.shape) if keep or i not in inner]
    return (call.reshaped(result, sizes),)


def _mean(call: Call, x: Traced, count: int) -> Operand:
    return call.apply(GlobalAvgPool(), x)


def _sum(call: Call, x: Traced, count: int) -> Operand:
    return call.apply(Rescale(float(count)), call.apply(GlobalAvgPool(), x))


def _largest(call: Call, x: Traced, count: int) -> Operand:
    return call.apply(GlobalMaxPool(), x)


def _smallest(call: Call, x: Traced, count: int) -> Operand:
    turned = call.apply(GlobalMaxPool(), call.apply(Rescale(-1.0), x))
    return call.apply(Rescale(-1.0), turned)


def _end(x: Array, which: str) -> int:
    """The least or largest number of a type without infinity."""
    return int(which == "max") if x.dtype == bool else getattr(np.iinfo(x.dtype), which)


def _maximum(x: Array, **how: Any) -> Any:
    start: dict[str, Any] = {} if x.size else {"initial": -np.inf if x.dtype.kind == "f" else _end(x, "min")}
    return np.max(x, **how, **start)


def _minimum(x: Array, **how: Any) -> Any:
    start: dict[str, Any] = {} if x.size else {"initial": np.inf if x.dtype.kind == "f" else _end(x, "max")}
    return np.min(x, **how, **start)


def _log_sum_exp(x: Array, **how: Any) -> Any:
    axis = how["axis"]
    top = _maximum(x, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if how["keepdims"] else np.squeeze(total, axis)


def _winner(function: Callable[..., Any], call: Call) -> tuple[Operand, ...]:
    """The index of the largest or smallest value; of equal ones the first, or the last if asked."""
    x = call.input(0)
    if not known(x):
        call.refuse("gives indices, which are not float32; let the network end before it and take argmax of its scores")
    axis, keep = call.axis(int(call.get("axis", 0)), x.ndim), bool(call.get("keepdims", 1))
    if call.get("select_last_index", 0):
        found = x.shape[axis] - 1 - function(np.flip(x, axis), axis)
    else:
        found = function(x, axis)
    return (np.asarray(np.expand_dims(found, axis) if keep else found, np.int64),)


Layers = Callable[[Call, Traced, int], Operand]
_KINDS: dict[str, tuple[Reduction, Layers | None]] = {
    "ReduceMean": (np.mean, _mean),
    "ReduceSum": (np.sum, _sum),
    "ReduceMax": (_maximum, _largest),
    "ReduceMin": (_minimum, _smallest),
    "ReduceProd": (np.prod, None),
    "ReduceL1": (lambda x, **how: np.sum(np.abs(x), **how), None),
    "ReduceL2": (lambda x, **how: np.sqrt(np.sum(np.square(x), **how)), None),
    "ReduceSumSquare": (lambda x, **how: np.sum(np.square(x), **how), None),
    "ReduceLogSum": (lambda x, **how: np.log(np.sum(x, **how)), None),
    "ReduceLogSumExp": (_log_sum_exp, None),
}
OPERATORS: dict[str, Function] = {
    **{name: partial(_reduce, function, layers) for name, (function, layers) in _KINDS.items()},
    "ArgMax": partial(_winner, np.argmax),
    "ArgMin": partial(_winner, np.argmin),
}
