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
    CELU,
    ELU,
    GELU,
    SELU,
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AdaptiveMaxPool2d,
    Add,
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    BatchNorm,
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    Dropout,
    Flatten,
    GlobalAvgPool,
    GlobalMaxPool,
    GroupNorm,
    HardSigmoid,
    HardSwish,
    Input,
    InstanceNorm,
    LayerNorm,
    LeakyReLU,
    Linear,
    LocalResponseNorm,
    LogSoftmax,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
    Mish,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
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
    "CELU",
    "ELU",
    "GELU",
    "SELU",
    "SGD",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool2d",
    "Add",
    "ArgumentError",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "BatchNorm",
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "DataError",
    "Dropout",
    "EngineError",
    "FileError",
    "Flatten",
    "GlobalAvgPool",
    "GlobalMaxPool",
    "GraphError",
    "GroupNorm",
    "HardSigmoid",
    "HardSwish",
    "Input",
    "InstanceNorm",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LocalResponseNorm",
    "LogSoftmax",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
    "MemoryLimitError",
    "Mish",
    "MissingExtra",
    "Model",
    "PReLU",
    "ReLU",
    "ReLU6",
    "Sequential",
    "ShapeError",
    "SiLU",
    "Sigmoid",
    "SimplecellError",
    "Softmax",
    "Softplus",
    "Tanh",
    "TrainingError",
    "WeightsError",
    "data",
    "load",
    "use",
    "zoo",
]
