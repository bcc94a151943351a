"""The kinds that move, join or gate values against PyTorch in float64: values and all gradients."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from math import floor, prod
from operator import mul
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import tolerances
from layers.parity import BLOCKS, PER_BLOCK, compare, generator
from simplecell.layers import (
    ChannelShuffle,
    Concat,
    Crop,
    Dropout2d,
    Mul,
    Pad,
    Permute,
    PixelShuffle,
    Reshape,
    Slice,
    Upsample,
)
from simplecell.layers.base import EVALUATION, Layer

Shape = tuple[int, ...]
Case = tuple[Layer, list[Shape], Callable[..., torch.Tensor]]
RNG = np.random.Generator


def shape_of(rng: RNG, spatial: int | None = None, most: int = 8) -> Shape:
    axes = int(rng.integers(1, 4)) if spatial is None else spatial
    return tuple(int(rng.integers(1, most + 1)) for _ in range(axes + 1))


def flat(pads: list[tuple[int, int]]) -> list[int]:
    """PyTorch's order: the last axis first."""
    return [p for pair in reversed(pads) for p in pair]


def pad(rng: RNG) -> Case:
    shape = shape_of(rng)
    mode = str(rng.choice(["constant", "reflect", "replicate", "circular"]))
    most = [{"reflect": n - 1, "circular": n}.get(mode, 4) for n in shape[1:]]
    pads = [(int(rng.integers(0, m + 1)), int(rng.integers(0, m + 1))) for m in most]
    value = float(rng.standard_normal()) if mode == "constant" else 0.0
    return (
        Pad(tuple(pads), mode=mode, value=value), [shape],
        lambda x: F.pad(x, flat(pads), mode, value if mode == "constant" else None),
    )  # fmt: skip


def crop(rng: RNG) -> Case:
    shape = shape_of(rng)
    cut = [(a := int(rng.integers(0, n)), int(rng.integers(0, n - a))) for n in shape[1:]]
    return Crop(tuple(cut)), [shape], lambda x: F.pad(x, [-c for c in flat(cut)])


def part(rng: RNG) -> Case:
    shape = shape_of(rng, int(rng.integers(0, 4)))
    starts = [int(rng.integers(-n, n)) for n in shape]
    steps = [int(rng.integers(1, 4)) for _ in shape]
    whole = [slice(s, None, d) for s, d in zip(starts, steps, strict=True)]
    return Slice(start=tuple(starts), step=tuple(steps)), [shape], lambda x: x[:, *whole]


def upsample(rng: RNG) -> Case:
    spatial = int(rng.integers(1, 4))
    shape = shape_of(rng, spatial)
    linear = ("linear", "bilinear", "trilinear")[spatial - 1]
    mode = str(rng.choice(["nearest", linear]))
    corners = bool(mode != "nearest" and rng.random() < 0.5)
    form: dict[str, Any] = {"size": tuple(int(rng.integers(1, 17)) for _ in range(spatial))}
    if rng.random() < 0.5:
        wanted = tuple(float(rng.choice([0.5, 1.0, 1.5, 2.0, 2.5, 3.0])) for _ in range(spatial))
        form = {"scale_factor": tuple(2.0 if floor(n * f) < 1 else f for n, f in zip(shape[1:], wanted, strict=True))}
    return (
        Upsample(mode=mode, align_corners=corners, **form), [shape],
        lambda x: F.interpolate(x, mode=mode, align_corners=corners if mode != "nearest" else None, **form),
    )  # fmt: skip


def reshape(rng: RNG) -> Case:
    shape = shape_of(rng)
    order = rng.permutation(shape).tolist()
    order[int(rng.integers(len(order)))] = -1
    return Reshape(order), [shape], lambda x: x.reshape(len(x), *order)


def permute(rng: RNG) -> Case:
    shape = shape_of(rng)
    dims = rng.permutation(len(shape)).tolist()
    return Permute(dims), [shape], lambda x: x.permute(0, *(d + 1 for d in dims))


