"""What all networks of the zoo share: their door, and the weights that they may be given."""

from __future__ import annotations

import os
from collections.abc import Mapping

from simplecell.geometry import per_axis
from simplecell.layers import Input
from simplecell.layers.base import Array
from simplecell.model import Model

Size = int | tuple[int, int]
"""Of the input: one number for a square, or rows and columns."""
Weights = str | os.PathLike[str] | Mapping[str, Array] | None
"""A .safetensors or PyTorch file, or arrays by name; None leaves the network without weights."""

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
"""Of the colours of ImageNet's photographs, from 0 to 1; published ImageNet weights expect them."""


def door(in_channels: int, size: Size) -> Input:
    """The input of a network for images."""
    return Input(in_channels, *per_axis(size, "size", 2, 1))


def dressed(net: Model, weights: Weights) -> Model:
    """The network with weights, if any are given.

    Raises: WeightsError that lists every entry that is missing, extra or of another shape; FileError for the file.
    """
    return net if weights is None else net.load_weights(weights)


def photographic(net: Model, weights: Weights) -> Model:
    """As `dressed`; and with weights comes the preprocessing of torchvision's published ones: the shorter side is
    resized to 8/7 of the input's (256 for 224), its middle is cut out, and each colour is normalised."""
    from simplecell.data import Preprocessing

    dressed(net, weights)
    channels, height, width = net.graph[net.graph.inputs[0]].shape
    if weights is not None and channels == 3:
        net.preprocessing = Preprocessing(
            3, height, width, "bilinear", IMAGENET_MEAN, IMAGENET_STD, shorter=round(max(height, width) * 8 / 7)
        )
    return net
