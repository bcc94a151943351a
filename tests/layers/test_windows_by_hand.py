"""Layers with windows on paper: sizes, reads, counts, terms and sentences of examples small enough to work by hand."""

from __future__ import annotations

import numpy as np
import pytest

import tolerances
from simplecell import words
from simplecell.layers import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    GlobalAvgPool,
    GlobalMaxPool,
    MaxPool1d,
    MaxPool3d,
)
from simplecell.layers.base import EVALUATION, Layer

NEAR = tolerances.elementary(np.float64, 8)


def run(layer: Layer, x: np.ndarray) -> np.ndarray:
    return layer.forward(layer.site(x.shape[1:]), [x], {}, EVALUATION)[0]


def test_s3_7_twenty_filters_of_ten_along_five_hundred() -> None:
    """S3-7: 500 - 10 + 1 = 491 positions, 491 * 20 = 9,820 outputs; 20 filters of 10 weights and 20 biases."""
    site = Conv1d(20, 10).site((1, 500))
    assert site.output == (20, 491)
    assert (site.units, site.parameters, site.cost.macs) == (9820, 220, 98_200)
    assert site.layer.reads(site, ((3,), (490,))) == ((((0,), tuple(range(490, 500))),),)
    assert site.layer.read_by(site, ((0,), (499,))) == ((tuple(range(20)), (490,)),)


def test_s3_8_sixty_four_filters_over_one_strip() -> None:
    """S3-8: 5 - 5 + 1 = 1 row, 720 - 100 + 1 = 621 columns; 64 * 500 + 64 parameters. Its rows read as channels of a
    signal, it is the same sum: a filter as high as its image moves in one direction only."""
    site = Conv2d(64, (5, 100)).site((1, 5, 720))
    assert (site.output, site.units, site.parameters) == ((64, 1, 621), 39_744, 32_064)
    rng = np.random.default_rng(8)
    weights = {"weight": rng.standard_normal((64, 1, 5, 100)), "bias": rng.standard_normal(64)}
    x = rng.standard_normal((1, 1, 5, 720))
    y, _ = site.layer.forward(site, [x], weights, EVALUATION)
    strip = Conv1d(64, 100)
    z, _ = strip.forward(strip.site((5, 720)), [x[:, 0]], weights | {"weight": weights["weight"][:, 0]}, EVALUATION)
    np.testing.assert_allclose(y[:, :, 0], z, rtol=tolerances.two_sums(np.float64, 500) * 1000)


@pytest.mark.parametrize(
    ("inputs", "means", "share"),
    [
        (7, [1.0, 3.0, 5.0], [1 / 3, 1 / 3, 2 / 3, 1 / 3, 2 / 3, 1 / 3, 1 / 3]),
        (8, [1.0, 3.5, 6.0], [1 / 3, 1 / 3, 7 / 12, 1 / 4, 1 / 4, 7 / 12, 1 / 3, 1 / 3]),
    ],
)
def test_adaptive_average_to_three(inputs: int, means: list[float], share: list[float]) -> None:
    """7 -> 3: windows 0-2, 2-4, 4-6. 8 -> 3: 0-2, 2-5, 5-7: the middle one has four cells. x = 0 1 2 ..."""
    pool, x = AdaptiveAvgPool1d(3), np.arange(float(inputs)).reshape(1, 1, inputs)
    site = pool.site((1, inputs))
    np.testing.assert_allclose(run(pool, x).ravel(), means, rtol=NEAR)
    (dx,), _ = pool.backward(site, np.ones((1, 1, 3)), None, [x], {})
    np.testing.assert_allclose(dx.ravel(), share, rtol=NEAR)
    assert (site.units, site.parameters, site.cost.macs) == (3, 0, 0)


def test_the_middle_region_of_eight_to_three_is_opened() -> None:
    pool, x = AdaptiveAvgPool2d((1, 3)), np.arange(8.0).reshape(1, 1, 8)
    site = pool.site((1, 1, 8))
    terms = pool.terms(site, [x], {}, (0, 0, 1))
    assert terms.at.tolist() == [[0, 0, 2], [0, 0, 3], [0, 0, 4], [0, 0, 5]]
    assert terms.inputs.tolist() == [2.0, 3.0, 4.0, 5.0]
    assert terms.weights.tolist() == [0.25] * 4
    assert terms.combine() == 3.5
    key, numbers = pool.sentence(site, (0, 0, 1), terms)
    assert words.say(key, "en", **numbers) == (
        "Channel 0 at row 0, column 1: its region of the input, from row 0, column 2 to row 0, column 5, holds 4 "
        "values with the sum 14.0; their mean is 3.5."
    )
    assert "从行 0、列 2 到行 0、列 5 的区域" in words.say(key, "zh", **numbers)
    assert "行 0、列 2 から行 0、列 5 まで" in words.say(key, "ja", **numbers)
    assert pool.reads(site, ((0,), (0,), (0, 2))) == ((((0,), (0,), (0, 1, 2, 5, 6, 7)),),)
    assert pool.read_by(site, ((0,), (0,), (2,))) == (((0,), (0,), (0, 1)),)


def test_the_same_cell_can_win_two_regions_and_gets_both_gradients() -> None:
    pool = AdaptiveMaxPool2d((1, 3))
    site, x = pool.site((1, 1, 7)), np.array([[[[0.0, 1.0, 9.0, 1.0, 2.0, 2.0, 0.0]]]])
    y, winner = pool.forward(site, [x], {}, EVALUATION)
    assert y.ravel().tolist() == [9.0, 9.0, 2.0]
    assert winner.ravel().tolist() == [2, 2, 4]
    (dx,), _ = pool.backward(site, np.array([[[[1.0, 10.0, 100.0]]]]), winner, [x], {})
    assert dx.ravel().tolist() == [0, 0, 11, 0, 100, 0, 0]


