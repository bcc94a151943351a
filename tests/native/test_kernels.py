"""Kernels against float64 definitions written here, on every instruction set of this machine."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest

from native.cases import ISAS, Array, packed, run, within
from simplecell import _native

CASES = 60


def conv(x: Array, w: Array, g: dict[str, int]) -> Array:
    """NHWC convolution in float64: sum over taps of shifted pictures times a matrix, group by group."""
    n, oh, ow, groups = g["n"], g["oh"], g["ow"], g["groups"]
    co, ci, kh, kw = w.shape
    y = np.zeros((n, oh, ow, co))
    for ky in range(kh):
        for kx in range(kw):
            cut = window(x, g, ky, kx)
            for k in range(groups):
                o = slice(k * co // groups, (k + 1) * co // groups)
                y[..., o] += cut[..., k * ci : (k + 1) * ci] @ w[o, :, ky, kx].T
    return y


def places(size: int, outputs: int, step: int, offset: int) -> tuple[slice, slice]:
    """Outputs whose tap falls inside [0, size), and the inputs it falls on."""
    hit = [i for i in range(outputs) if 0 <= i * step + offset < size]
    if not hit:
        return slice(0, 0), slice(0, 0)
    first, last = hit[0] * step + offset, hit[-1] * step + offset
    return slice(hit[0], hit[-1] + 1), slice(first, last + 1, step)


def window(x: Array, g: dict[str, int], ky: int, kx: int) -> Array:
    """What tap (ky, kx) of every output reads, zeros outside."""
    rows, from_rows = places(g["h"], g["oh"], g["sh"], ky * g["dh"] - g["top"])
    columns, from_columns = places(g["w"], g["ow"], g["sw"], kx * g["dw"] - g["left"])
    cut = np.zeros((g["n"], g["oh"], g["ow"], x.shape[3]))
    cut[:, rows, columns] = x[:, from_rows, from_columns]
    return cut


def conv_gradients(x: Array, w: Array, dy: Array, g: dict[str, int]) -> tuple[Array, Array]:
    groups, (co, ci, kh, kw) = g["groups"], w.shape
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for ky in range(kh):
        for kx in range(kw):
            cut = window(x, g, ky, kx)
            rows, from_rows = places(g["h"], g["oh"], g["sh"], ky * g["dh"] - g["top"])
            columns, from_columns = places(g["w"], g["ow"], g["sw"], kx * g["dw"] - g["left"])
            for k in range(groups):
                o, c = slice(k * co // groups, (k + 1) * co // groups), slice(k * ci, (k + 1) * ci)
                dw[o, :, ky, kx] = np.tensordot(dy[..., o], cut[..., c], ((0, 1, 2), (0, 1, 2)))
                dx[:, from_rows, from_columns, c] += (dy[..., o] @ w[o, :, ky, kx])[:, rows, columns]
    return dx, dw


def random_conv(rng: np.random.Generator) -> tuple[dict[str, int], int]:
    def r(lo: int, hi: int) -> int:
        return int(rng.integers(lo, hi + 1))

    groups = (1, 1, 1, 2, 3)[r(0, 4)]
    c, co = groups * r(1, 130 // groups), groups * r(1, 130 // groups)
    if r(0, 9) == 0:
        groups = co = c
    g = {"n": r(1, 4), "h": r(1, 30), "w": r(1, 30), "c": c, "oh": 0, "ow": 0, "co": co, "kh": r(1, 7), "kw": r(1, 7)}
    g |= {"sh": r(1, 4), "sw": r(1, 4), "dh": r(1, 3), "dw": r(1, 3), "top": r(-1, 3), "left": r(-1, 3)}
    g["groups"] = groups
    g["oh"], g["ow"] = max(1, (g["h"] + r(0, 3)) // g["sh"]), max(1, (g["w"] + r(0, 3)) // g["sw"])
    return g, co


def data_gradient(g: dict[str, int]) -> dict[str, int]:
    """The arguments with which conv2d_forward computes dx from dy."""
    swap = {"h": g["oh"], "w": g["ow"], "c": g["co"], "oh": g["h"], "ow": g["w"], "co": g["c"], "sh": 1, "sw": 1}
    swap |= {"top": (g["kh"] - 1) * g["dh"] - g["top"], "left": (g["kw"] - 1) * g["dw"] - g["left"]}
    return g | swap | {"zh": g["sh"], "zw": g["sw"], "planar": 0, "relu": 0}


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("seed", range(CASES))
def test_convolution_and_its_gradients(isa: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    g, co = random_conv(rng)
    x = rng.standard_normal((g["n"], g["h"], g["w"], g["c"]), np.float32)
    w = rng.standard_normal((co, g["c"] // g["groups"], g["kh"], g["kw"]), np.float32)
    dy = rng.standard_normal((g["n"], g["oh"], g["ow"], co), np.float32)
    bias, threads = rng.standard_normal(co, np.float32), 1 + seed % 3
    plain, filters = g | {"zh": 1, "zw": 1, "planar": 0, "relu": 0}, packed(isa, w, g["groups"])
    y = run("conv2d_forward", isa, plain, threads, x=x, packed=filters, bias=bias)["y"]
    terms = w[0].size + 1
    within(y, conv(x, w, g) + bias, terms, conv(abs(x), abs(w), g) + abs(bias))
    planes = np.ascontiguousarray(x.transpose(0, 3, 1, 2))
    first = run("conv2d_forward", isa, plain | {"planar": 1}, threads, x=planes, packed=filters, bias=bias)["y"]
    assert np.array_equal(y, first)
    dx, dw = conv_gradients(x, w, dy, g)
    abs_dx, abs_dw = conv_gradients(abs(x), abs(w), abs(dy), g)
    turned = packed(isa, w, g["groups"], transposed=True)
    got = run("conv2d_forward", isa, data_gradient(g), threads, x=dy, packed=turned)["y"]
    within(got, dx, co // g["groups"] * g["kh"] * g["kw"], abs_dx)
    made = run("conv2d_backward_weights", isa, g, threads, x=x, dy=dy)
    pixels = g["n"] * g["oh"] * g["ow"]
    within(made["dw"], dw, pixels, abs_dw)
    within(made["db"], dy.astype(np.float64).sum((0, 1, 2)), pixels, abs(dy).sum((0, 1, 2)))


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("seed", range(CASES))
def test_linear_and_its_gradients(isa: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, i, o = (int(v) for v in rng.integers(1, (40, 700, 200)))
    if seed % 5 == 0:
        n = 1
    if seed % 8 == 1:
        i += 1500  # panels enough to be packed side by side
    args = {"n": n, "i": i, "o": o}
    x, w = rng.standard_normal((n, i), np.float32), rng.standard_normal((o, i), np.float32)
    dy, bias = rng.standard_normal((n, o), np.float32), rng.standard_normal(o, np.float32)
    x64, w64, dy64 = (a.astype(np.float64) for a in (x, w, dy))
    y = run("linear_forward", isa, args | {"relu": 1}, 2, x=x, packed=packed(isa, w), bias=bias)["y"]
    within(y, np.maximum(x64 @ w64.T + bias, 0), i + 1, abs(x64) @ abs(w64.T) + abs(bias))
    within(run("linear_backward_data", isa, args, 2, dy=dy, w=w)["dx"], dy64 @ w64, o, abs(dy64) @ abs(w64))
    made = run("linear_backward_weights", isa, args, 2, dy=dy, x=x)
    within(made["dw"], dy64.T @ x64, n, abs(dy64.T) @ abs(x64))
    within(made["db"], dy64.sum(0), n, abs(dy64).sum(0))


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("seed", range(CASES))
def test_narrow_convolution(isa: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, c, co, kh, kw = (int(v) for v in rng.integers(1, (4, 20, 14, 7, 7)))
    g = {"n": n, "h": 24, "w": 22, "c": c, "oh": int(rng.integers(1, 30)), "ow": int(rng.integers(1, 50)), "co": co}
    g |= {"kh": kh, "kw": kw, "top": int(rng.integers(-1, 4)), "left": int(rng.integers(-1, 4))}
    steps = {"sh": 1, "sw": 1, "dh": 1, "dw": 1, "groups": 1}
    x = rng.standard_normal((n, 24, 22, c), np.float32)
    w, bias = rng.standard_normal((co, c, kh, kw), np.float32), rng.standard_normal(co, np.float32)
    mask = rng.standard_normal((n, g["oh"], g["ow"], co), np.float32)
    want = conv(x, w, g | steps) + bias
    bound = conv(abs(x), abs(w), g | steps) + abs(bias)
    for planar, given in ((0, x), (1, np.ascontiguousarray(np.moveaxis(x, -1, 1)))):
        operands = {"x": given, "packed": packed(isa, w, 1), "bias": bias}
        numbers = g | {"planar": planar, "relu": 0}
        y = run("conv2d_narrow_forward", isa, numbers, 2, **operands)["y"]
        within(y, want, w[0].size + 1, bound)
        masked = run("conv2d_narrow_forward", isa, numbers, 2, **operands, mask=mask)["y"]
        assert np.array_equal(masked, np.where(mask.ravel() > 0, y, 0))


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("seed", range(CASES))
def test_linear_layers_in_training(isa: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, i, o = (int(v) for v in rng.integers(1, (70, 700, 200)))
    args: dict[str, int | float] = {"n": n, "i": i, "o": o}
    x, w = rng.standard_normal((n, i), np.float32), rng.standard_normal((o, i), np.float32)
    dy, bias = rng.standard_normal((n, o), np.float32), rng.standard_normal(o, np.float32)
    y = run("linear_rows_forward", isa, args | {"relu": 1}, 2, x=x, w=w, bias=bias)["y"]
    x64, w64 = x.astype(np.float64), w.astype(np.float64)
    within(y, np.maximum(x64 @ w64.T + bias, 0), i + 1, abs(x64) @ abs(w64.T) + abs(bias))
    rule = {"momentum": 0.9, "nesterov": seed % 2, "weight_decay": 0.01}
    speed, lr = rng.standard_normal((o, i), np.float32), np.array([0.1], np.float32)
    apart, apart_speed, joined, joined_speed = w.copy(), speed.copy(), w.copy(), speed.copy()
    made = run("linear_backward_weights", isa, args, 2, dy=dy, x=x)
    run("sgd", isa, {"count": o * i, **rule}, 2, w=apart, g=made["dw"], v=apart_speed, hyper=lr)
    db = run("linear_update", isa, args | rule, 2, dy=dy, x=x, w=joined, v=joined_speed, hyper=lr)["db"]
    assert np.array_equal(joined, apart)
    assert np.array_equal(joined_speed, apart_speed)
    assert np.array_equal(db, made["db"])


@pytest.mark.parametrize("isa", ISAS)
def test_results_do_not_depend_on_the_thread_count(isa: str) -> None:
    rng = np.random.default_rng(5)
    g = {"n": 3, "h": 33, "w": 31, "c": 24, "oh": 17, "ow": 16, "co": 40, "kh": 3, "kw": 3}
    g |= {"sh": 2, "sw": 2, "dh": 1, "dw": 1, "top": 1, "left": 1, "groups": 1}
    x, dy = rng.standard_normal((3, 33, 31, 24), np.float32), rng.standard_normal((3, 17, 16, 40), np.float32)
    w = rng.standard_normal((40, 24, 3, 3), np.float32)
    hashes, plain = set(), g | {"zh": 1, "zw": 1, "planar": 0, "relu": 0}
    for threads in (1, 2, 3, 4):
        y = run("conv2d_forward", isa, plain, threads, x=x, packed=packed(isa, w, 1))
        dx = run("conv2d_forward", isa, data_gradient(g), threads, x=dy, packed=packed(isa, w, 1, transposed=True))
        weights = run("conv2d_backward_weights", isa, g, threads, x=x, dy=dy)
        loss = run("mse", isa, {"count": y["y"].size}, threads, pred=y["y"], target=dy)
        every: list[Any] = [*y.values(), *dx.values(), *weights.values(), *loss.values()]
        hashes.add(hashlib.sha256(b"".join(a.tobytes() for a in every)).hexdigest())
    assert len(hashes) == 1


@pytest.mark.parametrize("isa", ISAS)
def test_exp_is_within_two_ulp(isa: str) -> None:
    x = np.concatenate([np.linspace(-103.9, 0, 200001), -np.geomspace(1e-30, 1, 2000)]).astype(np.float32)
    rows = np.stack([x, np.zeros_like(x)], 1)
    args = {"rows": len(x), "cols": 2}
    got = run("softmax_forward", isa, args, x=rows)["y"].reshape(-1, 2)
    e = np.exp(x.astype(np.float64))
    want = e / (1 + e)
    # Softmax adds the roundings of the sum and the quotient, half an ulp each.
    ulp = np.spacing(np.maximum(want, 1e-45).astype(np.float32)).astype(np.float64)
    assert np.max(np.abs(got[:, 0] - want) / ulp) <= 3


@pytest.mark.parametrize("isa", ISAS)
def test_softmax_and_cross_entropy(isa: str) -> None:
    rng = np.random.default_rng(2)
    for n, c in ((1, 1), (7, 10), (64, 10), (3, 1000), (130, 17)):
        x = (rng.standard_normal((n, c)) * 6).astype(np.float32)
        target = rng.integers(0, c, n)
        e = np.exp(x.astype(np.float64) - x.max(1, keepdims=True))
        p = e / e.sum(1, keepdims=True)
        got = run("softmax_forward", isa, {"rows": n, "cols": c}, x=x)["y"].reshape(n, c)
        np.testing.assert_allclose(got, p, 1e-5, 1e-38)
        made = run("cross_entropy", isa, {"n": n, "c": c}, 2, logits=x, targets=target)
        np.testing.assert_allclose(made["loss"][0], -np.log(p[np.arange(n), target]).mean(), 1e-6, 1e-7)
        np.testing.assert_allclose(made["dlogits"].reshape(n, c), (p - np.eye(c)[target]) / n, 1e-5, 2e-7 / n)
        assert made["correct"][0] == (x.argmax(1) == target).sum()


@pytest.mark.parametrize("isa", ISAS)
def test_cross_entropy_at_its_edges(isa: str) -> None:
    x = np.array([[1, 3, 3], [0, np.nan, 9], [2, 1, 0]], np.float32)
    made = run("cross_entropy", isa, {"n": 3, "c": 3}, logits=x, targets=np.array([1, 1, 0]))
    assert made["correct"][0] == 3  # the first of equals; NaN counts as largest
    assert np.isnan(made["loss"][0])
    for bad in (-1, 3, 2**62, -(2**62)):
        made = run("cross_entropy", isa, {"n": 1, "c": 3}, logits=x[:1], targets=np.array([bad]))
        assert np.isnan(made["loss"][0])
        assert np.isnan(made["dlogits"]).all()
        assert made["correct"][0] == 0
    infinite = np.array([[np.inf, 0], [-np.inf, 0]], np.float32)
    got = run("softmax_forward", isa, {"rows": 2, "cols": 2}, x=infinite)["y"]
    np.testing.assert_array_equal(got, np.array([np.nan, np.nan, 0, 1], np.float32))


def mix(x: Array) -> Array:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 1.0])
def test_dropout_is_the_written_function(isa: str, p: float) -> None:
    n, c, hw, stream, seed = 2, 19, 37, 3, np.array([12345, 7])
    x = np.random.default_rng(0).standard_normal((n, hw, c), np.float32)
    golden, index = np.uint64(0x9E3779B97F4A7C15), np.arange(n * c * hw, dtype=np.uint64)
    with np.errstate(over="ignore"):
        key = mix(mix(np.uint64(seed[:1])) + mix(np.uint64([stream])) * golden + np.uint64(seed[1]))
        u = (mix(key + index * golden) >> np.uint64(40)).astype(np.float64) * 2.0**-24
    keep = (u >= p).reshape(n, c, hw).transpose(0, 2, 1)
    scale = np.float32(1 / (1 - p)) if p < 1 else np.float32(0)
    args = {"n": n, "c": c, "hw": hw, "p": p, "stream": stream}
    got = run("dropout_forward", isa, args, 3, x=x, seed=seed)["y"].reshape(x.shape)
    np.testing.assert_array_equal(got, np.where(keep, x * scale, np.float32(0)))


@pytest.mark.parametrize("isa", ISAS)
def test_max_pool_ties_and_nan(isa: str) -> None:
    x = np.array([[1, 5, 5], [np.nan, 5, np.nan], [2, 2, 2]], np.float32).reshape(1, 3, 3, 1)
    args = {"n": 1, "h": 3, "w": 3, "c": 1, "oh": 2, "ow": 2, "kh": 2, "kw": 2, "sh": 1, "sw": 1, "dh": 1, "dw": 1}
    made = run("maxpool2d_forward", isa, args | {"top": 0, "left": 0}, x=x)
    np.testing.assert_array_equal(made["index"], [3, 5, 3, 5])
    assert np.isnan(made["y"]).all()
    made = run("maxpool2d_forward", isa, args | {"top": 1, "left": 1}, x=-abs(x))
    np.testing.assert_array_equal(made["index"], [0, 0, 3, 3])
    np.testing.assert_array_equal(made["y"], np.array([-1, -1, np.nan, np.nan], np.float32))


@pytest.mark.parametrize("isa", ISAS)
def test_sgd_follows_the_rule(isa: str) -> None:
    rng = np.random.default_rng(4)
    w, v = rng.standard_normal(1000, np.float32), np.zeros(1000, np.float32)
    want, speed = w.astype(np.float64), np.zeros(1000)
    args = {"count": 1000, "momentum": 0.9, "nesterov": 1, "weight_decay": 1e-3}
    for _ in range(20):
        g = rng.standard_normal(1000, np.float32)
        _native.run_kernel("sgd", isa, args, {"w": w, "g": g, "v": v, "hyper": np.array([0.1], np.float32)})
        full = g + 1e-3 * want
        speed = 0.9 * speed + full
        want = want - 0.1 * (full + 0.9 * speed)
    np.testing.assert_allclose(w, want, 1e-5, 1e-5)
