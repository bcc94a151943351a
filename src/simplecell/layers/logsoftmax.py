"""The logarithm of softmax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import log
from typing import Any, ClassVar

import numpy as np

from simplecell.layers.base import Array, Layer, Mode, Shape, Site, Terms, Unit
from simplecell.layers.softmax import Softmax
from simplecell.layers.terms import Cell, Slopes, in_image


class LogSoftmax(Softmax):
    """Turn scores into logarithms of probabilities, over the features or, at each place of an image, its channels.

    y[n, k] = x[n, k] - m[n] - log(sum over c of exp(x[n, c] - m[n])),  m[n] = max over c of x[n, c]

    Shapes: (n, f) or (n, c, h, w), unchanged; axis 1 is the one whose exp sums to 1.
    Rules: m cancels and keeps exp from overflowing; where a probability is too small for a float its logarithm is not.
    NaN or +infinity makes its whole group NaN, and so does a group of nothing but -infinity. No multiplications.
    Source: the logarithm of Softmax; the shifted form is Blanchard et al., Accurately computing the log-sum-exp and
    softmax functions, 2021.

    >>> import numpy as np
    >>> from simplecell.layers.base import EVALUATION
    >>> logs = LogSoftmax()
    >>> logs.forward(logs.site((2,)), [np.array([[0., 1000.]])], {}, EVALUATION)[0]
    array([[-1000.,     0.]])
    """

    kind: ClassVar[str] = "LogSoftmax"
    formula: ClassVar[str] = "y[k] = x[k] - m - log(sum exp(x[c] - m)), m = max x[c]"

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        with np.errstate(invalid="ignore"):  # infinity - infinity is NaN, as the rules say
            shifted = xs[0] - xs[0].max(axis=1, keepdims=True)
            y = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return y, y

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        return (dy - np.exp(saved) * dy.sum(axis=1, keepdims=True),), {}

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        terms = super().terms(site, xs, weights, unit)
        value = float(terms.inputs[unit[0]]) - terms.named["largest"] - log(terms.named["sum"])
        return replace(terms, rule="log_ratio", value=value)

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        at = self.readers(site, cell)
        y = self._at_place(site, xs[0][cell.image], cell.unit)
        return in_image(cell.image, at, (np.arange(len(y)) == cell.unit[0]) - np.exp(y[cell.unit[0]]), "slope")

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        return "layers.logsoftmax", super().sentence(site, unit, terms)[1]

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


LogSoftmax.EXAMPLES = ((LogSoftmax(), ((5,),)), (LogSoftmax(), ((3, 2, 4),)), (LogSoftmax(), ((1,),)))
