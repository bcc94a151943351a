"""A window slid over an image, position by position, forward and back: states that every renderer draws.

Forward, each position gives one output value. Back, each position hands its gradient on: to the inputs under its
window (`"inputs"`), or to the weights (`"weights"`); what it hands on is added to what was there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from simplecell.errors import ArgumentError, message
from simplecell.explain.layout import exact, nested
from simplecell.explain.passes import Pass, layer_of
from simplecell.explain.units import box_of
from simplecell.layers.base import Array, Shape, Terms
from simplecell.run.reference import layer_weights

if TYPE_CHECKING:
    from simplecell.explain.scenes import Scene

Back = Literal["inputs", "weights"]
MOST_FRAMES = 4096


@dataclass(frozen=True)
class Frame:
    """One position of the window.

    at        row and column of the output
    rows, columns  where the window's cells lie in the input, those in the padding too
    inputs    (c, kh, kw) what the window covers; padding as the layer counts it (0, or -inf for a maximum)
    factors   (c, kh, kw) what each is multiplied with: the filter's weights; a pool's shares, 1 for its winner
    value     forward: the output, bias included; back: the output's gradient
    given     (c, kh, kw) forward: the products; back: what is handed to each cell of the window, or to each weight
    """

    at: tuple[int, int]
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    inputs: Array
    factors: Array
    value: float
    given: Array


@dataclass(frozen=True)
class Film:
    """All positions of one output channel, row by row.

    direction  "forward", "inputs" or "weights"
    channels   which channels of the input the frames show; for a pool its own, for a convolution those of its group
    image      (c, h, w) the input, these channels
    output     (oh, ow) the shape of what the positions make up; for "inputs" and "weights" see `result_shape`
    bias       the filter's, forward; None without one
    """

    layer: str
    number: int
    kind: str
    formula: str
    direction: str
    channel: int
    channels: tuple[int, ...]
    image: Array
    output: tuple[int, int]
    window: tuple[int, int]
    bias: float | None
    frames: tuple[Frame, ...]

    @property
    def result_shape(self) -> Shape:
        """What grows from frame to frame: the map forward, the image's gradient, or the filter's."""
        if self.direction == "forward":
            return self.output
        return self.image.shape if self.direction == "inputs" else (len(self.channels), *self.window)

    def results(self) -> Iterator[Array]:
        """What is there after each frame; forward, NaN where no window has been yet."""
        grown = np.full(self.result_shape, np.nan if self.direction == "forward" else 0.0)
        for frame in self.frames:
            if self.direction == "forward":
                grown[frame.at] = frame.value
            elif self.direction == "weights":
                grown += frame.given
            else:
                self._spread(grown, frame)
            yield grown.copy()

    def _spread(self, grown: Array, frame: Frame) -> None:
        """Add what a frame gives to the cells under its window; what falls on the padding is lost."""
        for a, y in enumerate(frame.rows):
            for e, x in enumerate(frame.columns):
                if 0 <= y < grown.shape[1] and 0 <= x < grown.shape[2]:
                    grown[:, y, x] += frame.given[:, a, e]

    def to_dict(self) -> dict[str, Any]:
        """The film as data that a page can play: `schema` names the form, which docs/explaining.md describes."""
        return {
            "schema": "simplecell.film/1", "layer": self.layer, "number": self.number, "kind": self.kind,
            "formula": self.formula, "direction": self.direction, "channel": self.channel,
            "channels": list(self.channels), "image": nested(self.image), "output": list(self.output),
            "window": list(self.window), "bias": self.bias, "result_shape": list(self.result_shape),
            "frames": [
                {"at": list(f.at), "rows": list(f.rows), "columns": list(f.columns), "inputs": nested(f.inputs)}
                | {"factors": nested(f.factors), "value": exact(f.value), "given": nested(f.given)}
                for f in self.frames
            ],
        }  # fmt: skip

    def scenes(self, lang: str | None = None) -> Iterator[Scene]:
        """The frames as drawings; see `simplecell.explain.scenes`."""
        from simplecell.explain.scenes import scenes

        return scenes(self, lang)

    def save(self, path: str, *, lang: str | None = None, seconds: float = 0.5) -> list[str]:
        """Write an animation (`x.gif`), one picture per frame (`x.png`, `x.svg`: x-000.png, ...), or `x.json` -> the
        files' names. FileError for another ending."""
        from simplecell.explain.canvas import save

        return save(self, path, lang, seconds)


def film(done: Pass, layer: str | int, channel: int = 0, *, image: int = 0, back: Back | None = None) -> Film:
    """The film of one channel of a layer with a window over images: Conv2d, MaxPool2d, AvgPool2d.

    Raises: ArgumentError for a layer without such a window, for more than 4,096 positions, for `back` without gradients
    in the pass, or for "weights" of a pool.
    """
    node = layer_of(done.graph, layer)
    assert node.layer is not None
    assert node.site is not None
    site = node.site
    if len(site.windows) != 2 or len(site.output) != 3 or len(site.inputs) != 1:
        raise ArgumentError(message(node.place, "no window slides over rows and columns here."))
    if back is not None and done.gradients is None:
        raise ArgumentError(message(node.place, "the way back needs a loss.", remedies=["give the image's target"]))
    if back == "weights" and "weight" not in site.weights:
        raise ArgumentError(message(node.place, "has no weights.", remedies=["back='inputs'"]))
    ((number,), *_) = box_of(node, None, channel)
    _, oh, ow = site.output
    if oh * ow > MOST_FRAMES:
        raise ArgumentError(message(node.place, f"has {oh}x{ow} = {oh * ow:,} positions; a film has {MOST_FRAMES:,}."))
    xs = [x[image].astype(np.float64) for x in done.inputs_of(node)]
    weights, frames = layer_weights(done.weights, node.name), list[Frame]()
    channels = site.axes[0].reads(number)
    dy = None if back is None or done.gradients is None else done.gradients[node.name][image, number]
    bias = weights.get("bias")
    for i, j in np.ndindex(oh, ow):
        terms = node.layer.terms(site, xs, weights, (number, i, j))
        rows, columns = (tuple(a.window.taps(at)) for a, at in zip(site.windows, (i, j), strict=True))
        frames.append(_frame(terms, (i, j), rows, columns, None if dy is None else float(dy[i, j]), back))
    window = (len(frames[0].rows), len(frames[0].columns))
    return Film(
        node.name, node.number, node.layer.kind, node.layer.formula, back or "forward", number, tuple(channels),
        xs[0][list(channels)], (oh, ow), window, None if bias is None else float(bias[number]), tuple(frames),
    )  # fmt: skip


def _frame(
    terms: Terms,
    at: tuple[int, int],
    rows: tuple[int, ...],
    columns: tuple[int, ...],
    dy: float | None,
    back: Back | None,
) -> Frame:
    """One position from its terms, which go channel by channel, row by row."""
    shape = (-1, len(rows), len(columns))
    inputs, factors = terms.inputs.reshape(shape), terms.weights.reshape(shape)
    given = terms.products.reshape(shape)
    if dy is not None:
        given = dy * (inputs if back == "weights" else np.where(terms.real.reshape(shape), factors, 0.0))
    return Frame(at, rows, columns, inputs, factors, terms.value if dy is None else dy, given)
