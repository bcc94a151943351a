"""simplecell: convolutional networks you can see through.

    import simplecell as sc

    train, test = sc.data.digits()
    net = sc.zoo.digits()
    net.fit(train, epochs=15)
    net.evaluate(test)
    net.explain(test.images[0], "conv1", at=(3, 4), channel=2)

Every public name is loaded when it is first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simplecell import data, zoo
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
        Abs,
        AdaptiveAvgPool1d,
        AdaptiveAvgPool2d,
        AdaptiveAvgPool3d,
        AdaptiveMaxPool2d,
        Add,
        Affine,
        AvgPool1d,
        AvgPool2d,
        AvgPool3d,
        BatchNorm,
        ChannelShuffle,
        Clip,
        Concat,
        Conv1d,
        Conv2d,
        Conv3d,
        ConvTranspose1d,
        ConvTranspose2d,
        ConvTranspose3d,
        Crop,
        Dropout,
        Dropout2d,
        Erf,
        Exp,
        Expand,
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
        Log,
        LogSoftmax,
        MatMul,
        Maximum,
        MaxPool1d,
        MaxPool2d,
        MaxPool3d,
        Mish,
        Mul,
        Pad,
        Permute,
        PixelShuffle,
        Power,
        PReLU,
        ReLU,
        ReLU6,
        Rescale,
        Reshape,
        Sigmoid,
        SiLU,
        Slice,
        Softmax,
        Softplus,
        Softsign,
        Take,
        Tanh,
        Threshold,
        Upsample,
    )
    from simplecell.loading import from_keras, from_onnx, from_torch
    from simplecell.model import Model, Sequential, load
    from simplecell.objectives import SGD, Adam, AdamW, RMSprop
    from simplecell.plan import use

__version__ = "0.1.0"

_ROOMS = ("data", "zoo")
_HOMES = {
    **dict.fromkeys(("Model", "Sequential", "load"), "model"),
    **dict.fromkeys(("from_keras", "from_onnx", "from_torch"), "loading"),
    **dict.fromkeys(("SGD", "Adam", "AdamW", "RMSprop"), "objectives"),
    "use": "plan",
}
"""The room of each public name that is neither a layer nor an error."""


def __getattr__(name: str) -> Any:
    """A public name, from its room."""
    if name in _ROOMS:
        return importlib.import_module(f"simplecell.{name}")
    if name not in __all__:
        raise AttributeError(f"module 'simplecell' has no attribute {name!r}")
    home = _HOMES.get(name) or ("errors" if name.endswith(("Error", "Extra")) else "layers")
    value = globals()[name] = getattr(importlib.import_module(f"simplecell.{home}"), name)
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "SELU",
    "SGD",
    "Abs",
    "Adam",
    "AdamW",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool2d",
    "Add",
    "Affine",
    "ArgumentError",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "BatchNorm",
    "ChannelShuffle",
    "Clip",
    "Concat",
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "Crop",
    "DataError",
    "Dropout",
    "Dropout2d",
    "EngineError",
    "Erf",
    "Exp",
    "Expand",
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
    "Log",
    "LogSoftmax",
    "MatMul",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
    "Maximum",
    "MemoryLimitError",
    "Mish",
    "MissingExtra",
    "Model",
    "Mul",
    "PReLU",
    "Pad",
    "Permute",
    "PixelShuffle",
    "Power",
    "RMSprop",
    "ReLU",
    "ReLU6",
    "Rescale",
    "Reshape",
    "Sequential",
    "ShapeError",
    "SiLU",
    "Sigmoid",
    "SimplecellError",
    "Slice",
    "Softmax",
    "Softplus",
    "Softsign",
    "Take",
    "Tanh",
    "Threshold",
    "TrainingError",
    "Upsample",
    "WeightsError",
    "data",
    "from_keras",
    "from_onnx",
    "from_torch",
    "load",
    "use",
    "zoo",
]
