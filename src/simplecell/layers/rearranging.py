"""What the kinds share that give every value of the input another place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from simplecell.layers import base
from simplecell.layers.base import Array, Box, Cost, Layer, Mode, Shape, Site, Terms, Unit


@dataclass(frozen=True, slots=True)
class Woven:
    """An axis woven with others: what an output reads cannot be said along it alone, the layer's own `reads` says it.
    `inputs` counts all values of the input; an output may read any."""

    inputs: int
    outputs: int

    def reads(self, i: int) -> tuple[int, ...]:
        return tuple(range(self.inputs))

    def read_by(self, j: int) -> tuple[int, ...]:
        return tuple(range(self.outputs))


class Rearranging(Layer):
    """Base of the kinds that keep all values and change order or shape: a kind states the way there and back."""

    def there(self, site: Site, x: Array) -> Array:
        """(n, *input) -> (n, *output)."""
        raise NotImplementedError

    def back(self, site: Site, y: Array) -> Array:
        """(n, *output) -> (n, *input), the inverse."""
        raise NotImplementedError

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        return self.there(site, xs[0]), None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        return (self.back(site, dy),), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        ((box,),) = self.reads(site, tuple((i,) for i in unit))
        place = tuple(indices[0] for indices in box)
        return base.moved_term(place, float(xs[0][place]))

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.moved", {"unit": unit, "place": tuple(terms.at[0].tolist()), "value": terms.value}

    def reads(self, site: Site, box: Box) -> tuple[tuple[Box, ...], ...]:
        """The cells behind a set of units, as few boxes: those whose other indices agree are put together."""
        places = self.there(site, _numbered(site.inputs[0]))[0]
        return (_boxes_at(places, box, site.inputs[0]),)

    def read_by(self, site: Site, box: Box, source: int = 0) -> tuple[Box, ...]:
        """The units that a box of cells becomes."""
        places = self.back(site, _numbered(site.output))[0]
        return _boxes_at(places, box, site.output)


class Reshaping(Rearranging):
    """Base of the kinds that keep the order c, h, w and change the shape."""

    def there(self, site: Site, x: Array) -> Array:
        return x.reshape(len(x), *site.output)

    def back(self, site: Site, y: Array) -> Array:
        return y.reshape(len(y), *site.inputs[0])


def rearranged(layer: Layer, shapes: tuple[Shape, ...], output: Shape) -> Site:
    """The site of a kind whose axes are woven with each other."""
    return Site(layer, shapes, output, tuple(Woven(prod(output), size) for size in output), {}, Cost())


def boxes(flat: Sequence[int], shape: Shape) -> tuple[Box, ...]:
    """Flat indices (ascending) into `shape`, as boxes that do not overlap and together are exactly them.

    >>> boxes((0, 1, 3, 4), (2, 3)), boxes((1, 2, 3), (2, 2))
    ((((0, 1), (0, 1)),), (((0,), (1,)), ((1,), (0, 1))))
    """
    if len(shape) == 1:
        return ((tuple(flat),),)
    plane = prod(shape[1:])
    inside: dict[int, list[int]] = {}
    for index in flat:
        inside.setdefault(index // plane, []).append(index % plane)
    alike: dict[tuple[int, ...], list[int]] = {}
    for lead, rest in inside.items():
        alike.setdefault(tuple(rest), []).append(lead)
    return tuple((tuple(leads), *box) for rest, leads in alike.items() for box in boxes(rest, shape[1:]))


def _numbered(shape: Shape) -> Array:
    """One image (1, *shape) that holds its values' flat places."""
    return np.arange(prod(shape)).reshape(1, *shape)


def _boxes_at(places: Array, box: Box, shape: Shape) -> tuple[Box, ...]:
    """The flat places found in a box, as boxes of `shape`."""
    if not all(box):
        return ()
    if prod(map(len, box)) == prod(shape):
        return (tuple(tuple(range(size)) for size in shape),)
    found = places[np.ix_(*(np.array(indices) for indices in box))]
    return boxes(np.sort(found, axis=None).tolist(), shape)
