"""Several nodes of a graph that together are one kind of layer: recognised while the last of them is read. Other
readers of the values between keep them; values that nobody reads any more fall out of the network by themselves."""

from __future__ import annotations

import math
from math import prod

from simplecell.interchange.onnx.values import Traced, Tracer
from simplecell.layers import (
    ChannelShuffle,
    Erf,
    Flatten,
    Mish,
    Mul,
    Permute,
    Rescale,
    Reshape,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
)
from simplecell.layers.base import Layer, Shape


def source(tracer: Tracer, x: Traced, which: int = 0) -> Traced:
    """What the layer that gives `x` reads."""
    return tracer.traced(x.value.sources[which])


def reshaping(tracer: Tracer, x: Traced, shape: Shape) -> tuple[Layer, Traced]:
    """The layer that gives `x` another shape, and what it reads: a channel shuffle where a reshape, an exchange of two
    axes and this reshape are one; reshapes behind each other are one."""
    if isinstance(x.layer, Permute) and len(x.shape) > 2 and len(shape) > 1:
        split = source(tracer, x)
        if (
            isinstance(split.layer, Reshape)
            and source(tracer, split).shape == shape
            and prod(x.shape[:2]) == shape[0]
            and x.layer.dims == (1, 0, *range(2, len(x.shape)))
        ):
            return ChannelShuffle(split.shape[0]), source(tracer, split)
    if isinstance(x.layer, Reshape | Flatten):
        x = source(tracer, x)
    return Flatten() if len(shape) == 1 else Reshape(shape), x


def gated(tracer: Tracer, x: Traced, gate: Traced) -> Layer | None:
    """x * gate(x) as one activation."""
    if isinstance(gate.layer, Sigmoid) and source(tracer, gate).value is x.value:
        return SiLU()
    if isinstance(gate.layer, Tanh):
        inner = source(tracer, gate)
        if isinstance(inner.layer, Softplus) and inner.layer.beta == 1 and source(tracer, inner).value is x.value:
            return Mish()
    return None


def gelu_of(tracer: Tracer, x: Traced, factor: float) -> Traced | None:
    """What GELU is applied to, where 0.5 times `x` = a * (1 + erf(a / sqrt(2))) is that."""
    if factor != 0.5 or not isinstance(x.layer, Mul) or len(x.value.sources) != 2:
        return None
    for a, opened in ((source(tracer, x, 0), source(tracer, x, 1)), (source(tracer, x, 1), source(tracer, x, 0))):
        if not isinstance(opened.layer, Rescale) or (opened.layer.scale, opened.layer.offset) != (1.0, 1.0):
            continue
        erf = source(tracer, opened)
        if not isinstance(erf.layer, Erf):
            continue
        inner = source(tracer, erf)
        if isinstance(inner.layer, Rescale) and inner.value.sources[0] is a.value and inner.layer.offset == 0:
            return a if math.isclose(inner.layer.scale, math.sqrt(0.5), rel_tol=1e-5) else None
    return None
