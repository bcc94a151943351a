"""Residual networks; the stride of a bottleneck sits in its 3x3 convolution, as in torchvision."""

from __future__ import annotations

from collections.abc import Callable

from simplecell.layers import Add, BatchNorm, Conv2d, Flatten, GlobalAvgPool, Linear, MaxPool2d, ReLU, Value
from simplecell.model import Model
from simplecell.zoo.dressing import Size, Weights, door, dressed, photographic

_WIDENED = 4
"""A bottleneck's output is so many times as deep as its middle."""

Block = Callable[[Value, int, int, int, str], tuple[Value, int]]
"""Block(x, its depth, channels, stride, name) -> (output, its depth)."""


def normed(x: Value, channels: int, kernel: int, conv: str, norm: str, stride: int = 1) -> Value:
    """A convolution without bias and its batch normalisation."""
    y = Conv2d(channels, kernel, stride=stride, padding=kernel // 2, bias=False, name=conv)(x)
    return BatchNorm(name=norm)(y)


def _joined(x: Value, y: Value, fits: bool, channels: int, stride: int, name: str) -> Value:
    """The sum of a block's input and its result; where shapes differ a 1x1 convolution brings the input to the same."""
    if not fits:
        x = normed(x, channels, 1, f"{name}.downsample.0", f"{name}.downsample.1", stride)
    return Add(name=f"{name}.add")(y, x)


def basic(x: Value, depth: int, channels: int, stride: int, name: str) -> tuple[Value, int]:
    """Two 3x3 convolutions."""
    y = ReLU(name=f"{name}.relu1")(normed(x, channels, 3, f"{name}.conv1", f"{name}.bn1", stride))
    y = normed(y, channels, 3, f"{name}.conv2", f"{name}.bn2")
    y = _joined(x, y, stride == 1 and depth == channels, channels, stride, name)
    return ReLU(name=f"{name}.relu2")(y), channels


def bottleneck(x: Value, depth: int, channels: int, stride: int, name: str) -> tuple[Value, int]:
    """1x1 down, 3x3, 1x1 up."""
    wide = channels * _WIDENED
    y = ReLU(name=f"{name}.relu1")(normed(x, channels, 1, f"{name}.conv1", f"{name}.bn1"))
    y = ReLU(name=f"{name}.relu2")(normed(y, channels, 3, f"{name}.conv2", f"{name}.bn2", stride))
    y = normed(y, wide, 1, f"{name}.conv3", f"{name}.bn3")
    y = _joined(x, y, stride == 1 and depth == wide, wide, stride, name)
    return ReLU(name=f"{name}.relu3")(y), wide


def stages(x: Value, block: Block, repeats: tuple[int, ...], width: int) -> Value:
    """Stages of blocks: each doubles the depth, and all but the first halve the image."""
    depth = width
    for stage, count in enumerate(repeats):
        for i in range(count):
            stride = 2 if stage and i == 0 else 1
            x, depth = block(x, depth, width << stage, stride, f"layer{stage + 1}.{i}")
    return x


def _resnet(
    block: Block, repeats: tuple[int, ...], num_classes: int, in_channels: int, size: Size, weights: Weights
) -> Model:
    entry = door(in_channels, size)
    x = ReLU(name="relu")(normed(entry, 64, 7, "conv1", "bn1", 2))
    x = stages(MaxPool2d(3, stride=2, padding=1, name="maxpool")(x), block, repeats, 64)
    x = Flatten(name="flatten")(GlobalAvgPool(name="avgpool")(x))
    return photographic(Model(entry, Linear(num_classes, name="fc")(x)), weights)


def resnet18(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 224, weights: Weights = None) -> Model:
    """8 blocks, 18 layers with weights: 11,689,512 parameters for 1,000 classes.

    Source: He et al., Deep residual learning for image recognition, 2016.
    """
    return _resnet(basic, (2, 2, 2, 2), num_classes, in_channels, size, weights)


def resnet34(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 224, weights: Weights = None) -> Model:
    """16 blocks, 34 layers with weights: 21,797,672 parameters for 1,000 classes.

    Source: He et al., Deep residual learning for image recognition, 2016.
    """
    return _resnet(basic, (3, 4, 6, 3), num_classes, in_channels, size, weights)


def resnet50(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 224, weights: Weights = None) -> Model:
    """16 bottlenecks, 50 layers with weights: 25,557,032 parameters for 1,000 classes.

    Source: He et al., Deep residual learning for image recognition, 2016, with the stride moved to the 3x3.
    """
    return _resnet(bottleneck, (3, 4, 6, 3), num_classes, in_channels, size, weights)


def resnet101(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 224, weights: Weights = None) -> Model:
    """33 bottlenecks, 101 layers with weights: 44,549,160 parameters for 1,000 classes.

    Source: He et al., Deep residual learning for image recognition, 2016, with the stride moved to the 3x3.
    """
    return _resnet(bottleneck, (3, 4, 23, 3), num_classes, in_channels, size, weights)


def resnet152(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 224, weights: Weights = None) -> Model:
    """50 bottlenecks, 152 layers with weights: 60,192,808 parameters for 1,000 classes.

    Source: He et al., Deep residual learning for image recognition, 2016, with the stride moved to the 3x3.
    """
    return _resnet(bottleneck, (3, 8, 36, 3), num_classes, in_channels, size, weights)


def resnet20(*, num_classes: int = 10, in_channels: int = 3, size: Size = 32, weights: Weights = None) -> Model:
    """Nine blocks of depths 16, 32 and 64 for images of 32x32: 272,474 parameters for ten classes.

    Source: He et al., Deep residual learning for image recognition, 2016, section 4.2, with 1x1 convolutions where
    shapes change (option B; the paper's 0.27 million are those of option A, 269,722).
    """
    entry = door(in_channels, size)
    x = ReLU(name="relu")(normed(entry, 16, 3, "conv1", "bn1"))
    x = Flatten(name="flatten")(GlobalAvgPool(name="avgpool")(stages(x, basic, (3, 3, 3), 16)))
    return dressed(Model(entry, Linear(num_classes, name="fc")(x)), weights)
