"""simplecell: convolutional networks you can see through.

import simplecell as sc

train, test = sc.data.digits()
net = sc.zoo.digits()
net.fit(train, epochs=15)
net.evaluate(test)
net.explain(test.images[0], "conv1", at=(3, 4), channel=2)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from simplecell.errors import (
    ArgumentError,
    DataError,
    EngineError,
    FileError,
    GraphError,
    MemoryLimitError,
    MissingExtra,
    ShapeError,
    SimplecellError,
    TrainingError,
    WeightsError,
)
from simplecell.layers import (
    Add,
    AvgPool2d,
    Conv2d,
    Dropout,
    Flatten,
    Input,
    Linear,
    MaxPool2d,
    ReLU,
    Softmax,
)
from simplecell.model import Model, Sequential, load
from simplecell.objectives import SGD
from simplecell.plan import use

if TYPE_CHECKING:
    from simplecell import data, zoo

__version__ = "0.1.0"

_LAZY = ("data", "zoo")


def __getattr__(name: str) -> Any:
    """Rooms that are loaded when they are first named."""
    if name in _LAZY:
        return importlib.import_module(f"simplecell.{name}")
    raise AttributeError(f"module 'simplecell' has no attribute {name!r}")


__all__ = [
    "SGD",
    "Add",
    "ArgumentError",
    "AvgPool2d",
    "Conv2d",
    "DataError",
    "Dropout",
    "EngineError",
    "FileError",
    "Flatten",
    "GraphError",
    "Input",
    "Linear",
    "MaxPool2d",
    "MemoryLimitError",
    "MissingExtra",
    "Model",
    "ReLU",
    "Sequential",
    "ShapeError",
    "SimplecellError",
    "Softmax",
    "TrainingError",
    "WeightsError",
    "data",
    "load",
    "use",
    "zoo",
]
