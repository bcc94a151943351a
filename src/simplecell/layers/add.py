"""Adding values of equal shape: the joint of a skip connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from simplecell.layers import base
from simplecell.layers.base import Array, Layer, Mode, Shape, Site, Terms, Unit
from simplecell.layers.joining import Joining


class Add(Joining):
    """Add two or more values of equal shape, as at the end of a residual block: `sc.Add()(a, b)`.

    y = x0 + x1 + ...

    Shapes: any, the same for all inputs; unchanged.
    Rules: added from left to right. Every input gets the whole gradient; a value given twice gets it twice.
    Raises: ShapeError for shapes that differ; they are never stretched to fit.
    Source: He et al., Deep residual learning for image recognition, 2015.

    >>> import numpy as np
    >>> add = Add()
    >>> add.forward(add.site((2,), (2,)), [np.array([[1., 2.]]), np.array([[10., 20.]])], {}, base.EVALUATION)[0]
    array([[11., 22.]])
    """

    kind: ClassVar[str] = "Add"
    formula: ClassVar[str] = "y = x0 + x1 + ..."

    def __init__(self, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus("Add", surplus, "*, name=None", "values are added by calling it: sc.Add()(a, b)")
        self._set(name=base.checked_name(name))

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        y = xs[0] + xs[1]
        for x in xs[2:]:
            y = y + x
        return y, None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        return (dy,) * len(xs), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        values = np.array([float(x[unit]) for x in xs])
        at, count = np.tile(np.array(unit), (len(xs), 1)), len(xs)
        return Terms(
            "sum", np.arange(count), at, np.ones(count, bool), values, np.ones(count), values, None, float(values.sum())
        )  # fmt: skip

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.add", {"terms": len(terms.inputs), "value": terms.value}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Add.EXAMPLES = ((Add(), ((2, 3, 4), (2, 3, 4))), (Add(), ((5,), (5,), (5,))))
