"""Rules that examples with different numbers cannot show: ties, NaN, masks, few boxes, dtypes."""

from __future__ import annotations

import numpy as np
import pytest

import tolerances
from simplecell.geometry import slide
from simplecell.layers import Add, AvgPool2d, Conv2d, Dropout, Dropout2d, Flatten, MaxPool2d, ReLU
from simplecell.layers.base import EVALUATION, Layer, Mode
from simplecell.layers.windows import blind_output

M64 = 2**64


def run(layer: Layer, x: np.ndarray) -> np.ndarray:
    return layer.forward(layer.site(x.shape[1:]), [x], {}, EVALUATION)[0]


def mask_of(seed: int, step: int, stream: int, index: int) -> float:
    """u of one place, in Python's own whole numbers, from the published constants of splitmix64."""

    def mix(x: int) -> int:
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % M64
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB % M64
        return x ^ (x >> 31)

    golden = 0x9E3779B97F4A7C15
    key = mix((mix(seed) + mix(stream) * golden + step) % M64)
    return (mix((key + index * golden) % M64) >> 40) / 2**24


@pytest.mark.parametrize("mode", [Mode(True), Mode(True, 1, 2, 3), Mode(True, 2**31 - 1, 10**6, 40)])
def test_dropout_masks_are_those_of_the_definition(mode: Mode) -> None:
    layer, x = Dropout(0.3), np.arange(1.0, 121.0).reshape(2, 3, 4, 5)
    y, saved = layer.forward(layer.site((3, 4, 5)), [x], {}, mode)
    keep = [mask_of(mode.seed, mode.step, mode.stream, i) >= 0.3 for i in range(120)]
    near = tolerances.elementary(np.float64, 2)
    np.testing.assert_allclose(y.ravel(), np.where(keep, x.ravel() / 0.7, 0.0), rtol=near)
    (dx,), _ = layer.backward(layer.site((3, 4, 5)), x, saved, [x], {})
    np.testing.assert_array_equal(dx, y)


def test_splitmix64_gives_its_published_numbers() -> None:
    """The first outputs of Vigna's splitmix64.c for seed 1234567 are mix(seed + golden), mix(seed + 2*golden), ..."""
    from simplecell.layers.dropout import mix

    state = [(1234567 + i * 0x9E3779B97F4A7C15) % M64 for i in (1, 2, 3)]
    assert [mix(s) for s in state] == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_dropout_keeps_the_mean_and_differs_from_step_to_step_and_layer_to_layer() -> None:
    count = 400_000
    layer, x = Dropout(0.25), np.ones((1, count))
    y, keep = layer.forward(layer.site((count,)), [x], {}, Mode(True, seed=9))
    deviation = np.sqrt(0.25 * 0.75)
    assert abs(keep.mean() - 0.75) < tolerances.standard_errors(count) * deviation
    assert abs(y.mean() - 1.0) < tolerances.standard_errors(count) * deviation / 0.75
    for other in (Mode(True, 9, step=1), Mode(True, 9, stream=1), Mode(True, 10)):
        _, also = layer.forward(layer.site((count,)), [x], {}, other)
        assert abs((keep & also).mean() - 0.75**2) < tolerances.standard_errors(count) * 0.5


def test_the_mask_does_not_depend_on_what_follows_in_the_batch() -> None:
    layer = Dropout(0.5)
    few, _ = layer.forward(layer.site((7,)), [np.ones((2, 7))], {}, Mode(True, 4))
    many, _ = layer.forward(layer.site((7,)), [np.ones((5, 7))], {}, Mode(True, 4))
    np.testing.assert_array_equal(few, many[:2])


def test_dropout_of_channels_draws_one_number_per_image_and_channel() -> None:
    layer, x = Dropout2d(0.3), np.arange(1.0, 121.0).reshape(2, 3, 4, 5)
    y, _ = layer.forward(layer.site((3, 4, 5)), [x], {}, Mode(True, 1, 2, 3))
    keep = np.array([mask_of(1, 2, 3, i) >= 0.3 for i in range(6)]).reshape(2, 3, 1, 1)
    assert 0 < keep.sum() < 6
    np.testing.assert_allclose(y, np.where(keep, x / 0.7, 0.0), rtol=tolerances.elementary(np.float64, 2))


def test_dropout_drops_nan() -> None:
    layer, x = Dropout(0.5), np.full((1, 64), np.nan)
    y, keep = layer.forward(layer.site((64,)), [x], {}, Mode(True, 1))
    np.testing.assert_array_equal(np.isnan(y), keep)
    np.testing.assert_array_equal(y[~keep], 0.0)


def winners(x: list[list[float]], layer: MaxPool2d) -> list[int]:
    image = np.array([[x]])
    return layer.forward(layer.site(image.shape[1:]), [image], {}, EVALUATION)[1].ravel().tolist()


def test_the_first_maximum_wins_and_the_first_nan_beats_all() -> None:
    nan, inf = np.nan, np.inf
    assert winners([[2.0, 5.0], [5.0, 5.0]], MaxPool2d(2)) == [1]
    assert winners([[inf, 1.0], [nan, nan]], MaxPool2d(2)) == [2]
    assert winners([[-inf, -inf], [-inf, -inf]], MaxPool2d(3, stride=2, padding=1)) == [0]
    assert winners([[-inf]], MaxPool2d(3, padding=1)) == [0]
    layer = MaxPool2d(2)
    x = np.array([[[nan, 3.0], [nan, 7.0]]])
    terms = layer.terms(layer.site((1, 2, 2)), [x], {}, (0, 0, 0))
    assert terms.winner == 0
    assert np.isnan(terms.combine())


