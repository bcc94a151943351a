"""Pooling over regions that together are the whole input: what the adaptive and the global pools share.

A kind is made of two halves: where its regions lie (`AdaptivePool`, `GlobalPool`) and what is kept of each
(`MeanOfRegions`, `MaxOfRegions`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any, ClassVar

import numpy as np

from simplecell.errors import ArgumentError
from simplecell.geometry import Adaptive, Axis, Pointwise, Whole, entries, whole_number
from simplecell.layers import base, pools
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit
from simplecell.layers.terms import Cell, Slopes, in_image

# Where the regions lie -----------------------------------------------------------------------------------------


class AdaptivePool(Layer):
    """A half of a kind: the input cut into as many regions as the output has values; a kind fixes the rank."""

    rank: ClassVar[int]

    output_size: tuple[int | None, ...]

    def __init__(
        self, output_size: int | Sequence[int | None] | None, *surplus: object, name: str | None = None
    ) -> None:
        base.refuse_surplus(
            self.kind, surplus, "output_size, *, name=None",
            f"one size per axis goes in one tuple: {self.kind}({(7,) * self.rank})",
        )  # fmt: skip
        given = entries(output_size)
        sizes = (output_size,) * self.rank if given is None else given
        if len(sizes) != self.rank:
            raise ArgumentError(f"output_size must be one int or a tuple of {self.rank}, got {len(sizes)}: {sizes!r}")
        self._set(
            output_size=tuple(None if s is None else whole_number(s, "output_size", 1) for s in sizes),
            name=base.checked_name(name),
        )

    def site(self, *shapes: Shape) -> Site:
        shape = base.spatial_shape(shapes, self.rank)
        sizes = zip(shape[1:], self.output_size, strict=True)
        return _site(self, shapes, [Adaptive(n, n if m is None else m) for n, m in sizes])


class GlobalPool(Layer):
    """A half of a kind: one region per channel, all of it, for signals, images and volumes."""

    def __init__(self, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus(self.kind, surplus, "*, name=None", "it takes in each channel whole and has no arguments")
        self._set(name=base.checked_name(name))

    def site(self, *shapes: Shape) -> Site:
        shape = base.maps_shape(shapes)
        return _site(self, shapes, [Whole(n, 1) for n in shape[1:]])


def _site(layer: Layer, shapes: tuple[Shape, ...], axes: Sequence[Axis]) -> Site:
    output = (shapes[0][0], *(a.outputs for a in axes))
    base.check_bytes(output, f"{layer.kind} output")
    return Site(layer, shapes, output, (Pointwise(output[0]), *axes), {}, Cost())


def _regions(site: Site) -> Iterator[tuple[tuple[Any, ...], tuple[slice, ...]]]:
    """Every place of the output and its region of the input, as indices into (n, c, ...)."""
    every = (slice(None), slice(None))
    for place in np.ndindex(*site.output[1:]):
        ends = ((r[0], r[-1] + 1) for r in (a.reads(i) for a, i in zip(site.axes[1:], place, strict=True)))
        yield (*every, *place), (*every, *itertools.starmap(slice, ends))


# What is kept of each ------------------------------------------------------------------------------------------


class MeanOfRegions(Layer):
    """A half of a kind: the mean of each region."""

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        return _means(site, xs[0]), None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        dx = np.zeros_like(xs[0])
        for place, region in _regions(site):
            share = dy[place] / prod(dx[region].shape[2:])
            dx[region] += share.reshape(*share.shape, *[1] * (dx.ndim - 2))
        return (dx,), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        at, real, values = _read(site, xs[0], unit)
        factor = np.full(len(at), 1.0 / len(at))
        source, value = np.zeros(len(at), np.int64), float(values.sum() / len(at))
        return Terms("sum", source, at, real, values, factor, values * factor, None, value)

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        at = self.readers(site, cell)
        cells = [prod(len(a.reads(i)) for a, i in zip(site.axes, output, strict=True)) for output in at.tolist()]
        return in_image(cell.image, at, 1 / np.array(cells), "share")

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.region.mean", _numbers(unit, terms) | {"sum": float(terms.inputs.sum())}


class MaxOfRegions(Layer):
    """A half of a kind: the largest value of each region."""

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        (x,) = xs
        (n, c), sizes = x.shape[:2], x.shape[2:]
        places = np.arange(prod(sizes)).reshape(1, 1, *sizes)
        winner = np.empty((n, *site.output), np.int64)
        for place, region in _regions(site):
            cells = places[region].ravel()
            winner[place] = cells[
                x[region].reshape(n, c, len(cells)).argmax(2)
            ]  # the first NaN, else the first largest
        flat = np.take_along_axis(x.reshape(n, c, prod(sizes)), winner.reshape(n, c, prod(site.output[1:])), 2)
        return flat.reshape(winner.shape), winner

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        return (pools.to_winners(dy, saved, xs[0].shape),), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        return pools.largest(*_read(site, xs[0], unit))

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        return pools.winner_slopes(self, site, xs[0][cell.image], cell)

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.region.max", _numbers(unit, terms) | {"winner": pools.winning_place(terms)}

    def surrogate(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        return _means(site, xs[0])


def _means(site: Site, x: Array) -> Array:
    """The mean of each region of x (n, c, ...)."""
    y = np.empty((len(x), *site.output), x.dtype)
    for place, region in _regions(site):
        y[place] = x[region].mean(tuple(range(2, x.ndim)))
    return y


def _read(site: Site, x: Array, unit: Unit) -> tuple[Array, Array, Array]:
    """What one unit reads of `x` (c, ...): (at (t, rank), real (t,), values (t,)), row-major; all of it is real."""
    read = (a.reads(i) for a, i in zip(site.axes, unit, strict=True))
    at = np.array([*itertools.product(*read)], dtype=np.int64)
    return at, np.ones(len(at), bool), x[tuple(at.T)].astype(np.float64)


def _numbers(unit: Unit, terms: Terms) -> dict[str, object]:
    first, last = (tuple(end.tolist()) for end in (terms.at[0, 1:], terms.at[-1, 1:]))
    return {
        "channel": unit[0], "at": unit[1:], "first": first, "last": last, "cells": len(terms.at), "value": terms.value,
    }  # fmt: skip
