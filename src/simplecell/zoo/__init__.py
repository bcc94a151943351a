"""The reference networks, each a short readable definition.

Each takes `num_classes`, `in_channels`, `size` of the input, and `weights`: a file or arrays by name. Where torchvision
publishes such a network, its weights' names are those.
"""

from __future__ import annotations

from collections.abc import Callable

from simplecell.model import Model
from simplecell.zoo.alexnet import alexnet, alexnet_2012, alexnet_2014
from simplecell.zoo.digits import digits
from simplecell.zoo.lenet5 import lenet5
from simplecell.zoo.mobilenet_v2 import mobilenet_v2
from simplecell.zoo.resnet import resnet18, resnet20, resnet34, resnet50, resnet101, resnet152
from simplecell.zoo.signs import signs
from simplecell.zoo.squeezenet import squeezenet1_0
from simplecell.zoo.vgg import vgg11, vgg11_32, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19, vgg19_bn

NETWORKS: dict[str, Callable[..., Model]] = {
    network.__name__: network
    for network in (
        digits,
        lenet5,
        signs,
        alexnet,
        alexnet_2012,
        alexnet_2014,
        vgg11,
        vgg13,
        vgg16,
        vgg19,
        vgg11_bn,
        vgg13_bn,
        vgg16_bn,
        vgg19_bn,
        vgg11_32,
        resnet18,
        resnet34,
        resnet50,
        resnet101,
        resnet152,
        resnet20,
        squeezenet1_0,
        mobilenet_v2,
    )
}
"""Every network by name."""

__all__ = [
    "NETWORKS",
    "alexnet",
    "alexnet_2012",
    "alexnet_2014",
    "digits",
    "lenet5",
    "mobilenet_v2",
    "resnet18",
    "resnet20",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "signs",
    "squeezenet1_0",
    "vgg11",
    "vgg11_32",
    "vgg11_bn",
    "vgg13",
    "vgg13_bn",
    "vgg16",
    "vgg16_bn",
    "vgg19",
    "vgg19_bn",
]