def test_gradients_of_overlapping_windows_add_up() -> None:
    """By hand: x = 1 2 3 2 1 in windows of 3, step 1: the 3 wins thrice; averages give 1/3 1 1 ... shares."""
    x, dy = np.array([[[[1.0, 2.0, 3.0, 2.0, 1.0]]]]), np.array([[[[1.0, 10.0, 100.0]]]])
    pool = MaxPool2d((1, 3), stride=1)
    _, saved = pool.forward(pool.site((1, 1, 5)), [x], {}, EVALUATION)
    assert pool.backward(pool.site((1, 1, 5)), dy, saved, [x], {})[0][0].ravel().tolist() == [0, 0, 111, 0, 0]
    mean = AvgPool2d((1, 3), stride=1)
    dx = mean.backward(mean.site((1, 1, 5)), 3 * dy, None, [x], {})[0][0]
    np.testing.assert_allclose(dx.ravel(), [1, 11, 111, 110, 100], rtol=tolerances.elementary(np.float64, 3))


def test_max_and_mean_pooling_backward_of_the_article() -> None:
    """S1-9: without overlap the maximum gets all and the other three nothing; the mean gives each a quarter."""
    x, dy = np.array([[[[1.0, 2.0], [4.0, 3.0]]]]), np.array([[[[8.0]]]])
    pool, mean = MaxPool2d(2), AvgPool2d(2)
    site = pool.site((1, 2, 2))
    saved = pool.forward(site, [x], {}, EVALUATION)[1]
    assert pool.backward(site, dy, saved, [x], {})[0][0].ravel().tolist() == [0, 0, 8, 0]
    assert mean.backward(mean.site((1, 2, 2)), dy, None, [x], {})[0][0].ravel().tolist() == [2, 2, 2, 2]


def test_same_average_counts_real_cells_only() -> None:
    """By hand, stride 2 too: 5 ones in windows of 4 are 1 everywhere, as no padding counts."""
    assert run(AvgPool2d(4, padding="same", stride=2), np.ones((1, 1, 5, 5))).ravel().tolist() == [1.0] * 9
    assert run(AvgPool2d(3, padding=1, stride=2), np.ones((1, 1, 3, 3))).ravel().tolist() == pytest.approx([4 / 9] * 4)


def test_flatten_reads_are_few_boxes() -> None:
    site = Flatten().site((3, 4, 5))
    everything = tuple(range(60))
    assert Flatten().reads(site, (everything,)) == (((tuple(range(3)), tuple(range(4)), tuple(range(5))),),)
    box = ((0, 2), (1, 3), (0, 1, 4))
    (flat,) = Flatten().read_by(site, box)
    assert Flatten().reads(site, flat) == ((box,),)
    assert Flatten().reads(site, ((),)) == ((),)


def test_relu_of_nan_infinities_and_negative_zero() -> None:
    y = run(ReLU(), np.array([[np.nan, np.inf, -np.inf, -0.0]]))
    assert np.isnan(y[0, 0])
    assert y[0, 1:].tolist() == [np.inf, 0.0, 0.0]


def test_add_gives_each_input_the_whole_gradient() -> None:
    add, dy = Add(), np.array([[3.0, -1.0]])
    dxs, _ = add.backward(add.site((2,), (2,), (2,)), dy, None, [dy] * 3, {})
    assert [dx.tolist() for dx in dxs] == [dy.tolist()] * 3


def test_the_worked_example_of_the_article() -> None:
    """S1-2: 5x5x3 in a ring of zeros, a 3x3x3 filter, stride 2: the three channels give 0 + 2 + 0 and the bias 1."""
    x = np.zeros((1, 3, 5, 5))
    x[0, 1, 0, 0] = 2.0
    w = np.zeros((2, 3, 3, 3))
    w[0, 1, 1, 1] = 1.0
    conv = Conv2d(2, 3, stride=2, padding=1)
    site = conv.site((3, 5, 5))
    y, _ = conv.forward(site, [x], {"weight": w, "bias": np.array([1.0, 0.0])}, EVALUATION)
    assert site.output == (2, 3, 3)
    assert y[0, 0, 0, 0] == 3.0
    terms = conv.terms(site, [x[0]], {"weight": w, "bias": np.array([1.0, 0.0])}, (0, 0, 0))
    assert terms.products.reshape(3, 9).sum(axis=1).tolist() == [0.0, 2.0, 0.0]
    assert terms.bias == 1.0


def test_blind_outputs_are_found() -> None:
    """Against listing every output's reads, gaps wider than the axis included."""
    rng = np.random.default_rng(6)
    blind = 0
    for _ in range(2000):
        inputs, size, step, gap = (int(rng.integers(1, most)) for most in (6, 5, 4, 9))
        axis = slide(inputs, size, step, gap, tuple(rng.integers(0, 12, 2).tolist()))
        if axis.outputs > 0:
            listed = [i for i in range(axis.outputs) if not axis.reads(i)]
            found = blind_output(axis)
            blind += bool(listed)
            assert (found is None) == (not listed)
            assert found is None or found in listed
    assert 200 < blind < 1800


def test_a_number_that_equals_p_is_kept() -> None:
    u = mask_of(1, 0, 0, 3)
    _, keep = Dropout(u).forward(Dropout(u).site((8,)), [np.ones((1, 8))], {}, Mode(True, seed=1))
    assert keep[0, 3]
    assert mask_of(0, 0, 0, 0) == 0.0
    _, keep = Dropout(0).forward(Dropout(0).site((8,)), [np.ones((1, 8))], {}, Mode(True))
    assert keep.all()
