"""Dropout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, ClassVar

import numpy as np

from simplecell.errors import ArgumentError
from simplecell.geometry import Pointwise
from simplecell.layers import base
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit
from simplecell.layers.terms import Cell, Slopes, in_image

_GOLDEN = 0x9E3779B97F4A7C15
_MASK64 = 2**64 - 1


class Dropout(Layer):
    """In training drop each value with probability p and scale up the others; otherwise change nothing.

    y = x * keep / (1 - p),  keep = 1 where u >= p, else 0,  u uniform in [0, 1), different in every step

    Shapes: any, unchanged.
    Rules: u of a value depends only on the seed, the step, the layer's number and the value's place in the batch
    (counted in n, c, h, w order), so it is the same for any number of threads and after a resumed run. A dropped NaN
    is 0.
    Raises: ArgumentError unless 0 <= p < 1.
    Source: Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, 2014, scaled in
    training as is usual today. The generator is splitmix64 (Steele et al., Fast splittable pseudorandom number
    generators, 2014), used as a hash of the place.

    >>> import numpy as np
    >>> drop = Dropout(0.5)
    >>> drop.forward(drop.site((3,)), [np.array([[1., 2., 3.]])], {}, base.EVALUATION)[0]
    array([[1., 2., 3.]])
    >>> drop.forward(drop.site((4,)), [np.ones((1, 4))], {}, Mode(training=True, seed=5))[0]
    array([[2., 0., 2., 0.]])
    """

    kind: ClassVar[str] = "Dropout"
    formula: ClassVar[str] = "y = x * keep / (1 - p) in training, y = x otherwise"

    p: float

    def __init__(self, p: float = 0.5, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus(self.kind, surplus, "p=0.5, *, name=None", "the probability p is its only argument")
        if isinstance(p, (bool, str)) or not hasattr(p, "__float__"):
            raise ArgumentError(f"p must be a number, got {p!r}")
        if not 0.0 <= float(p) < 1.0:
            raise ArgumentError(f"p, the probability to drop a value, must be at least 0 and below 1, got {p!r}")
        self._set(p=float(p), name=base.checked_name(name))

    def site(self, *shapes: Shape) -> Site:
        shape = base.only_shape(shapes)
        return Site(self, shapes, shape, tuple(Pointwise(s) for s in shape), {}, Cost())

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        (x,) = xs
        if not mode.training:
            return x, None
        keep = self.kept(x.shape, mode)
        return self._thinned(x, keep), keep

    def kept(self, shape: Shape, mode: Mode) -> Array:
        """Which values of an array of this shape stay, broadcast over it."""
        return uniform(prod(shape), mode).reshape(shape) >= self.p

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        return (dy if saved is None else self._thinned(dy, saved),), {}

    def _thinned(self, x: Array, keep: Array) -> Array:
        scale = np.asarray(1.0 / (1.0 - self.p), x.dtype)
        return np.where(keep, x * scale, np.zeros_like(x))

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        """The value as it is outside training."""
        x = np.array([float(xs[0][unit])])
        source, real = np.zeros(1, np.int64), np.ones(1, bool)
        return Terms("sum", source, np.array([unit]), real, x, np.ones(1), x, None, float(x[0]))

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        keep = (
            np.broadcast_to(self.kept(xs[0].shape, mode), xs[0].shape)[(cell.image, *cell.unit)]
            if mode.training
            else True
        )
        scale = 1 / (1 - self.p) if mode.training else 1.0
        return in_image(cell.image, np.array([cell.unit]), np.array([scale if keep else 0.0]), "share")

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.dropout", {"p": self.p, "value": terms.value}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


def mix(x: int) -> int:
    """The finaliser of splitmix64: a bijection of the 64-bit numbers that looks random.

    >>> hex(mix(0x9E3779B97F4A7C15))
    '0xe220a8397b1dcdaf'
    """
    x ^= x >> 30
    x = x * 0xBF58476D1CE4E5B9 & _MASK64
    x ^= x >> 27
    x = x * 0x94D049BB133111EB & _MASK64
    return x ^ x >> 31


def uniform(count: int, mode: Mode) -> Array:
    """`count` numbers u in [0, 1), multiples of 2**-24: u[i] = (mix(key + i*golden) >> 40) * 2**-24 with
    key = mix(mix(seed) + mix(stream)*golden + step), all modulo 2**64."""
    key = mix((mix(mode.seed & _MASK64) + mix(mode.stream & _MASK64) * _GOLDEN + mode.step) & _MASK64)
    h = np.uint64(key) + np.arange(count, dtype=np.uint64) * np.uint64(_GOLDEN)
    h ^= h >> np.uint64(30)
    h *= np.uint64(0xBF58476D1CE4E5B9)
    h ^= h >> np.uint64(27)
    h *= np.uint64(0x94D049BB133111EB)
    h ^= h >> np.uint64(31)
    return (h >> np.uint64(40)) * 2.0**-24


Dropout.EXAMPLES = ((Dropout(), ((2, 3, 4),)), (Dropout(0.25), ((7,),)), (Dropout(0), ((1, 2, 2),)))
