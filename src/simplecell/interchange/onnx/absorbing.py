"""Constants that a graph multiplies with or adds, taken into the layer before: a scale behind a batch normalisation, a
bias behind a matrix product or a convolution. Other readers of that layer keep it as it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from simplecell.interchange.onnx.call import Call
from simplecell.interchange.onnx.values import Operand, Traced
from simplecell.layers import Affine, Permute
from simplecell.layers.base import Array

_WITH_BIAS = ("Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "Linear")


def absorbed(call: Call, x: Traced, scale: Array | None, offset: Array | None) -> Operand | None:
    """x * scale + offset as the layer that gives x with other weights; None where it cannot be.

    A scale is taken by a batch normalisation alone: scaled convolutions would no longer have the file's weights.
    """
    layer, given = x.layer, next(c for c in (scale, offset) if c is not None)
    if isinstance(layer, Affine) and not layer.bias and scale is None and given.shape == layer.shape:
        return _again(call, x, {"bias": True}, call.tracer.weights[x.value] | {"bias": given})
    if isinstance(layer, Permute) and layer.dims[-1] == 0 and given.shape == (*(1,) * (len(x.shape) - 1), x.shape[-1]):
        before = call.tracer.traced(x.value.sources[0])
        taken = _biased(call, before, given) if scale is None else None
        return None if taken is None else call.apply(Permute(layer.dims), taken)
    if layer is None or given.shape not in ((x.shape[0], *(1,) * (len(x.shape) - 1)), (x.shape[0],)):
        return None
    weights = call.tracer.weights[x.value]
    if layer.kind == "BatchNorm" and "weight" in weights:
        return _again(call, x, {}, weights | _moved(weights, scale, offset))
    return None if scale is not None or offset is None else _biased(call, x, offset)


def _biased(call: Call, x: Traced, offset: Array) -> Operand | None:
    """A convolution or matrix product with its bias; None for another layer, or where it has one."""
    if x.layer is None or x.layer.kind not in _WITH_BIAS or x.layer.arguments()["bias"]:
        return None
    return _again(call, x, {"bias": True}, call.tracer.weights[x.value] | {"bias": offset.ravel()})


def _moved(weights: Mapping[str, Array], scale: Array | None, offset: Array | None) -> dict[str, Array]:
    """Weight and bias after one more scale and offset."""
    by = np.float32(1) if scale is None else scale.ravel()
    plus = np.float32(0) if offset is None else offset.ravel()
    return {"weight": weights["weight"] * by, "bias": weights["bias"] * by + plus}


def _again(call: Call, x: Traced, changes: Mapping[str, Any], weights: Mapping[str, Array]) -> Operand:
    """The layer that gives `x` once more, with other arguments and weights."""
    assert x.layer is not None
    tracer = call.tracer
    layer = x.layer.make({**x.layer.arguments(), **changes}, None)
    sources = [tracer.traced(source) for source in x.value.sources]
    return tracer.apply(layer, sources, weights, tracer.names[x.value])
