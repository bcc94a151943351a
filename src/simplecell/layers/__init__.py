"""What each kind of layer is: one file per kind, and KINDS, the closed table of them."""

from __future__ import annotations

from simplecell.layers.adaptiveavgpool1d import AdaptiveAvgPool1d
from simplecell.layers.adaptiveavgpool2d import AdaptiveAvgPool2d
from simplecell.layers.adaptiveavgpool3d import AdaptiveAvgPool3d
from simplecell.layers.adaptivemaxpool2d import AdaptiveMaxPool2d
from simplecell.layers.add import Add
from simplecell.layers.avgpool1d import AvgPool1d
from simplecell.layers.avgpool2d import AvgPool2d
from simplecell.layers.avgpool3d import AvgPool3d
from simplecell.layers.base import Input, Layer, Value
from simplecell.layers.batchnorm import BatchNorm
from simplecell.layers.celu import CELU
from simplecell.layers.conv1d import Conv1d
from simplecell.layers.conv2d import Conv2d
from simplecell.layers.conv3d import Conv3d
from simplecell.layers.convtranspose1d import ConvTranspose1d
from simplecell.layers.convtranspose2d import ConvTranspose2d
from simplecell.layers.convtranspose3d import ConvTranspose3d
from simplecell.layers.dropout import Dropout
from simplecell.layers.elu import ELU
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
from simplecell.layers.logsoftmax import LogSoftmax
from simplecell.layers.maxpool1d import MaxPool1d
from simplecell.layers.maxpool2d import MaxPool2d
from simplecell.layers.maxpool3d import MaxPool3d
from simplecell.layers.mish import Mish
from simplecell.layers.prelu import PReLU
from simplecell.layers.relu import ReLU
from simplecell.layers.relu6 import ReLU6
from simplecell.layers.selu import SELU
from simplecell.layers.sigmoid import Sigmoid
from simplecell.layers.silu import SiLU
from simplecell.layers.softmax import Softmax
from simplecell.layers.softplus import Softplus
from simplecell.layers.tanh import Tanh

KINDS: dict[str, type[Layer]] = {
    kind.kind: kind
    for kind in (
        Conv1d,
        Conv2d,
        Conv3d,
        ConvTranspose1d,
        ConvTranspose2d,
        ConvTranspose3d,
        MaxPool1d,
        MaxPool2d,
        MaxPool3d,
        AvgPool1d,
        AvgPool2d,
        AvgPool3d,
        GlobalAvgPool,
        GlobalMaxPool,
        AdaptiveAvgPool1d,
        AdaptiveAvgPool2d,
        AdaptiveAvgPool3d,
        AdaptiveMaxPool2d,
        Linear,
        BatchNorm,
        LocalResponseNorm,
        InstanceNorm,
        GroupNorm,
        LayerNorm,
        ReLU,
        ReLU6,
        LeakyReLU,
        PReLU,
        ELU,
        SELU,
        CELU,
        Sigmoid,
        HardSigmoid,
        HardSwish,
        Tanh,
        GELU,
        SiLU,
        Mish,
        Softplus,
        Softmax,
        LogSoftmax,
        Dropout,
        Flatten,
        Add,
    )
}
"""Every kind by name. A file or a configuration chooses from this table and never imports by name."""

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "KINDS",
    "SELU",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool2d",
    "Add",
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
    "Dropout",
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
    "LogSoftmax",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
    "Mish",
    "PReLU",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "Value",
]
