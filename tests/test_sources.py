"""The arithmetic of the documents that simplecell answers, by their ids (S0-1 is claim 1 of document S0).

Where a document is right its number comes out; where it is wrong the right number does, and the wrong one does not.
The networks are the documents' own, built through the public face.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

import simplecell as sc
from simplecell.explain import explain
from simplecell.layers.base import EVALUATION, Layer


def constant(net: sc.Model, value: float = 1.0) -> sc.Model:
    """The network with all weights `value` and no bias."""
    weights = {n: np.full(s, 0.0 if n.endswith("bias") else value) for n, s in net.graph.weights.items()}
    return net.load_weights(weights)


def hand_conv(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, pad: int) -> np.ndarray:
    """The documents' loop `conv_forward` over (m, H, W, C), weights (f, f, C_in, C_out), written from its formula."""
    padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    f = w.shape[0]
    height, width = ((n - f + 2 * pad) // stride + 1 for n in x.shape[1:3])
    y = np.zeros((len(x), height, width, w.shape[3]))
    for i, h, v, c in itertools.product(*map(range, y.shape)):
        window = padded[i, h * stride : h * stride + f, v * stride : v * stride + f]
        y[i, h, v, c] = (window * w[..., c]).sum() + b[c]
    return y


# S0: a Torch7 user looks for the weights of SpatialConvolutionMM(3, 10, 5, 5) on a 3x512x512 photograph ------


def test_s0_1_ten_5x5_filters_over_3x512x512_give_10x508x508() -> None:
    assert sc.Sequential(sc.Input(3, 512, 512), sc.Conv2d(10, 5)).output_shape == (10, 508, 508)
    assert (512 - 5) / 1 + 1 == 508


def test_s0_2_a_filter_has_75_weights_and_ten_have_750() -> None:
    net = sc.Sequential(sc.Input(3, 512, 512), sc.Conv2d(10, 5, name="conv"))
    assert net.graph.weights["conv.weight"] == (10, 3, 5, 5)
    count = net.count()
    assert (count.weights, count.weights // 10, count.parameters) == (750, 75, 760)


def test_s0_3_a_second_layer_10_to_10_has_250_per_filter_and_2500_in_all() -> None:
    net = sc.Sequential(sc.Input(3, 512, 512), sc.Conv2d(10, 5, name="first"), sc.Conv2d(10, 5, name="second"))
    row = net.summary().rows[2]
    assert row.count is not None
    assert (row.count.weights, row.count.weights // 10, row.count.parameters) == (2500, 250, 2510)
    assert net.output_shape == (10, 504, 504)


def test_s0_4_one_5x5_filter_over_32x32x3_gives_one_28x28_map_and_not_an_rgb_image() -> None:
    net = constant(sc.Sequential(sc.Input(3, 32, 32), sc.Conv2d(1, 5, name="conv")))
    assert net.output_shape == (1, 28, 28)
    assert net.output_shape != (3, 28, 28)
    image = np.zeros((1, 3, 32, 32), np.float32)
    image[0, :, 4, 4] = 1, 10, 100
    assert net(image)[0, 0, 0, 0] == 111, "the three channels are summed"


def test_s0_5_ten_filters_are_2580640_units_on_that_photograph_and_not_ten() -> None:
    count = sc.Sequential(sc.Input(3, 512, 512), sc.Conv2d(10, 5)).count()
    assert count.units == 10 * 508 * 508 == 2_580_640
    assert count.units != 10


def test_s0_6_32x32x12_needs_padding_2() -> None:
    image = sc.Input(3, 32, 32)
    assert sc.Sequential(image, sc.Conv2d(12, 5, padding=2)).output_shape == (12, 32, 32)
    assert sc.Sequential(image, sc.Conv2d(12, 5)).output_shape == (12, 28, 28)


def test_s0_7_512_filters_of_5x5_over_256_planes_have_3276800_weights() -> None:
    assert sc.Sequential(sc.Input(256, 9, 9), sc.Conv2d(512, 5)).count().weights == 3_276_800


# S1: from convolution to back-propagation --------------------------------------------------------------------


def test_s1_1_six_filters_give_depth_6_and_the_next_ten_filters_have_depth_6() -> None:
    net = sc.Sequential(sc.Input(3, 32, 32), sc.Conv2d(6, 5, name="first"), sc.Conv2d(10, 5, name="second"))
    assert net.graph["first"].shape == (6, 28, 28)
    assert net.output_shape == (10, 24, 24)
    assert net.graph.weights["second.weight"] == (10, 6, 5, 5)


def worked_example() -> tuple[sc.Model, np.ndarray]:
    """5x5x3 with a ring of zeros, two 3x3x3 filters with biases 1 and 0, stride 2, made so that the channel sums of the
    first output are 0, 2 and 0."""
    net = sc.Sequential(sc.Input(3, 5, 5), sc.Conv2d(2, 3, stride=2, padding=1, name="conv"))
    image = np.array([
        [[1, 2, 0, 1, 0], [1, 0, 1, 2, 1], [0, 1, 2, 0, 2], [2, 1, 0, 0, 1], [1, 0, 2, 1, 0]],
        [[2, 0, 1, 1, 1], [0, 2, 0, 1, 0], [1, 1, 2, 2, 0], [0, 2, 1, 0, 1], [2, 0, 0, 1, 2]],
        [[0, 1, 2, 2, 0], [2, 1, 0, 0, 1], [1, 0, 2, 1, 1], [0, 2, 1, 0, 2], [1, 1, 0, 2, 0]],
    ])  # fmt: skip
    first = [
        [[9, 9, 9], [9, 1, -1], [9, 1, 5]],  # 1*1 - 1*2 + 1*1 + 5*0 = 0
        [[9, 9, 9], [9, 0, 1], [9, 2, 1]],  # 0*2 + 1*0 + 2*0 + 1*2 = 2
        [[9, 9, 9], [9, 4, 1], [9, 0, -1]],  # 4*0 + 1*1 + 0*2 - 1*1 = 0
    ]
    second = [[[0, 1, 0], [1, -1, 1], [0, 1, 0]], [[1, 0, -1]] * 3, [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]]
    net.load_weights({"conv.weight": np.array([first, second]), "conv.bias": np.array([1, 0])})
    return net, image.astype(np.float32)


def test_s1_2_the_worked_example_gives_3x3x2_and_0_plus_2_plus_0_plus_1_is_3() -> None:
    net, image = worked_example()
    assert net.output_shape == (2, 3, 3)
    assert (5 + 2 * 1 - 3) // 2 + 1 == 3
    e = net.explain(image, "conv", at=(0, 0), channel=0)
    assert [p.sum for p in e.partials] == [0, 2, 0]
    assert [p.so_far for p in e.partials] == [0, 2, 2]
    assert (e.terms.bias, e.value, e.combined) == (1, 3, 3)
    assert int((~e.terms.real).sum()) == 3 * 5, "the weights 9 lie on the ring of zeros and count for nothing"
    assert e.engine is not None
    assert (e.engine.value, e.difference) == (3, 0)


def test_s1_2_every_value_of_the_worked_example_is_the_definitions() -> None:
    net, image = worked_example()
    w, b = net.weights["conv.weight"], net.weights["conv.bias"]
    wanted = hand_conv(image.transpose(1, 2, 0)[None], w.transpose(2, 3, 1, 0), b, stride=2, pad=1)
    assert np.array_equal(net(image[None]).transpose(0, 2, 3, 1), wanted)
    for y, x, k in itertools.product(range(3), range(3), range(2)):
        assert net.explain(image, "conv", at=(y, x), channel=k).value == wanted[0, y, x, k]


def gradient(layer: Layer, image: np.ndarray, dy: np.ndarray) -> np.ndarray:
    """The gradient of one pool's input, from the layer's own definition."""
    site = layer.site(image.shape)
    xs = [image[None]]
    _, saved = layer.forward(site, xs, {}, EVALUATION)
    return layer.backward(site, dy[None], saved, xs, {})[0][0][0]


def test_s1_9_max_pooling_sends_the_gradient_to_the_maximum_and_mean_pooling_shares_it() -> None:
    image = np.array([[[1.0, 3.0], [2.0, 0.0]]])
    assert gradient(sc.MaxPool2d(2), image, np.array([[[8.0]]])).tolist() == [[[0, 8], [0, 0]]]
    assert gradient(sc.AvgPool2d(2), image, np.array([[[8.0]]])).tolist() == [[[2, 2], [2, 2]]]


def test_s1_9_gradients_of_overlapping_windows_add_up() -> None:
    image = np.array([[[0.0, 5.0, 1.0]] * 2])
    both = np.array([[[1.0, 10.0]]])
    assert gradient(sc.MaxPool2d(2, stride=1), image, both).tolist() == [[[0, 11, 0], [0, 0, 0]]]
    assert gradient(sc.AvgPool2d(2, stride=1), image, both).tolist() == [[[0.25, 2.75, 2.5]] * 2]


# S2: the arguments of a convolution --------------------------------------------------------------------------


def test_s2_1_a_fully_connected_neuron_on_28x28_has_784_weights() -> None:
    count = sc.Sequential(sc.Input(1, 28, 28), sc.Flatten(), sc.Linear(1)).count()
    assert (count.weights, count.parameters) == (784, 785)


def test_s2_2_a_5x5_field_on_32x32x3_has_75_weights() -> None:
    count = sc.Sequential(sc.Input(3, 32, 32), sc.Conv2d(1, 5)).count()
    assert (count.weights, count.parameters) == (75, 76)


@pytest.mark.parametrize("size", [1, 3, 5, 7, 2, 4, 6])
def test_s2_3_half_of_f_minus_1_keeps_the_size_for_odd_f_only(size: int) -> None:
    image = sc.Input(1, 20, 20)
    half = sc.Sequential(image, sc.Conv2d(1, size, padding=(size - 1) // 2)).output_shape
    assert (half == (1, 20, 20)) == (size % 2 == 1)
    assert sc.Sequential(image, sc.Conv2d(1, size, padding="same")).output_shape == (1, 20, 20)
    if size == 4:
        uneven = sc.Conv2d(1, 4, padding=((1, 2), (1, 2)))
        assert sc.Sequential(image, uneven).output_shape == (1, 20, 20)


def test_s2_4_groups_divide_both_depths_and_a_filter_sees_its_group_alone() -> None:
    net = sc.Sequential(sc.Input(6, 8, 8), sc.Conv2d(4, 3, groups=2, name="conv"))
    assert net.graph.weights["conv.weight"] == (4, 3, 3, 3)
    assert net.sees("conv", (0, 0), 3).view().region.boxes[0][0] == (3, 4, 5)
    with pytest.raises(sc.ArgumentError, match="out_channels 5 % groups 2 = 1"):
        sc.Conv2d(5, 3, groups=2)
    with pytest.raises(sc.ShapeError, match="in_channels 5 % groups 2 = 1"):
        sc.Sequential(sc.Input(5, 8, 8), sc.Conv2d(4, 3, groups=2))


# S3: how the image maps to the units of the first layer ------------------------------------------------------


def signs(padding: str) -> sc.Model:
    return sc.Sequential(sc.Input(3, 64, 64), sc.Conv2d(8, 4, padding=padding, name="conv1"))


def test_s3_1_valid_gives_61x61x8() -> None:
    assert signs("valid").output_shape == (8, 61, 61)


def test_s3_2_same_gives_64x64x8_with_padding_1_before_and_2_after() -> None:
    net = signs("same")
    assert net.output_shape == (8, 64, 64)
    assert [(w.before, w.after) for w in net.summary().rows[1].window] == [(1, 2), (1, 2)]


def test_s3_3_the_64th_unit_sees_pixels_63_and_64_and_two_zeros() -> None:
    """Counted from 1 as the document does; its own answer (62, 63, 64 and one zero) is the 63rd unit's."""
    net = signs("same")

    def rows(unit: int) -> tuple[list[int], int]:
        view = net.sees("conv1", (unit - 1, 10), 0).view()
        assert view.reach is not None
        return [row + 1 for row in view.region.boxes[0][1]], view.reach[0].size - view.reach[0].inside

    assert rows(64) == ([63, 64], 2)
    assert rows(64) != ([62, 63, 64], 1)
    assert rows(63) == ([62, 63, 64], 1)
    assert rows(1) == ([1, 2, 3], 1)


def test_s3_4_the_loop_with_pad_1_gives_63x63x8_and_is_not_the_same_layer() -> None:
    net = sc.Sequential(sc.Input(3, 64, 64), sc.Conv2d(8, 4, padding=1, name="conv1")).init(seed=1)
    assert net.output_shape == (8, 63, 63)
    assert net.output_shape != signs("same").output_shape
    small = sc.Sequential(sc.Input(3, 10, 10), sc.Conv2d(8, 4, padding=1, name="conv1")).init(seed=1)
    image = np.random.default_rng(0).normal(size=(2, 10, 10, 3)).astype(np.float32)
    w, b = small.weights["conv1.weight"], small.weights["conv1.bias"]
    wanted = hand_conv(image, w.transpose(2, 3, 1, 0), b, stride=1, pad=1)
    np.testing.assert_allclose(small(image, layout="NHWC").transpose(0, 2, 3, 1), wanted, rtol=0, atol=1e-5)


def test_s3_5_the_units_of_one_position_share_a_window_each_with_its_own_filter() -> None:
    net = signs("same").init(seed=0)
    image = np.random.default_rng(0).random((3, 64, 64)).astype(np.float32)
    first, second = (net.explain(image, "conv1", at=(20, 30), channel=k) for k in (0, 5))
    assert np.array_equal(first.terms.inputs, second.terms.inputs)
    assert np.array_equal(first.terms.weights, net.weights["conv1.weight"][0].ravel())
    assert np.array_equal(second.terms.weights, net.weights["conv1.weight"][5].ravel())
    assert len(first.terms.products) == 4 * 4 * 3 != 8 * 4 * 4 * 3


def test_s3_6_after_both_pools_64_values_go_into_6() -> None:
    net = sc.zoo.signs(bias=False)
    assert net.graph["pool2"].shape == (16, 2, 2)
    assert net.graph["flatten"].shape == (64,)
    weights = {row.name: row.count.parameters for row in net.summary().rows if row.count and row.count.parameters}
    assert weights == {"conv1": 384, "conv2": 512, "fc": 390}
    assert net.count().parameters == 1_286


def test_s3_7_20_filters_of_10_along_500_positions() -> None:
    net = sc.Sequential(sc.Input(1, 500), sc.Conv1d(20, 10, name="conv"))
    assert net.graph.weights == {"conv.weight": (20, 1, 10), "conv.bias": (20,)}
    assert net.output_shape == (20, 491)
    count = net.count()
    assert (count.units, count.parameters, count.macs) == (491 * 20, 10 * 20 + 20, 491 * 20 * 10) == (9820, 220, 98200)
    assert net.sees("conv", at=490, channel=19).view().region.boxes == (((0,), tuple(range(490, 500))),)
    signal = np.arange(500, dtype=np.float32)[None]
    e = constant(net).explain(signal, "conv", at=100, channel=3)
    assert e.terms.inputs.tolist() == [float(i) for i in range(100, 110)]
    assert e.value == sum(range(100, 110)) == 1045
    assert "Filter 3 at position 100: a window of 10 through depth 1 gives 10 products" in " ".join(
        e.text("en").split()
    )
    assert "滤波器 3 在位置 100 处" in e.text("zh")
    assert "フィルタ 3 の位置 100" in e.text("ja")


def test_s3_8_64_filters_of_5x100_over_5x720x1() -> None:
    net = sc.Sequential(sc.Input(1, 5, 720), sc.Conv2d(64, (5, 100)))
    assert net.output_shape == (64, 1, 621)
    count = net.count()
    assert (count.units, count.parameters) == (39_744, 32_064)


def test_s3_9_the_sizes_of_the_lenet_like_net_and_stride_0_is_impossible() -> None:
    net = sc.Sequential(
        sc.Input(1, 32, 32), sc.Conv2d(3, 5), sc.MaxPool2d(2), sc.Conv2d(6, 5), sc.MaxPool2d(2),
    )  # fmt: skip
    assert [row.output for row in net.summary().rows[1:]] == [(3, 28, 28), (3, 14, 14), (6, 10, 10), (6, 5, 5)]
    with pytest.raises(sc.ArgumentError, match="stride must be at least 1, got 0"):
        sc.Conv2d(3, 5, stride=0)


def test_s3_10_nothing_adds_a_bias_that_is_not_there() -> None:
    net = sc.Sequential(sc.Input(1, 4, 4), sc.Conv2d(2, 3, bias=False, name="conv")).init(seed=0)
    assert list(net.weights) == ["conv.weight"]
    assert not net(np.zeros((1, 1, 4, 4))).any()
    assert net.explain(np.zeros((1, 4, 4), np.float32), "conv", at=(0, 0), channel=0).terms.bias is None


def test_s3_11_the_input_has_12288_values_and_not_3() -> None:
    net = signs("same")
    assert math.prod(net.graph["input"].shape) == 12_288
    assert net.sees("conv1").view().region.size == 12_288
    assert net.graph["input"].shape[0] == 3, "that is its depth"


# S4: four things called depth --------------------------------------------------------------------------------


def test_s4_1_alexnets_first_layer_gives_55x55x96() -> None:
    assert sc.Sequential(sc.Input(3, 227, 227), sc.Conv2d(96, 11, stride=4)).output_shape == (96, 55, 55)
    assert (227 - 11) / 4 + 1 == 55


def test_s4_2_the_papers_224_does_not_fit() -> None:
    """(224-11)/4+1 = 54.25: the division leaves one row and one column unseen; 227, or padding 2, is meant."""
    net = sc.Sequential(sc.Input(3, 224, 224), sc.Conv2d(96, 11, stride=4))
    assert (224 - 11) / 4 + 1 == 54.25
    assert net.output_shape == (96, 54, 54)
    assert net.output_shape != (96, 55, 55)
    assert net.sees("conv2d_1").view().region.hull == ((0, 2), (0, 222), (0, 222)), "row and column 223 are never read"
    assert net.seen_by((0, 223, 100), "conv2d_1").size == 0
    padded = sc.Sequential(sc.Input(3, 224, 224), sc.Conv2d(96, 11, stride=4, padding=2))
    assert padded.output_shape == (96, 55, 55)


def test_s4_3_the_numpy_example_gives_4x4_and_its_first_value() -> None:
    generator = np.random.default_rng(4)
    image = generator.normal(size=(11, 11, 4)).astype(np.float32)
    w0 = generator.normal(size=(5, 5, 4)).astype(np.float32)
    net = sc.Sequential(sc.Input(4, 11, 11), sc.Conv2d(1, 5, stride=2, name="conv"))
    net.load_weights({"conv.weight": w0[..., None], "conv.bias": np.array([0.5])}, layout="HWIO")
    assert net.output_shape == (1, 4, 4)
    wide, filter_ = image.astype(np.float64), w0.astype(np.float64)
    e = explain(net.graph, net.weights, image.transpose(2, 0, 1), "conv", (0, 0), 0)
    assert math.isclose(e.value, (wide[:5, :5, :] * filter_).sum() + 0.5, rel_tol=1e-12)
    e = explain(net.graph, net.weights, image.transpose(2, 0, 1), "conv", (1, 3), 0)
    assert math.isclose(e.value, (wide[2:7, 6:11, :] * filter_).sum() + 0.5, rel_tol=1e-12)


def test_s4_4_a_layers_depth_is_its_number_of_filters_and_a_filters_depth_its_inputs() -> None:
    net = sc.Sequential(sc.Input(4, 11, 11), sc.Conv2d(7, 5, name="conv"))
    filters, depth, *_ = net.graph.weights["conv.weight"]
    assert (filters, depth) == (7, 4)
    assert net.graph["conv"].shape[0] == 7


# System 13: TensorFlow's arrays at the door ------------------------------------------------------------------


def test_system_13_takes_nhwc_images_and_hwio_weights_and_computes_what_they_mean() -> None:
    """The hand-sign network of S3, its SAME padding stated by hand and run by PyTorch in float64."""
    generator = np.random.default_rng(13)
    w1, w2 = generator.normal(size=(4, 4, 3, 8)) * 0.2, generator.normal(size=(2, 2, 8, 16)) * 0.2
    w3, b3 = generator.normal(size=(64, 6)) * 0.2, generator.normal(size=6)
    images = generator.random((2, 64, 64, 3)).astype(np.float32)
    net = sc.zoo.signs(bias=False)
    arrays = {"conv1.weight": w1, "conv2.weight": w2, "fc.weight": w3, "fc.bias": b3}
    arrays = {name: a.astype(np.float32) for name, a in arrays.items()}
    net.load_weights(arrays, layout="HWIO")
    t = {name: torch.from_numpy(a).double() for name, a in arrays.items()}
    x = torch.from_numpy(images).double().permute(0, 3, 1, 2)
    pad = torch.nn.functional.pad
    x = torch.conv2d(pad(x, (1, 2, 1, 2)), t["conv1.weight"].permute(3, 2, 0, 1)).relu()
    x = torch.max_pool2d(x, 8)
    x = torch.conv2d(pad(x, (0, 1, 0, 1)), t["conv2.weight"].permute(3, 2, 0, 1)).relu()
    x = torch.max_pool2d(x, 4).flatten(1) @ t["fc.weight"] + t["fc.bias"]
    np.testing.assert_allclose(net(images, layout="NHWC"), x.numpy(), rtol=0, atol=1e-5)
    with pytest.raises(sc.DataError, match="pass layout='NHWC'"):
        net(images)
    with pytest.raises(sc.WeightsError, match="pass layout='HWIO'"):
        net.load_weights(arrays)
