"""A network out of a PyTorch module, through torch.export: its functional graph of ATen operators, traced by the same
operators that read ONNX."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from simplecell.errors import GraphError, MissingExtra, SimplecellError
from simplecell.interchange import Network
from simplecell.interchange.onnx.call import Call
from simplecell.interchange.onnx.naming import cleaned
from simplecell.interchange.onnx.operators import OPERATORS
from simplecell.interchange.onnx.reading import assembled
from simplecell.interchange.onnx.values import Operand, Traced, Tracer
from simplecell.layers.base import Layer

OPSET = 21
"""Whose rules the operators follow that ATen's are turned into."""


def torch_package() -> Any:
    """The torch package, or the line that installs it."""
    try:
        import torch
    except ImportError:
        raise MissingExtra("torch", "torch", "networks from and to PyTorch") from None
    return torch


class Aten:
    """One node of the exported graph: its arguments by the names of ATen's schema."""

    def __init__(self, node: Any, arguments: Mapping[str, Any], tracer: Tracer, title: str) -> None:
        self.node, self.arguments, self.tracer, self.title = node, arguments, tracer, title

    def __getitem__(self, name: str) -> Any:
        return self.arguments[name]

    def get(self, name: str, default: Any = None) -> Any:
        """An argument that the operator may not have."""
        return self.arguments.get(name, default)

    def call(self, op: str, *inputs: Operand | None, **attributes: Any) -> Call:
        """The same as a node of ONNX."""
        given = {key: value for key, value in attributes.items() if value is not None}
        return Call(op, self.node.name, OPSET, inputs, given, ("y",), self.tracer, self.title)

    def onnx(self, op: str, *inputs: Operand | None, **attributes: Any) -> Operand:
        """The value that an ONNX operator gives."""
        return OPERATORS[op](self.call(op, *inputs, **attributes))[0]

    def layer(self, layer: Layer, x: Operand, **weights: Operand | None) -> Operand:
        """The value that a layer gives."""
        return self.call(layer.kind).apply(layer, x, **{key: w for key, w in weights.items() if w is not None})

    def shape(self, x: Operand) -> tuple[int, ...]:
        """The shape with the batch in front."""
        return x.shape if isinstance(x, np.ndarray) else (self.tracer.batch, *x.shape)


def read_torch(module: Any, example: Any) -> Network:
    """The network that a module is in evaluation mode, for inputs of the example's shape; names of weights are the
    module's. GraphError for what is not supported, with all unknown operators."""
    torch = torch_package()
    inputs = tuple(example) if isinstance(example, tuple | list) else (example,)
    if not all(isinstance(x, torch.Tensor) and x.dtype == torch.float32 and x.dim() >= 2 for x in inputs):
        raise GraphError("the example is a float32 tensor (n, ...), or a tuple of these: one per input")
    training = [(part, part.training) for part in module.modules()]
    try:
        exported = _exported(torch, module.eval(), inputs)
    finally:
        for part, was in training:
            part.training = was
    try:
        return _traced(exported, inputs)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
        if isinstance(error, SimplecellError):
            raise
        raise GraphError(f"the exported graph has a form that is not supported: {error!r}") from error


def _exported(torch: Any, module: Any, inputs: tuple[Any, ...]) -> Any:
    """The module's graph by torch.export; where that cannot follow, such as a branch on a buffer's value, torch.fx
    follows first, for which buffers are constants, and a warning states why."""
    try:
        return _functional(torch.export.export(module, inputs))
    except Exception as error:  # whatever the module's own code and the exporter raise
        reason = _first_line(error)
        cause = error
    try:
        exported = _functional(torch.export.export(torch.fx.symbolic_trace(module), inputs))
    except Exception as error:
        raise GraphError(
            f"torch.export cannot follow the module: {reason}; nor torch.fx: {_first_line(error)}"
        ) from cause
    warnings.warn(
        f"torch.export cannot follow the module ({reason}); it was followed by torch.fx, for which the values of "
        "buffers are constants", stacklevel=4,
    )  # fmt: skip
    return exported


def _functional(exported: Any) -> Any:
    """The exported graph if it can be read as it stands; else decomposed, without operators in place and dropouts."""
    return exported if _readable(exported.graph) else exported.run_decompositions({})


