"""A model's preprocessing as layers before the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simplecell.data import Preprocessing
from simplecell.errors import DataError
from simplecell.graph import Draft, walk
from simplecell.interchange import Network
from simplecell.layers import Affine, Rescale
from simplecell.layers.base import Array


def with_preprocessing(network: Network, preprocessing: Preprocessing) -> Network:
    """The network with `(p - mean) / std` before it, so that it takes pixels from 0 to 255 of its own size."""
    if preprocessing.invert == "auto":
        raise DataError(
            "preprocessing invert='auto' looks at each picture's border, which layers cannot; set it to 'never' or "
            "'always'"
        )
    (name,), graph = network.graph.inputs, network.graph
    scale, offset = (-1 / 255, 1.0) if preprocessing.invert == "always" else (1 / 255, 0.0)
    drafts = [Draft(name, None, ()), Draft("pixels", Rescale(scale, offset, name="pixels"), (name,))]
    last, weights = "pixels", dict(network.weights)
    if preprocessing.mean or preprocessing.std:
        shape = (preprocessing.channels, 1, 1)
        mean, std = _each(preprocessing.mean, 0.0, shape), _each(preprocessing.std, 1.0, shape)
        weights["normalise.weight"] = (1 / std).astype(np.float32)
        weights["normalise.bias"] = (-mean / std).astype(np.float32)
        drafts.append(Draft("normalise", Affine(shape, name="normalise"), (last,)))
        last = "normalise"
    drafts.extend(
        Draft(node.name, node.layer, tuple(last if s == name else s for s in node.sources)) for node in graph.nodes[1:]
    )
    return replace(network, graph=walk(drafts, {name: graph[name].shape}, graph.outputs), weights=weights)


def _each(given: Sequence[float], default: float, shape: tuple[int, ...]) -> Array:
    """One number per channel."""
    return np.array(given or (default,) * shape[0], np.float64).reshape(shape)
