"""The reference networks, each a short readable definition."""

from __future__ import annotations

from collections.abc import Callable

from simplecell.model import Model
from simplecell.zoo.alexnet import alexnet
from simplecell.zoo.digits import digits
from simplecell.zoo.lenet5 import lenet5
from simplecell.zoo.mobilenet_v2 import mobilenet_v2
from simplecell.zoo.resnet import resnet50, resnet152
from simplecell.zoo.signs import signs
from simplecell.zoo.vgg import vgg16, vgg19

NETWORKS: dict[str, Callable[[], Model]] = {
    "digits": digits,
    "lenet5": lenet5,
    "signs": signs,
    "alexnet": alexnet,
    "vgg16": vgg16,
    "vgg19": vgg19,
    "resnet50": resnet50,
    "resnet152": resnet152,
    "mobilenet_v2": mobilenet_v2,
}
"""Every network by name."""

__all__ = [
    "NETWORKS",
    "alexnet",
    "digits",
    "lenet5",
    "mobilenet_v2",
    "resnet50",
    "resnet152",
    "signs",
    "vgg16",
    "vgg19",
]
