"""LeNet-5 in its modern form: rectifiers and average pools."""

from __future__ import annotations

from simplecell.layers import AvgPool2d, Conv2d, Flatten, Linear, ReLU
from simplecell.model import Model, Sequential
from simplecell.zoo.dressing import Size, Weights, door, dressed


def lenet5(*, num_classes: int = 10, in_channels: int = 1, size: Size = 32, weights: Weights = None) -> Model:
    """conv 5x5x6, pool, conv 5x5x16, pool, 120, 84, classes: 61,706 parameters for ten classes.

    Source: LeCun et al., Gradient-based learning applied to document recognition, 1998; rectifiers in place of tanh.
    """
    net = Sequential(
        door(in_channels, size),
        Conv2d(6, 5, name="conv1"), ReLU(name="relu1"), AvgPool2d(2, name="pool1"),
        Conv2d(16, 5, name="conv2"), ReLU(name="relu2"), AvgPool2d(2, name="pool2"),
        Flatten(name="flatten"),
        Linear(120, name="fc1"), ReLU(name="relu3"),
        Linear(84, name="fc2"), ReLU(name="relu4"),
        Linear(num_classes, name="fc3"),
    )  # fmt: skip
    return dressed(net, weights)
