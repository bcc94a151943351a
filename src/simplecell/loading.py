"""Networks of other programs as models: `sc.from_onnx`."""

from __future__ import annotations

import os
from collections.abc import Mapping

from simplecell.interchange import Network
from simplecell.layers.base import Shape
from simplecell.model import Model


def from_onnx(source: str | os.PathLike[str] | bytes, *, shapes: Mapping[str, Shape] | None = None) -> Model:
    """The network in an ONNX file, opset 6 or newer, as a model with its weights.

    Constants are folded, identities and dropouts are gone, names of weights are kept (`conv1.weight`). The batch stays
    free; sizes of an input that the file leaves free are given in `shapes`, without the batch:
    `shapes={"image": (3, 224, 224)}`. Nothing in the file is executed.

    Raises FileError for a file that is damaged or not ONNX, GraphError for operators, attributes or shapes that are not
    supported: all unknown operators with their counts, or node, attribute, value and what is supported.
    """
    from simplecell.interchange.onnx import read_onnx

    return as_model(read_onnx(source, shapes=shapes))


def as_model(network: Network) -> Model:
    """A model of a network from elsewhere."""
    model = Model.from_graph(network.graph)
    model.load_weights(network.weights)
    return model