def pixelshuffle(rng: RNG) -> Case:
    (c, h, w), r = shape_of(rng, 2, 4), int(rng.integers(1, 4))
    return PixelShuffle(r), [(c * r * r, h, w)], lambda x: F.pixel_shuffle(x, r)


def channelshuffle(rng: RNG) -> Case:
    (c, h, w), groups = shape_of(rng, 2, 5), int(rng.integers(1, 5))
    return ChannelShuffle(groups), [(c * groups, h, w)], torch.nn.ChannelShuffle(groups)


def concat(rng: RNG) -> Case:
    shape = shape_of(rng, int(rng.integers(0, 4)), 5)
    axis = int(rng.integers(len(shape)))
    parts = [(*shape[:axis], int(rng.integers(1, 5)), *shape[axis + 1 :]) for _ in range(int(rng.integers(2, 5)))]
    return Concat(axis=axis), parts, lambda *xs: torch.cat(xs, axis + 1)


def gate(rng: RNG) -> Case:
    shape = shape_of(rng, int(rng.integers(0, 4)), 5)
    gates = [tuple(1 if rng.random() < 0.4 else n for n in shape) for _ in range(int(rng.integers(1, 3)))]
    return Mul(), [shape, *gates], lambda *xs: reduce(mul, xs)


def dropout2d(rng: RNG) -> Case:
    return Dropout2d(0.3), [shape_of(rng, 2)], lambda x: F.dropout2d(x, 0.3, training=False)


CASES: list[Callable[[RNG], Case]] = [
    pad, crop, part, upsample, reshape, permute, pixelshuffle, channelshuffle, concat, gate, dropout2d,
]  # fmt: skip


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_values_and_gradients_are_pytorchs(case: Callable[[RNG], Case], block: int) -> None:
    rng = generator(case.__name__, block)
    for _ in range(PER_BLOCK // 2):
        layer, shapes, reference = case(rng)
        xs = [rng.standard_normal((2, *shape)) for shape in shapes]
        compare(layer, layer.site(*shapes), xs, {}, reference, 8 * max(map(prod, shapes)))


@pytest.mark.parametrize("n", range(1, 33))
def test_the_nearest_cell_is_exact_where_pytorch_rounds(n: int) -> None:
    """floor(i*n/m) in whole numbers; PyTorch's float32 may name the cell before where i*n/m is whole."""
    for m in range(1, 65):
        axis = Upsample(size=m).site((1, n)).axes[1]
        cells = [axis.reads(i)[0] for i in range(m)]
        assert cells == [i * n // m for i in range(m)]
        theirs = F.interpolate(torch.arange(float(n)).reshape(1, 1, n), m).int().ravel().tolist()
        assert all(
            a == b or (a == b + 1 and i * n % m == 0) for i, (a, b) in enumerate(zip(cells, theirs, strict=True))
        )


def test_upsampling_by_hand() -> None:
    """0 4 to four cells: positions -1/4, 1/4, 3/4, 5/4, clipped; with corners fixed 0, 1/3, 2/3, 1."""
    x = np.array([[[0.0, 4.0]]])
    for corners, wanted in ((False, [0, 1, 3, 4]), (True, [0, 4 / 3, 8 / 3, 4])):
        layer = Upsample(size=4, mode="linear", align_corners=corners)
        site = layer.site((1, 2))
        y, _ = layer.forward(site, [x], {}, EVALUATION)
        np.testing.assert_allclose(y[0, 0], wanted, rtol=tolerances.elementary(np.float64, 3))
    terms = Upsample(size=4, mode="linear").terms(Upsample(size=4, mode="linear").site((1, 2)), [x[0]], {}, (0, 2))
    assert (terms.at.tolist(), terms.weights.tolist(), terms.value) == ([[0, 0], [0, 1]], [0.25, 0.75], 3.0)
