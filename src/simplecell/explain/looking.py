"""What every layer of a network sees of an image, and the patches of a data set that excite its units most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simplecell.errors import ArgumentError, message
from simplecell.explain.field import View, sees
from simplecell.explain.layout import exact
from simplecell.graph import Graph, Node
from simplecell.layers.base import Array, Shape, Unit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from simplecell.data import Dataset

MOST_LEVELS = 12
_TOGETHER = 64


@dataclass(frozen=True)
class Volume:
    """What a layer gives, where its shape is another one than before: its name, kind and shape."""

    name: str
    kind: str
    shape: Shape


def volumes(graph: Graph) -> tuple[Volume, ...]:
    """The volumes of a network in order, from its input on; layers that keep the shape are left out."""
    found: list[Volume] = []
    for node in graph.nodes:
        if not found or node.shape != found[-1].shape:
            found.append(Volume(node.name, node.layer.kind if node.layer else "Input", node.shape))
    return tuple(found)


@dataclass(frozen=True)
class Level:
    """What the unit in the middle of a layer sees of an image.

    rows, columns  first and last of the window, before any clipping; below 0 or beyond the last they are padding
    pixels         (c, h, w) the image there; NaN in the padding
    """

    name: str
    kind: str
    shape: Shape
    at: tuple[int, int]
    rows: tuple[int, int]
    columns: tuple[int, int]
    pixels: Array


def pyramid(graph: Graph, image: Array) -> tuple[Level, ...]:
    """What the unit in the middle of each layer sees of an image (c, h, w): a level wherever more is seen than before,
    at most 12, evenly chosen."""
    levels: list[Level] = []
    for node, layer, _ in graph.sites:
        if len(node.shape) != 3:
            continue
        at = (node.shape[1] // 2, node.shape[2] // 2)
        rows, columns = _window(sees(graph, node.name, at, 0).view())
        pixels = _cut(image, rows, columns)
        if not levels or pixels.size > levels[-1].pixels.size:
            levels.append(Level(node.name, layer.kind, node.shape, at, rows, columns, pixels))
    if len(levels) <= MOST_LEVELS:
        return tuple(levels)
    return tuple(levels[i] for i in np.linspace(0, len(levels) - 1, MOST_LEVELS).round().astype(int))


@dataclass(frozen=True)
class Patch:
    """What a unit saw where it gave a large value: which image, which place of the map, the value, and as `Level`."""

    image: int
    at: tuple[int, ...]
    value: float
    rows: tuple[int, int]
    columns: tuple[int, int]
    pixels: Array


@dataclass(frozen=True)
class Patches:
    """For each of `channels` of a layer the patches of a data set of `images` images that excite it most, the most
    exciting first, at most one of each image."""

    layer: str
    kind: str
    images: int
    channels: tuple[int, ...]
    found: tuple[tuple[Patch, ...], ...]

    def to_dict(self) -> dict[str, Any]:
        """The patches as data that JSON keeps, without their pixels."""
        return {
            "schema": "simplecell.patches/1", "layer": self.layer, "kind": self.kind, "images": self.images,
            "channels": [
                {"channel": channel, "patches": [
                    {"image": p.image, "at": list(p.at), "value": exact(p.value), "rows": list(p.rows),
                     "columns": list(p.columns)} for p in patches]}
                for channel, patches in zip(self.channels, self.found, strict=True)
            ],
        }  # fmt: skip

    def figure(self, lang: str | None = None) -> Figure:
        """A row of patches per channel. MissingExtra without matplotlib."""
        from simplecell.explain.plates import patches

        return patches(self, lang=lang)

    def save(self, path: str, lang: str | None = None) -> None:
        """Write the figure as PNG or SVG."""
        from simplecell.files.figure import save

        save(self.figure(lang), path)


def patches(
    graph: Graph, values: Callable[[Array], Array], data: Dataset, node: Node, channels: Sequence[int], top: int
) -> Patches:
    """The `top` patches of a data set that excite each of these channels of a layer most.

    Args:
        values: images (n, c, h, w) -> the layer's values (n, ...).

    Raises: ArgumentError for a channel that is not there, or a `top` below 1.
    """
    wrong = [c for c in channels if not 0 <= c < node.shape[0]]
    if wrong or top < 1:
        said = f"channel {wrong[0]} is outside 0..{node.shape[0] - 1}." if wrong else f"top is at least 1, got {top}."
        raise ArgumentError(message(node.place, said))
    best, places = list[Array](), list[Array]()
    for start in range(0, len(data), _TOGETHER):
        found = values(data.gather(np.arange(start, min(start + _TOGETHER, len(data)))))[:, list(channels)]
        flat = found.reshape(len(found), len(channels), -1)
        places.append(flat.argmax(2))
        best.append(flat.max(2))
    highest, where = np.concatenate(best), np.concatenate(places)
    order = np.argsort(-highest, axis=0, kind="stable")[:top]
    rows = tuple(
        tuple(_patch(graph, data, node, int(image), int(where[image, column]), float(highest[image, column]))
              for image in order[:, column])
        for column in range(len(channels))
    )  # fmt: skip
    kind = node.layer.kind if node.layer else "Input"
    return Patches(node.name, kind, len(data), tuple(channels), rows)


def _patch(graph: Graph, data: Dataset, node: Node, image: int, place: int, value: float) -> Patch:
    at: Unit = tuple(map(int, np.unravel_index(place, node.shape[1:]))) if len(node.shape) > 1 else ()
    rows, columns = _window(sees(graph, node.name, at or None, 0).view())
    return Patch(image, at, value, rows, columns, _cut(data.gather(np.array([image]))[0], rows, columns))


def _window(view: View) -> tuple[tuple[int, int], tuple[int, int]]:
    """Rows and columns of what is seen: the unclipped window, or where there is none the hull."""
    if view.reach is not None and len(view.reach) == 2:
        rows, columns = view.reach
        return (rows.first, rows.last), (columns.first, columns.last)
    _, rows, columns = view.region.hull
    return rows, columns


def _cut(image: Array, rows: tuple[int, int], columns: tuple[int, int]) -> Array:
    """A window of an image (c, h, w); NaN outside it."""
    _, h, w = image.shape
    pads = [(max(0, -first), max(0, last - size + 1)) for (first, last), size in ((rows, h), (columns, w))]
    wide = np.pad(image.astype(np.float64), ((0, 0), *pads), constant_values=np.nan)
    top, left = rows[0] + pads[0][0], columns[0] + pads[1][0]
    return wide[:, top : top + rows[1] - rows[0] + 1, left : left + columns[1] - columns[0] + 1]
