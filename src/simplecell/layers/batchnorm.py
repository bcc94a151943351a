"""Batch normalisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, ClassVar

import numpy as np

from simplecell.errors import ArgumentError, ShapeError, message
from simplecell.geometry import Pointwise
from simplecell.layers import base
from simplecell.layers.base import Array, Cost, Layer, Mode, Shape, Site, Terms, Unit
from simplecell.layers.normalisation import affine, checked_eps, gathered, spread, standardise, standardised_slope
from simplecell.layers.terms import Cell, Slopes, grid, in_batch, in_image


class BatchNorm(Layer):
    """Give every channel mean 0 and variance 1: in training over the batch, outside by running averages.

    y[n, k, i] = (x[n, k, i] - mean[k]) / sqrt(var[k] + eps) * w[k] + b[k]
    in training mean and var are the batch's, over n and all places i, and each step moves
    running_mean = (1 - momentum) * running_mean + momentum * mean
    running_var  = (1 - momentum) * running_var  + momentum * var * m / (m - 1),  m values per channel
    outside training mean and var are these running averages, and the layer is one scale and one shift per channel.

    Args:
        eps: added to the variance.
        momentum: how much of each step's statistics enters the running averages, 0 to 1.
        affine: whether w and b are there.

    Shapes: any, unchanged; axis 1 is the channels (features), counted from the input.
    Weights: weight (c,), which begins at 1, and bias (c,), at 0; buffers running_mean (c,), at 0, and running_var (c,),
    at 1, which are not learned; the input's dtype.
    Rules: the batch is normalised by the biased variance, the running one is unbiased. The declared reads, the terms
    and the cost are those outside training; in training each value depends on its channel of the whole batch. A NaN
    spoils its value alone outside training, its channel in training; a running variance below -eps makes its channel
    NaN. An empty batch moves nothing.
    Raises: ArgumentError for impossible arguments; ShapeError in training on a single value per channel.
    Source: Ioffe and Szegedy, Batch normalization: accelerating deep network training by reducing internal covariate
    shift, 2015; momentum and variances as PyTorch's.

    >>> import numpy as np
    >>> norm = BatchNorm(eps=1e-12, momentum=0.5, affine=False)
    >>> site, x = norm.site((1,)), [np.array([[1.], [3.]])]
    >>> averages = {"running_mean": np.array([0.]), "running_var": np.array([1.])}
    >>> y, saved = norm.forward(site, x, averages, Mode(training=True))
    >>> y.ravel(), norm.updated(site, saved, averages)
    (array([-1.,  1.]), {'running_mean': array([1.]), 'running_var': array([1.5])})
    >>> norm.forward(site, x, averages, base.EVALUATION)[0].ravel()
    array([1., 3.])
    """

    kind: ClassVar[str] = "BatchNorm"
    formula: ClassVar[str] = "y[k,i] = (x[k,i] - mean[k]) / sqrt(var[k] + eps) * w[k] + b[k]"
    starts: ClassVar[Mapping[str, float]] = {"weight": 1.0, "bias": 0.0, "running_mean": 0.0, "running_var": 1.0}

    eps: float
    momentum: float
    affine: bool

    def __init__(
        self,
        *surplus: object,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        name: str | None = None,
    ) -> None:
        base.refuse_surplus(
            "BatchNorm", surplus, "*, eps=1e-5, momentum=0.1, affine=True, name=None",
            "PyTorch's BatchNorm2d(64) is BatchNorm() here: channels are counted from the input",
        )  # fmt: skip
        moved = base.checked_number(momentum, "momentum", least=0)
        if moved > 1:
            raise ArgumentError(
                f"momentum is the share of a step's statistics in the running averages, at most 1, got {momentum!r}"
            )
        self._set(
            eps=checked_eps(eps),
            momentum=moved,
            affine=base.checked_flag(affine, "affine"),
            name=base.checked_name(name),
        )

    def site(self, *shapes: Shape) -> Site:
        shape = base.only_shape(shapes)
        buffers = ("running_mean", "running_var")
        weights = dict.fromkeys((*affine(self.affine), *buffers), shape[:1])
        axes = tuple(Pointwise(s) for s in shape)
        return Site(self, shapes, shape, axes, weights, Cost(prod(shape) if self.affine else 0), buffers)

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        (x,) = xs
        if mode.training and len(x):
            self._check_batch(site, len(x), mode.stream)
            z, *statistics, rstd = standardise(x, _over(x), self.eps)
        else:
            mean, var = (spread(weights[key], site, (0,))[None] for key in site.buffers)
            statistics, rstd = None, _reciprocal_deviation(var, self.eps)
            z = (x - mean) * rstd
        y = z * spread(weights["weight"], site, (0,)) + spread(weights["bias"], site, (0,)) if self.affine else z
        return y, (z, rstd, statistics)

    def _check_batch(self, site: Site, images: int, number: int) -> None:
        """Refuse to train on a single value per channel: it has no variance."""
        if images * site.units > site.output[0]:
            return
        named = f" {self.name!r}" if self.name else ""
        raise ShapeError(
            message(
                f"layer {number}{named} (BatchNorm)",
                "needs more than one value per channel in training, got 1.",
                [f"a batch of {images} image of {base.shape_text(site.output)}"],
                ["larger batches, the last one of an epoch too", "sc.LayerNorm() in its place"],
            )
        )

    def updated(self, site: Site, saved: Any, weights: Mapping[str, Array]) -> dict[str, Array]:
        z, _, statistics = saved
        if statistics is None:
            return {}
        mean, var = (s.reshape(-1) for s in statistics)
        m = z.size // len(mean)
        news = zip(site.buffers, (mean, var * (m / (m - 1))), strict=True)
        return {key: (1 - self.momentum) * weights[key] + self.momentum * new for key, new in news}

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        z, rstd, statistics = saved
        dz = dy * spread(weights["weight"], site, (0,)) if self.affine else dy
        dws = {"weight": gathered(dy * z, (0,)), "bias": gathered(dy, (0,))} if self.affine else {}
        dx = dz * rstd if statistics is None else standardised_slope(dz, z, rstd, _over(dy))
        return (dx,), dws

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        """The value as it is outside training: the input times the folded scale, plus the folded shift."""
        k, x = unit[0], float(xs[0][unit])
        mean, var = (float(weights[key][k]) for key in site.buffers)
        weight, bias = (float(weights["weight"][k]), float(weights["bias"][k])) if self.affine else (1.0, 0.0)
        scale = weight * float(_reciprocal_deviation(np.array(var), self.eps))
        shift = bias - mean * scale
        named = {"mean": mean, "variance": var, "scale": scale, "shift": shift}
        source, real, product = np.zeros(1, np.int64), np.ones(1, bool), np.array([x * scale])
        return Terms(
            "sum", source, np.array([unit]), real, np.array([x]), np.array([scale]), product, shift,
            x * scale + shift, named=named,
        )  # fmt: skip

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        """In training every output of the channel moves: with the input itself, with the mean and with the variance."""
        k, (x,) = cell.unit[0], xs
        scale = float(weights["weight"][k]) if self.affine else 1.0
        if not mode.training:
            rstd = float(_reciprocal_deviation(np.asarray(weights["running_var"][k], np.float64), self.eps))
            return in_image(cell.image, np.array([cell.unit]), np.array([scale * rstd]), "slope")
        cells, z, rstd = self._standardised(x, k)
        own = np.all(cells == (cell.image, *cell.unit), axis=1)
        slopes = (own - 1 / len(z) - z * z[own] / len(z)) * (scale * rstd)
        return in_batch(cells, slopes, "slope")

    def _standardised(self, x: Array, k: int) -> tuple[Array, Array, float]:
        """One channel of a batch: (the indices of its values, they with mean 0 and variance 1, 1 / deviation)."""
        z, _, _, rstd = standardise(x[:, k].astype(np.float64).reshape(1, -1), (1,), self.eps)
        return grid(range(len(x)), (k,), *map(range, x.shape[2:])), z[0], float(rstd[0, 0])

    def weight_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, key: str, place: Unit
    ) -> Slopes:
        cells, z, _ = self._standardised(xs[0], place[0])
        if key == "bias":
            return in_batch(cells, np.ones(len(cells)), "one")
        if not mode.training:
            mean, var = (weights[name][place[0]].astype(np.float64) for name in site.buffers)
            x = xs[0][:, place[0]].astype(np.float64).reshape(-1)
            z = (x - mean) * _reciprocal_deviation(var, self.eps)
        return in_batch(cells, z, "slope")

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        numbers: dict[str, object] = {"channel": unit[0], "input": float(terms.inputs[0]), "value": terms.value}
        return "layers.batchnorm", {**numbers, **terms.named}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


def _over(x: Array) -> tuple[int, ...]:
    """The axes of a batch over which a channel's statistics go: all but axis 1."""
    return (0, *range(2, x.ndim))


def _reciprocal_deviation(var: Array, eps: float) -> Array:
    """1 / sqrt(var + eps); NaN where a variance from a file is below -eps."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return 1 / np.sqrt(var + eps)


BatchNorm.EXAMPLES = (
    (BatchNorm(), ((2, 3, 4),)),
    (BatchNorm(affine=False), ((3, 2, 2),)),
    (BatchNorm(eps=0.1, momentum=0.5), ((5,),)),
    (BatchNorm(momentum=1), ((2, 5),)),
    (BatchNorm(), ((2, 1, 3, 2),)),
)
