"""AlexNet in three versions: as course notes draw it, as the paper has it, and as torchvision publishes weights for."""

from __future__ import annotations

from simplecell.layers import (
    AdaptiveAvgPool2d,
    Conv2d,
    Dropout,
    Flatten,
    Layer,
    Linear,
    LocalResponseNorm,
    MaxPool2d,
    ReLU,
)
from simplecell.model import Model, Sequential
from simplecell.zoo.dressing import Size, Weights, door, dressed, photographic


def _of_2012(groups: int, num_classes: int, in_channels: int, size: Size, normed: bool) -> Model:
    """The layers of 2012: `groups` 2 are its two towers, `normed` its local response normalisation."""

    def norm(number: int) -> list[Layer]:
        # the paper's alpha, 1e-4, multiplies the sum over the five channels; here alpha is divided by their number
        return [LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2, name=f"norm{number}")] if normed else []

    return Sequential(
        door(in_channels, size),
        Conv2d(96, 11, stride=4, name="conv1"), ReLU(name="relu1"), *norm(1), MaxPool2d(3, stride=2, name="pool1"),
        Conv2d(256, 5, padding=2, groups=groups, name="conv2"), ReLU(name="relu2"), *norm(2),
        MaxPool2d(3, stride=2, name="pool2"),
        Conv2d(384, 3, padding=1, name="conv3"), ReLU(name="relu3"),
        Conv2d(384, 3, padding=1, groups=groups, name="conv4"), ReLU(name="relu4"),
        Conv2d(256, 3, padding=1, groups=groups, name="conv5"), ReLU(name="relu5"),
        MaxPool2d(3, stride=2, name="pool5"),
        Flatten(name="flatten"),
        Linear(4096, name="fc6"), ReLU(name="relu6"), Dropout(0.5, name="drop6"),
        Linear(4096, name="fc7"), ReLU(name="relu7"), Dropout(0.5, name="drop7"),
        Linear(num_classes, name="fc8"),
    )  # fmt: skip


def alexnet(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 227, weights: Weights = None) -> Model:
    """One tower of depths 96, 256, 384, 384, 256, then 4096, 4096, classes: 62,378,344 parameters for 1,000 classes.

    227 and not the paper's 224: (227 - 11)/4 + 1 = 55, while (224 - 11)/4 + 1 = 54.25 does not fit.
    Source: Krizhevsky et al., ImageNet classification with deep convolutional neural networks, 2012, its two towers
    joined and without local response normalisation.
    """
    return dressed(_of_2012(1, num_classes, in_channels, size, normed=False), weights)


def alexnet_2012(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 227, weights: Weights = None) -> Model:
    """The paper's two towers, which meet in conv3 and the linear layers, with local response normalisation: 60,965,224
    parameters for 1,000 classes.

    Source: Krizhevsky et al., ImageNet classification with deep convolutional neural networks, 2012.
    """
    return dressed(_of_2012(2, num_classes, in_channels, size, normed=True), weights)


def alexnet_2014(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 224, weights: Weights = None) -> Model:
    """The later, narrower tower for 224x224, which torchvision publishes weights for: 61,100,840 parameters.

    Where the last maps are not 6x6 an adaptive pool makes them so, as in torchvision.
    Source: Krizhevsky, One weird trick for parallelizing convolutional neural networks, 2014.
    """
    features: list[Layer] = [
        Conv2d(64, 11, stride=4, padding=2, name="features.0"), ReLU(name="features.1"),
        MaxPool2d(3, stride=2, name="features.2"),
        Conv2d(192, 5, padding=2, name="features.3"), ReLU(name="features.4"),
        MaxPool2d(3, stride=2, name="features.5"),
        Conv2d(384, 3, padding=1, name="features.6"), ReLU(name="features.7"),
        Conv2d(256, 3, padding=1, name="features.8"), ReLU(name="features.9"),
        Conv2d(256, 3, padding=1, name="features.10"), ReLU(name="features.11"),
        MaxPool2d(3, stride=2, name="features.12"),
    ]  # fmt: skip
    classifier = [
        Flatten(name="flatten"),
        Dropout(0.5, name="classifier.0"), Linear(4096, name="classifier.1"), ReLU(name="classifier.2"),
        Dropout(0.5, name="classifier.3"), Linear(4096, name="classifier.4"), ReLU(name="classifier.5"),
        Linear(num_classes, name="classifier.6"),
    ]  # fmt: skip
    entry = door(in_channels, size)
    if Sequential(entry, *features).output_shape[1:] != (6, 6):
        features.append(AdaptiveAvgPool2d(6, name="avgpool"))
    return photographic(Sequential(entry, *features, *classifier), weights)