def _readable(graph: Any) -> bool:
    """Whether all operators are known, and those in place write into a value that nothing else reads or shares."""
    from simplecell.interchange.torch.operators import ATEN

    own: set[Any] = set()
    for node in graph.nodes:
        if node.op != "call_function" or node.target is operator.getitem:
            continue
        if _name(node) not in ATEN:
            return False
        schema = node.target._schema
        first: Any = next(iter(node.all_input_nodes), None)
        alone = first in own and len(first.users) == 1
        if schema.is_mutable and not alone:
            return False
        shares = any(given.alias_info is not None for given in schema.returns) or "dropout" in schema.name
        if alone or not shares:
            own.add(node)
    return True


def _first_line(error: Exception) -> str:
    said = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {said[0]}"


def _traced(exported: Any, inputs: tuple[Any, ...]) -> Network:
    from simplecell.interchange.torch.operators import ATEN

    _check(exported.graph, ATEN)
    tracer = Tracer(int(inputs[0].shape[0]))
    values, doors = _given(exported, inputs, tracer)
    for node in exported.graph.nodes:
        if node.op != "call_function" or not node.users:
            continue
        if node.target is operator.getitem:
            of, index = node.args
            values[node] = values[of][index] if isinstance(values[of], tuple | list) else values[of]
            continue
        aten = Aten(node, _arguments(node, values), tracer, _title(node, exported.graph_signature))
        values[node] = ATEN[_name(node)](aten)
    (last,) = (node for node in exported.graph.nodes if node.op == "output")
    ends = [values[node] for node in last.args[0]]
    if not all(isinstance(end, Traced) for end in ends):
        raise GraphError("an output of the module does not depend on its input")
    return assembled(tracer, [door.value for door in doors], [end.value for end in ends])


def _check(graph: Any, known: Mapping[str, Any]) -> None:
    """All ATen operators that are not understood, each with how often it comes."""
    from collections import Counter

    unknown: Counter[str] = Counter()
    for node in graph.nodes:
        if node.op not in ("placeholder", "output", "call_function"):
            unknown[f"{node.op} {node.target}"] += 1
        elif node.op == "call_function" and node.target is not operator.getitem and _name(node) not in known:
            unknown[str(node.target)] += 1
    if unknown:
        said = ", ".join(f"{op} ({count})" for op, count in unknown.most_common())
        raise GraphError(f"{unknown.total()} node(s) have operators that are not supported: {said}")


def _name(node: Any) -> str:
    """`conv2d` of aten.conv2d.padding, `relu` of aten.relu_.default."""
    said = str(node.target)
    return said.split(".")[1].removesuffix("_") if said.startswith("aten.") else said


def _given(exported: Any, inputs: tuple[Any, ...], tracer: Tracer) -> tuple[dict[Any, Any], list[Traced]]:
    """The graph's placeholders: weights as arrays, the user's inputs as those of the network."""
    signature = exported.graph_signature
    stored = {**signature.inputs_to_parameters, **signature.inputs_to_buffers}
    constants = {**exported.constants, **exported.state_dict}
    lifted = dict(signature.inputs_to_lifted_tensor_constants)
    values: dict[Any, Any] = {}
    doors: list[Traced] = []
    for node in exported.graph.nodes:
        if node.op == "placeholder":
            target = stored.get(node.name) or lifted.get(node.name)
            if target is None:
                x = inputs[len(doors)]
                doors.append(tracer.input(cleaned(node.name), tuple(int(n) for n in x.shape[1:])))
                values[node] = doors[-1]
            else:
                values[node] = constants[target].detach().cpu().numpy()
    return values, doors


def _arguments(node: Any, values: Mapping[Any, Any]) -> dict[str, Any]:
    """The arguments by name, defaults filled in, nodes replaced by their values."""

    def value(given: Any) -> Any:
        if isinstance(given, list | tuple):
            return [value(each) for each in given]
        return values[given] if hasattr(given, "meta") else given

    schema = node.target._schema.arguments
    found = {argument.name: argument.default_value for argument in schema}
    found.update((argument.name, value(given)) for argument, given in zip(schema, node.args, strict=False))
    found.update((name, value(given)) for name, given in node.kwargs.items())
    return found


def _title(node: Any, signature: Any) -> str:
    """What the layer of a node should be called: by its weights, else by the module whose whole work it is, else by the
    operator inside its module."""
    for given in node.args:
        target = signature.inputs_to_parameters.get(getattr(given, "name", ""))
        if target is not None and "." in target:
            return cleaned(target.rpartition(".")[0])
    stack = list((node.meta.get("nn_module_stack") or {}).values())
    if not stack:
        return cleaned(node.name)
    path, kind = stack[-1]
    leaf = str(kind).startswith("torch.nn.modules") and ".container." not in str(kind)
    return cleaned(path if leaf and path else ".".join(filter(None, (path, node.name))))
