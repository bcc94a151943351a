"""What to say when shapes clash: what worked up to there, its arithmetic, and changes that would make it fit.

Every remedy has been tried: the network is walked again with the change in it, and only what passes the place of
the clash is offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from simplecell.errors import SimplecellError
from simplecell.geometry import Sliding
from simplecell.layers.base import Shape, Site, shape_text

if TYPE_CHECKING:
    from simplecell.graph.graph import Draft, Graph, Node

Walk = Callable[[Sequence["Draft"], Mapping[str, Shape], Sequence[str]], "Graph"]

_SEARCHED = 400
"""Walks tried for remedies at most; each is a few microseconds per layer."""
_WHOLE = 40
"""Of these, walks through the whole network."""


def explain_clash(
    drafts: Sequence[Draft], shapes: Mapping[str, Shape], nodes: Mapping[str, Node], failed: Draft, walk: Walk
) -> tuple[list[str], list[str]]:
    """Facts and remedies about `failed`, whose sources in `nodes` worked."""
    remedies = _own_arguments(nodes, failed)
    if _sized(nodes, failed):
        upto = drafts[: list(drafts).index(failed) + 1]
        remedies += _other_input(drafts, upto, shapes, failed, walk)
        remedies += _other_padding(upto, shapes, failed, walk)
    return _facts(shapes, nodes, failed), remedies


def _sized(nodes: Mapping[str, Node], failed: Draft) -> bool:
    """Whether another image size could help: a window that does not fit, a wrong number of features, or sources of
    different sizes; not a wrong rank or a wrong depth."""
    given = [nodes[s].shape for s in failed.sources]
    arguments = failed.layer.arguments() if failed.layer else {}
    if len(given) > 1:
        return len({len(s) for s in given}) == 1
    if len(given[0]) == 1:
        return arguments.get("in_features") is not None
    depth_fits = arguments.get("in_channels") in (None, given[0][0]) and given[0][0] % arguments.get("groups", 1) == 0
    return depth_fits and "kernel_size" in arguments


def _path(nodes: Mapping[str, Node], failed: Draft) -> list[Node]:
    """The chain of first sources from the clash back to an input, nearest first."""
    path = [nodes[failed.sources[0]]]
    while path[-1].sources:
        path.append(nodes[path[-1].sources[0]])
    return path


def _facts(shapes: Mapping[str, Shape], nodes: Mapping[str, Node], failed: Draft) -> list[str]:
    """Where each clashing shape comes from, and the arithmetic of the windows before it."""
    inputs = ", ".join(f"{name} {shape_text(shape)}" for name, shape in shapes.items())
    gives = [_giving(nodes, nodes[s]) for s in dict.fromkeys(failed.sources)]
    facts = [f"{';  '.join(gives)}   ({inputs})" if gives else f"({inputs})"]
    arithmetic = [
        f"{node.name}: {_arithmetic(node.site)}" for node in _path(nodes, failed) if node.site and node.site.windows
    ]
    return facts + ([";  ".join(reversed(arithmetic[:3]))] if arithmetic else [])


def _giving(nodes: Mapping[str, Node], node: Node) -> str:
    """`pool2 gives 16x4x4 -> flatten_1 16*4*4 = 256`, or just what the node gives."""
    if node.layer is not None and node.layer.kind == "Flatten":
        before = nodes[node.sources[0]]
        product = "*".join(map(str, before.shape))
        return f"{before.name} gives {shape_text(before.shape)} -> {node.name} {product} = {node.shape[0]}"
    return f"{node.name} gives {shape_text(node.shape)}"


def _arithmetic(site: Site) -> str:
    """The size formulas of a layer's window, one if both axes agree."""
    ceil = bool(site.layer.arguments().get("ceil_mode", False))
    formulas = [a.window.arithmetic(a.inputs, ceil) for a in site.axes if isinstance(a, Sliding)]
    return formulas[0] if len(set(formulas)) == 1 else ", ".join(formulas)


def _own_arguments(nodes: Mapping[str, Node], failed: Draft) -> list[str]:
    """Leave the checked argument out, or give the number that is there."""
    arguments = failed.layer.arguments() if failed.layer else {}
    for key in ("in_features", "in_channels"):
        if arguments.get(key) is not None and arguments[key] != nodes[failed.sources[0]].shape[0]:
            return [f"leave {key} out, or {nodes[failed.sources[0]].shape[0]}"]
    return []


def _works(drafts: Sequence[Draft], shapes: Mapping[str, Shape], failed: Draft, walk: Walk) -> Graph | None:
    """The graph if the walk gets past the clash with this change."""
    try:
        return walk(drafts, shapes, [failed.name])
    except SimplecellError:
        return None


def _other_input(
    drafts: Sequence[Draft], upto: Sequence[Draft], shapes: Mapping[str, Shape], failed: Draft, walk: Walk
) -> list[str]:
    """The nearest other image size at which the whole network fits, larger first, depth unchanged; if none is found,
    the nearest that gets past the clash."""
    if len(shapes) != 1:
        return []
    ((name, shape),) = shapes.items()
    if len(shape) != 3:
        return []
    nearest, tried = "", 0
    for h, w in _sizes_near(*shape[1:]):
        other = {name: (shape[0], h, w)}
        graph = _works(upto, other, failed, walk)
        if graph is None:
            continue
        before = graph[failed.sources[0]]
        source = graph[before.sources[0]] if before.layer and before.layer.kind == "Flatten" else None
        detail = f" ({'*'.join(map(str, source.shape))} = {before.shape[0]})" if source else ""
        nearest, tried = nearest or f"input {h}x{w}{detail}", tried + 1
        if _works(drafts, other, failed, walk):
            return [f"input {h}x{w}{detail}"]
        if tried == _WHOLE:
            break
    return [nearest] if nearest else []


def _sizes_near(h: int, w: int) -> Iterator[tuple[int, int]]:
    """Image sizes by distance from h x w, the larger of two first; a rectangle grows and shrinks on both axes."""
    for d in range(1, _SEARCHED // 2):
        yield h + d, w + d
        if min(h, w) > d:
            yield h - d, w - d


def _other_padding(drafts: Sequence[Draft], shapes: Mapping[str, Shape], failed: Draft, walk: Walk) -> list[str]:
    """The first layer whose symmetric padding alone can be changed so that all fits."""
    trials = 0
    for position, draft in enumerate(drafts):
        arguments = draft.layer.arguments() if draft.layer else {}
        if "padding" not in arguments or draft.layer is None:
            continue
        for pad in range(max(arguments["kernel_size"]) + 1):
            trials += 1
            if trials > _SEARCHED:
                return []
            try:
                changed = draft.layer.make(arguments | {"padding": pad}, draft.layer.name)
            except SimplecellError:
                continue
            trial = [*drafts]
            trial[position] = replace(draft, layer=changed)
            if changed != draft.layer and _works(trial, shapes, failed, walk):
                return [f"{draft.name} padding={pad}"]
    return []
