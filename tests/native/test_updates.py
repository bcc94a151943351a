"""Updates of weights against the optimisers' definitions in float64, over 200 recorded gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import simplecell as sc
from native.cases import ISAS
from simplecell import _native
from simplecell.kernels import update_numbers
from simplecell.kernels.updates import OPERANDS, STATE
from tolerances import steps

STEPS, COUNT = 200, 1037

OPTIMISERS = [
    sc.SGD(0.05, momentum=0.9, nesterov=True, weight_decay=0.001), sc.Adam(0.01), sc.Adam(0.01, weight_decay=0.1),
    sc.AdamW(0.01, betas=(0.8, 0.99), eps=1e-6), sc.RMSprop(0.01), sc.RMSprop(0.01, momentum=0.5, weight_decay=0.01),
    sc.RMSprop(0.01, centered=True, alpha=0.9),
]  # fmt: skip


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("optimiser", OPTIMISERS, ids=repr)
def test_two_hundred_steps_give_the_weights_of_the_definition(optimiser: Any, isa: str) -> None:
    generator = np.random.default_rng(0)
    w = generator.standard_normal(COUNT).astype(np.float32)
    exact, kept = w.astype(np.float64), {k: np.zeros(s) for k, s in optimiser.state((COUNT,)).items()}
    state = {k: np.zeros(s, np.float32) for k, s in optimiser.state((COUNT,)).items()}
    numbers = update_numbers(optimiser)
    assert numbers is not None
    kernel = {"adamw": "adam"}.get(optimiser.kind, optimiser.kind)
    names = {key: OPERANDS.get((kernel, key), key) for key in STATE[kernel]}
    hyper, threads = np.array([optimiser.lr], np.float32), 3
    operands = {"w": w, "hyper": hyper, **{names[key]: array.reshape(-1) for key, array in state.items()}}
    for _ in range(STEPS):
        g = generator.standard_normal(COUNT).astype(np.float32) * np.float32(generator.uniform(0.1, 2))
        _native.run_kernel(kernel, isa, {"count": COUNT, **numbers}, {**operands, "g": g}, threads)
        exact, kept = optimiser.update(exact, g.astype(np.float64), kept, float(hyper[0]))
    np.testing.assert_allclose(w, exact, rtol=0, atol=steps(np.float32, STEPS) * float(np.abs(exact).max()))
    for key, array in kept.items():
        np.testing.assert_allclose(state[key], array, rtol=1e-4, atol=1e-5)


def test_what_has_no_kernel_says_so() -> None:
    class Other(sc.SGD):
        """A rule of its own, which the kernel of its base does not know."""

    assert update_numbers(Other(0.1)) is None
    assert update_numbers(sc.Adam(0.1, amsgrad=True)) is None


@pytest.mark.parametrize("optimiser", [sc.Adam(0.01), sc.AdamW(0.01), sc.RMSprop(0.001, momentum=0.9)], ids=repr)
def test_digits_are_learned_with_the_update_inside_the_native_call(optimiser: Any) -> None:
    train, _ = sc.data.digits()
    net = sc.zoo.digits().init(0)
    step = net.trainer(optimizer=optimiser, seed=0)
    losses = [step(train.images[i * 64 : i * 64 + 64], train.targets[i * 64 : i * 64 + 64]) for i in range(20)]
    assert np.isfinite(losses).all()
    assert np.mean(losses[-4:]) < 0.6 * losses[0]
