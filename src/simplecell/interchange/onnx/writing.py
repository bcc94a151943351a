"""A network as an ONNX file: every layer as one node or a few, names and weights unchanged."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simplecell.data import Preprocessing
from simplecell.errors import FileError
from simplecell.files.atomic import write_atomically
from simplecell.graph import Graph, Node
from simplecell.interchange import Network
from simplecell.interchange.folding import folded
from simplecell.interchange.onnx.exporters import EXPORTERS
from simplecell.interchange.onnx.program import onnx_package
from simplecell.interchange.pictures import with_preprocessing
from simplecell.layers.base import Array, Layer, Shape, Site

OPSET = 21
IR_VERSION = 10
LARGEST = 2**31 - 1
"""Bytes of one protobuf message at most."""


class Writer:
    """The nodes and constants written so far."""

    def __init__(self, network: Network) -> None:
        self.onnx, self.network = onnx_package(), network
        self.nodes: list[Any] = []
        self.constants: dict[str, Array] = {}

    def node(self, op: str, inputs: Sequence[str], name: str, **attributes: Any) -> str:
        """One node; its output has its name."""
        self.nodes.append(self.onnx.helper.make_node(op, inputs, [name], name, **attributes))
        return name

    def constant(self, name: str, values: object, kind: Any = np.float32) -> str:
        """One constant."""
        self.constants[name] = np.array(values, kind, order="C")
        return name


class Export:
    """One layer as it is written: its site, the names of what it reads, its weights. The node that is written last
    takes the layer's name; those before it `NAME/1`, `NAME/2`, ..."""

    def __init__(self, writer: Writer, node: Node, layer: Layer, site: Site) -> None:
        self.writer, self.node, self.site = writer, node, site
        self.layer: Any = layer
        self.name, self.inputs = node.name, node.sources
        self._count = 0

    @property
    def rank(self) -> int:
        """Axes of the input, the batch among them."""
        return len(self.site.inputs[0]) + 1

    def _next(self) -> str:
        self._count += 1
        return f"{self.name}/{self._count}"

    def do(self, op: str, *inputs: str, **attributes: Any) -> str:
        """A node before the last."""
        return self.writer.node(op, inputs, self._next(), **attributes)

    def end(self, op: str, *inputs: str, **attributes: Any) -> str:
        """The last node, which gives the layer's value."""
        return self.writer.node(op, inputs, self.name, **attributes)

    def floats(self, values: object) -> str:
        """A float32 constant."""
        return self.writer.constant(self._next(), values)

    def integers(self, *values: int) -> str:
        """A row of whole numbers."""
        return self.writer.constant(self._next(), values, np.int64)

    def weight(self, key: str, shape: Shape | None = None) -> str:
        """A weight of the layer under its full name, in another shape if that is asked for."""
        name = f"{self.name}.{key}"
        values = self.writer.network.weights[name]
        return self.writer.constant(name, values if shape is None else values.reshape(shape))

    def weight_or(self, key: str, value: float, count: int) -> str:
        """A weight, or that many times a number where the layer has none."""
        return self.weight(key) if key in self.site.weights else self.floats(np.full(count, value))


def model_of(network: Network, batch: int | None = None) -> Any:
    """The network as an ONNX model; the batch stays free unless it is given. Checked, with all shapes inferred,
    while the weights are inputs still: checking would copy their bytes again and again."""
    writer = Writer(network)
    for node, layer, site in network.graph.sites:
        EXPORTERS[layer.kind](Export(writer, node, layer, site))
    helper, tensor = writer.onnx.helper, writer.onnx.numpy_helper.from_array
    kept = {name: array for name, array in writer.constants.items() if name in network.weights}
    graph = helper.make_graph(
        writer.nodes,
        "simplecell",
        [_described(helper, network.graph, name, batch) for name in network.graph.inputs]
        + [helper.make_tensor_value_info(name, 1, array.shape) for name, array in kept.items()],
        [_described(helper, network.graph, name, batch) for name in network.graph.outputs],
        [tensor(array, name) for name, array in writer.constants.items() if name not in kept],
    )
    opset = helper.make_opsetid("", OPSET)
    model = helper.make_model(graph, opset_imports=[opset], producer_name="simplecell", ir_version=IR_VERSION)
    size = model.ByteSize() + sum(array.nbytes for array in kept.values())
    if size > LARGEST:
        raise FileError(
            f"the network takes {size:,} bytes, and an ONNX file holds at most {LARGEST:,}; save safetensors"
        )
    writer.onnx.checker.check_model(model)
    model = writer.onnx.shape_inference.infer_shapes(model, strict_mode=True)
    del model.graph.input[len(network.graph.inputs) :]
    model.graph.initializer.extend([tensor(array, name) for name, array in kept.items()])
    return model


def _described(helper: Any, graph: Graph, name: str, batch: int | None) -> Any:
    """Name, type and shape of an input or output."""
    return helper.make_tensor_value_info(name, 1, ["n" if batch is None else batch, *graph[name].shape])


def write_onnx(
    path: str | os.PathLike[str],
    graph: Graph,
    weights: Mapping[str, Array],
    *,
    preprocessing: Preprocessing | None = None,
    fold: bool = False,
    batch: int | None = None,
) -> None:
    """A network as an ONNX file, written in one step: on request with its preprocessing before it, and with batch norms
    in the weights before them."""
    network = Network(graph, weights)
    if preprocessing is not None:
        network = with_preprocessing(network, preprocessing)
    model = model_of(folded(network) if fold else network, batch)
    write_atomically(path, [model.SerializeToString()])


__all__ = ["model_of", "write_onnx"]
