"""Normalisation and wiring against PyTorch in float64, on every instruction set and thread count."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from native.cases import ISAS, Array, run

THREADS = (1, 2, 3, 4, 8)


def draw(seed: int, *shape: int, mean: float = 0.0) -> Array:
    return (np.random.default_rng(seed).standard_normal(shape) + mean).astype(np.float32)


def door(array: Array) -> torch.Tensor:
    """A float64 leaf, channels second."""
    exact = torch.from_numpy(array.astype(np.float64))
    return (exact.movedim(-1, 1) if array.ndim > 2 else exact).detach().requires_grad_()


def leaf_of(array: Array) -> torch.Tensor:
    """A float64 leaf of plain numbers."""
    return torch.from_numpy(array.astype(np.float64)).requires_grad_()


def inside(tensor: torch.Tensor | None) -> Array:
    """Channels last again."""
    assert tensor is not None
    found = tensor.detach()
    return (found.movedim(1, -1) if found.ndim > 2 else found).numpy()


def same_bits(made: list[dict[str, Array]]) -> None:
    for name in made[0]:
        for other in made[1:]:
            np.testing.assert_array_equal(made[0][name], other[name])


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize(("n", "hw", "c", "mean"), [(2, 9, 3, 0.0), (5, 400, 33, 0.0), (1, 3000, 16, 1000.0)])
def test_batch_norm_in_training(n: int, hw: int, c: int, mean: float, isa: str) -> None:
    x, dy, w, b = draw(1, n, hw, c, mean=mean), draw(2, n, hw, c), draw(3, c), draw(4, c)
    averages = [torch.zeros(c, dtype=torch.float64), torch.ones(c, dtype=torch.float64)]
    leaves = [door(x), leaf_of(w), leaf_of(b)]
    exact = F.batch_norm(leaves[0], *averages, leaves[1], leaves[2], True, 0.25, 1e-5)
    exact.backward(door(dy).detach())
    numbers, forwards, backwards = {"pixels": n * hw, "c": c}, [], []
    for threads in THREADS:
        means, variances = np.zeros(c, np.float32), np.ones(c, np.float32)
        given: dict[str, Any] = {"x": x, "weight": w, "bias": b, "running_mean": means, "running_var": variances}
        made = run("batchnorm_forward", isa, numbers | {"eps": 1e-5, "momentum": 0.25, "relu": 0}, threads, **given)
        kept = {"mean": made["mean"], "inv": made["inv"]}
        backwards.append(run("batchnorm_backward", isa, numbers, threads, dy=dy, x=x, weight=w, **kept))
        forwards.append(made | {"means": means, "variances": variances})
    same_bits(forwards)
    same_bits(backwards)
    tolerance = 3e-6 * max(1.0, mean / 10)
    np.testing.assert_allclose(forwards[0]["y"].reshape(x.shape), inside(exact), rtol=0, atol=tolerance * 5)
    np.testing.assert_allclose(forwards[0]["means"], averages[0].numpy(), rtol=3e-6, atol=1e-7)
    np.testing.assert_allclose(forwards[0]["variances"], averages[1].numpy(), rtol=3e-6)
    size = n * hw
    np.testing.assert_allclose(backwards[0]["dx"].reshape(x.shape), inside(leaves[0].grad), rtol=0, atol=tolerance * 10)
    np.testing.assert_allclose(backwards[0]["dweight"], inside(leaves[1].grad), rtol=0, atol=tolerance * size**0.5)
    np.testing.assert_allclose(backwards[0]["dbias"], inside(leaves[2].grad), rtol=0, atol=3e-6 * size**0.5)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize(("relu", "most"), [(0, np.inf), (1, np.inf), (6, 6.0)])
def test_batch_norm_adds_and_rectifies_as_it_writes(relu: int, most: float, isa: str) -> None:
    x, w, b, more = draw(1, 3, 50, 19), draw(2, 19), draw(3, 19), 4 * draw(4, 3, 50, 19)
    plain = F.batch_norm(door(x), None, None, leaf_of(w), leaf_of(b), True, 0.0, 1e-5)
    want = np.clip(inside(plain) + more, 0 if relu else -np.inf, most)
    numbers = {"pixels": 150, "c": 19, "eps": 1e-5, "momentum": 0.0, "relu": relu}
    given = {"x": x, "weight": w, "bias": b, "add": more}
    made = [run("batchnorm_forward", isa, numbers, threads, **given) for threads in THREADS]
    same_bits(made)
    np.testing.assert_allclose(made[0]["y"].reshape(x.shape), want, rtol=0, atol=2e-5)


@pytest.mark.parametrize("isa", ISAS)
def test_batch_norm_in_use_and_folded_into_weights(isa: str) -> None:
    x, w, b, mean, var = draw(1, 7, 50, 21), draw(2, 21), draw(3, 21), draw(4, 21), draw(5, 21) ** 2
    exact = [a.astype(np.float64) for a in (w, b, mean, var)]
    numbers, given = {"pixels": 350, "c": 21, "eps": 1e-3}, {"weight": w, "bias": b, "mean": mean, "var": var}
    scale = exact[0] / np.sqrt(exact[3] + 1e-3)
    for threads in THREADS:
        y = run("batchnorm_evaluate", isa, numbers, threads, x=x, **given)["y"]
        np.testing.assert_allclose(y.reshape(x.shape), (x - exact[2]) * scale + exact[1], rtol=1e-5, atol=1e-5)
    filters, offset = draw(6, 21, 18), draw(7, 21)
    made = run("batchnorm_fold", isa, {"co": 21, "each": 18, "eps": 1e-3}, w=filters, b=offset, **given)
    np.testing.assert_allclose(made["folded"].reshape(21, 18), filters * scale[:, None], rtol=1e-6)
    np.testing.assert_allclose(made["folded_bias"], (offset - exact[2]) * scale + exact[1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize(("n", "hw", "c", "groups"), [(3, 30, 12, 4), (2, 500, 20, 20), (9, 1, 40, 2), (1, 900, 6, 1)])
def test_group_and_instance_norm(n: int, hw: int, c: int, groups: int, isa: str) -> None:
    x, dy, w, b = draw(1, n, hw, c, mean=2.0), draw(2, n, hw, c), draw(3, c), draw(4, c)
    leaves = [door(x), leaf_of(w), leaf_of(b)]
    exact = F.group_norm(leaves[0], groups, leaves[1], leaves[2], 1e-5)
    exact.backward(door(dy).detach())
    numbers, forwards, backwards = {"n": n, "hw": hw, "c": c, "groups": groups}, [], []
    for threads in THREADS:
        made = run("groupnorm_forward", isa, numbers | {"eps": 1e-5}, threads, x=x, weight=w, bias=b)
        kept = {"mean": made["mean"], "inv": made["inv"]}
        backwards.append(run("groupnorm_backward", isa, numbers, threads, dy=dy, x=x, weight=w, **kept))
        forwards.append(made)
    same_bits(forwards)
    same_bits(backwards)
    np.testing.assert_allclose(forwards[0]["y"].reshape(x.shape), inside(exact), rtol=0, atol=2e-5)
    np.testing.assert_allclose(backwards[0]["dx"].reshape(x.shape), inside(leaves[0].grad), rtol=0, atol=5e-5)
    for name, leaf in (("dweight", leaves[1]), ("dbias", leaves[2])):
        np.testing.assert_allclose(backwards[0][name], inside(leaf.grad), rtol=0, atol=5e-6 * (n * hw) ** 0.5)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize(("rows", "f"), [(3, 7), (200, 40), (2, 5000)])
def test_layer_norm(rows: int, f: int, isa: str) -> None:
    x, dy, w, b = draw(1, rows, f, mean=5.0), draw(2, rows, f), draw(3, f), draw(4, f)
    leaves = [leaf_of(x), leaf_of(w), leaf_of(b)]
    exact = F.layer_norm(leaves[0], (f,), leaves[1], leaves[2], 1e-5)
    exact.backward(torch.from_numpy(dy.astype(np.float64)))
    forwards, backwards = [], []
    for threads in THREADS:
        made = run("layernorm_forward", isa, {"rows": rows, "f": f, "eps": 1e-5}, threads, x=x, weight=w, bias=b)
        given = {"dy": dy, "x": x, "weight": w, "mean": made["mean"], "inv": made["inv"]}
        backwards.append(run("layernorm_backward", isa, {"rows": rows, "f": f}, threads, **given))
        forwards.append(made)
    same_bits(forwards)
    same_bits(backwards)
    np.testing.assert_allclose(forwards[0]["y"].reshape(x.shape), inside(exact), rtol=0, atol=2e-5)
    np.testing.assert_allclose(backwards[0]["dx"].reshape(x.shape), inside(leaves[0].grad), rtol=0, atol=5e-5)
    for name, leaf in (("dweight", leaves[1]), ("dbias", leaves[2])):
        np.testing.assert_allclose(backwards[0][name], inside(leaf.grad), rtol=0, atol=5e-6 * rows**0.5)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize(
    ("size", "beta", "alpha", "k"), [(5, 0.75, 1e-1, 2.0), (4, 0.5, 0.5, 1.0), (1, 0.6, 0.3, 1.0), (9, 1.0, 1.0, 0.5)]
)
def test_local_response_norm(size: int, beta: float, alpha: float, k: float, isa: str) -> None:
    x, dy = draw(1, 3, 40, 19), draw(2, 3, 40, 19)
    leaf = door(x)
    exact = F.local_response_norm(leaf, size, alpha, beta, k)
    exact.backward(door(dy).detach())
    numbers = {"pixels": 120, "c": 19, "size": size, "alpha": alpha, "beta": beta, "k": k}
    forwards = [run("lrn_forward", isa, numbers, threads, x=x) for threads in THREADS]
    backwards = [run("lrn_backward", isa, numbers, threads, dy=dy, x=x) for threads in THREADS]
    same_bits(forwards)
    same_bits(backwards)
    np.testing.assert_allclose(forwards[0]["y"].reshape(x.shape), inside(exact), rtol=3e-6, atol=1e-7)
    np.testing.assert_allclose(backwards[0]["dx"].reshape(x.shape), inside(leaf.grad), rtol=3e-6, atol=3e-6)
