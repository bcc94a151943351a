"""What the kinds share each of whose outputs is one value of the input, found axis by axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simplecell.errors import ArgumentError, ShapeError
from simplecell.geometry import Axis, Pads, padding_form
from simplecell.layers import base
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit

Margins = int | tuple[Pads, ...]
"""Cells before and after each spatial axis: the same number everywhere, or one (before, after) pair per axis."""


class Selecting(Layer):
    """Base of the kinds that take values from the input by index along each axis; a kind states the axes.

    Where an axis reads nothing the output is `fill`.
    """

    @property
    def fill(self) -> float:
        """The value of outputs that read nothing."""
        return 0.0

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        (y,) = xs
        for number, axis in enumerate(site.axes, start=1):
            outputs, inputs = _pairs(axis)
            line = np.moveaxis(
                np.full((*y.shape[:number], axis.outputs, *y.shape[number + 1 :]), self.fill, y.dtype), number, 0
            )
            line[outputs] = np.moveaxis(y, number, 0)[inputs]
            y = np.moveaxis(line, 0, number)
        return y, None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        for number, axis in reversed([*enumerate(site.axes, start=1)]):
            outputs, inputs = _pairs(axis)
            line = np.moveaxis(
                np.zeros((*dy.shape[:number], axis.inputs, *dy.shape[number + 1 :]), dy.dtype), number, 0
            )
            np.add.at(line, inputs, np.moveaxis(dy, number, 0)[outputs])
            dy = np.moveaxis(line, 0, number)
        return (dy,), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        read = [axis.reads(i) for axis, i in zip(site.axes, unit, strict=True)]
        place = tuple(cells[0] for cells in read if cells)
        return base.moved_term(place, float(xs[0][place]))

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.moved", {"unit": unit, "place": tuple(terms.at[0].tolist()), "value": terms.value}


def _pairs(axis: Axis) -> tuple[Array, Array]:
    """The outputs along an axis that read something, and what they read."""
    pairs = [(i, j) for i in range(axis.outputs) for j in axis.reads(i)]
    return (*np.array(pairs, np.int64).reshape(len(pairs), 2).T,)  # type: ignore[return-value]


def margins(value: object, name: str) -> Margins:
    """A user's margins, in the forms of a convolution's padding without its words: one number, or per spatial axis a
    number or a (before, after) pair.

    >>> margins(2, "padding"), margins((1, (0, 3)), "padding")
    (2, ((1, 1), (0, 3)))
    """
    if isinstance(value, str):
        raise ArgumentError(f"{name} must be an int, or one int or (before, after) pair per axis, got {value!r}")
    if isinstance(value, (tuple, list)):
        return tuple(pads for pads in padding_form(value, len(value)) if not isinstance(pads, str))  # type: ignore[arg-type]
    (pads,) = padding_form(value, 1)
    return int(pads[0])


def margins_of(given: Margins, shape: Shape, name: str) -> tuple[Pads, ...]:
    """The margins of each spatial axis of `shape` (c, ...)."""
    spatial = len(shape) - 1
    if isinstance(given, int):
        return ((given, given),) * spatial
    if len(given) != spatial:
        raise ShapeError(
            f"{name} has {len(given)} entries {given!r}, but the input {base.shape_text(shape)} has {spatial} axes besides "
            "its channels"
        )
    return given


def selected(layer: Layer, shapes: tuple[Shape, ...], axes: Sequence[Axis]) -> Site:
    """The site of a kind that takes values along these axes."""
    output = tuple(axis.outputs for axis in axes)
    base.check_bytes(output, f"{layer.kind} output")
    return Site(layer, shapes, output, tuple(axes), {}, Cost())
