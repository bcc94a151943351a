"""The kinds that look through windows against PyTorch in float64, over random configurations of every rank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from layers.parity import BLOCKS, PER_BLOCK, close, compare, generator, settled, sizes
from simplecell import layers
from simplecell.errors import ShapeError
from simplecell.layers import GlobalAvgPool, GlobalMaxPool, MaxPool2d
from simplecell.layers.base import EVALUATION, Layer

Pads = tuple[tuple[int, int], ...]
RANKS = (1, 2, 3)
LARGEST = {1: (7, 40), 2: (7, 17), 3: (3, 6)}
"""The largest kernel and input size by rank: larger ones would only take longer."""

every_rank = pytest.mark.parametrize("rank", RANKS)
every_block = pytest.mark.parametrize("block", BLOCKS)


def uneven(rng: np.random.Generator, kernel: Sequence[int]) -> Pads:
    return tuple((int(rng.integers(0, k + 1)), int(rng.integers(0, k + 1))) for k in kernel)


def same(shape: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]) -> Pads:
    """TensorFlow's SAME as an explicit padding, written down here again: the odd cell goes after."""
    axes = zip(shape[-len(kernel) :], kernel, stride, dilation, strict=True)
    total = [max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0) for n, k, s, d in axes]
    return tuple((t // 2, -(-t // 2)) for t in total)


def pad(x: torch.Tensor, pads: Pads, fill: float = 0.0) -> torch.Tensor:
    return F.pad(x, [cells for pair in reversed(pads) for cells in pair], value=fill)


def depths(rng: np.random.Generator) -> tuple[int, int, int]:
    """(groups, channels in, channels out), depthwise now and then."""
    groups = int(rng.choice([1, 1, 2, 3]))
    c, k = groups * int(rng.integers(1, 4)), groups * int(rng.integers(1, 4))
    return (c, c, c * int(rng.integers(1, 3))) if rng.random() < 0.2 else (groups, c, k)


@every_rank
@every_block
def test_convolution(rank: int, block: int) -> None:
    kind, function = getattr(layers, f"Conv{rank}d"), getattr(F, f"conv{rank}d")
    rng, (most, side) = generator(f"Conv{rank}d", block), LARGEST[rank]
    done = 0
    while done < PER_BLOCK:
        groups, c, k = depths(rng)
        kernel, stride, dilation = sizes(rng, most, 1, rank), sizes(rng, 4, 1, rank), sizes(rng, 3, 1, rank)
        shape, n = sizes(rng, side, 1, rank), int(rng.integers(1, 4))
        form: Any = "same" if rng.random() < 0.3 else uneven(rng, kernel)
        pads = same(shape, kernel, stride, dilation) if form == "same" else form
        bias = bool(rng.random() < 0.5)
        layer = kind(k, kernel, stride=stride, padding=form, dilation=dilation, groups=groups, bias=bias)

        def reference(x: Any, w: Any, b: Any = None, p: Any = pads, form: Any = (stride, 0, dilation, groups)) -> Any:
            return function(pad(x, p), w, b, *form)

        x, weight = rng.standard_normal((n, c, *shape)), rng.standard_normal((k, c // groups, *kernel))
        arrays = (torch.from_numpy(x), torch.from_numpy(weight))
        site = settled(layer, lambda a=arrays, f=reference: f(*a), (c, *shape))
        if site is None:
            continue
        assert site.weights["weight"] == weight.shape
        weights = {"weight": weight} | ({"bias": rng.standard_normal(k)} if bias else {})
        compare(layer, site, [x], weights, reference, weight[0].size)
        done += 1


@every_rank
@every_block
def test_transposed_convolution(rank: int, block: int) -> None:
    """Uneven padding is PyTorch's output without padding, cut on each side."""
    kind, function = getattr(layers, f"ConvTranspose{rank}d"), getattr(F, f"conv_transpose{rank}d")
    rng, most = generator(f"ConvTranspose{rank}d", block), {1: 7, 2: 5, 3: 3}[rank]
    done = 0
    while done < PER_BLOCK // 2:
        groups, c, k = depths(rng)
        kernel, stride, dilation = sizes(rng, most, 1, rank), sizes(rng, 4, 1, rank), sizes(rng, 3, 1, rank)
        shape, n, bias = sizes(rng, 12 // rank, 1, rank), int(rng.integers(1, 4)), bool(rng.random() < 0.5)
        extra = tuple(int(rng.integers(0, max(s, d))) for s, d in zip(stride, dilation, strict=True))
        pads = uneven(rng, kernel) if rng.random() < 0.5 else tuple((p, p) for p in sizes(rng, 3, 0, rank))
        form = {"stride": stride, "output_padding": extra, "groups": groups, "dilation": dilation}
        layer = kind(k, kernel, padding=pads, bias=bias, **form)

        def reference(x: Any, w: Any, b: Any = None, p: Any = pads, form: Any = form) -> Any:
            if all(before == after for before, after in p):
                return function(x, w, b, padding=[before for before, _ in p], **form)
            full = function(x, w, b, **form)
            kept = [slice(before, m - after) for (before, after), m in zip(p, full.shape[2:], strict=True)]
            return full[(slice(None), slice(None), *kept)]

        x, weight = rng.standard_normal((n, c, *shape)), rng.standard_normal((c, k // groups, *kernel))
        axes = zip(shape, kernel, stride, dilation, pads, extra, strict=True)
        outputs = [(m - 1) * s - sum(p) + d * (t - 1) + e + 1 for m, t, s, d, p, e in axes]
        if min(outputs) < 1:
            with pytest.raises(ShapeError, match=f"= {next(m for m in outputs if m < 1)}$"):
                layer.site((c, *shape))
            continue
        site = layer.site((c, *shape))
        assert site.output == (k, *outputs)
        assert site.weights["weight"] == weight.shape
        weights = {"weight": weight} | ({"bias": rng.standard_normal(k)} if bias else {})
        compare(layer, site, [x], weights, reference, c * weight[0].size)
        done += 1


@every_rank
@every_block
@pytest.mark.parametrize("values", ["different", "ties"])
def test_max_pool(rank: int, block: int, values: str) -> None:
    kind, function = getattr(layers, f"MaxPool{rank}d"), getattr(F, f"max_pool{rank}d")
    rng, (most, side) = generator(f"MaxPool{rank}d", block), LARGEST[rank]
    done = 0
    while done < PER_BLOCK // 2:
        kernel, stride, dilation = sizes(rng, most, 1, rank), sizes(rng, 4, 1, rank), sizes(rng, 3, 1, rank)
        shape, ceil = (int(rng.integers(1, 4)), *sizes(rng, side, 1, rank)), bool(rng.random() < 0.4)
        half = tuple((int(p), int(p)) for p in (rng.integers(0, k // 2 + 1) for k in kernel))
        form: Any = half if ceil else "same" if rng.random() < 0.4 else uneven(rng, kernel)
        layer = kind(kernel, stride=stride, padding=form, dilation=dilation, ceil_mode=ceil)
        x = rng.permutation(np.prod((2, *shape)) / 7.0 - np.arange(2 * np.prod(shape))).reshape(2, *shape)
        if values == "ties":
            x = np.floor(x / x.size * 2)

        def reference(x: Any, f: Any = form, k: Any = kernel, s: Any = stride, d: Any = dilation, c: Any = ceil) -> Any:
            if c:
                return function(x, k, s, [before for before, _ in f], d, True)
            return function(pad(x, same(x.shape, k, s, d) if f == "same" else f, -torch.inf), k, s, 0, d)

        try:
            site = layer.site(shape)
        except ShapeError as error:
            if "only padding" in str(error):  # PyTorch answers -infinity here
                assert torch.isneginf(reference(torch.from_numpy(x))).any()
                continue
            with pytest.raises(RuntimeError):
                reference(torch.from_numpy(x))
            continue
        y, winner = layer.forward(site, [x], {}, EVALUATION)
        tensor = torch.from_numpy(x).requires_grad_()
        expected = reference(tensor)
        compare_winners(rng, layer, site, x, y, winner, tensor, expected)
        done += 1


def compare_winners(
    rng: np.random.Generator, layer: Layer, site: Any, x: Any, y: Any, winner: Any, tensor: Any, expected: Any
) -> None:
    """Values, the places they were found at, and gradients of a maximum: all exact."""
    np.testing.assert_array_equal(y, expected.detach().numpy(), strict=True)
    planes, places = x.reshape(*x.shape[:2], -1), winner.reshape(*x.shape[:2], -1)
    np.testing.assert_array_equal(y, np.take_along_axis(planes, places, 2).reshape(y.shape))
    dy = np.floor(rng.standard_normal(y.shape) * 8)  # whole numbers: sums are exact in any order
    expected.backward(torch.from_numpy(dy))
    np.testing.assert_array_equal(layer.backward(site, dy, winner, [x], {})[0][0], tensor.grad.numpy())


def test_max_pool_of_nan_and_infinity() -> None:
    rng = generator("NaN", 0)
    for _ in range(PER_BLOCK):
        x = rng.choice([1.0, 2.0, np.nan, -np.inf, np.inf], (2, 2, 6, 5), p=[0.3, 0.2, 0.1, 0.3, 0.1])
        layer = MaxPool2d(3, stride=sizes(rng, 3), padding=1)
        y, _ = layer.forward(layer.site(x.shape[1:]), [x], {}, EVALUATION)
        np.testing.assert_array_equal(y, F.max_pool2d(torch.from_numpy(x), 3, layer.stride, 1).numpy())
        pool = layers.AdaptiveMaxPool2d(sizes(rng, 4))
        y, _ = pool.forward(pool.site(x.shape[1:]), [x], {}, EVALUATION)
        np.testing.assert_array_equal(y, F.adaptive_max_pool2d(torch.from_numpy(x), pool.output_size).numpy())


@every_rank
@every_block
def test_avg_pool(rank: int, block: int) -> None:
    kind, function = getattr(layers, f"AvgPool{rank}d"), getattr(F, f"avg_pool{rank}d")
    rng, (most, side) = generator(f"AvgPool{rank}d", block), LARGEST[rank]
    done = 0
    while done < PER_BLOCK:
        kernel, stride = sizes(rng, most, 1, rank), sizes(rng, 4, 1, rank)
        shape = (int(rng.integers(1, 4)), *sizes(rng, side, 1, rank))
        ceil, count = bool(rng.random() < 0.4), bool(rng.random() < 0.5)
        if rank == 3:  # PyTorch's refuses a kernel larger than the input without its padding
            kernel = tuple(min(k, n) for k, n in zip(kernel, shape[1:], strict=True))
        half = tuple((int(p), int(p)) for p in (rng.integers(0, k // 2 + 1) for k in kernel))
        form: Any = half if ceil else "same" if rng.random() < 0.4 else uneven(rng, kernel)
        layer = kind(kernel, stride=stride, padding=form, ceil_mode=ceil, count_include_pad=count)

        def reference(
            x: Any, f: Any = form, k: Any = kernel, s: Any = stride, c: Any = ceil, count: Any = count
        ) -> Any:
            if c:
                return function(x, k, s, [before for before, _ in f], True, count)
            pads = same(x.shape, k, s, [1] * len(k)) if f == "same" else f
            mean = function(pad(x, pads), k, s)
            share = function(pad(torch.ones_like(x), pads), k, s)  # of the window's cells that are real
            return mean if count and f != "same" else torch.where(share > 0, mean / share.clamp(min=1e-9), 0.0)

        x = rng.standard_normal((2, *shape))
        site = settled(layer, lambda x=x, f=reference: f(torch.from_numpy(x)), shape)
        if site is None:
            continue
        compare(layer, site, [x], {}, reference, 2 * int(np.prod(kernel)))
        done += 1


@every_rank
@every_block
def test_adaptive_and_global_average_pool(rank: int, block: int) -> None:
    kind, function = getattr(layers, f"AdaptiveAvgPool{rank}d"), getattr(F, f"adaptive_avg_pool{rank}d")
    rng, side = generator(f"AdaptiveAvgPool{rank}d", block), LARGEST[rank][1]
    for _ in range(PER_BLOCK // 2):
        shape = (int(rng.integers(1, 4)), *sizes(rng, side, 1, rank))
        wanted: Any = tuple(None if rng.random() < 0.2 else m for m in sizes(rng, 9, 1, rank))
        x, numbers = rng.standard_normal((2, *shape)), [m or n for m, n in zip(wanted, shape[1:], strict=True)]
        layer = kind(wanted)
        compare(layer, layer.site(shape), [x], {}, lambda x, m=numbers: function(x, m), x[0, 0].size)
        whole = GlobalAvgPool()
        compare(whole, whole.site(shape), [x], {}, lambda x: function(x, 1), x[0, 0].size)


@every_block
@pytest.mark.parametrize("values", ["different", "ties"])
def test_adaptive_and_global_max_pool(block: int, values: str) -> None:
    rng = generator("AdaptiveMaxPool2d", block)
    for _ in range(PER_BLOCK // 2):
        shape = (int(rng.integers(1, 4)), *sizes(rng, 17))
        x = rng.permutation(np.arange(2.0 * np.prod(shape))).reshape(2, *shape)
        x = np.floor(x / x.size * 4) if values == "ties" else x
        for layer in (layers.AdaptiveMaxPool2d(sizes(rng, 9)), GlobalMaxPool()):
            site = layer.site(shape)
            y, winner = layer.forward(site, [x], {}, EVALUATION)
            tensor = torch.from_numpy(x).requires_grad_()
            expected, places = F.adaptive_max_pool2d(tensor, site.output[1:], return_indices=True)
            np.testing.assert_array_equal(winner, places.numpy())
            compare_winners(rng, layer, site, x, y, winner, tensor, expected)


@pytest.mark.parametrize("rank", [1, 3])
def test_global_max_pool_of_signals_and_volumes(rank: int) -> None:
    rng, function = generator("GlobalMaxPool", rank), getattr(F, f"adaptive_max_pool{rank}d")
    for _ in range(PER_BLOCK * 3):
        x = np.floor(rng.standard_normal((2, 3, *sizes(rng, LARGEST[rank][1], 1, rank))) * 4)
        layer, tensor = GlobalMaxPool(), torch.from_numpy(x).requires_grad_()
        site = layer.site(x.shape[1:])
        y, winner = layer.forward(site, [x], {}, EVALUATION)
        compare_winners(rng, layer, site, x, y, winner, tensor, function(tensor, 1))


def test_a_transposed_convolution_is_the_gradient_of_the_convolution_with_its_arguments() -> None:
    rng = generator("transpose", 0)
    for _ in range(PER_BLOCK):
        kernel, stride, dilation = sizes(rng, 4), sizes(rng, 3), sizes(rng, 2)
        pads, shape = uneven(rng, kernel), (2, *sizes(rng, 12, 8))
        conv = layers.Conv2d(4, kernel, stride=stride, padding=pads, dilation=dilation, groups=2, bias=False)
        site = conv.site(shape)
        x, dy = rng.standard_normal((1, *shape)), rng.standard_normal((1, *site.output))
        weights = {"weight": rng.standard_normal(site.weights["weight"])}
        (dx,), _ = conv.backward(site, dy, conv.forward(site, [x], weights, EVALUATION)[1], [x], weights)
        lost = [(n + sum(p) - d * (k - 1) - 1) % s
                for n, p, d, k, s in zip(shape[1:], pads, dilation, kernel, stride, strict=True)]  # fmt: skip
        up = layers.ConvTranspose2d(
            2, kernel, stride=stride, padding=pads, output_padding=lost, dilation=dilation, groups=2, bias=False
        )
        y, _ = up.forward(up.site(site.output), [dy], weights, EVALUATION)
        scale = np.abs(dy).sum() * np.abs(weights["weight"]).max() * np.ones_like(dx)
        close(y, dx, scale, 1)
