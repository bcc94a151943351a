"""The VGG networks: nothing but 3x3 convolutions and 2x2 pools before three linear layers."""

from __future__ import annotations

from simplecell.layers import Conv2d, Dropout, Flatten, Input, Layer, Linear, MaxPool2d, ReLU
from simplecell.model import Model, Sequential

_STAGES = {16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
_DEPTHS = (64, 128, 256, 512, 512)


def _vgg(depth: int, num_classes: int, in_channels: int, size: int) -> Model:
    """Names count as torchvision's: `features.0`, `classifier.6`."""
    features: list[Layer] = []
    for repeats, channels in zip(_STAGES[depth], _DEPTHS, strict=True):
        for _ in range(repeats):
            features.append(Conv2d(channels, 3, padding=1, name=f"features.{len(features)}"))
            features.append(ReLU(name=f"features.{len(features)}"))
        features.append(MaxPool2d(2, name=f"features.{len(features)}"))
    return Sequential(
        Input(in_channels, size, size),
        *features,
        Flatten(name="flatten"),
        Linear(4096, name="classifier.0"), ReLU(name="classifier.1"), Dropout(0.5, name="classifier.2"),
        Linear(4096, name="classifier.3"), ReLU(name="classifier.4"), Dropout(0.5, name="classifier.5"),
        Linear(num_classes, name="classifier.6"),
    )  # fmt: skip


def vgg16(*, num_classes: int = 1000, in_channels: int = 3, size: int = 224) -> Model:
    """13 convolutions and 3 linear layers: 138,357,544 parameters.

    Source: Simonyan and Zisserman, Very deep convolutional networks for large-scale image recognition, 2015, column D.
    """
    return _vgg(16, num_classes, in_channels, size)


def vgg19(*, num_classes: int = 1000, in_channels: int = 3, size: int = 224) -> Model:
    """16 convolutions and 3 linear layers: 143,667,240 parameters.

    Source: Simonyan and Zisserman, Very deep convolutional networks for large-scale image recognition, 2015, column E.
    """
    return _vgg(19, num_classes, in_channels, size)
