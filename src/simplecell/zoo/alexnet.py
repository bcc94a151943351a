"""AlexNet as course notes draw it: one tower for 227x227 images."""

from __future__ import annotations

from simplecell.layers import Conv2d, Dropout, Flatten, Input, Linear, MaxPool2d, ReLU
from simplecell.model import Model, Sequential


def alexnet(*, num_classes: int = 1000, in_channels: int = 3, size: int = 227) -> Model:
    """Depths 96, 256, 384, 384, 256, then 4096, 4096, classes: 62,378,344 parameters for 1,000 classes.

    227 and not the paper's 224: (227 - 11)/4 + 1 = 55, while (224 - 11)/4 + 1 = 54.25 does not fit.
    Source: Krizhevsky et al., ImageNet classification with deep convolutional neural networks, 2012, its two towers
    joined and without local response normalisation.
    """
    return Sequential(
        Input(in_channels, size, size),
        Conv2d(96, 11, stride=4, name="conv1"), ReLU(name="relu1"), MaxPool2d(3, stride=2, name="pool1"),
        Conv2d(256, 5, padding=2, name="conv2"), ReLU(name="relu2"), MaxPool2d(3, stride=2, name="pool2"),
        Conv2d(384, 3, padding=1, name="conv3"), ReLU(name="relu3"),
        Conv2d(384, 3, padding=1, name="conv4"), ReLU(name="relu4"),
        Conv2d(256, 3, padding=1, name="conv5"), ReLU(name="relu5"), MaxPool2d(3, stride=2, name="pool5"),
        Flatten(name="flatten"),
        Linear(4096, name="fc6"), ReLU(name="relu6"), Dropout(0.5, name="drop6"),
        Linear(4096, name="fc7"), ReLU(name="relu7"), Dropout(0.5, name="drop7"),
        Linear(num_classes, name="fc8"),
    )  # fmt: skip
