"""What each kind of layer is: one file per kind, and KINDS, the closed table of them.

A kind is loaded when it is first named, so that a network pays for the kinds it has; its file is its name in small
letters.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from simplecell.layers.base import Input, Layer, Value

if TYPE_CHECKING:
    from simplecell.layers.abs import Abs
    from simplecell.layers.adaptiveavgpool1d import AdaptiveAvgPool1d
    from simplecell.layers.adaptiveavgpool2d import AdaptiveAvgPool2d
    from simplecell.layers.adaptiveavgpool3d import AdaptiveAvgPool3d
    from simplecell.layers.adaptivemaxpool2d import AdaptiveMaxPool2d
    from simplecell.layers.add import Add
    from simplecell.layers.affine import Affine
    from simplecell.layers.avgpool1d import AvgPool1d
    from simplecell.layers.avgpool2d import AvgPool2d
    from simplecell.layers.avgpool3d import AvgPool3d
    from simplecell.layers.batchnorm import BatchNorm
    from simplecell.layers.celu import CELU
    from simplecell.layers.channelshuffle import ChannelShuffle
    from simplecell.layers.clip import Clip
    from simplecell.layers.concat import Concat
    from simplecell.layers.conv1d import Conv1d
    from simplecell.layers.conv2d import Conv2d
    from simplecell.layers.conv3d import Conv3d
    from simplecell.layers.convtranspose1d import ConvTranspose1d
    from simplecell.layers.convtranspose2d import ConvTranspose2d
    from simplecell.layers.convtranspose3d import ConvTranspose3d
    from simplecell.layers.crop import Crop
    from simplecell.layers.dropout import Dropout
    from simplecell.layers.dropout2d import Dropout2d
    from simplecell.layers.elu import ELU
    from simplecell.layers.erf import Erf
    from simplecell.layers.exp import Exp
    from simplecell.layers.expand import Expand
    from simplecell.layers.flatten import Flatten
    from simplecell.layers.gelu import GELU
    from simplecell.layers.globalavgpool import GlobalAvgPool
    from simplecell.layers.globalmaxpool import GlobalMaxPool
    from simplecell.layers.groupnorm import GroupNorm
    from simplecell.layers.hardsigmoid import HardSigmoid
    from simplecell.layers.hardswish import HardSwish
    from simplecell.layers.instancenorm import InstanceNorm
    from simplecell.layers.layernorm import LayerNorm
    from simplecell.layers.leakyrelu import LeakyReLU
    from simplecell.layers.linear import Linear
    from simplecell.layers.localresponsenorm import LocalResponseNorm
    from simplecell.layers.log import Log
    from simplecell.layers.logsoftmax import LogSoftmax
    from simplecell.layers.matmul import MatMul
    from simplecell.layers.maximum import Maximum
    from simplecell.layers.maxpool1d import MaxPool1d
    from simplecell.layers.maxpool2d import MaxPool2d
    from simplecell.layers.maxpool3d import MaxPool3d
    from simplecell.layers.mish import Mish
    from simplecell.layers.mul import Mul
    from simplecell.layers.pad import Pad
    from simplecell.layers.permute import Permute
    from simplecell.layers.pixelshuffle import PixelShuffle
    from simplecell.layers.power import Power
    from simplecell.layers.prelu import PReLU
    from simplecell.layers.relu import ReLU
    from simplecell.layers.relu6 import ReLU6
    from simplecell.layers.rescale import Rescale
    from simplecell.layers.reshape import Reshape
    from simplecell.layers.selu import SELU
    from simplecell.layers.sigmoid import Sigmoid
    from simplecell.layers.silu import SiLU
    from simplecell.layers.slice import Slice
    from simplecell.layers.softmax import Softmax
    from simplecell.layers.softplus import Softplus
    from simplecell.layers.softsign import Softsign
    from simplecell.layers.take import Take
    from simplecell.layers.tanh import Tanh
    from simplecell.layers.threshold import Threshold
    from simplecell.layers.upsample import Upsample

_NAMES = (
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "GlobalAvgPool",
    "GlobalMaxPool",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool2d",
    "Linear",
    "BatchNorm",
    "LocalResponseNorm",
    "InstanceNorm",
    "GroupNorm",
    "LayerNorm",
    "Affine",
    "Rescale",
    "ReLU",
    "ReLU6",
    "LeakyReLU",
    "PReLU",
    "ELU",
    "SELU",
    "CELU",
    "Sigmoid",
    "HardSigmoid",
    "HardSwish",
    "Tanh",
    "GELU",
    "SiLU",
    "Mish",
    "Softplus",
    "Softsign",
    "Threshold",
    "Clip",
    "Abs",
    "Exp",
    "Log",
    "Erf",
    "Power",
    "Softmax",
    "LogSoftmax",
    "Dropout",
    "Dropout2d",
    "Flatten",
    "Reshape",
    "Permute",
    "PixelShuffle",
    "ChannelShuffle",
    "Pad",
    "Crop",
    "Slice",
    "Upsample",
    "Expand",
    "Take",
    "Add",
    "Mul",
    "Maximum",
    "MatMul",
    "Concat",
)


class _Kinds(Mapping[str, type[Layer]]):
    """The table: fixed names, each loaded from its own file when asked for."""

    def __getitem__(self, name: str) -> type[Layer]:
        if name not in _NAMES:
            raise KeyError(name)
        return getattr(importlib.import_module(f"simplecell.layers.{name.lower()}"), name)

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


KINDS = _Kinds()
"""Every kind by name. A file or a configuration chooses from this table and never imports by name."""


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return KINDS[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "KINDS",
    "SELU",
    "Abs",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool2d",
    "Add",
    "Affine",
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
    "Dropout",
    "Dropout2d",
    "Erf",
    "Exp",
    "Expand",
    "Flatten",
    "GlobalAvgPool",
    "GlobalMaxPool",
    "GroupNorm",
    "HardSigmoid",
    "HardSwish",
    "Input",
    "InstanceNorm",
    "Layer",
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
    "Mish",
    "Mul",
    "PReLU",
    "Pad",
    "Permute",
    "PixelShuffle",
    "Power",
    "ReLU",
    "ReLU6",
    "Rescale",
    "Reshape",
    "SiLU",
    "Sigmoid",
    "Slice",
    "Softmax",
    "Softplus",
    "Softsign",
    "Take",
    "Tanh",
    "Threshold",
    "Upsample",
    "Value",
]
