"""The product of two values as matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from simplecell.errors import ShapeError
from simplecell.geometry import Axis, Pointwise, Whole
from simplecell.layers import base
from simplecell.layers.base import Cost, Layer, Mode, Shape, Site
from simplecell.layers.terms import Array, Cell, Slopes, Terms, Unit, in_image


class MatMul(Layer):
    """Multiply two values as matrices over their last two axes, as attention does: `sc.MatMul()(a, b)`.

    y[..., i, j] = sum a[..., i, k] * b[..., k, j] over k

    Shapes: a (..., m, k) and b (..., k, l) -> y (..., m, l), the leading axes equal.
    Rules: NaN and infinity pass as IEEE says. No weight is learned, so no MAC is counted.
    Raises: ShapeError for fewer than two axes, and for sizes that do not fit.
    Source: as torch.matmul; Vaswani et al., Attention is all you need, 2017.

    >>> import numpy as np
    >>> product = MatMul()
    >>> a, b = np.array([[[1., 2.]]]), np.array([[[3.], [4.]]])
    >>> product.forward(product.site((1, 2), (2, 1)), [a, b], {}, base.EVALUATION)[0]
    array([[[11.]]])
    """

    kind: ClassVar[str] = "MatMul"
    formula: ClassVar[str] = "y[i,j] = sum a[i,k] * b[k,j]"
    arity: ClassVar[tuple[int, int | None]] = (2, 2)

    def __init__(self, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus("MatMul", surplus, "*, name=None", "values are multiplied by calling it: sc.MatMul()(a, b)")
        self._set(name=base.checked_name(name))

    def site(self, *shapes: Shape) -> Site:
        if len(shapes) != 2:
            raise ShapeError(f"needs two inputs, got {len(shapes)}")
        a, b = shapes
        if len(a) < 2 or len(a) != len(b) or a[:-2] != b[:-2] or a[-1] != b[-2]:
            raise ShapeError(f"needs ...xMxK and ...xKxL, got {base.shape_text(a)} and {base.shape_text(b)}")
        output = (*a[:-1], b[-1])
        base.check_bytes(output, "MatMul output")
        return Site(self, shapes, output, _axes(output, a[-1], 0), {}, Cost())

    def axes(self, site: Site, source: int) -> tuple[Axis, ...]:
        return _axes(site.output, site.inputs[0][-1], source)

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        return xs[0] @ xs[1], None

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        a, b = xs
        return (dy @ b.swapaxes(-1, -2), a.swapaxes(-1, -2) @ dy), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        """The row's values as inputs, weighted with the column's; then the column's, which count once already."""
        (*lead, i, j), inner = unit, site.inputs[0][-1]
        row, column = xs[0][(*lead, i)].astype(np.float64), xs[1][(*lead, slice(None), j)].astype(np.float64)
        at = [(*lead, i, k) for k in range(inner)] + [(*lead, k, j) for k in range(inner)]
        inputs, factors = np.concatenate([row, column]), np.concatenate([column, np.zeros(inner)])
        products = inputs * factors
        return Terms(
            "sum", np.repeat([0, 1], inner), np.array(at), np.ones(2 * inner, bool), inputs, factors, products, None,
            float(products.sum()),
        )  # fmt: skip

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        at = self.readers(site, cell)
        *_, i, j = cell.unit
        row = at.copy()
        if cell.source == 0:
            row[:, -2] = j  # of b: row k, the output's column
        else:
            row[:, -1] = i  # of a: the output's row, column k
        other = xs[1 - cell.source][cell.image]
        return in_image(cell.image, at, other[tuple(row.T)].astype(np.float64), "slope")

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.matmul", {"terms": len(terms.inputs) // 2, "value": terms.value}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


def _axes(output: Shape, inner: int, source: int) -> tuple[Axis, ...]:
    """Of the first input a row is read, of the second a column."""
    lead, (m, n) = [Pointwise(size) for size in output[:-2]], output[-2:]
    if source == 0:
        return (*lead, Pointwise(m), Whole(inner, n))
    return (*lead, Whole(inner, m), Pointwise(n))


MatMul.EXAMPLES = ((MatMul(), ((2, 3), (3, 2))), (MatMul(), ((2, 1, 2), (2, 2, 3))))
