"""Putting values side by side: the joint of dense and parallel branches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, ClassVar

import numpy as np

from simplecell.errors import ShapeError
from simplecell.geometry import Axis, Pointwise, whole_number
from simplecell.layers import base
from simplecell.layers.axes import Picked
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit


class Concat(Layer):
    """Put two or more values side by side along one axis, the channels unless said otherwise: `sc.Concat()(a, b)`.

    y[c] = x0[c] for c < c0;  x1[c - c0] for c < c0 + c1;  ...

    Args:
        axis: counted from 0 without the batch: 0 are the channels.

    Shapes: all inputs alike but along the axis; there the output has the sum.
    Rules: in the order of the inputs. Each input gets its part of the gradient.
    Raises: ShapeError for shapes that differ along another axis.
    Source: as torch.cat; Szegedy et al., Going deeper with convolutions, 2015.

    >>> import numpy as np
    >>> joined = Concat()
    >>> joined.forward(joined.site((1,), (2,)), [np.array([[1.]]), np.array([[2., 3.]])], {}, base.EVALUATION)[0]
    array([[1., 2., 3.]])
    """

    kind: ClassVar[str] = "Concat"
    formula: ClassVar[str] = "y = x0, x1, ... side by side"
    arity: ClassVar[tuple[int, int | None]] = (2, None)

    axis: int

    def __init__(self, *surplus: object, axis: int = 0, name: str | None = None) -> None:
        base.refuse_surplus(
            "Concat", surplus, "*, axis=0, name=None", "values are joined by calling it: sc.Concat()(a, b)"
        )
        self._set(axis=whole_number(axis, "axis", 0), name=base.checked_name(name))

    def site(self, *shapes: Shape) -> Site:
        rank, said = len(shapes[0]) if shapes else 0, " and ".join(map(base.shape_text, shapes))
        if len(shapes) < 2:
            raise ShapeError(f"needs two or more inputs, got {len(shapes)}")
        if any(len(shape) != rank for shape in shapes) or self.axis >= rank:
            raise ShapeError(f"needs inputs with the same axes, {self.axis} among them, counted from 0; got {said}")
        if len({(*shape[: self.axis], *shape[self.axis + 1 :]) for shape in shapes}) > 1:
            raise ShapeError(f"needs inputs that differ along axis {self.axis} alone, got {said}")
        total = sum(shape[self.axis] for shape in shapes)
        output = (*shapes[0][: self.axis], total, *shapes[0][self.axis + 1 :])
        base.check_bytes(output, "Concat output")
        return Site(self, shapes, output, self._reading(shapes, output, 0), {}, Cost())

    def axes(self, site: Site, source: int) -> tuple[Axis, ...]:
        return self._reading(site.inputs, site.output, source)

    def _reading(self, shapes: Sequence[Shape], output: Shape, source: int) -> tuple[Axis, ...]:
        before = sum(shape[self.axis] for shape in shapes[:source])
        joined = Picked(shapes[source][self.axis], output[self.axis], -before, 1)
        return tuple(joined if k == self.axis else Pointwise(size) for k, size in enumerate(output))

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        return np.concatenate(xs, self.axis + 1), None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        ends = accumulate(shape[self.axis] for shape in site.inputs[:-1])
        return tuple(np.split(dy, [*ends], self.axis + 1)), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        found = [[axis.reads(i) for axis, i in zip(self.axes(site, s), unit, strict=True)] for s in range(len(xs))]
        source, read = next((s, cells) for s, cells in enumerate(found) if all(cells))
        at = tuple(cells[0] for cells in read)
        x = np.array([float(xs[source][at])])
        return Terms(
            "sum", np.array([source]), np.array([at]), np.ones(1, bool), x, np.ones(1), x, None, float(x[0])
        )  # fmt: skip

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.concat", {
            "unit": unit, "source": int(terms.source[0]) + 1, "inputs": len(site.inputs),
            "place": tuple(terms.at[0].tolist()), "value": terms.value,
        }  # fmt: skip

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Concat.EXAMPLES = (
    (Concat(), ((2, 2, 3), (1, 2, 3))),
    (Concat(axis=2), ((1, 2, 3), (1, 2, 1))),
    (Concat(), ((3,), (2,), (1,))),
    (Concat(axis=1), ((2, 1), (2, 3))),
)
