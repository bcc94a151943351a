"""What the normalising kinds share: mean 0 and variance 1 over a set of values, then a learned scale and shift.

The kinds that normalise within one image do so over blocks: each image's values, in their order, are cut into blocks
of equal length. A block is a channel (InstanceNorm), a group of channels (GroupNorm) or the last axes (LayerNorm).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, ClassVar

import numpy as np

from simplecell.layers import base
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit
from simplecell.layers.terms import Cell, Slopes, grid, in_batch, in_image


def standardise(x: Array, axes: tuple[int, ...], eps: float) -> tuple[Array, Array, Array, Array]:
    """(z, mean, var, rstd) with z = (x - mean) * rstd, rstd = 1 / sqrt(var + eps), over `axes`, which stay with size 1.
    The variance is biased: divided by the number of values."""
    mean = x.mean(axes, keepdims=True)
    var = ((x - mean) ** 2).mean(axes, keepdims=True)
    rstd = 1 / np.sqrt(var + eps)
    return (x - mean) * rstd, mean, var, rstd


def standardised_slope(dz: Array, z: Array, rstd: Array, axes: tuple[int, ...]) -> Array:
    """The gradient of x behind that of z = standardise(x): mean and variance move with x, and take their share back."""
    return (dz - dz.mean(axes, keepdims=True) - z * (dz * z).mean(axes, keepdims=True)) * rstd


def spread(w: Array, site: Site, axes: Sequence[int]) -> Array:
    """A weight that belongs to `axes` of an image, so shaped that it meets an image's values."""
    sizes = iter(w.shape)
    return w.reshape([next(sizes) if axis in axes else 1 for axis in range(len(site.output))])


def gathered(d: Array, axes: Sequence[int]) -> Array:
    """The sum of `d` (n, ...) over the batch and all axes of an image but `axes`: the inverse of `spread`."""
    return d.sum((0, *(axis + 1 for axis in range(d.ndim - 1) if axis not in axes)))


class BlockNorm(Layer):
    """Base of the kinds that normalise each block of each image by itself, in training and outside alike.

    A kind states the length of its blocks and which axes of an image its weights belong to.
    """

    starts: ClassVar[Mapping[str, float]] = {"weight": 1.0, "bias": 0.0}

    eps: float

    def block(self, shape: Shape) -> int:
        """Number of values that are normalised together."""
        raise NotImplementedError

    def weight_axes(self, shape: Shape) -> tuple[int, ...]:
        """The axes of an image that weight and bias have."""
        return (0,)

    def learned(self) -> tuple[str, ...]:
        """Which of weight and bias are there."""
        raise NotImplementedError

    def weights_of(self, shape: Shape) -> dict[str, Shape]:
        """The shapes of the weights."""
        return {key: tuple(shape[a] for a in self.weight_axes(shape)) for key in self.learned()}

    def cost(self, shape: Shape) -> Cost:
        """One multiplication by a learned weight per value."""
        return Cost(prod(shape) if "weight" in self.learned() else 0)

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        (x,), m = xs, self.block(site.output)
        z, _, _, rstd = standardise(x.reshape(len(x), site.units // m, m), (2,), self.eps)
        y, axes = z.reshape(x.shape), self.weight_axes(site.output)
        if "weight" in site.weights:
            y = y * spread(weights["weight"], site, axes)
        if "bias" in site.weights:
            y = y + spread(weights["bias"], site, axes)
        return y, (z, rstd)

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        z, rstd = saved
        axes, dws, dz = self.weight_axes(site.output), dict[str, Array](), dy
        if "weight" in site.weights:
            dws["weight"] = gathered(dy * z.reshape(dy.shape), axes)
            dz = dy * spread(weights["weight"], site, axes)
        if "bias" in site.weights:
            dws["bias"] = gathered(dy, axes)
        return (standardised_slope(dz.reshape(z.shape), z, rstd, (2,)).reshape(dy.shape),), dws

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        """The whole block. With the deviation s at its value, y = sum of x[j] * (1 if j is the unit, else 0, minus 1/m)
        * weight / s, plus the bias."""
        shape, m = site.output, self.block(site.output)
        place = int(np.ravel_multi_index(unit, shape))
        first = place - place % m
        x = xs[0].reshape(-1)[first : first + m].astype(np.float64)
        mean = float(x.mean())
        deviation = float(np.sqrt(((x - mean) ** 2).mean() + self.eps))
        here = tuple(unit[a] for a in self.weight_axes(shape))
        weight, bias = (float(weights[k][here]) if k in site.weights else None for k in ("weight", "bias"))
        scale = (1.0 if weight is None else weight) / deviation
        factors = np.full(m, -scale / m)
        factors[place - first] += scale
        standard = (float(x[place - first]) - mean) / deviation
        value = standard * (1.0 if weight is None else weight) + (bias or 0.0)
        at = np.stack(np.unravel_index(np.arange(first, first + m), shape), axis=1)
        named = {"mean": mean, "deviation": deviation, "input": float(x[place - first])}
        if weight is not None:
            named |= {"standard": standard, "weight": weight, "bias": bias or 0.0}
        source, real = np.zeros(m, np.int64), np.ones(m, bool)
        return Terms("sum", source, at, real, x, factors, x * factors, bias, value, named=named)

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        """Every output of the block moves: with the input itself, with the mean and with the deviation."""
        shape, m = site.output, self.block(site.output)
        place = int(np.ravel_multi_index(cell.unit, shape))
        first = place - place % m
        z, rstd = self._block_of(xs[0][cell.image], first, m)
        at, own = np.stack(np.unravel_index(np.arange(first, first + m), shape), axis=1), place - first
        slopes = ((np.arange(m) == own) - 1 / m - z * z[own] / m) * rstd
        if "weight" in site.weights:
            slopes = slopes * weights["weight"][tuple(at[:, self.weight_axes(shape)].T)]
        return in_image(cell.image, at, slopes, "slope")

    def _block_of(self, x: Array, first: int, m: int) -> tuple[Array, float]:
        """One block of an image, with mean 0 and variance 1, and 1 / deviation."""
        z, _, _, rstd = standardise(x.reshape(1, -1)[:, first : first + m].astype(np.float64), (1,), self.eps)
        return z[0], float(rstd[0, 0])

    def weight_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, key: str, place: Unit
    ) -> Slopes:
        (x,), shape = xs, site.output
        sizes: list[Sequence[int]] = [range(n) for n in shape]
        for axis, index in zip(self.weight_axes(shape), place, strict=True):
            sizes[axis] = (index,)
        cells = grid(range(len(x)), *sizes)
        if key == "bias":
            return in_batch(cells, np.ones(len(cells)), "one")
        z = self.forward(site, [x.astype(np.float64)], _ones(site), Mode())[0]
        return in_batch(cells, z[tuple(cells.T)], "slope")

    def numbers(self, terms: Terms) -> dict[str, object]:
        """What the sentences of all these kinds speak of."""
        return {"terms": len(terms.inputs), "value": terms.value, **terms.named}


def _ones(site: Site) -> dict[str, Array]:
    """Weights that change nothing."""
    return {k: np.full(s, float(k == "weight")) for k, s in site.weights.items()}


def affine(given: bool) -> tuple[str, ...]:
    """The weights of a kind whose `affine` argument says whether it has any."""
    return ("weight", "bias") if given else ()


def checked_eps(eps: object) -> float:
    """A number above 0 that keeps a deviation from being 0."""
    return base.checked_number(eps, "eps", above=0)
