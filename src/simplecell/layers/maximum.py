"""The largest of several values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, ClassVar

import numpy as np

from simplecell.layers import base
from simplecell.layers.base import Layer, Mode, Shape, Site
from simplecell.layers.joining import Joining
from simplecell.layers.terms import Array, Cell, Slopes, Terms, Unit, in_image


class Maximum(Joining):
    """Keep the largest of two or more values, place by place: `sc.Maximum()(a, b)`.

    y = max(x0, x1, ...)

    Shapes: any, the same for all inputs; unchanged.
    Rules: of equal values the first input wins and alone gets the gradient. A NaN beats every
    number, the first NaN wins.
    Raises: ShapeError for shapes that differ.
    Source: Goodfellow et al., Maxout networks, 2013.

    >>> import numpy as np
    >>> largest = Maximum()
    >>> largest.forward(largest.site((2,), (2,)), [np.array([[1., 5.]]), np.array([[3., 4.]])], {}, base.EVALUATION)[0]
    array([[3., 5.]])
    """

    kind: ClassVar[str] = "Maximum"
    formula: ClassVar[str] = "y = max(x0, x1, ...)"

    def __init__(self, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus("Maximum", surplus, "*, name=None", "values are compared by calling it: sc.Maximum()(a, b)")
        self._set(name=base.checked_name(name))

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        return reduce(np.maximum, xs), None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        winner = np.stack(xs).argmax(0)
        return tuple(np.where(winner == source, dy, 0).astype(dy.dtype) for source in range(len(xs))), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        values = np.array([float(x[unit]) for x in xs])
        winner, count = int(values.argmax()), len(xs)
        chosen = (np.arange(count) == winner).astype(np.float64)
        at = np.tile(np.array(unit), (count, 1))
        products = np.where(chosen == 1, values, 0.0)
        return Terms(
            "max", np.arange(count), at, np.ones(count, bool), values, chosen, products, None, float(values[winner]),
            winner,
        )  # fmt: skip

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        values = [float(x[(cell.image, *cell.unit)]) for x in xs]
        won = 1.0 if int(np.argmax(values)) == cell.source else 0.0
        return in_image(cell.image, np.array([cell.unit]), np.array([won]), "share")

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.maximum", {
            "terms": len(terms.inputs), "winner": (terms.winner or 0) + 1, "value": terms.value,
        }  # fmt: skip

    def surrogate(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        return reduce(np.add, xs)

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Maximum.EXAMPLES = ((Maximum(), ((2, 3, 4), (2, 3, 4))), (Maximum(), ((5,), (5,), (5,))))
