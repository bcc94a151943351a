"""Several nodes of a graph that together are one kind of layer: recognised while the last of them is read. Other
readers of the values between keep them; values that nobody reads any more fall out of the network by themselves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from simplecell.geometry import Adaptive
from simplecell.interchange.onnx.values import Traced, Tracer
from simplecell.layers import (
    AdaptiveAvgPool2d,
    AvgPool3d,
    ChannelShuffle,
    Erf,
    Flatten,
    LocalResponseNorm,
    Mish,
    Mul,
    Pad,
    Permute,
    Power,
    Rescale,
    Reshape,
    Sigmoid,
    SiLU,
    Slice,
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


def adaptive_of(tracer: Tracer, xs: Sequence[Traced], axis: int) -> tuple[Layer, Traced] | None:
    """The adaptive pool that values side by side along a spatial axis are, and what it reads, where each of them is the
    mean of its region of one image; a pool along the other axis before it is part of it."""
    one = tuple(1 if i == axis - 1 else None for i in range(2))
    if any(not isinstance(x.layer, AdaptiveAvgPool2d) or x.layer.output_size != one for x in xs):
        return None
    regions = [_places(tracer, source(tracer, x), axis) for x in xs]
    image = regions[0][0]
    cut = Adaptive(image.shape[axis], len(xs))
    if any(part.value is not image.value or at != cut.reads(i) for i, (part, at) in enumerate(regions)):
        return None
    sizes: Sequence[int | None] = (None, None)
    if isinstance(image.layer, AdaptiveAvgPool2d) and image.layer.output_size[axis - 1] is None:
        sizes, image = image.layer.output_size, source(tracer, image)
    return AdaptiveAvgPool2d([len(xs) if i == axis - 1 else size for i, size in enumerate(sizes)]), image


def _places(tracer: Tracer, x: Traced, axis: int) -> tuple[Traced, tuple[int, ...]]:
    """What `x` is a slice of along one axis alone, and the places there; itself and all of them if it is none."""
    if isinstance(x.layer, Slice):
        image = source(tracer, x)
        picked = [tuple(a.reads(i)[0] for i in range(a.outputs)) for a in x.layer.site(image.shape).axes]
        if all(at == tuple(range(n)) for d, (at, n) in enumerate(zip(picked, image.shape, strict=True)) if d != axis):
            return image, picked[axis]
    return x, tuple(range(x.shape[axis]))


def response_norm_of(tracer: Tracer, x: Traced, divisor: Traced) -> Layer | None:
    """What x / divisor is, where that is x / (k + alpha * mean of x*x over neighbouring channels) ** beta, the mean a
    pool over channels that lie as an axis in space: so PyTorch writes out a local response normalisation."""
    found: list[Any] = []
    for kind in (Power, Rescale, Rescale, Reshape, AvgPool3d, Pad, Reshape, Mul):
        if not isinstance(divisor.layer, kind):
            return None
        found.append(divisor.layer)
        squares, divisor = divisor, source(tracer, divisor)
    power, plus, times, _, pool, pad, volume, _ = found
    size, half = pool.kernel_size[0], pool.kernel_size[0] // 2
    if (
        set(squares.value.sources) == {x.value}
        and volume.shape[:2] == (1, x.shape[0])
        and [pad, pool] == [Pad(((half, half), (0, 0), (0, 0))), AvgPool3d((size, 1, 1), stride=1)]
        and (plus.scale, times.offset, size % 2) == (1.0, 0.0, 1)
    ):
        alpha = float(str(np.float32(times.scale)))
        return LocalResponseNorm(size, alpha=alpha, beta=power.exponent, k=plus.offset)
    return None
