"""The networks against their published parameter counts and shapes."""

from __future__ import annotations

import pytest

import simplecell as sc

PUBLISHED = {
    "digits": (9_930, (10,)),
    "lenet5": (61_706, (10,)),
    "signs": (1_310, (6,)),
    "alexnet": (62_378_344, (1000,)),
    "vgg16": (138_357_544, (1000,)),
    "vgg19": (143_667_240, (1000,)),
    "resnet50": (25_557_032, (1000,)),
    "resnet152": (60_192_808, (1000,)),
    "mobilenet_v2": (3_504_872, (1000,)),
}


@pytest.mark.parametrize("name", sc.zoo.NETWORKS)
def test_each_network_has_its_published_number_of_parameters(name: str) -> None:
    net = sc.zoo.NETWORKS[name]()
    parameters, output = PUBLISHED[name]
    assert net.count().parameters == parameters
    assert net.output_shape == output


def test_classes_depth_and_size_are_arguments() -> None:
    net = sc.zoo.vgg16(num_classes=7, in_channels=1, size=32)
    assert (net.input_shape, net.output_shape) == ((1, 32, 32), (7,))
    assert net.graph["features.30"].shape == (512, 1, 1)


def test_signs_without_biases_is_the_sources_network() -> None:
    assert sc.zoo.signs(bias=False).count().parameters == 384 + 512 + 390
