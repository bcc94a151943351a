"""Local response normalisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from simplecell.errors import ShapeError
from simplecell.geometry import Pointwise, Window, whole_number
from simplecell.layers import base
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit
from simplecell.layers.terms import Cell, Slopes, in_image


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The channels around each channel; a `Window` that is not of the image's rows or columns.

    >>> Neighbours(Window(3, 1, 1, 1, 1), 4).reads(0), Neighbours(Window(3, 1, 1, 1, 1), 4).read_by(2)
    ((0, 1), (1, 2, 3))
    """

    window: Window
    inputs: int

    @property
    def outputs(self) -> int:
        return self.inputs

    def reads(self, i: int) -> tuple[int, ...]:
        return self.window.reads(i, self.inputs)

    def read_by(self, j: int) -> tuple[int, ...]:
        return self.window.read_by(j, self.inputs)


class LocalResponseNorm(Layer):
    """Divide each value by a power of how active its neighbouring channels are at the same place.

    y[n, c, i] = x[n, c, i] / (k + alpha / size * S)**beta,  S = sum of x[n, c', i]**2 over the channels
    c' = c - floor(size/2) .. c + floor((size-1)/2)

    Args:
        size: number of channels in the window; at the first and last channels those that are there count.
        alpha, beta, k: the constants of the formula.

    Shapes: (n, c, l), (n, c, h, w) or (n, c, d, h, w), unchanged.
    Rules: alpha is divided by size, whether or not all the channels are there, as in PyTorch (the paper's alpha is not
    divided). NaN spreads to the neighbours. 0 / 0, for k = 0, is NaN. No learned numbers, so no MACs.
    Raises: ArgumentError for impossible arguments; ShapeError for plain features.
    Source: Krizhevsky et al., ImageNet classification with deep convolutional neural networks, 2012, section 3.3.

    >>> import numpy as np
    >>> norm = LocalResponseNorm(2, alpha=2.0, beta=0.5, k=0.0)
    >>> x = np.array([[[3.], [4.]]])
    >>> norm.forward(norm.site((2, 1)), [x], {}, base.EVALUATION)[0].ravel()
    array([1. , 0.8])
    """

    kind: ClassVar[str] = "LocalResponseNorm"
    formula: ClassVar[str] = "y[c] = x[c] / (k + alpha/size * sum x[c']**2)**beta, c' = c-size//2 .. c+(size-1)//2"

    size: int
    alpha: float
    beta: float
    k: float

    def __init__(
        self,
        size: int,
        *surplus: object,
        alpha: float = 1e-4,
        beta: float = 0.75,
        k: float = 1.0,
        name: str | None = None,
    ) -> None:
        base.refuse_surplus(
            "LocalResponseNorm", surplus, "size, *, alpha=1e-4, beta=0.75, k=1.0, name=None",
            "PyTorch's LocalResponseNorm(5, 1e-4) is LocalResponseNorm(5, alpha=1e-4) here",
        )  # fmt: skip
        numbers = {"alpha": alpha, "beta": beta, "k": k}
        self._set(
            size=whole_number(size, "size", 1),
            **{key: base.checked_number(value, key, least=0) for key, value in numbers.items()},
            name=base.checked_name(name),
        )

    def site(self, *shapes: Shape) -> Site:
        shape = base.only_shape(shapes)
        if len(shape) == 1:
            raise ShapeError(f"needs channels with places, got {shape[0]} plain features: it belongs before Flatten")
        channels = Neighbours(Window(self.size, 1, 1, self.size // 2, (self.size - 1) // 2), shape[0])
        return Site(self, shapes, shape, (channels, *(Pointwise(s) for s in shape[1:])), {}, Cost())

    def _around(self, x: Array, before: int, after: int) -> Array:
        """The sums over each channel's neighbours, `before` below it to `after` above it."""
        c = x.shape[1]
        y = np.zeros_like(x)
        for offset in range(-min(before, c - 1), min(after, c - 1) + 1):
            y[:, max(0, -offset) : c - max(0, offset)] += x[:, max(0, offset) : c - max(0, -offset)]
        return y

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        (x,), before, after = xs, self.size // 2, (self.size - 1) // 2
        divisor = self.k + self.alpha / self.size * self._around(x * x, before, after)
        with np.errstate(divide="ignore", invalid="ignore"):  # 0 / 0 is NaN, as the rules say
            return x / divisor**self.beta, divisor

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        (x,), divisor, before, after = xs, saved, self.size // 2, (self.size - 1) // 2
        with np.errstate(divide="ignore", invalid="ignore"):
            share = dy * x / divisor ** (self.beta + 1)
            back = self._around(share, after, before)  # from all outputs whose window holds the channel
            return (dy / divisor**self.beta - 2 * self.beta * self.alpha / self.size * x * back,), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        """The neighbours: weight alpha/size * x, so that the products are what the divisor adds to k."""
        channels = np.array(site.axes[0].reads(unit[0]))
        at = np.stack([channels, *(np.full_like(channels, i) for i in unit[1:])], axis=1)
        x = xs[0][(channels, *unit[1:])].astype(np.float64)
        factors = self.alpha / self.size * x
        own, total = unit[0] - int(channels[0]), float((x * factors).sum())
        with np.errstate(divide="ignore", invalid="ignore"):
            divisor = float(np.float64(self.k + total) ** self.beta)
            value = float(x[own] / np.float64(divisor))
        named = {"k": self.k, "beta": self.beta, "sum": total, "divisor": divisor, "input": float(x[own])}
        source, real = np.zeros(len(x), np.int64), np.ones(len(x), bool)
        return Terms("divisive", source, at, real, x, factors, x * factors, None, value, own, named)

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        at, x = self.readers(site, cell), xs[0][(cell.image, slice(None), *cell.unit[1:])].astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            divisor = self.k + self.alpha / self.size * self._around(
                (x * x)[None], self.size // 2, (self.size - 1) // 2
            )
            d, own = divisor[0][at[:, 0]], at[:, 0] == cell.unit[0]
            shared = 2 * self.beta * self.alpha / self.size * x[at[:, 0]] * x[cell.unit[0]] / d ** (self.beta + 1)
            return in_image(cell.image, at, np.where(own, 1 / d**self.beta, 0.0) - shared, "slope")

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        numbers: dict[str, object] = {"channel": unit[0], "terms": len(terms.inputs), "value": terms.value}
        return "layers.localresponsenorm", {**numbers, "alpha": self.alpha, "size": self.size, **terms.named}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


LocalResponseNorm.EXAMPLES = (
    (LocalResponseNorm(3, alpha=0.5), ((5, 2, 3),)),
    (LocalResponseNorm(4, alpha=1, beta=0.5, k=2), ((6, 2),)),
    (LocalResponseNorm(5), ((3, 1, 2, 2),)),
    (LocalResponseNorm(1, alpha=0.1), ((2, 2, 2),)),
)
