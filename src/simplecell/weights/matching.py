"""Weights by name against what a network needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from simplecell.errors import ArgumentError, WeightsError
from simplecell.graph import Graph
from simplecell.layers.base import Array


def matched(graph: Graph, given: Mapping[str, Any], layout: str) -> dict[str, Array]:
    """The graph's weights out of `given`, as float32 in PyTorch's order. WeightsError lists all that does not fit;
    PyTorch's `num_batches_tracked` is left out."""
    if layout not in ("OIHW", "HWIO"):
        raise ArgumentError(f"layout is 'OIHW' or 'HWIO', got {layout!r}")
    wrong = [f"extra: {name}" for name in given if name not in graph.weights and not _counter(graph, name)]
    found: dict[str, Array] = {}
    for name, shape in graph.weights.items():
        if name not in given:
            wrong.append(f"missing: {name} {shape}")
            continue
        array = np.asarray(given[name])
        if layout == "HWIO" and array.ndim in (2, 4):
            array = array.T if array.ndim == 2 else array.transpose(3, 2, 0, 1)
        if array.shape != shape:
            wrong.append(f"shape of {name}: needs {shape}, got {array.shape}{_hint(shape, array.shape)}")
        elif array.dtype.kind not in "fiu":
            wrong.append(f"type of {name}: needs numbers, got {array.dtype}")
        else:
            found[name] = np.ascontiguousarray(array, np.float32)
    if wrong:
        lines = "".join(f"\n  {line}" for line in wrong[:40])
        more = f"\n  ... and {len(wrong) - 40} more" if len(wrong) > 40 else ""
        raise WeightsError(f"{len(wrong)} weight(s) do not fit; nothing was changed:{lines}{more}")
    return found


def _counter(graph: Graph, name: str) -> bool:
    """PyTorch's count of a batch normalisation's steps, which nothing here depends on."""
    return name.endswith(".num_batches_tracked") and f"{name.rpartition('.')[0]}.running_mean" in graph.weights


def _hint(shape: tuple[int, ...], got: tuple[int, ...]) -> str:
    """The likely reason: TensorFlow's order."""
    turned = (shape[2], shape[3], shape[1], shape[0]) if len(shape) == 4 else shape[::-1]
    return " (TensorFlow's order: pass layout='HWIO')" if got == turned and got != shape else ""
