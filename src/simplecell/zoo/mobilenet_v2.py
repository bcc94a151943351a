"""MobileNetV2: narrow, widened six times for a depthwise convolution, narrowed again, added to the input."""

from __future__ import annotations

from simplecell.layers import Add, BatchNorm, Conv2d, Dropout, Flatten, GlobalAvgPool, Linear, ReLU6, Value
from simplecell.model import Model
from simplecell.zoo.dressing import Size, Weights, door, photographic

_STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""How many times a block widens, its output's depth, its repeats, the first one's stride."""


def _unit(x: Value, channels: int, kernel: int, name: str, stride: int = 1, groups: int = 1) -> Value:
    """Convolution, batch normalisation, ReLU6; torchvision's names within a unit."""
    y = Conv2d(
        channels, kernel, stride=stride, padding=kernel // 2, groups=groups, bias=False, name=f"{name}.0"
    )(x)  # fmt: skip
    return ReLU6(name=f"{name}.2")(BatchNorm(name=f"{name}.1")(y))


def _block(x: Value, depth: int, widen: int, channels: int, stride: int, name: str) -> Value:
    """An inverted residual block on an input of `depth` channels."""
    y, part = x, 0
    if widen != 1:
        y = _unit(y, depth * widen, 1, f"{name}.conv.0")
        part = 1
    y = _unit(y, depth * widen, 3, f"{name}.conv.{part}", stride, depth * widen)
    y = Conv2d(channels, 1, bias=False, name=f"{name}.conv.{part + 1}")(y)
    y = BatchNorm(name=f"{name}.conv.{part + 2}")(y)
    return Add(name=f"{name}.add")(x, y) if stride == 1 and depth == channels else y


def mobilenet_v2(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 224, weights: Weights = None) -> Model:
    """17 inverted residual blocks: 3,504,872 parameters for 1,000 classes.

    Source: Sandler et al., MobileNetV2: inverted residuals and linear bottlenecks, 2018, as in torchvision.
    """
    entry = door(in_channels, size)
    x: Value = _unit(entry, 32, 3, "features.0", 2)
    depth, number = 32, 1
    for widen, channels, repeats, stride in _STAGES:
        for i in range(repeats):
            x = _block(x, depth, widen, channels, stride if i == 0 else 1, f"features.{number}")
            depth, number = channels, number + 1
    x = _unit(x, 1280, 1, f"features.{number}")
    x = Dropout(0.2, name="classifier.0")(Flatten(name="flatten")(GlobalAvgPool(name="avgpool")(x)))
    return photographic(Model(entry, Linear(num_classes, name="classifier.1")(x)), weights)
