"""Networks from and to other programs: ONNX, PyTorch, Keras. What another program needs is imported when it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simplecell.graph import Graph
from simplecell.layers.base import Array


@dataclass(frozen=True)
class Network:
    """A graph and its weights, as another program gives them."""

    graph: Graph
    weights: Mapping[str, Array]


__all__ = ["Network"]
