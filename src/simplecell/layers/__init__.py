"""What each kind of layer is: one file per kind, and KINDS, the closed table of them."""

from __future__ import annotations

from simplecell.layers.add import Add
from simplecell.layers.avgpool2d import AvgPool2d
from simplecell.layers.base import Input, Layer, Value
from simplecell.layers.conv2d import Conv2d
from simplecell.layers.dropout import Dropout
from simplecell.layers.flatten import Flatten
from simplecell.layers.linear import Linear
from simplecell.layers.maxpool2d import MaxPool2d
from simplecell.layers.relu import ReLU
from simplecell.layers.softmax import Softmax

KINDS: dict[str, type[Layer]] = {
    kind.kind: kind
    for kind in (
        Conv2d,
        MaxPool2d,
        AvgPool2d,
        Linear,
        ReLU,
        Softmax,
        Dropout,
        Flatten,
        Add,
    )
}
"""Every kind by name. A file or a configuration chooses from this table and never imports by name."""

__all__ = [
    "KINDS",
    "Add",
    "AvgPool2d",
    "Conv2d",
    "Dropout",
    "Flatten",
    "Input",
    "Layer",
    "Linear",
    "MaxPool2d",
    "ReLU",
    "Softmax",
    "Value",
]
