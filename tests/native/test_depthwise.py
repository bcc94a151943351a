"""Depthwise convolution and its gradients against PyTorch in float64, over random arguments."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from native.cases import ISAS, run, within

CASES = 40


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("seed", range(CASES))
def test_depthwise_convolution_and_its_gradients(seed: int, isa: str) -> None:
    rng = np.random.default_rng(seed)

    def r(lo: int, hi: int) -> int:
        return int(rng.integers(lo, hi + 1))

    n, c, m, kh, kw = r(1, 4), r(2, 130), (1, 1, 2, 3)[r(0, 3)], r(1, 7), r(1, 7)
    sh, sw, dh, dw = r(1, 4), r(1, 4), r(1, 3), r(1, 3)
    top, bottom, left, right = (r(0, 3) for _ in range(4))
    h, w = r(max(1, (kh - 1) * dh + 1 - top - bottom), 30), r(max(1, (kw - 1) * dw + 1 - left - right), 30)
    oh, ow = (h + top + bottom - (kh - 1) * dh - 1) // sh + 1, (w + left + right - (kw - 1) * dw - 1) // sw + 1
    x, filters = rng.standard_normal((n, h, w, c), np.float32), rng.standard_normal((c * m, 1, kh, kw), np.float32)
    dy, bias = rng.standard_normal((n, oh, ow, c * m), np.float32), rng.standard_normal(c * m, np.float32)

    def exact(magnitudes: bool) -> list[np.ndarray]:
        arrays = [np.abs(a) if magnitudes else a for a in (x, filters, bias, dy)]
        image, weight, offset, slope = (torch.from_numpy(a.astype(np.float64)) for a in arrays)
        image, weight = image.movedim(-1, 1).detach().requires_grad_(), weight.requires_grad_()
        y = F.conv2d(F.pad(image, (left, right, top, bottom)), weight, offset, (sh, sw), 0, (dh, dw), c)
        y.backward(slope.movedim(-1, 1))
        assert image.grad is not None
        assert weight.grad is not None
        return [y.detach().movedim(1, -1).numpy(), image.grad.movedim(1, -1).numpy(), weight.grad.numpy()]

    sizes = {"n": n, "h": h, "w": w, "c": c, "oh": oh, "ow": ow, "co": c * m, "kh": kh, "kw": kw}
    numbers = sizes | {"sh": sh, "sw": sw, "dh": dh, "dw": dw, "top": top, "left": left}
    threads = 1 + seed % 3
    packed = run("depthwise_pack", isa, {"c": c, "co": c * m, "kh": kh, "kw": kw}, w=filters)["packed"]
    plain = numbers | {"relu": 0}
    y = run("depthwise_forward", isa, plain, threads, x=x, packed=packed, bias=bias)["y"]
    dx = run("depthwise_backward_data", isa, numbers, threads, dy=dy, packed=packed)["dx"]
    made = run("depthwise_backward_weights", isa, numbers, threads, x=x, dy=dy)
    (want, want_dx, want_dw), (scale, scale_dx, scale_dw) = exact(False), exact(True)
    within(y, want, kh * kw + 1, scale)
    within(dx, want_dx, kh * kw * m, scale_dx)
    within(made["dw"], want_dw, n * oh * ow, scale_dw)
    slopes = dy.astype(np.float64).sum((0, 1, 2))
    within(made["db"], slopes, n * oh * ow, np.abs(dy).sum((0, 1, 2)))


@pytest.mark.parametrize("isa", ISAS)
def test_what_is_added_and_cut_off(isa: str) -> None:
    """ReLU6 after the sum; NaN passes through it."""
    numbers = {"n": 1, "h": 1, "w": 4, "c": 1, "oh": 1, "ow": 4, "co": 1, "kh": 1, "kw": 1}
    numbers |= {"sh": 1, "sw": 1, "dh": 1, "dw": 1, "top": 0, "left": 0, "relu": 6}
    x, add = np.array([-3, 2, 9, np.nan], np.float32), np.array([1, 1, 1, 1], np.float32)
    y = run("depthwise_forward", isa, numbers, x=x, packed=np.ones(1, np.float32), add=add)["y"]
    np.testing.assert_array_equal(y, np.array([0, 3, 6, np.nan], np.float32))
