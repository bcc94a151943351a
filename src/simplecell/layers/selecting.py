"""What the kinds share each of whose outputs is one value of the input, found axis by axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from simplecell.errors import ArgumentError, ShapeError
from simplecell.geometry import Axis, Pads, entries, pads_of, whole_number
from simplecell.layers import base
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit

T = TypeVar("T")

Margins = int | tuple[Pads, ...]
"""Cells before and after each spatial axis: the same number everywhere, or one (before, after) pair per axis."""

MarginsGiven = int | Sequence[int | Sequence[int]]
"""The forms in which a user gives margins; see `margins`."""


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
            line = np.moveaxis(y, number, 0)
            taken = np.full((axis.outputs, *line.shape[1:]), self.fill, y.dtype)
            taken[outputs] = line[inputs]
            y = np.moveaxis(taken, 0, number)
        return y, None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        for number, axis in reversed([*enumerate(site.axes, start=1)]):
            outputs, inputs = _pairs(axis)
            line = np.moveaxis(dy, number, 0)
            given = np.zeros((axis.inputs, *line.shape[1:]), dy.dtype)
            np.add.at(given, inputs, line[outputs])
            dy = np.moveaxis(given, 0, number)
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
    outputs, inputs = np.array(pairs, np.int64).reshape(len(pairs), 2).T
    return outputs, inputs


def margins(value: object, name: str) -> Margins:
    """A user's margins, in the forms of a convolution's padding without its words: one number, or per spatial axis a
    number or a (before, after) pair.

    >>> margins(2, "padding"), margins((1, (0, 3)), "padding")
    (2, ((1, 1), (0, 3)))
    """
    given = entries(value)
    if isinstance(value, str):
        raise ArgumentError(f"{name} must be an int, or one int or (before, after) pair per axis, got {value!r}")
    return whole_number(value, name, 0) if given is None else tuple(pads_of(entry, name) for entry in given)


def margins_of(given: Margins, shape: Shape, name: str) -> tuple[Pads, ...]:
    """The margins of each spatial axis of `shape` (c, ...)."""
    return ((given, given),) * (len(shape) - 1) if isinstance(given, int) else one_each(given, shape, name)


def one_each(given: tuple[T, ...], shape: Shape, name: str) -> tuple[T, ...]:
    """What was given, if it has one entry per spatial axis of `shape` (c, ...)."""
    if len(given) != len(shape) - 1:
        raise ShapeError(
            f"{name} has {len(given)} entries {given!r}, but the input {base.shape_text(shape)} has {len(shape) - 1} "
            "axes besides its channels"
        )
    return given


def selected(layer: Layer, shapes: tuple[Shape, ...], axes: Sequence[Axis]) -> Site:
    """The site of a kind that takes values along these axes."""
    output = tuple(axis.outputs for axis in axes)
    base.check_bytes(output, f"{layer.kind} output")
    return Site(layer, shapes, output, tuple(axes), {}, Cost())
