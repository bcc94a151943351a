"""Every kind against PyTorch in float64: values and all gradients, over random configurations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import tolerances
from simplecell.errors import ShapeError
from simplecell.layers import Add, AvgPool2d, Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU, Softmax
from simplecell.layers.base import EVALUATION, Layer, Site

Pads = tuple[tuple[int, int], tuple[int, int]]
Reference = Callable[..., torch.Tensor]
BLOCKS = range(10)
PER_BLOCK = 40


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """The operations are tiny: PyTorch's threads would only wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def generator(kind: str, block: int) -> np.random.Generator:
    return np.random.default_rng([sum(map(ord, kind)), block])


def sizes(rng: np.random.Generator, most: int, least: int = 1) -> tuple[int, int]:
    return int(rng.integers(least, most + 1)), int(rng.integers(least, most + 1))


def uneven(rng: np.random.Generator, kernel: tuple[int, int]) -> Pads:
    (a, b), (c, d) = (rng.integers(0, k + 1, 2).tolist() for k in kernel)
    return (a, b), (c, d)


def same(shape: tuple[int, ...], kernel: Any, stride: Any, dilation: Any = (1, 1)) -> Pads:
    """TensorFlow's SAME as an explicit padding, written down here again: the odd cell goes after."""
    total = [
        max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0)
        for n, k, s, d in zip(shape[-2:], kernel, stride, dilation, strict=True)
    ]
    return (total[0] // 2, -(-total[0] // 2)), (total[1] // 2, -(-total[1] // 2))


def pad(x: torch.Tensor, pads: Pads, fill: float = 0.0) -> torch.Tensor:
    (top, bottom), (left, right) = pads
    return F.pad(x, (left, right, top, bottom), value=fill)


def compare(
    layer: Layer, site: Site, xs: list[np.ndarray], weights: dict[str, np.ndarray], reference: Reference, terms: int
) -> None:
    """Values and gradients of a layer that is linear in inputs and weights: bound by the sums of magnitudes."""
    y, saved = layer.forward(site, xs, weights, EVALUATION)
    dy = np.random.default_rng(y.size).standard_normal(y.shape)
    dxs, dws = layer.backward(site, dy, saved, xs, weights)
    tensors = [torch.from_numpy(a).requires_grad_() for a in (*xs, *weights.values())]
    expected = reference(*tensors)
    expected.backward(torch.from_numpy(dy))
    large = [np.abs(x) for x in xs], {k: np.abs(w) for k, w in weights.items()}
    ylarge, kept = layer.forward(site, *large, EVALUATION)
    dxlarge, dwlarge = layer.backward(site, np.abs(dy), kept, *large)
    close(y, expected.detach().numpy(), ylarge, terms)
    pairs = [*zip(dxs, dxlarge, strict=True), *((dws[k], dwlarge[k]) for k in weights)]
    for tensor, (da, magnitude) in zip(tensors, pairs, strict=True):
        assert tensor.grad is not None
        close(da, tensor.grad.numpy(), magnitude, terms * y.size)


def close(ours: np.ndarray, theirs: np.ndarray, magnitude: np.ndarray, terms: int) -> None:
    assert ours.shape == theirs.shape
    excess = np.abs(ours - theirs) - tolerances.two_sums(np.float64, terms) * np.abs(magnitude)
    assert excess.size == 0 or excess.max() <= 0, f"off by {excess.max()} beyond the bound"


def settled(layer: Layer, reference: Callable[[], torch.Tensor], *shapes: tuple[int, ...]) -> Site | None:
    """The site, or None where the window does not fit: PyTorch must refuse it too."""
    try:
        return layer.site(*shapes)
    except ShapeError:
        with pytest.raises(RuntimeError):
            reference()
        return None


@pytest.mark.parametrize("block", BLOCKS)
def test_conv2d(block: int) -> None:
    rng = generator("Conv2d", block)
    done = 0
    while done < PER_BLOCK:
        groups = int(rng.choice([1, 1, 2, 3]))
        c, k = groups * int(rng.integers(1, 4)), groups * int(rng.integers(1, 4))
        if rng.random() < 0.2:
            groups, k = c, c * int(rng.integers(1, 3))  # depthwise
        kernel, stride, dilation = sizes(rng, 7), sizes(rng, 4), sizes(rng, 3)
        h, w, n = *sizes(rng, 17), int(rng.integers(1, 4))
        form: Any = "same" if rng.random() < 0.3 else uneven(rng, kernel)
        pads = same((h, w), kernel, stride, dilation) if form == "same" else form
        bias = bool(rng.random() < 0.5)
        layer = Conv2d(k, kernel, stride=stride, padding=form, dilation=dilation, groups=groups, bias=bias)

        def reference(x: Any, w: Any, b: Any = None, p: Any = pads, form: Any = (stride, 0, dilation, groups)) -> Any:
            return F.conv2d(pad(x, p), w, b, *form)

        x, weight = rng.standard_normal((n, c, h, w)), rng.standard_normal((k, c // groups, *kernel))
        site = settled(layer, lambda x=x, v=weight, f=reference: f(torch.from_numpy(x), torch.from_numpy(v)), (c, h, w))
        if site is None:
            continue
        assert site.weights["weight"] == weight.shape
        weights = {"weight": weight} | ({"bias": rng.standard_normal(k)} if bias else {})
        compare(layer, site, [x], weights, reference, weight[0].size)
        done += 1


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("values", ["different", "ties"])
def test_maxpool2d(block: int, values: str) -> None:
    rng = generator("MaxPool2d", block)
    done = 0
    while done < PER_BLOCK // 2:
        kernel, stride, dilation = sizes(rng, 7), sizes(rng, 4), sizes(rng, 3)
        shape = (int(rng.integers(1, 4)), *sizes(rng, 17))
        ceil = bool(rng.random() < 0.4)
        half = tuple((int(p), int(p)) for p in (rng.integers(0, k // 2 + 1) for k in kernel))
        form: Any = half if ceil else "same" if rng.random() < 0.4 else uneven(rng, kernel)
        layer = MaxPool2d(kernel, stride=stride, padding=form, dilation=dilation, ceil_mode=ceil)
        x = rng.permutation(np.prod((2, *shape)) / 7.0 - np.arange(2 * np.prod(shape))).reshape(2, *shape)
        if values == "ties":
            x = np.floor(x / x.size * 2)

        def reference(x: Any, f: Any = form, k: Any = kernel, s: Any = stride, d: Any = dilation, c: Any = ceil):
            if c:
                return F.max_pool2d(x, k, s, (f[0][0], f[1][0]), d, True)
            return F.max_pool2d(pad(x, same(x.shape, k, s, d) if f == "same" else f, -torch.inf), k, s, 0, d)

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
        np.testing.assert_array_equal(y, expected.detach().numpy(), strict=True)
        planes, places = x.reshape(2, shape[0], -1), winner.reshape(2, shape[0], -1)
        np.testing.assert_array_equal(y, np.take_along_axis(planes, places, 2).reshape(y.shape))
        dy = np.floor(rng.standard_normal(y.shape) * 8)  # whole numbers: sums are exact in any order
        expected.backward(torch.from_numpy(dy))
        assert tensor.grad is not None
        np.testing.assert_array_equal(layer.backward(site, dy, winner, [x], {})[0][0], tensor.grad.numpy())
        done += 1


def test_maxpool2d_nan_and_infinity() -> None:
    rng = generator("NaN", 0)
    for _ in range(PER_BLOCK):
        x = rng.choice([1.0, 2.0, np.nan, -np.inf, np.inf], (2, 2, 6, 5), p=[0.3, 0.2, 0.1, 0.3, 0.1])
        layer = MaxPool2d(3, stride=sizes(rng, 3), padding=1)
        y, _ = layer.forward(layer.site(x.shape[1:]), [x], {}, EVALUATION)
        np.testing.assert_array_equal(y, F.max_pool2d(torch.from_numpy(x), 3, layer.stride, 1).numpy())


@pytest.mark.parametrize("block", BLOCKS)
def test_avgpool2d(block: int) -> None:
    rng = generator("AvgPool2d", block)
    done = 0
    while done < PER_BLOCK:
        kernel, stride = sizes(rng, 7), sizes(rng, 4)
        shape = (int(rng.integers(1, 4)), *sizes(rng, 17))
        ceil, count = bool(rng.random() < 0.4), bool(rng.random() < 0.5)
        half = tuple((int(p), int(p)) for p in (rng.integers(0, k // 2 + 1) for k in kernel))
        form: Any = half if ceil else "same" if rng.random() < 0.4 else uneven(rng, kernel)
        layer = AvgPool2d(kernel, stride=stride, padding=form, ceil_mode=ceil, count_include_pad=count)

        def reference(x: Any, f: Any = form, k: Any = kernel, s: Any = stride, c: Any = ceil, count: Any = count):
            if c:
                return F.avg_pool2d(x, k, s, (f[0][0], f[1][0]), True, count)
            pads = same(x.shape, k, s) if f == "same" else f
            mean = F.avg_pool2d(pad(x, pads), k, s)
            share = F.avg_pool2d(pad(torch.ones_like(x), pads), k, s)  # of the window's cells that are real
            return mean if count and f != "same" else torch.where(share > 0, mean / share.clamp(min=1e-9), 0.0)

        x = rng.standard_normal((2, *shape))
        site = settled(layer, lambda x=x, f=reference: f(torch.from_numpy(x)), shape)
        if site is None:
            continue
        compare(layer, site, [x], {}, reference, 2 * kernel[0] * kernel[1])
        done += 1


@pytest.mark.parametrize("block", BLOCKS)
def test_linear(block: int) -> None:
    rng = generator("Linear", block)
    for _ in range(PER_BLOCK):
        (features, outputs), n, bias = sizes(rng, 130), int(rng.integers(1, 9)), bool(rng.random() < 0.5)
        layer = Linear(outputs, bias=bias, in_features=features)
        weights = {"weight": rng.standard_normal((outputs, features))}
        weights |= {"bias": rng.standard_normal(outputs)} if bias else {}
        compare(layer, layer.site((features,)), [rng.standard_normal((n, features))], weights, F.linear, features)


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize(
    ("layer", "reference"),
    [(Softmax(), lambda x: F.softmax(x, 1)), (ReLU(), F.relu), (Flatten(), lambda x: torch.flatten(x, 1)),
     (Dropout(0.3), lambda x: F.dropout(x, 0.3, training=False)), (Add(), lambda *xs: sum(xs[1:], xs[0]))],
    ids=lambda v: v.kind if isinstance(v, Layer) else "",
)  # fmt: skip
def test_kinds_without_weights(layer: Layer, reference: Reference, block: int) -> None:
    rng = generator(layer.kind, block)
    for _ in range(PER_BLOCK):
        shape = (int(rng.integers(1, 60)),) if rng.random() < 0.5 else (int(rng.integers(1, 12)), *sizes(rng, 6))
        count = int(rng.integers(2, 5)) if layer.kind == "Add" else 1
        site = layer.site(*[shape] * count)
        scale = float(rng.choice([1.0, 30.0, 900.0]))
        values = rng.standard_normal((count, 3, *shape)) * scale
        xs = list(np.where(rng.random(values.shape) < 0.1, 0.0, values))
        y, saved = layer.forward(site, xs, {}, EVALUATION)
        dy = rng.standard_normal(y.shape)
        tensors = [torch.from_numpy(x).requires_grad_() for x in xs]
        expected = reference(*tensors)
        expected.backward(torch.from_numpy(dy))
        near = tolerances.elementary(np.float64, shape[0]) if layer.kind == "Softmax" else 0.0
        np.testing.assert_allclose(y, expected.detach().numpy(), rtol=near, atol=near * 1e-3, strict=True)
        for dx, tensor in zip(layer.backward(site, dy, saved, xs, {})[0], tensors, strict=True):
            assert tensor.grad is not None
            np.testing.assert_allclose(dx, tensor.grad.numpy(), rtol=near, atol=near * np.abs(dy).max(), strict=True)


def test_softmax_of_infinities() -> None:
    x = np.array([[0.0, np.inf, 1.0], [-np.inf, -np.inf, -np.inf], [0.0, -np.inf, 0.0], [np.nan, 0.0, 1.0]])
    y = Softmax().forward(Softmax().site((3,)), [x], {}, EVALUATION)[0]
    np.testing.assert_array_equal(np.isnan(y), np.isnan(F.softmax(torch.from_numpy(x), 1).numpy()))
    np.testing.assert_array_equal(y[2], [0.5, 0.0, 0.5])
