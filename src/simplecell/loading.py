"""Networks of other programs as models: `sc.from_onnx`, `sc.from_torch`, `sc.from_keras`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from simplecell.interchange import Network
from simplecell.layers.base import Shape
from simplecell.model import Model


def from_onnx(source: str | os.PathLike[str] | bytes, *, shapes: Mapping[str, Shape] | None = None) -> Model:
    """The network in an ONNX file, opset 6 or newer, as a model with its weights.

    Constants are folded, identities are gone, names of weights are kept (`conv1.weight`). The batch stays
    free; sizes of an input that the file leaves free are given in `shapes`, without the batch:
    `shapes={"image": (3, 224, 224)}`. Nothing in the file is executed.

    Raises FileError for a file that is damaged or not ONNX, GraphError for operators, attributes or shapes that are not
    supported: all unknown operators with their counts, or node, attribute, value and what is supported.
    """
    from simplecell.interchange.onnx import read_onnx

    return as_model(read_onnx(source, shapes=shapes))


def from_torch(module: Any, example: Any) -> Model:
    """The network that a PyTorch module is in evaluation mode, as a model with its weights and their names.

    `example` is a float32 tensor (n, ...) of the shape of its input, or a tuple of them. The module is followed by
    torch.export; what its code decides from the example (shapes, branches) is fixed. Where torch.export cannot follow,
    torch.fx does, if it can, and a warning says why.

    Raises GraphError where neither can follow the module, and for operators that are not supported: all of them with
    their counts.
    """
    from simplecell.interchange.torch import read_torch

    return as_model(read_torch(module, example))


def from_keras(path: str | os.PathLike[str], *, shapes: Mapping[str, Shape] | None = None) -> Model:
    """The network in a `.keras` archive of Keras 3, Sequential or functional, as a model with its weights.

    Images have their channels first here, whatever the file's order: an input (224, 224, 3) is (3, 224, 224), and
    `net(images, layout="NHWC")` takes them as Keras does. Weights are turned with them, also those of a Dense behind a
    Flatten. A layer applied twice gets its weights twice. Sizes of an input that the file leaves
    free are given in `shapes`, as (c, h, w): `shapes={"input_layer": (3, 224, 224)}`. Nothing in the file is executed.

    Raises FileError for a file that is damaged or no such archive, GraphError for layers and settings that are not
    supported: all unknown layers with their counts, or layer, setting, value and what is supported.
    """
    from simplecell.interchange.keras import read_keras

    return as_model(read_keras(path, shapes=shapes))


def as_model(network: Network) -> Model:
    """A model of a network from elsewhere."""
    model = Model.from_graph(network.graph)
    model.load_weights(network.weights)
    return model
