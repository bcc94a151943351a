"""From a user's layers to drafts and a graph: one after another, or wired by calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simplecell.errors import ArgumentError, GraphError
from simplecell.graph.graph import Draft, Graph, walk
from simplecell.layers.base import Input, Layer, Value


def sequential(parts: Sequence[object]) -> Graph:
    """A chain: sc.Input(...) first, then layers, each reading the one before."""
    if not parts or not isinstance(parts[0], Input):
        what = f"got {type(parts[0]).__name__}" if parts else "got nothing"
        raise GraphError(f"Sequential begins with sc.Input(C, H, W), which fixes every later shape; {what}")
    value: Value = parts[0]
    for position, part in enumerate(parts[1:], start=1):
        if isinstance(part, type):
            name = part.__name__
            raise ArgumentError(f"Sequential takes layers; part {position} is the class {name}: write {name}(...)")
        if not isinstance(part, Layer):
            raise ArgumentError(f"Sequential takes layers; part {position} is {type(part).__name__}")
        value = Value(part, (value,))
    return functional([parts[0]], [value], allow_repeats=True)


def functional(inputs: Sequence[object], outputs: Sequence[object], *, allow_repeats: bool = False) -> Graph:
    """The graph between `inputs` and `outputs`, ordered so that each node stands behind what it reads."""
    doors = [v for v in inputs if isinstance(v, Input)]
    ends = [v for v in outputs if isinstance(v, Value)]
    if len(doors) != len(inputs):
        raise GraphError(f"a model's inputs are sc.Input(...) values, got {[type(v).__name__ for v in inputs]}")
    if len(ends) != len(outputs):
        raise GraphError(f"a model's outputs are what layers give, got {[type(v).__name__ for v in outputs]}")
    if not doors or not ends:
        raise GraphError(f"a model has at least one input and one output, got {len(doors)} and {len(ends)}")
    order: list[Value] = [*doors, *(v for v in ordered(ends) if v not in doors)]
    strangers = [v for v in order if isinstance(v, Input) and v not in doors]
    if strangers:
        raise GraphError(
            f"the outputs read an input of shape {strangers[0].shape} that is not among the model's inputs"
        )
    if not allow_repeats:
        _check_shared(order)
    names = dict(zip(order, _names(order), strict=True))
    drafts = [Draft(names[v], v.layer and v.layer.renamed(names[v]), tuple(names[s] for s in v.sources)) for v in order]
    return walk(drafts, {names[v]: v.shape for v in doors}, [names[v] for v in ends])


def ordered(outputs: Iterable[Value]) -> list[Value]:
    """Depth first, without recursion: every value behind its sources."""
    order: dict[Value, None] = {}
    stack = [(v, False) for v in reversed(list(outputs))]
    while stack:
        value, ready = stack.pop()
        if value in order:
            continue
        if ready:
            order[value] = None
        else:
            stack.append((value, True))
            stack.extend((s, False) for s in reversed(value.sources))
    return list(order)


def _check_shared(order: Sequence[Value]) -> None:
    """One layer object applied twice would have to share its weights; that is refused rather than done otherwise."""
    seen: dict[int, Layer] = {}
    for value in order:
        if value.layer is not None and id(value.layer) in seen:
            raise GraphError(
                f"the same {value.layer.kind} object {value.layer.name or ''} is applied twice; weights shared between "
                "places are not supported: make one layer per place"
            )
        if value.layer is not None:
            seen[id(value.layer)] = value.layer


def _names(order: Sequence[Value]) -> list[str]:
    """A user's names, or kind and count (`conv2d_2` is the second Conv2d); a name that comes twice is refused."""
    counts: dict[str, int] = {}
    names: list[str] = []
    for value in order:
        kind = value.layer.kind.lower() if value.layer else "input"
        counts[kind] = counts.get(kind, 0) + 1
        given = value.layer.name if value.layer else value.name if isinstance(value, Input) else None
        names.append(given or (f"{kind}_{counts[kind]}" if value.layer or counts[kind] > 1 else "input"))
    doubled = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if doubled:
        raise GraphError(f"two layers are called {doubled[0]!r}: names are unique within a network")
    return names
