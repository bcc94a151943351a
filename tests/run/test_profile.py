"""Profiles: every step is there, its work is the layer's own count, and shares are of what was measured."""

from __future__ import annotations

import numpy as np
import pytest

import simplecell as sc


def test_a_profile_has_every_step_with_the_layers_own_work() -> None:
    net = sc.zoo.digits().init(0)
    found = net.profile(np.zeros((4, 1, 8, 8), np.float32), runs=3)
    assert [s.layers for s in found.steps] == ["conv1+relu1", "conv2+relu2", "pool", "flatten", "fc"]
    assert [s.flops for s in found.steps if s.flops] == [2 * 4 * macs for macs in (9_216, 294_912, 5_120)]
    assert all(s.seconds > 0 for s in found.steps)
    assert found.seconds == pytest.approx(sum(s.seconds for s in found.steps))
    assert found.peak_flops > 1e8


@pytest.mark.parametrize("lang", ["en", "zh", "ja"])
def test_the_text_names_each_step_and_the_ceilings(lang: str) -> None:
    found = sc.zoo.digits().init(0).profile(np.zeros((1, 1, 8, 8), np.float32), runs=2)
    text = found.text(lang)
    assert "conv2+relu2" in text
    assert f"{found.peak_flops / 1e9:.3g}" in text


def test_steps_on_the_reference_are_timed_too() -> None:
    with sc.use(algorithm="reference"):
        found = sc.zoo.digits().init(0).profile(np.zeros((1, 1, 8, 8), np.float32), runs=2)
    assert {s.algorithm for s in found.steps} == {"reference"}
