"""A small network for 8x8 handwritten digits."""

from __future__ import annotations

from simplecell.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU
from simplecell.model import Model, Sequential
from simplecell.zoo.dressing import Size, Weights, door, dressed


def digits(*, num_classes: int = 10, in_channels: int = 1, size: Size = 8, weights: Weights = None) -> Model:
    """conv 3x3x16, ReLU, conv 3x3x32, ReLU, max pool 2, linear: 9,930 parameters for ten classes."""
    net = Sequential(
        door(in_channels, size),
        Conv2d(16, 3, padding=1, name="conv1"), ReLU(name="relu1"),
        Conv2d(32, 3, padding=1, name="conv2"), ReLU(name="relu2"),
        MaxPool2d(2, name="pool"),
        Flatten(name="flatten"),
        Linear(num_classes, name="fc"),
    )  # fmt: skip
    return dressed(net, weights)
