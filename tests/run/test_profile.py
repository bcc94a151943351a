"""Profiles: every step is there, its work is the layer's own count, and shares are of what was measured."""

from __future__ import annotations

import numpy as np
import pytest

import simplecell as sc
from simplecell.run.profile import Profile, Step


def test_a_profile_has_every_step_with_the_layers_own_work() -> None:
    net = sc.zoo.digits().init(0)
    found = net.profile(np.zeros((4, 1, 8, 8), np.float32), runs=3)
    assert [s.layers for s in found.steps] == ["conv1+relu1", "conv2+relu2", "pool", "flatten", "fc"]
    assert [s.flops for s in found.steps if s.flops] == [2 * 4 * macs for macs in (9_216, 294_912, 5_120)]
    assert all(s.seconds > 0 for s in found.steps if s.flops)
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


def test_a_step_too_short_for_the_clock_has_no_rates() -> None:
    short = Step("flatten", "flatten", "view", 0.0, 0.0, 128.0, 0.0)
    long = Step("conv1", "conv2d", "direct", 2e-3, 4e9, 1e6, 1e-3)
    assert (short.gflops, short.moved, short.share) == (0, 0, 1)
    assert (long.gflops, long.moved, long.share) == (2000, 0.5, 0.5)
    lines = Profile((short, long), 4e12, 1e9, 1, 2, "scalar", 3).text("en").splitlines()
    assert any("flatten" in line and "0.0 %" in line for line in lines)


def test_what_is_done_only_when_weights_change_is_no_step() -> None:
    layers = (sc.Conv2d(4, 3, name="conv"), sc.BatchNorm(name="norm"), sc.ReLU(name="relu"))
    found = sc.Sequential(sc.Input(3, 8, 8), *layers).init(0).profile(np.zeros((1, 3, 8, 8), np.float32))
    assert [s.layers for s in found.steps if "norm" in s.layers] == ["conv+norm+relu"]
    assert "fold" not in {s.work for s in found.steps}
