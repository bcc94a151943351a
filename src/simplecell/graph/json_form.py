"""A graph as JSON and back: kinds from the closed table, never by import.

{"inputs": {"input": [1, 8, 8]},
 "layers": [{"name": "conv1", "kind": "Conv2d", "reads": ["input"], "arguments": {...}}, ...],
 "outputs": ["fc"]}
"""

from __future__ import annotations

from typing import Any, cast

from simplecell.errors import ArgumentError, GraphError, SimplecellError
from simplecell.graph.graph import Draft, Graph, walk
from simplecell.layers import KINDS
from simplecell.layers.base import Shape, checked_name, checked_shape

MAX_LAYERS = 100_000


def to_json(graph: Graph) -> dict[str, Any]:
    """The graph in values that `json.dumps` takes."""
    return {
        "inputs": {name: list(graph[name].shape) for name in graph.inputs},
        "layers": [
            {"name": n.name, "kind": layer.kind, "reads": list(n.sources), "arguments": layer.arguments()}
            for n, layer, _ in graph.sites
        ],
        "outputs": list(graph.outputs),
    }


def from_json(form: object) -> Graph:
    """The graph that `to_json` wrote; anything else is a GraphError that names the entry."""
    parts = _object(form, "the network", ("inputs", "layers", "outputs"))
    inputs = parts["inputs"]
    if not isinstance(inputs, dict) or not inputs:
        raise GraphError("the network: 'inputs' must map names to shapes")
    shapes = {_name(k): _shape(v, k) for k, v in cast("dict[object, object]", inputs).items()}
    drafts = [Draft(name, None, ()) for name in shapes]
    known = set(shapes)
    for position, entry in enumerate(_list(parts["layers"], "layers"), start=1):
        draft = _layer(entry, position, known)
        known.add(draft.name)
        drafts.append(draft)
    outputs = [_name(o) for o in _list(parts["outputs"], "outputs")]
    for name in outputs:
        if name not in known:
            raise GraphError(f"the network: output {name!r} is not one of its layers")
    if not outputs:
        raise GraphError("the network: it has no outputs")
    return walk(drafts, shapes, outputs)


def _layer(entry: object, position: int, known: set[str]) -> Draft:
    what = f"layer {position}"
    parts = _object(entry, what, ("name", "kind", "reads", "arguments"))
    name, kind = _name(parts["name"]), parts["kind"]
    if name in known:
        raise GraphError(f"{what}: two layers are called {name!r}")
    if not isinstance(kind, str) or kind not in KINDS:
        raise GraphError(f"{what} {name!r}: unknown kind {kind!r}; known are {', '.join(KINDS)}")
    reads = tuple(_name(r) for r in _list(parts["reads"], f"{what} reads"))
    missing = [r for r in reads if r not in known]
    if missing:
        raise GraphError(f"{what} {name!r}: reads {missing[0]!r}, which does not stand before it")
    arguments = parts["arguments"]
    if not isinstance(arguments, dict):
        raise GraphError(f"{what} {name!r}: 'arguments' must be an object")
    try:
        made = KINDS[kind].make(cast("dict[str, Any]", arguments), name)
    except TypeError as error:
        raise GraphError(f"{what} {name!r} ({kind}): {error}") from None
    except SimplecellError as error:
        raise ArgumentError(f"{what} {name!r} ({kind}): {error}") from None
    return Draft(name, made, reads)


def _object(value: object, what: str, keys: tuple[str, ...]) -> dict[str, object]:
    if not isinstance(value, dict) or set(cast("dict[object, object]", value)) != set(keys):
        raise GraphError(f"{what}: must be an object with exactly {', '.join(keys)}")
    return cast("dict[str, object]", value)


def _list(value: object, what: str) -> list[object]:
    if not isinstance(value, list) or len(cast("list[object]", value)) > MAX_LAYERS:
        raise GraphError(f"the network: '{what}' must be a list of at most {MAX_LAYERS} entries")
    return cast("list[object]", value)


def _name(value: object) -> str:
    name = checked_name(value)
    if name is None:
        raise GraphError("the network: every input and layer has a name")
    return name


def _shape(value: object, name: object) -> Shape:
    sizes = _list(value, f"inputs {name}")
    if not 1 <= len(sizes) <= 4:
        raise GraphError(f"the network: input {name!r} must have 1 to 4 sizes, got {len(sizes)}")
    return checked_shape(sizes, f"input {name!r}")
