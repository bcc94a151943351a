"""Residual networks with bottlenecks; the stride sits in the 3x3 convolution, as in torchvision."""

from __future__ import annotations

from simplecell.layers import Add, BatchNorm, Conv2d, Flatten, GlobalAvgPool, Input, Linear, MaxPool2d, ReLU, Value
from simplecell.model import Model

_EXPANSION = 4


def _normed(x: Value, channels: int, kernel: int, conv: str, norm: str, stride: int = 1) -> Value:
    """A convolution without bias and its batch normalisation."""
    y = Conv2d(channels, kernel, stride=stride, padding=kernel // 2, bias=False, name=conv)(x)
    return BatchNorm(name=norm)(y)


def _bottleneck(x: Value, channels: int, stride: int, widen: bool, name: str) -> Value:
    """1x1 down, 3x3, 1x1 up, added to the input, which a 1x1 convolution brings to the same shape where needed."""
    y = ReLU(name=f"{name}.relu1")(_normed(x, channels, 1, f"{name}.conv1", f"{name}.bn1"))
    y = ReLU(name=f"{name}.relu2")(_normed(y, channels, 3, f"{name}.conv2", f"{name}.bn2", stride))
    y = _normed(y, channels * _EXPANSION, 1, f"{name}.conv3", f"{name}.bn3")
    if widen:
        x = _normed(x, channels * _EXPANSION, 1, f"{name}.downsample.0", f"{name}.downsample.1", stride)
    return ReLU(name=f"{name}.relu3")(Add(name=f"{name}.add")(y, x))


def _resnet(blocks: tuple[int, ...], num_classes: int, in_channels: int, size: int) -> Model:
    door = Input(in_channels, size, size)
    x = ReLU(name="relu")(_normed(door, 64, 7, "conv1", "bn1", 2))
    x = MaxPool2d(3, stride=2, padding=1, name="maxpool")(x)
    for stage, repeats in enumerate(blocks):
        for i in range(repeats):
            stride = 2 if stage and i == 0 else 1
            x = _bottleneck(x, 64 << stage, stride, i == 0, f"layer{stage + 1}.{i}")
    x = Flatten(name="flatten")(GlobalAvgPool(name="avgpool")(x))
    return Model(door, Linear(num_classes, name="fc")(x))


def resnet50(*, num_classes: int = 1000, in_channels: int = 3, size: int = 224) -> Model:
    """16 bottlenecks, 50 layers with weights: 25,557,032 parameters.

    Source: He et al., Deep residual learning for image recognition, 2016, with the stride moved to the 3x3.
    """
    return _resnet((3, 4, 6, 3), num_classes, in_channels, size)


def resnet152(*, num_classes: int = 1000, in_channels: int = 3, size: int = 224) -> Model:
    """50 bottlenecks, 152 layers with weights: 60,192,808 parameters.

    Source: as `resnet50`.
    """
    return _resnet((3, 8, 36, 3), num_classes, in_channels, size)
