"""An ONNX graph as a program: its nodes in their order, run on arrays or traced into a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from simplecell.errors import FileError, GraphError, MissingExtra
from simplecell.interchange.onnx.call import Call
from simplecell.interchange.onnx.naming import title_of
from simplecell.interchange.onnx.operators import OPERATORS
from simplecell.interchange.onnx.tensors import array_of
from simplecell.interchange.onnx.values import Operand, Tracer
from simplecell.layers.base import Array

OLDEST = 6
"""The first opset that is read."""


def onnx_package() -> Any:
    """The onnx package, or the line that installs it."""
    try:
        import onnx
        import onnx.defs
        import onnx.helper
    except ImportError:
        raise MissingExtra("onnx", "onnx", "reading and writing ONNX files") from None
    return onnx


_OLD = {
    "axes", "axis", "broadcast", "consumed_inputs", "ends", "is_test", "max", "min", "paddings", "pads", "ratio",
    "scales", "spatial", "split", "starts", "steps", "value",
}  # fmt: skip
"""Attributes that older opsets had; newer ones give most of them as inputs."""


@dataclass(frozen=True)
class Node:
    """A node of the file, its attributes in plain values."""

    op: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]


class Program:
    """What a model file says, checked: opset, inputs, constants, nodes, outputs."""

    def __init__(self, model: Any, folder: Path | None = None) -> None:
        self.model, self.folder = model, folder
        self.opset = _opset(model)
        graph = model.graph
        _check_operators(graph, self.opset)
        self.constants = {tensor.name: tensor for tensor in graph.initializer}
        self.inputs = [value for value in graph.input if value.name not in self.constants]
        self.outputs = [value.name for value in graph.output]
        self.nodes = [_node(node, i, folder) for i, node in enumerate(graph.node)]
        self.read = {*self.outputs, *(name for node in self.nodes for name in node.inputs)} - {""}
        self._check_wiring()

    def _check_wiring(self) -> None:
        """Every name is given once, before it is read."""
        given = {"", *self.constants, *(value.name for value in self.inputs)}
        for node in self.nodes:
            for name in node.inputs:
                if name not in given:
                    raise GraphError(
                        f"node {node.name!r} ({node.op}): reads {name!r}, which neither an input nor a node before it "
                        "gives (ONNX graphs have no cycles and stand in order)"
                    )
            for name in filter(None, node.outputs):
                if name in given:
                    raise GraphError(f"node {node.name!r} ({node.op}): gives {name!r} a second time")
                given.add(name)
        for name in self.outputs:
            if name not in given:
                raise GraphError(f"the graph's output {name!r} is given by none of its nodes")
        if not self.outputs:
            raise GraphError("the graph has no outputs")

    def run(self, feeds: Mapping[str, Operand], tracer: Tracer) -> list[Operand]:
        """The outputs for these inputs; every value is let go behind its last reader."""
        last = {name: i for i, node in enumerate(self.nodes) for name in node.inputs}
        values: dict[str, Operand] = dict(feeds)
        for i, node in enumerate(self.nodes):
            call = self._call(node, values, tracer)
            given = OPERATORS[node.op](call)
            if len(given) < len(call.outputs):
                call.refuse(f"has {len(call.outputs)} outputs; supported: {len(given)}")
            values.update(zip(call.outputs, given, strict=False))
            for name in node.inputs:
                if last[name] == i and name not in self.outputs:
                    values.pop(name, None)
        return [self._value(name, values) for name in self.outputs]

    def _call(self, node: Node, values: Mapping[str, Operand], tracer: Tracer) -> Call:
        inputs = tuple(self._value(name, values) if name else None for name in node.inputs)
        outputs = node.outputs
        while len(outputs) > 1 and outputs[-1] not in self.read:
            outputs = outputs[:-1]
        title = title_of(node.name, node.op, node.inputs)
        return Call(node.op, node.name, self.opset, inputs, node.attributes, outputs, tracer, title)

    def _value(self, name: str, values: Mapping[str, Operand]) -> Operand:
        if name in values:
            return values[name]
        return array_of(self.constants[name], self.folder)


def _opset(model: Any) -> int:
    newest = onnx_package().defs.onnx_opset_version()
    found = [entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")]
    if len(found) != 1 or not OLDEST <= found[0] <= newest:
        raise FileError(f"the model's opset is {found or 'missing'}; supported: {OLDEST} to {newest}")
    return found[0]


def _check_operators(graph: Any, opset: int) -> None:
    """All operators that are not understood, each with how often it comes."""
    unknown: Counter[str] = Counter()
    for node in graph.node:
        if node.domain not in ("", "ai.onnx") or node.op_type not in OPERATORS:
            unknown[f"{node.domain}.{node.op_type}".lstrip(".")] += 1
    if unknown:
        said = ", ".join(f"{op} ({count})" for op, count in unknown.most_common())
        raise GraphError(f"{unknown.total()} node(s) have operators that are not supported: {said}")
    if graph.sparse_initializer:
        raise GraphError("sparse initialisers are not supported; export the model with dense weights")


def _node(node: Any, position: int, folder: Path | None) -> Node:
    """A node with its attributes as plain values; those that its operator does not have are refused."""
    name = node.name or (node.output[0] if node.output else f"#{position}")
    attributes = {a.name: _attribute(a, name, folder) for a in node.attribute}
    allowed = onnx_package().defs.get_schema(node.op_type).attributes
    for key in attributes:
        if key not in allowed and key not in _OLD:
            raise GraphError(
                f"node {name!r} ({node.op_type}): attribute {key!r} is unknown; known: {', '.join(allowed)}"
            )
    return Node(node.op_type, name, tuple(node.input), tuple(node.output), attributes)


def _attribute(attribute: Any, node: str, folder: Path | None) -> Any:
    kind = attribute.type
    if kind == 1:
        return float(str(np.float32(attribute.f)))  # the number as it was written: 1e-05, not 9.999999747378752e-06
    if kind == 2:
        return attribute.i
    if kind == 3:
        return attribute.s.decode("utf-8", "replace")
    if kind == 4:
        return array_of(attribute.t, folder)
    if kind == 6:
        return list(attribute.floats)
    if kind == 7:
        return list(attribute.ints)
    if kind == 8:
        return [s.decode("utf-8", "replace") for s in attribute.strings]
    raise GraphError(f"node {node!r}: attribute {attribute.name!r} has a form that is not supported (number {kind})")


def feeds_of(program: Program, arrays: Sequence[Array]) -> dict[str, Operand]:
    """Arrays by the names of the program's inputs."""
    names = [value.name for value in program.inputs]
    if len(arrays) != len(names):
        raise GraphError(f"the model has {len(names)} input(s) ({', '.join(names)}), got {len(arrays)}")
    return dict(zip(names, arrays, strict=True))
