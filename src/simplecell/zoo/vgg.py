"""The VGG networks: nothing but 3x3 convolutions and 2x2 pools before three linear layers."""

from __future__ import annotations

from simplecell.layers import AdaptiveAvgPool2d, BatchNorm, Conv2d, Dropout, Flatten, Layer, Linear, MaxPool2d, ReLU
from simplecell.model import Model, Sequential
from simplecell.zoo.dressing import Size, Weights, door, dressed, photographic

_STAGES = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
"""Convolutions of each stage, by the number of layers with weights."""
_DEPTHS = (64, 128, 256, 512, 512)


def _features(layers: int, normed: bool) -> list[Layer]:
    """The convolutions and pools; names count as torchvision's: `features.0`."""
    features: list[Layer] = []
    for repeats, channels in zip(_STAGES[layers], _DEPTHS, strict=True):
        for _ in range(repeats):
            features.append(Conv2d(channels, 3, padding=1, name=f"features.{len(features)}"))
            if normed:
                features.append(BatchNorm(name=f"features.{len(features)}"))
            features.append(ReLU(name=f"features.{len(features)}"))
        features.append(MaxPool2d(2, name=f"features.{len(features)}"))
    return features


def _vgg(layers: int, normed: bool, num_classes: int, in_channels: int, size: Size, weights: Weights) -> Model:
    """Where the last maps are not 7x7 an adaptive pool makes them so, as in torchvision."""
    entry, features = door(in_channels, size), _features(layers, normed)
    if Sequential(entry, *features).output_shape[1:] != (7, 7):
        features.append(AdaptiveAvgPool2d(7, name="avgpool"))
    net = Sequential(
        entry,
        *features,
        Flatten(name="flatten"),
        Linear(4096, name="classifier.0"), ReLU(name="classifier.1"), Dropout(0.5, name="classifier.2"),
        Linear(4096, name="classifier.3"), ReLU(name="classifier.4"), Dropout(0.5, name="classifier.5"),
        Linear(num_classes, name="classifier.6"),
    )  # fmt: skip
    return photographic(net, weights)


def vgg11(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 224, weights: Weights = None) -> Model:
    """8 convolutions and 3 linear layers: 132,863,336 parameters for 1,000 classes.

    Source: Simonyan and Zisserman, Very deep convolutional networks for large-scale image recognition, 2015, column A.
    """
    return _vgg(11, False, num_classes, in_channels, size, weights)


def vgg11_bn(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 224, weights: Weights = None) -> Model:
    """VGG-11 with batch normalisation behind each convolution: 132,868,840 parameters for 1,000 classes.

    Source: as `vgg11`; the normalisation is torchvision's.
    """
    return _vgg(11, True, num_classes, in_channels, size, weights)


def vgg13(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 224, weights: Weights = None) -> Model:
    """10 convolutions and 3 linear layers: 133,047,848 parameters for 1,000 classes.

    Source: Simonyan and Zisserman, Very deep convolutional networks for large-scale image recognition, 2015, column B.
    """
    return _vgg(13, False, num_classes, in_channels, size, weights)


def vgg13_bn(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 224, weights: Weights = None) -> Model:
    """VGG-13 with batch normalisation behind each convolution: 133,053,736 parameters for 1,000 classes.

    Source: as `vgg13`; the normalisation is torchvision's.
    """
    return _vgg(13, True, num_classes, in_channels, size, weights)


def vgg16(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 224, weights: Weights = None) -> Model:
    """13 convolutions and 3 linear layers: 138,357,544 parameters for 1,000 classes.

    Source: Simonyan and Zisserman, Very deep convolutional networks for large-scale image recognition, 2015, column D.
    """
    return _vgg(16, False, num_classes, in_channels, size, weights)


def vgg16_bn(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 224, weights: Weights = None) -> Model:
    """VGG-16 with batch normalisation behind each convolution: 138,365,992 parameters for 1,000 classes.

    Source: as `vgg16`; the normalisation is torchvision's.
    """
    return _vgg(16, True, num_classes, in_channels, size, weights)


def vgg19(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 224, weights: Weights = None) -> Model:
    """16 convolutions and 3 linear layers: 143,667,240 parameters for 1,000 classes.

    Source: Simonyan and Zisserman, Very deep convolutional networks for large-scale image recognition, 2015, column E.
    """
    return _vgg(19, False, num_classes, in_channels, size, weights)


def vgg19_bn(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 224, weights: Weights = None) -> Model:
    """VGG-19 with batch normalisation behind each convolution: 143,678,248 parameters for 1,000 classes.

    Source: as `vgg19`; the normalisation is torchvision's.
    """
    return _vgg(19, True, num_classes, in_channels, size, weights)


def vgg11_32(*, num_classes: int = 10, in_channels: int = 3, size: Size = 32, weights: Weights = None) -> Model:
    """VGG-11 for images of 32x32, with batch normalisation and one linear layer: 9,231,114 parameters for ten classes.

    Source: as `vgg11`, in the form in which it is trained on CIFAR-10.
    """
    net = Sequential(
        door(in_channels, size),
        *_features(11, normed=True),
        Flatten(name="flatten"),
        Linear(num_classes, name="classifier"),
    )
    return dressed(net, weights)
