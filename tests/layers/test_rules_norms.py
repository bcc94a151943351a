"""Rules of the normalising kinds and the activations, worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simplecell.errors import ShapeError
from simplecell.layers import (
    ELU,
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LocalResponseNorm,
    LogSoftmax,
    PReLU,
    ReLU6,
    Sigmoid,
    SiLU,
)
from simplecell.layers.base import EVALUATION, Layer, Mode

TRAINING = Mode(training=True, stream=4)


def run(layer: Layer, x: np.ndarray, **weights: np.ndarray) -> np.ndarray:
    return layer.forward(layer.site(x.shape[1:]), [x], weights, EVALUATION)[0]


def test_batchnorm_moves_its_averages_by_the_unbiased_variance() -> None:
    """Channel values 1, 3, 5, 7: mean 4, squared distances 9 + 1 + 1 + 9 = 20; 20/4 = 5 normalises, 20/3 is kept.
    With momentum 1/4 from 0 and 1: mean 1, variance 3/4 + 5/3."""
    norm = BatchNorm(momentum=0.25, affine=False, eps=4.0)
    x = np.array([[[1.0, 3.0]], [[5.0, 7.0]]])
    site, averages = norm.site((1, 2)), {"running_mean": np.zeros(1), "running_var": np.ones(1)}
    y, saved = norm.forward(site, [x], averages, TRAINING)
    assert y.ravel().tolist() == [-1.0, -1 / 3, 1 / 3, 1.0]
    moved = norm.updated(site, saved, averages)
    assert moved["running_mean"].tolist() == [1.0]
    assert moved["running_var"] == pytest.approx([0.75 + 5 / 3], rel=1e-15)
    assert averages["running_mean"].tolist() == [0.0]
    assert norm.updated(site, norm.forward(site, [x], averages, EVALUATION)[1], averages) == {}
    assert norm.updated(site, norm.forward(site, [x[:0]], averages, TRAINING)[1], averages) == {}


def test_batchnorm_refuses_to_train_on_a_single_value() -> None:
    norm = BatchNorm(name="bn1")
    site = norm.site((3, 1, 1))
    weights = {key: np.ones(3) for key in site.weights}
    with pytest.raises(ShapeError) as caught:
        norm.forward(site, [np.zeros((1, 3, 1, 1))], weights, TRAINING)
    assert str(caught.value).splitlines() == [
        "layer 4 'bn1' (BatchNorm): needs more than one value per channel in training, got 1.",
        "  a batch of 1 image of 3x1x1",
        "  fix one of: larger batches, the last one of an epoch too | sc.LayerNorm() in its place",
    ]
    assert norm.forward(site, [np.zeros((2, 3, 1, 1))], weights, TRAINING)[0].shape == (2, 3, 1, 1)
    assert norm.forward(site, [np.zeros((1, 3, 1, 1))], weights, EVALUATION)[0].shape == (1, 3, 1, 1)


def test_batchnorm_folds_into_a_scale_and_a_shift() -> None:
    """mean 3, variance 4 - eps, weight 6, bias 1: scale 6/2 = 3, shift 1 - 3*3 = -8; 5 becomes 7."""
    norm = BatchNorm(eps=1.0)
    site = norm.site((1,))
    weights = {"weight": [6.0], "bias": [1.0], "running_mean": [3.0], "running_var": [3.0]}
    terms = norm.terms(site, [np.array([5.0])], {k: np.array(w) for k, w in weights.items()}, (0,))
    assert (terms.weights.tolist(), terms.products.tolist(), terms.bias) == ([3.0], [15.0], -8.0)
    assert terms.value == terms.combine() == 7.0
    assert terms.named == {"mean": 3.0, "variance": 3.0, "scale": 3.0, "shift": -8.0}


def test_a_negative_running_variance_is_nan_and_no_crash() -> None:
    norm = BatchNorm(affine=False)
    averages = {"running_mean": np.zeros(1), "running_var": np.array([-1.0])}
    assert np.isnan(run(norm, np.ones((1, 1)), **averages)).all()
    assert np.isnan(norm.terms(norm.site((1,)), [np.ones(1)], averages, (0,)).combine())


def test_only_learned_weights_are_parameters() -> None:
    """64 channels: 128 numbers are learned, 128 are running averages."""
    site = BatchNorm().site((64, 7, 7))
    assert site.parameters == 128
    assert sum(math.prod(shape) for shape in site.weights.values()) == 256
    assert site.cost.macs == 64 * 7 * 7
    assert BatchNorm(affine=False).site((64, 7, 7)).parameters == 0


def test_who_is_normalised_with_whom() -> None:
    image = (4, 2, 3)
    reads = {
        "instance": InstanceNorm(), "group": GroupNorm(2), "layer": LayerNorm(), "rows": LayerNorm(3),
        "places": LayerNorm((2, 3)), "neighbours": LocalResponseNorm(4), "batch": BatchNorm(),
    }  # fmt: skip
    (c, y, x), everywhere = ((2,), (0,), (1,)), ((0, 1), (0, 1, 2))
    found = {name: layer.reads(layer.site(image), (c, y, x))[0] for name, layer in reads.items()}
    assert found["instance"] == found["places"] == (((2,), *everywhere),)
    assert found["group"] == (((2, 3), *everywhere),)
    assert found["layer"] == (((0, 1, 2, 3), *everywhere),)
    assert found["rows"] == (((2,), (0,), (0, 1, 2)),)
    assert found["neighbours"] == (((0, 1, 2, 3), (0,), (1,)),)
    assert found["batch"] == (((2,), (0,), (1,)),)
    even = LocalResponseNorm(2)
    assert even.reads(even.site(image), (c, y, x))[0] == (((1, 2), (0,), (1,)),)
    assert even.read_by(even.site(image), (c, y, x)) == (((2, 3), (0,), (1,)),)


def test_a_normalised_value_is_a_sum_over_its_block() -> None:
    """1, 3, 5, 7 with eps 4: deviation 3. The first is (1 - 4)/3 = -1: its own factor is (1 - 1/4)/3, the others'
    -1/12, and 1/4 - 3/12 - 5/12 - 7/12 = -1."""
    norm = LayerNorm(eps=4.0, elementwise_affine=False)
    terms = norm.terms(norm.site((4,)), [np.array([1.0, 3.0, 5.0, 7.0])], {}, (0,))
    assert terms.weights == pytest.approx([1 / 4, -1 / 12, -1 / 12, -1 / 12], rel=1e-15)
    assert (terms.named["mean"], terms.named["deviation"], terms.value) == (4.0, 3.0, -1.0)
    assert terms.combine() == pytest.approx(-1.0, rel=1e-15)


def test_a_block_of_one_value_is_its_bias() -> None:
    for norm in (GroupNorm(2), LayerNorm(1)):
        shape = (2,) if isinstance(norm, GroupNorm) else (2, 1)
        weights = {key: np.full(s, 3.0) for key, s in norm.site(shape).weights.items()}
        assert run(norm, np.full((1, *shape), 7.0), **weights).ravel().tolist() == [3.0, 3.0]


def test_local_response_terms() -> None:
    """Channels 3, 4, 12 with alpha 3, size 3, k 0, beta 1/2: divisors 5, 13, sqrt(160)."""
    norm = LocalResponseNorm(3, alpha=3, beta=0.5, k=0)
    x = np.array([[[3.0], [4.0], [12.0]]])
    assert run(norm, x).ravel() == pytest.approx([3 / 5, 4 / 13, 12 / math.sqrt(160)], rel=1e-15)
    terms = norm.terms(norm.site((3, 1)), [x[0]], {}, (1, 0))
    assert terms.products.tolist() == [9.0, 16.0, 144.0]
    assert (terms.winner, terms.named["divisor"]) == (1, 13.0)
    assert terms.combine() == pytest.approx(4 / 13, rel=1e-15)
    assert np.isnan(run(norm, np.zeros((1, 3, 1)))).all()


def test_terms_of_functions_and_gates() -> None:
    site, x = Sigmoid().site((1,)), [np.array([math.log(3)])]
    terms = Sigmoid().terms(site, x, {}, (0,))
    assert (terms.rule, terms.weights.tolist(), terms.weighted) == ("function", [1.0], False)
    assert terms.combine() == terms.value == pytest.approx(0.75, rel=1e-15)
    silu = SiLU().terms(SiLU().site((1,)), x, {}, (0,))
    assert silu.named["gate"] == pytest.approx(0.75, rel=1e-15)
    slope = PReLU().terms(PReLU().site((1,)), [np.array([-4.0])], {"weight": np.array([0.5])}, (0,))
    assert (slope.rule, slope.weights.tolist(), slope.products.tolist()) == ("sum", [0.5], [-2.0])


def test_a_logarithm_survives_where_its_probability_does_not() -> None:
    layer = LogSoftmax()
    terms = layer.terms(layer.site((2,)), [np.array([0.0, 2000.0])], {}, (0,))
    assert terms.products.tolist() == [0.0, 1.0]
    assert terms.value == terms.combine() == -2000.0


def test_nan_is_told_as_nan() -> None:
    for layer in (ReLU6(), ELU(), Sigmoid(), PReLU()):
        site, nan = layer.site((1,)), [np.array([np.nan])]
        terms = layer.terms(site, nan, {"weight": np.ones(1)}, (0,))
        assert layer.sentence(site, (0,), terms)[0] == "layers.nan"
        assert np.isnan(run(layer, np.array([[np.nan]]), weight=np.ones(1))).all()
