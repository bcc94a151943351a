"""Winograd kernels against the direct definition in float64, on every instruction set of this machine."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from native.cases import ISAS, Array, run
from native.test_kernels import conv, conv_gradients, data_gradient
from simplecell import _native
from simplecell.kernels.winograd_matrices import matrices

CASES = 150
TYPICAL = 1e-5  # of the largest output; the most that is ever allowed is 1e-4
NAMES = ("n", "h", "w", "c", "oh", "ow", "co", "top", "left")


def problem(rng: np.random.Generator, most: int) -> dict[str, int]:
    """Any sizes and padding, crops too; oh and ow need not be what the padding suggests."""
    n, h, w, c, co = (int(v) for v in rng.integers(1, (5, 40, 40, most, most)))
    top, left = (int(v) for v in rng.integers(-2, 4, 2))
    oh, ow = (max(1, size + int(rng.integers(-3, 4))) for size in (h, w))
    g = {"n": n, "h": h, "w": w, "c": c, "oh": oh, "ow": ow, "co": co, "kh": 3, "kw": 3, "groups": 1}
    return g | {"sh": 1, "sw": 1, "dh": 1, "dw": 1, "top": top, "left": left}


def filters(isa: str, w: Array, transposed: bool = False) -> Array:
    args = {"co": w.shape[0], "c": w.shape[1], "transposed": int(transposed)}
    return run("winograd_pack", isa, args, w=w)["packed"]


def numbers(g: dict[str, int]) -> dict[str, int]:
    return {name: g[name] for name in NAMES}


def whole(g: dict[str, int]) -> dict[str, int]:
    """The same with whole tiles of outputs: what their values are as large as, even if those asked for are all 0."""
    return g | {"oh": -(-g["oh"] // 4) * 4, "ow": -(-g["ow"] // 4) * 4}


def error(got: Array, want: Array, scale: float) -> float:
    """The largest error, relative to the largest value."""
    return float(np.abs(got.reshape(want.shape) - want).max()) / scale


def largest(values: Array) -> float:
    return float(np.abs(values).max())


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("seed", range(CASES))
def test_convolution_and_its_gradients(isa: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    g = problem(rng, 131 if seed % 4 == 0 else 40)
    x = rng.standard_normal((g["n"], g["h"], g["w"], g["c"]), np.float32)
    w = rng.standard_normal((g["co"], g["c"], 3, 3), np.float32)
    dy = rng.standard_normal((g["n"], g["oh"], g["ow"], g["co"]), np.float32)
    bias, more, threads = (
        rng.standard_normal(g["co"], np.float32),
        rng.standard_normal(dy.shape, np.float32),
        1 + seed % 3,
    )
    args, packed, relu = numbers(g), filters(isa, w), (0, 1, 6)[seed % 3]
    y = run("winograd_forward", isa, args | {"relu": relu}, threads, x=x, packed=packed, bias=bias, add=more)["y"]
    exact = conv(x, w, g) + bias + more
    scale = max(largest(conv(x, w, whole(g))), largest(x) * largest(w))
    want = {0: exact, 1: np.maximum(exact, 0), 6: np.clip(exact, 0, 6)}[relu]
    assert error(y, want, scale) <= TYPICAL
    dx, dw = conv_gradients(x, w, dy, g)
    turned = data_gradient(g)
    back, mask = {"x": dy, "packed": filters(isa, w, transposed=True)}, rng.standard_normal(x.shape, np.float32)
    got = run("winograd_forward", isa, numbers(turned) | {"relu": 0}, threads, **back)
    masked = run("winograd_forward", isa, numbers(turned) | {"relu": 0}, threads, mask=mask, **back)["y"]
    np.testing.assert_array_equal(masked, np.where(mask.reshape(got["y"].shape) > 0, got["y"], 0))
    rotated = w[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
    scale = max(largest(conv(dy, rotated, whole(turned))), largest(dy) * largest(w))
    assert error(got["y"], dx, scale) <= TYPICAL
    made = run("winograd_backward_weights", isa, args, threads, x=x, dy=dy)
    terms = g["n"] * min(g["h"], g["oh"]) * min(g["w"], g["ow"])
    assert error(made["dw"], dw, max(largest(dw), float(np.sqrt(terms)))) <= TYPICAL
    assert error(made["db"], dy.astype(np.float64).sum((0, 1, 2)), largest(np.abs(dy).sum((0, 1, 2)))) <= 1e-6


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize(
    ("size", "c", "co", "n"), [(14, 512, 512, 1), (28, 256, 300, 2), (112, 24, 40, 2), (57, 96, 96, 3)]
)
def test_large_problems_in_every_division_of_the_work(isa: str, size: int, c: int, co: int, n: int) -> None:
    """Deep sums of rectified values, whose mean is not zero; the definition by PyTorch in float64."""
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(c)
    x = np.maximum(rng.standard_normal((n, size, size, c), np.float32), 0)
    w = rng.standard_normal((co, c, 3, 3), np.float32) / np.float32(np.sqrt(9 * c))
    dy = rng.standard_normal((n, size, size, co), np.float32)
    args = {"n": n, "h": size, "w": size, "c": c, "oh": size, "ow": size, "co": co, "top": 1, "left": 1}
    image, kernel = torch.tensor(x).double().permute(0, 3, 1, 2), torch.tensor(w).double()
    kernel.requires_grad_()
    y = torch.nn.functional.conv2d(image, kernel, padding=1)
    y.backward(torch.tensor(dy).double().permute(0, 3, 1, 2))
    got = run("winograd_forward", isa, args | {"relu": 0}, 2, x=x, packed=filters(isa, w))["y"]
    exact, dw = y.detach().permute(0, 2, 3, 1).numpy(), kernel.grad.numpy()
    assert error(got, exact, largest(exact)) <= TYPICAL
    assert error(run("winograd_backward_weights", isa, args, 2, x=x, dy=dy)["dw"], dw, largest(dw)) <= TYPICAL


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("transposed", [False, True])
def test_packed_filters_are_the_rational_matrices_times_unit_filters(isa: str, transposed: bool) -> None:
    g = np.array([[float(v) for v in row] for row in matrices(4, 3).filter])
    co, c = 5, 3
    for tap in range(9):
        w = np.zeros((co, c, 3, 3), np.float32)
        w[2, 1, tap // 3, tap % 3] = 1
        seen = 8 - tap if transposed else tap
        want = np.outer(g[:, seen // 3], g[:, seen % 3]).astype(np.float32).ravel()
        places = filters(isa, w, transposed).reshape(36, -1)
        found = np.array([row[np.flatnonzero(row)] if np.any(row) else [0] for row in places], dtype=np.float32).ravel()
        np.testing.assert_allclose(found, want, rtol=2e-7, atol=0)


@pytest.mark.parametrize("isa", ISAS)
def test_one_pixel_gives_back_the_filter(isa: str) -> None:
    """An impulse at every place of a tile: the columns of the identity, through the native transforms of x and y."""
    w = np.arange(1, 10, dtype=np.float32).reshape(1, 1, 3, 3)
    args = {"n": 1, "h": 6, "w": 6, "c": 1, "oh": 4, "ow": 4, "co": 1, "top": 0, "left": 0, "relu": 0}
    for place in range(36):
        x = np.zeros((1, 6, 6, 1), np.float32)
        x.flat[place] = 1
        y = run("winograd_forward", isa, args, x=x, packed=filters(isa, w))["y"].reshape(4, 4)
        row, column = divmod(place, 6)
        want = np.zeros((4, 4))
        for i, j in np.ndindex(4, 4):
            if 0 <= row - i < 3 and 0 <= column - j < 3:
                want[i, j] = w[0, 0, row - i, column - j]
        np.testing.assert_allclose(y, want, rtol=0, atol=2e-5)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_stay_inside_their_tiles(isa: str, bad: float) -> None:
    rng = np.random.default_rng(3)
    x = rng.standard_normal((2, 13, 15, 20), np.float32)
    w = rng.standard_normal((9, 20, 3, 3), np.float32)
    args = {"n": 2, "h": 13, "w": 15, "c": 20, "oh": 13, "ow": 15, "co": 9, "top": 1, "left": 1, "relu": 0}
    clean = run("winograd_forward", isa, args, x=x, packed=filters(isa, w))["y"].reshape(2, 13, 15, 9)
    x[1, 6, 10, 5] = bad  # read by the tiles of output rows 4-7 and columns 8-11
    y = run("winograd_forward", isa, args, x=x, packed=filters(isa, w))["y"].reshape(2, 13, 15, 9)
    outside = np.ones((2, 13, 15), bool)
    outside[1, 4:8, 8:12] = False
    np.testing.assert_array_equal(y[outside], clean[outside])
    assert not np.isfinite(y[1, 5:8, 9:12]).any()


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize(("size", "c", "co", "n"), [(9, 24, 40, 3), (40, 16, 16, 6), (14, 160, 144, 1)])
def test_results_do_not_depend_on_the_thread_count(isa: str, size: int, c: int, co: int, n: int) -> None:
    rng = np.random.default_rng(5)
    x, dy = rng.standard_normal((n, size, size, c), np.float32), rng.standard_normal((n, size, size, co), np.float32)
    w = rng.standard_normal((co, c, 3, 3), np.float32)
    args = {"n": n, "h": size, "w": size, "c": c, "oh": size, "ow": size, "co": co, "top": 1, "left": 1}
    hashes = set()
    for threads in (1, 2, 3, 4, 8):
        packed = run("winograd_pack", isa, {"co": co, "c": c, "transposed": 0}, threads, w=w)["packed"]
        y = run("winograd_forward", isa, args | {"relu": 0}, threads, x=x, packed=packed)["y"]
        made = run("winograd_backward_weights", isa, args, threads, x=x, dy=dy)
        hashes.add(hashlib.sha256(b"".join(a.tobytes() for a in (y, made["dw"], made["db"]))).hexdigest())
    assert len(hashes) == 1


def test_sizes_that_overflow_are_refused() -> None:
    args = dict.fromkeys(NAMES, 2**30) | {"relu": 0}
    with pytest.raises(ValueError, match="overflows 63 bits"):
        _native.sizes("winograd_forward", ISAS[0], args)
