"""A network out of an ONNX file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from simplecell.errors import FileError, GraphError, SimplecellError
from simplecell.graph import Draft, ordered, walk
from simplecell.interchange import Network
from simplecell.interchange.onnx.call import known
from simplecell.interchange.onnx.naming import cleaned, unique
from simplecell.interchange.onnx.program import Program, onnx_package
from simplecell.interchange.onnx.values import BATCH, Traced, Tracer
from simplecell.layers.base import Input, Shape, Value


def parsed(source: str | os.PathLike[str] | bytes) -> tuple[Any, Path | None]:
    """The model of a file or of bytes, and the folder in which its external data may lie."""
    onnx = onnx_package()
    where = "the bytes" if isinstance(source, bytes) else os.fspath(source)
    try:
        data = source if isinstance(source, bytes) else Path(source).read_bytes()
    except OSError as error:
        raise FileError(f"{where}: cannot be read: {error.strerror or error}") from error
    model = onnx.ModelProto()
    try:
        model.ParseFromString(data)
    except Exception as error:  # protobuf's DecodeError, whose module differs between its versions
        raise FileError(f"{where}: not an ONNX model, or damaged: {str(error).splitlines()[0]}") from None
    if not model.HasField("graph") or not model.graph.node:
        raise FileError(f"{where}: not an ONNX model, or damaged: it has no graph with nodes")
    return model, None if isinstance(source, bytes) else Path(source).parent


def read_onnx(source: str | os.PathLike[str] | bytes, *, shapes: Mapping[str, Shape] | None = None) -> Network:
    """The network in an ONNX file: constants folded, identities gone.

    `shapes` gives the sizes (without the batch) of inputs that the file leaves free. FileError for a damaged file,
    GraphError for what is not supported, with all unknown operators.
    """
    model, folder = parsed(source)
    where = "the bytes" if isinstance(source, bytes) else os.fspath(source)
    try:
        return network_of(Program(model, folder), shapes or {})
    except FileError as error:
        raise FileError(f"{where}: {error}") from None
    except SimplecellError as error:
        raise GraphError(f"{where}: {error}") from None
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, ZeroDivisionError, AttributeError) as error:
        raise FileError(f"{where}: an ill-formed graph: {type(error).__name__}: {str(error)[:200]}") from error


def network_of(program: Program, shapes: Mapping[str, Shape]) -> Network:
    """The program traced into a network."""
    found = {value.name: _input_shape(value, shapes) for value in program.inputs}
    if not found:
        raise GraphError("the model has no input besides its weights")
    batches = {batch for batch, _ in found.values()} - {BATCH}
    if len(batches) > 1:
        raise GraphError(f"the inputs have different batch sizes: {', '.join(map(str, sorted(batches)))}")
    tracer = Tracer(batches.pop() if batches else BATCH)
    feeds = {name: tracer.input(cleaned(name) or "input", shape) for name, (_, shape) in found.items()}
    outputs = program.run(feeds, tracer)
    ends = [x.value for x in outputs if isinstance(x, Traced)]
    if len(ends) != len(outputs):
        fixed = [name for name, x in zip(program.outputs, outputs, strict=True) if known(x)]
        raise GraphError(f"the output {fixed[0]!r} does not depend on the network's input")
    return assembled(tracer, [x.value for x in feeds.values()], ends)


def _input_shape(value: Any, given: Mapping[str, Shape]) -> tuple[int, Shape]:
    """Batch and shape of a graph's input; BATCH where the batch is free."""
    tensor = value.type.tensor_type
    if tensor.elem_type not in (1, 10, 11):
        raise GraphError(f"input {value.name!r} has the element type {tensor.elem_type}; supported: 1 (float32)")
    sizes = [dim.dim_value if dim.HasField("dim_value") and dim.dim_value > 0 else 0 for dim in tensor.shape.dim]
    names = [dim.dim_param or "?" for dim in tensor.shape.dim]
    shape = tuple(given.get(value.name, sizes[1:]))
    if len(sizes) < 2 and value.name not in given:
        raise GraphError(
            f"input {value.name!r} has {len(sizes)} axes; a network's input has a batch and at least one more"
        )
    if 0 in shape:
        free = shape.index(0)
        raise GraphError(
            f"input {value.name!r}: the size of axis {free + 1} ({names[free + 1]}) is left free; "
            f"give it: shapes={{{value.name!r}: (...)}}, the sizes without the batch"
        )
    if value.name in given and sizes[1:] and any(a not in (0, b) for a, b in zip(sizes[1:], shape, strict=False)):
        raise GraphError(f"input {value.name!r}: the file fixes the sizes {tuple(sizes[1:])}, got {shape}")
    return (sizes[0] if sizes and sizes[0] else BATCH), shape


def assembled(tracer: Tracer, inputs: list[Value], ends: list[Value]) -> Network:
    """The graph of all that the ends depend on, under names that come once, and its weights."""
    order = list(dict.fromkeys([*inputs, *ordered(ends)]))
    counts: dict[str, int] = {}
    wished = {v: _title(tracer, v, counts) for v in order}
    first = sorted(order, key=lambda v: not tracer.weights.get(v))  # names of weights are kept before all others
    names = dict(zip(first, unique(wished[v] for v in first), strict=True))
    drafts = [Draft(names[v], v.layer and v.layer.renamed(names[v]), tuple(names[s] for s in v.sources)) for v in order]
    shapes = {names[v]: v.shape for v in inputs if isinstance(v, Input)}
    graph = walk(drafts, shapes, [names[v] for v in ends])
    weights = {
        f"{names[v]}.{key}": np.asarray(w, np.float32) for v in order for key, w in tracer.weights.get(v, {}).items()
    }
    return Network(graph, {name: weights[name] for name in graph.weights})


def _title(tracer: Tracer, value: Value, counts: dict[str, int]) -> str:
    """The name that a value would like: its own, or kind and count."""
    if isinstance(value, Input):
        return value.name or "input"
    assert value.layer is not None
    kind = value.layer.kind.lower()
    counts[kind] = counts.get(kind, 0) + 1
    return tracer.names[value] or f"{kind}_{counts[kind]}"
