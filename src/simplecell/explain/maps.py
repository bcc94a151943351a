"""What of an image matters to a score, as maps over its pixels; and the three ideas behind convolution, measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simplecell.errors import ArgumentError, message
from simplecell.explain.layout import exact, nested
from simplecell.explain.passes import Pass, layer_of, wide_weights
from simplecell.explain.units import one_unit
from simplecell.graph import Graph
from simplecell.layers.base import Array, Unit
from simplecell.run import reference
from simplecell.words import language, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Scores = Callable[[Array], Array]
"""A network as a function: images (n, c, h, w) -> values (n, ...)."""


@dataclass(frozen=True)
class Heat:
    """A map over the rows and columns of an image.

    kind     "saliency", "gradcam", "occlusion" or "field"
    layer, unit  the value that the map is about
    value    it, where one image is meant
    image    (c, h, w)
    values   (h, w)
    """

    kind: str
    layer: str
    unit: Unit
    value: float
    image: Array
    values: Array

    def to_dict(self) -> dict[str, Any]:
        """The map as data that JSON keeps."""
        return {
            "schema": "simplecell.heat/1",
            "kind": self.kind, "layer": self.layer, "unit": list(self.unit), "value": exact(self.value),
            "values": nested(self.values),
        }  # fmt: skip

    def figure(self, lang: str | None = None) -> Figure:
        """The image and the map side by side. MissingExtra without matplotlib."""
        from simplecell.explain.figures import heat

        return heat(self, lang=lang)

    def save(self, path: str, lang: str | None = None) -> None:
        """Write the figure as PNG or SVG."""
        from simplecell.files.figure import save

        save(self.figure(lang), path)


def slope(graph: Graph, weights: Mapping[str, Array], images: Array, layer: str | int, unit: Unit) -> Pass:
    """The gradients of one value of every image, outside training, in float64: of that value itself, not of a loss."""
    node = layer_of(graph, layer)
    wide = wide_weights(graph, weights)
    with np.errstate(all="ignore"):  # a NaN or an infinity is shown, not warned about
        trace = reference.forward(graph, [images.astype(np.float64)], wide)
        seed = np.zeros_like(trace.values[node.name])
        seed[(slice(None), *unit)] = 1.0
        by_node, _ = reference.backward(graph, trace, wide, {node.name: seed})
    return Pass(graph, wide, trace.values, gradients=by_node)


def saliency(graph: Graph, weights: Mapping[str, Array], image: Array, layer: str | int, unit: Unit) -> Heat:
    """How strongly a value moves with each pixel: the largest magnitude of its gradient over the channels.

    Source: Simonyan et al., Deep inside convolutional networks, 2014.
    """
    done, node = slope(graph, weights, image[None], layer, unit), layer_of(graph, layer)
    assert done.gradients is not None
    gradient = done.gradients[graph.inputs[0]][0]
    value = float(done.values[node.name][(0, *unit)])
    return Heat("saliency", node.name, unit, value, image, np.abs(gradient).max(0))


def gradcam(
    graph: Graph, weights: Mapping[str, Array], image: Array, layer: str | int, unit: Unit, maps: str | int
) -> Heat:
    """Where the maps of a layer speak for a value: max(0, sum over maps of the mean of its gradient times the map),
    drawn out to the image by its nearest cells.

    Source: Selvaraju et al., Grad-CAM, 2017.
    """
    node, source = layer_of(graph, layer), layer_of(graph, maps)
    if len(source.shape) != 3:
        raise ArgumentError(message(source.place, "gives no maps (c, h, w)."))
    done = slope(graph, weights, image[None], layer, unit)
    assert done.gradients is not None
    share = done.gradients[source.name][0].mean((1, 2), keepdims=True)
    cam = np.maximum((share * done.values[source.name][0]).sum(0), 0.0)
    rows, columns = (np.arange(n) * m // n for n, m in zip(image.shape[1:], cam.shape, strict=True))
    value = float(done.values[node.name][(0, *unit)])
    return Heat("gradcam", node.name, unit, value, image, cam[np.ix_(rows, columns)])


def occlusion(
    scores: Scores, image: Array, layer: str, unit: Unit, size: int, step: int, fill: float | None = None
) -> Heat:
    """By how much a value falls when a square of the image is covered: at each pixel the mean over the squares that
    covered it. The cover is the image's mean unless `fill` is given.

    Source: Zeiler and Fergus, Visualizing and understanding convolutional networks, 2014.
    """
    _, h, w = image.shape
    if not 1 <= size <= min(h, w) or step < 1:
        raise ArgumentError(
            f"occlusion: a square of 1..{min(h, w)} pixels and steps from 1 fit {h}x{w}, got {size}, {step}"
        )
    places = [(y, x) for y in _starts(h, size, step) for x in _starts(w, size, step)]
    covered = np.repeat(image[None], len(places), 0)
    for number, (y, x) in enumerate(places):
        covered[number, :, y : y + size, x : x + size] = image.mean() if fill is None else fill
    before = float(scores(image[None])[(0, *unit)])
    after = np.concatenate([scores(part) for part in np.array_split(covered, -(-len(covered) // 64))])
    falls, counts = np.zeros((h, w)), np.zeros((h, w))
    for (y, x), value in zip(places, after[(slice(None), *unit)].tolist(), strict=True):
        falls[y : y + size, x : x + size] += before - value
        counts[y : y + size, x : x + size] += 1
    return Heat("occlusion", layer, unit, before, image, falls / counts)


def _starts(length: int, size: int, step: int) -> list[int]:
    """Where the squares begin, so that the last one ends at the edge."""
    return sorted({*range(0, length - size + 1, step), length - size})


def effective_field(
    graph: Graph, weights: Mapping[str, Array], layer: str | int, at: object, channel: int | None, images: Array
) -> Heat:
    """How much each pixel really moves a unit: the magnitude of its gradient, mean over images and channels; 0 outside
    the exact field of `sees`.

    Source: Luo et al., Understanding the effective receptive field, 2016.
    """
    node = layer_of(graph, layer)
    unit = one_unit(node, at, channel)
    done = slope(graph, weights, images, layer, unit)
    assert done.gradients is not None
    gradient = np.abs(done.gradients[graph.inputs[0]]).mean((0, 1))
    value = float(done.values[node.name][(slice(None), *unit)].mean())
    return Heat("field", node.name, unit, value, images[0], gradient)


# The three ideas -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Idea:
    """One of the three ideas, measured at one layer of the user's network on the user's image.

    locality      one pixel was changed: `moved` of `units` moved, of the `reached` that see it
    equivariance  the image was moved by `shift`: `moved` of the `units` whose window still sees only image differ from
                  the map moved along, by `largest` at most; `exact` says whether the shift is a whole number of jumps
    invariance    the same at a pooled layer without moving the map along: how many differ, and the mean difference
                  over the map's mean magnitude
    """

    name: str
    layer: str
    units: int
    moved: int
    by: tuple[int, ...]
    numbers: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """The measurement as data that JSON keeps; `by` is the pixel, or the shift."""
        about = {"schema": "simplecell.idea/1", "name": self.name, "layer": self.layer, "by": list(self.by)}
        numbers = {name: exact(number) for name, number in self.numbers.items()}
        return {**about, "units": self.units, "moved": self.moved, **numbers}

    def text(self, lang: str | None = None) -> str:
        """The measurement in a sentence."""
        code, by = language(lang), f"({', '.join(map(str, self.by))})"
        if self.name == "locality":
            return say("explain.idea.locality", code, layer=self.layer, pixel=by, units=self.units, moved=self.moved,
                       reached=int(self.numbers["reached"]), outside=int(self.numbers["outside"]))  # fmt: skip
        counts = {"layer": self.layer, "shift": by, "units": self.units, "moved": self.moved}
        if self.name == "invariance":
            return say("explain.idea.invariance", code, mean=self.numbers["mean"], **counts)
        if not self.numbers["exact"]:
            return say("explain.idea.equivariance.broken", code, layer=self.layer, shift=by)
        return say("explain.idea.equivariance", code, largest=self.numbers["largest"], **counts)


def locality(graph: Graph, values: Callable[[Array], Array], image: Array, layer: str, pixel: Unit) -> Idea:
    """Change one pixel: the units that move are among those that see it."""
    from simplecell.explain.field import seen_by

    changed = image.copy()
    changed[pixel] += 1.0 + abs(float(image[pixel]))
    moved = _differences(values(image[None])[0], values(changed[None])[0]) != 0
    reached = seen_by(graph, pixel, layer).mask()
    outside = int((moved & ~reached).sum())
    numbers = {"reached": int(reached.sum()), "outside": outside}
    return Idea("locality", layer, moved.size, int(moved.sum()), pixel, numbers)


def equivariance(
    graph: Graph, values: Callable[[Array], Array], image: Array, layer: str, shift: Sequence[int]
) -> Idea:
    """Move the image: the map moves along where the shift is a whole number of the layer's jumps and no border is
    near."""
    from simplecell.explain.field import sees

    dy, dx = shift
    before, after = values(image[None])[0], values(np.roll(image, (dy, dx), (1, 2))[None])[0]
    view = sees(graph, layer, (0, 0), 0).view()
    jumps = [None] * 2 if view.reach is None else [r.jump for r in view.reach]
    steps = [d // j if j and d % j == 0 else None for d, j in zip(shift, jumps, strict=True)]
    if None in steps:
        return Idea("equivariance", layer, 0, 0, tuple(shift), {"exact": 0.0})
    sy, sx = (int(step or 0) for step in steps)
    inside = _inside(graph, layer, shift)
    differ = _differences(after, np.roll(before, (sy, sx), (1, 2)))[:, inside]
    largest, scale = float(differ.max(initial=0.0)), _largest(before)
    moved = int((~(differ <= 1e-5 * scale)).sum())
    return Idea("equivariance", layer, differ.size, moved, tuple(shift), {"exact": 1.0, "largest": largest})


def _inside(graph: Graph, layer: str, shift: Sequence[int]) -> Array:
    """Places (h, w) of a layer whose unclipped window sees nothing but image, both before and after the shift."""
    from simplecell.explain.field import sees

    h, w = graph[layer].shape[1:]
    lines: list[Array] = []
    for axis, (count, move) in enumerate(zip((h, w), shift, strict=True)):
        good: list[bool] = []
        for i in range(count):
            reach = sees(graph, layer, (i, 0) if axis == 0 else (0, i), 0).view().reach
            assert reach is not None
            r = reach[axis]
            good.append(r.first >= max(0, move) and r.last < r.inputs + min(0, move))
        lines.append(np.array(good))
    return np.logical_and.outer(*lines)


def invariance(values: Callable[[Array], Array], image: Array, layer: str, shift: Sequence[int]) -> Idea:
    """Move the image and leave the map: how little a pooled output changes."""
    before, after = values(image[None])[0], values(np.roll(image, tuple(shift), (1, 2))[None])[0]
    differ, scale = _differences(after, before), float(np.abs(before).mean()) or 1.0
    numbers = {"mean": float(differ.mean()) / scale}
    return Idea("invariance", layer, differ.size, int((differ != 0).sum()), tuple(shift), numbers)


def _differences(after: Array, before: Array) -> Array:
    """By how much values differ; NaN and infinities do not differ from themselves."""
    with np.errstate(all="ignore"):
        apart = np.abs(after - before)
    return np.where((after == before) | (np.isnan(after) & np.isnan(before)), 0.0, apart)


def _largest(values: Array) -> float:
    """The largest finite magnitude; 1 where there is none but 0."""
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0)) or 1.0
