"""Drawing an image out to more rows and columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import floor, prod
from typing import Any, ClassVar, TypeVar

import numpy as np

from simplecell.errors import ArgumentError, ShapeError
from simplecell.geometry import MAX_SIZE, Pointwise, entries, whole_number
from simplecell.layers import base, selecting
from simplecell.layers.axes import Resampled
from simplecell.layers.base import Array, Layer, Mode, Shape, Site, Terms, Unit
from simplecell.layers.terms import Cell, Slopes, in_image

T = TypeVar("T")

LINEAR = {"linear": 1, "bilinear": 2, "trilinear": 3}
"""The linear modes by the number of spatial axes that they are for."""


class Upsample(selecting.Selecting):
    """Give a signal, an image or a volume another size: by the nearest cell, or linearly between cells.

    nearest: y[i] = x[floor(i*r)];  linear: y[i] = (1 - t)*x[j] + t*x[j+1], j + t = (i + 1/2)*r - 1/2;  r = h / oh

    Args:
        size: the new size, one number or one per spatial axis; or
        scale_factor: by how much to multiply the size, one number or one per spatial axis; r is then 1/scale_factor.
        mode: "nearest", or "linear", "bilinear", "trilinear" for signals, images, volumes.
        align_corners: linear modes only: the first and last cells stay where they are, j + t = i*(h-1)/(oh-1).

    Shapes: x (n, c, h, w) -> y (n, c, oh, ow); oh = floor(h * scale_factor) unless size is given.
    Rules: positions before the first or beyond the last cell take that cell. Positions are exact fractions, where
    PyTorch's nearest rounds them to float32. A cell whose share is 0 is not read.
    Raises: ArgumentError unless exactly one of size and scale_factor is given; ShapeError where the mode is for another
    number of axes, or nothing would be left.
    Source: as PyTorch's Upsample.

    >>> import numpy as np
    >>> up = Upsample(scale_factor=2, mode="linear")
    >>> up.forward(up.site((1, 2)), [np.array([[[0., 4.]]])], {}, base.EVALUATION)[0]
    array([[[0., 1., 3., 4.]]])
    """

    kind: ClassVar[str] = "Upsample"
    formula: ClassVar[str] = "y[i] = x[floor(i*h/oh)], or (1 - t)*x[j] + t*x[j+1]"

    size: tuple[int, ...] | int | None
    scale_factor: tuple[float, ...] | float | None
    mode: str
    align_corners: bool

    def __init__(
        self,
        *surplus: object,
        size: int | Sequence[int] | None = None,
        scale_factor: float | Sequence[float] | None = None,
        mode: str = "nearest",
        align_corners: bool = False,
        name: str | None = None,
    ) -> None:
        base.refuse_surplus(
            "Upsample", surplus, "*, size=None, scale_factor=None, mode='nearest', ...",
            "say which is meant: Upsample(scale_factor=2) or Upsample(size=(56, 56))",
        )  # fmt: skip
        if (size is None) == (scale_factor is None):
            raise ArgumentError(f"give size or scale_factor, one of the two; got {size!r} and {scale_factor!r}")
        if mode != "nearest" and mode not in LINEAR:
            raise ArgumentError(f"mode must be 'nearest', {', '.join(map(repr, LINEAR))}, got {mode!r}")
        if base.checked_flag(align_corners, "align_corners") and mode == "nearest":
            raise ArgumentError("align_corners=True needs a linear mode, got mode='nearest'")
        self._set(
            size=_each(size, lambda value: whole_number(value, "size", 1)),
            scale_factor=_each(scale_factor, lambda value: base.checked_number(value, "scale_factor", above=0.0)),
            mode=mode,
            align_corners=align_corners,
            name=base.checked_name(name),
        )

    def site(self, *shapes: Shape) -> Site:
        shape = base.maps_shape(shapes)
        spatial = len(shape) - 1
        if LINEAR.get(self.mode, spatial) != spatial:
            fits = next(mode for mode, axes in LINEAR.items() if axes == spatial)
            raise ShapeError(f"mode {self.mode!r} needs {' '.join(base.FORMS[LINEAR[self.mode]])}, got "
                             f"{base.shape_text(shape)}; for this input mode={fits!r}")  # fmt: skip
        sizes = self.size if isinstance(self.size, tuple) else (self.size,) * spatial
        factors = self.scale_factor if isinstance(self.scale_factor, tuple) else (self.scale_factor,) * spatial
        selecting.one_each(sizes, shape, "size")
        selecting.one_each(factors, shape, "scale_factor")
        axes = [self._axis(n, size, factor) for n, size, factor in zip(shape[1:], sizes, factors, strict=True)]
        if any(axis.outputs < 1 for axis in axes):
            raise ShapeError(f"scale_factor {self.scale_factor} leaves nothing of {base.shape_text(shape)}")
        return selecting.selected(self, shapes, [Pointwise(shape[0]), *axes])

    def _axis(self, n: int, size: int | None, factor: float | None) -> Resampled:
        outputs = size if size is not None else floor(min(n * (factor or 0.0), MAX_SIZE + 1.0))
        ratio = Fraction(n, max(outputs, 1)) if factor is None else 1 / Fraction(factor)
        if self.align_corners:
            ratio = Fraction(n - 1, max(outputs - 1, 1)) if outputs > 1 else Fraction(0)
        return Resampled(n, outputs, ratio, "nearest" if self.mode == "nearest" else "linear", self.align_corners)

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        (y,) = xs
        for number, (low, high, share) in enumerate(_shares(site), start=2):
            near, far = np.take(y, low, number), np.take(y, high, number)
            t = share.astype(y.dtype).reshape(-1, *[1] * (y.ndim - number - 1))
            y = np.where(t > 0, near * (1 - t) + far * t, near)
        return y, None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        for number, (low, high, share) in reversed([*enumerate(_shares(site), start=2)]):
            line = np.moveaxis(dy, number, 0)
            t = share.astype(dy.dtype).reshape(-1, *[1] * (dy.ndim - 1))
            dx = np.zeros((site.inputs[0][number - 1], *line.shape[1:]), dy.dtype)
            np.add.at(dx, low, line * (1 - t))
            np.add.at(dx, high, line * t)
            dy = np.moveaxis(dx, 0, number)
        return (dy,), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        taps = [axis.taps(i) for axis, i in zip(site.axes, unit, strict=True) if isinstance(axis, Resampled)]
        cells = [((unit[0], *(j for j, _ in tap)), prod(share for _, share in tap)) for tap in product(*taps)]
        at, shares = np.array([place for place, _ in cells]), np.array([share for _, share in cells])
        values = xs[0][tuple(at.T)].astype(np.float64)
        products, count = values * shares, len(cells)
        value = float(products.sum())
        return Terms("sum", np.zeros(count, np.int64), at, np.ones(count, bool), values, shares, products, None, value)

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        at = self.readers(site, cell)
        axes = enumerate(zip(site.axes[1:], cell.unit[1:], strict=True), start=1)
        parts = [[dict(a.taps(i))[j] for i in at[:, n].tolist()] for n, (a, j) in axes if isinstance(a, Resampled)]
        return in_image(cell.image, at, np.prod(parts, axis=0), "share")

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        if len(terms.products) == 1:
            return super().sentence(site, unit, terms)
        return "layers.upsample", {"unit": unit, "cells": len(terms.products), "value": terms.value}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


def _each(value: object, checked: Callable[[object], T]) -> T | tuple[T, ...] | None:
    """One number for all axes, or one per axis, checked; None stays."""
    given = entries(value)
    return None if value is None else checked(value) if given is None else tuple(map(checked, given))


def _shares(site: Site) -> list[tuple[Array, Array, Array]]:
    """For each spatial axis: the first and the second cell of every output, and the second's share (0: not read)."""
    found: list[tuple[Array, Array, Array]] = []
    for axis in site.axes[1:]:
        taps = [axis.taps(i) for i in range(axis.outputs)] if isinstance(axis, Resampled) else []
        low, high = np.array([t[0][0] for t in taps]), np.array([t[-1][0] for t in taps])
        found.append((low, high, np.array([t[1][1] if len(t) > 1 else 0.0 for t in taps])))
    return found


Upsample.EXAMPLES = (
    (Upsample(scale_factor=2), ((2, 2, 3),)),
    (Upsample(size=(3, 5)), ((1, 2, 4),)),
    (Upsample(scale_factor=2, mode="bilinear"), ((1, 2, 3),)),
    (Upsample(size=(5, 3), mode="bilinear", align_corners=True), ((2, 3, 4),)),
    (Upsample(scale_factor=1.5, mode="linear"), ((2, 4),)),
    (Upsample(scale_factor=(2, 1, 0.5), mode="trilinear"), ((1, 1, 2, 4),)),
)
