"""What PyTorch eager keeps of a forward pass for the backward pass: a figure for another engine, for comparison.

Autograd saves, layer by layer, the arrays that the layer's gradient is computed from. An array that several layers save
is kept once: the output of a ReLU is also what the next convolution saves. Weights are saved too, but are there anyway.
As measured with PyTorch 2.13's saved-tensor hooks on layers that do not work in place.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from simplecell.graph import Graph
from simplecell.layers.base import Site


@dataclass(frozen=True)
class Eager:
    """Bytes that PyTorch eager keeps for the backward pass, under cross-entropy.

    floats    values and masks in float32; `indices` where pools found their maxima, 8 bytes each
    unknown   layers whose habits are not known here; what they keep is not in the figures
    """

    floats: int
    indices: int
    unknown: tuple[str, ...]

    @property
    def total(self) -> int:
        return self.floats + self.indices

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"unknown": list(self.unknown), "total": self.total}


@dataclass(frozen=True)
class _Saves:
    """What a kind of layer saves: its inputs, its output, further floats (by its site and the batch), and indices."""

    inputs: bool = False
    output: bool = False
    more: Callable[[Site, int], int] = lambda site, batch: 0
    indices: bool = False


def _mask(site: Site, batch: int) -> int:
    return 4 * batch * site.units


def _statistics(site: Site, batch: int) -> int:
    """Mean and 1/deviation of each channel."""
    del batch
    return 2 * 4 * site.output[0]


def _response(site: Site, batch: int) -> int:
    """The squares between their padding, the sums, and the divisors."""
    c, size = site.output[0], site.layer.arguments()["size"]
    return 4 * batch * math.prod(site.output[1:]) * (c + size - 1 + 2 * c)


_INPUT, _OUTPUT, _NOTHING = _Saves(inputs=True), _Saves(output=True), _Saves()
_KINDS: Final[dict[str, _Saves]] = {
    **dict.fromkeys(
        ("Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "Linear"), _INPUT
    ),
    **dict.fromkeys(("ReLU", "Sigmoid", "Tanh", "Softmax", "LogSoftmax"), _OUTPUT),
    **dict.fromkeys(("ReLU6", "LeakyReLU", "GELU", "SiLU", "Mish", "HardSwish", "HardSigmoid"), _INPUT),
    **dict.fromkeys(("AvgPool1d", "AvgPool2d", "AvgPool3d"), _INPUT),
    **dict.fromkeys(("MaxPool1d", "MaxPool2d", "MaxPool3d"), _Saves(inputs=True, indices=True)),
    **dict.fromkeys(("GlobalAvgPool", "Add", "Concat", "Flatten", "Reshape"), _NOTHING),
    "AdaptiveAvgPool2d": _INPUT,
    "BatchNorm": _Saves(inputs=True, more=_statistics),
    "Dropout": _Saves(more=_mask),
    "LocalResponseNorm": _Saves(inputs=True, more=_response),
    "Mul": _INPUT,
}


def eager(graph: Graph, batch: int) -> Eager:
    """Walk through the layers and gather what is saved; layers before the first weights save nothing.

    >>> from simplecell.graph import sequential
    >>> from simplecell.layers import Conv2d, Input, MaxPool2d, ReLU
    >>> eager(sequential([Input(1, 4, 4), Conv2d(2, 3), ReLU(), MaxPool2d(2)]), 1)  # 16 + 8 + 2 floats
    Eager(floats=104, indices=16, unknown=())
    """
    stored = {node.name: node.name for node in graph.nodes}  # which node's array holds a node's value
    learning: set[str] = set()
    kept: set[str] = set()
    floats, indices, unknown = 0, 0, list[str]()
    for node, layer, site in graph.sites:
        if layer.kind in ("Flatten", "Reshape"):
            stored[node.name] = stored[node.sources[0]]
        if not site.learned and not learning.intersection(node.sources):
            continue
        learning.add(node.name)
        saves = _KINDS.get(layer.kind)
        if saves is None:
            unknown.append(node.name)
            continue
        kept |= {stored[source] for source in node.sources if saves.inputs}
        kept |= {stored[node.name]} if saves.output else set()
        floats += saves.more(site, batch)
        indices += 8 * batch * site.units if saves.indices else 0
    floats += 4 * batch * sum(math.prod(graph[name].shape) for name in kept)
    return Eager(floats + _loss(graph, batch), indices, tuple(unknown))


def _loss(graph: Graph, batch: int) -> int:
    """Cross-entropy saves the logarithm of the softmax: as many values as there are scores."""
    return 4 * batch * math.prod(graph[graph.outputs[0]].shape)