def test_global_pools_take_in_each_channel() -> None:
    x = np.array([[[[1.0, 3.0], [2.0, 8.0]], [[0.0, 0.0], [0.0, np.nan]]]])
    mean, most = run(GlobalAvgPool(), x), run(GlobalMaxPool(), x)
    assert (mean.shape, most.shape) == ((1, 2, 1, 1), (1, 2, 1, 1))
    assert (mean[0, 0, 0, 0], most[0, 0, 0, 0]) == (3.5, 8.0)
    assert np.isnan(mean[0, 1, 0, 0])
    assert np.isnan(most[0, 1, 0, 0])
    pool = GlobalMaxPool()
    terms = pool.terms(pool.site((2, 2, 2)), [x[0]], {}, (0, 0, 0))
    key, numbers = pool.sentence(pool.site((2, 2, 2)), (0, 0, 0), terms)
    assert "of the 4 values in its region" in words.say(key, "en", **numbers)
    assert "the largest is 8.0, first found at row 1, column 1" in words.say(key, "en", **numbers)
    assert GlobalAvgPool().site((512, 7, 7)).output == (512, 1, 1)
    assert GlobalAvgPool().site((20, 491)).output == (20, 1)


def test_transposed_convolution_on_paper() -> None:
    """x = 1 2 3, w = 1 10 100, stride 2: 1 10 100 / 2 20 200 / 3 30 300 laid two apart = 1 10 102 20 203 30 300."""
    up = ConvTranspose1d(1, 3, stride=2, bias=False)
    x, w = np.array([[[1.0, 2.0, 3.0]]]), {"weight": np.array([[[1.0, 10.0, 100.0]]])}
    y, _ = up.forward(up.site((1, 3)), [x], w, EVALUATION)
    assert y.ravel().tolist() == [1, 10, 102, 20, 203, 30, 300]
    cut = ConvTranspose1d(1, 3, stride=2, padding=1, output_padding=1, bias=False)
    site = cut.site((1, 3))
    y, _ = cut.forward(site, [x], w, EVALUATION)
    assert y.ravel().tolist() == [10, 102, 20, 203, 30, 300]  # the first cell is cut off, the last kept
    assert (site.cost.macs, site.cost.padding_macs) == (9, 1)
    terms = cut.terms(site, [x[0]], w, (0, 1))
    assert (terms.at.tolist(), terms.weights.tolist(), terms.products.tolist()) == (
        [[0, 0], [0, 1]],
        [100, 1],
        [100, 2],
    )


def test_an_output_that_no_window_covers_is_the_bias() -> None:
    up = ConvTranspose2d(1, 1, stride=2)
    site = up.site((1, 2, 2))
    weights = {"weight": np.array([[[[5.0]]]]), "bias": np.array([0.5])}
    y, _ = up.forward(site, [np.ones((1, 1, 2, 2))], weights, EVALUATION)
    assert y[0, 0].tolist() == [[5.5, 0.5, 5.5], [0.5, 0.5, 0.5], [5.5, 0.5, 5.5]]
    terms = up.terms(site, [np.ones((1, 2, 2))], weights, (0, 1, 1))
    assert (len(terms.products), terms.combine()) == (0, 0.5)
    assert up.reads(site, ((0,), (1,), (1,))) == ((),)
    said = words.say(*up.sentence(site, (0, 1, 1), terms)[:1], "en", **up.sentence(site, (0, 1, 1), terms)[1])
    assert "here 0 of those products land" in said


def test_a_doubling_brings_back_the_size_that_a_stride_halved() -> None:
    """Conv 3, stride 2, padding 1 takes 8 and 7 to 4; output_padding chooses which of them comes back."""
    down = Conv2d(4, 3, stride=2, padding=1)
    assert {down.site((1, n, n)).output for n in (7, 8)} == {(4, 4, 4)}
    assert ConvTranspose2d(1, 3, stride=2, padding=1).site((4, 4, 4)).output == (1, 7, 7)
    assert ConvTranspose2d(1, 3, stride=2, padding=1, output_padding=1).site((4, 4, 4)).output == (1, 8, 8)


def test_volumes_on_paper() -> None:
    """A video of 16 frames of 112x112: 3x3x3 with padding 1 keeps the size; 64 filters have 3*27*64 + 64 parameters."""
    site = Conv3d(64, 3, padding=1).site((3, 16, 112, 112))
    assert (site.output, site.parameters) == ((64, 16, 112, 112), 5248)
    pool = MaxPool3d((1, 2, 2))
    assert pool.site(site.output).output == (64, 16, 56, 56)
    x = np.arange(8.0).reshape(1, 1, 2, 2, 2)
    terms = pool.terms(pool.site((1, 2, 2, 2)), [x[0]], {}, (0, 1, 0, 0))
    key, numbers = pool.sentence(pool.site((1, 2, 2, 2)), (0, 1, 0, 0), terms)
    assert "at slice 1, row 0, column 0: the largest of the window's 4 values is 7.0" in words.say(key, "en", **numbers)
    assert "スライス 1、行 1、列 1 に最初に現れます" in words.say(key, "ja", **numbers)
    assert run(MaxPool1d(2), np.array([[[1.0, 4.0, 3.0]]])).ravel().tolist() == [4.0]
