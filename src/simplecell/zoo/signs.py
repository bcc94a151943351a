"""The two-convolution network of a much-asked question about hand signs, with even kernels and SAME padding."""

from __future__ import annotations

from simplecell.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU
from simplecell.model import Model, Sequential
from simplecell.zoo.dressing import Size, Weights, door, dressed


def signs(
    *, num_classes: int = 6, in_channels: int = 3, size: Size = 64, bias: bool = True, weights: Weights = None
) -> Model:
    """conv 4x4x8, ReLU, max pool 8, conv 2x2x16, ReLU, max pool 4, linear; all SAME.

    1,310 parameters; without the convolutions' biases, as the question's own code has it (`bias=False`), 1,286.
    """
    net = Sequential(
        door(in_channels, size),
        Conv2d(8, 4, padding="same", bias=bias, name="conv1"), ReLU(name="relu1"),
        MaxPool2d(8, padding="same", name="pool1"),
        Conv2d(16, 2, padding="same", bias=bias, name="conv2"), ReLU(name="relu2"),
        MaxPool2d(4, padding="same", name="pool2"),
        Flatten(name="flatten"),
        Linear(num_classes, name="fc"),
    )  # fmt: skip
    return dressed(net, weights)
