"""Pictures of a network's numbers: filters, feature maps, the confusion matrix. Each is a function of plain arrays.

Colours: red is above zero, blue below, white is zero, everywhere; the scale stands beside each picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simplecell.errors import ArgumentError
from simplecell.files.figure import blank, drawing
from simplecell.layers.base import Array
from simplecell.words import number_text, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simplecell.explain.maps import Heat

_CELLS_WITH_NUMBERS: Final = 25
_TILES_WITH_NUMBERS: Final = 64
_MOST_TILES: Final = 1024
_TILE_INCHES: Final = 0.56
_MARGIN: Final = 0.15
_BAR: Final = 0.7
_INK, _PALE, _FRAME = "#1a1a1a", "#555555", "#8a8a8a"


@dataclass(frozen=True)
class Maps:
    """The output of one layer for one image: `values` (c, h, w)."""

    name: str
    kind: str
    values: Array


@dataclass(frozen=True)
class _Mosaic:
    """Tiles (k, h, w) side by side, `columns` in a row, drawn at `cell` inches per value; `across` and `down` cells lie
    between two tiles, and above the first row there is room for its names."""

    tiles: Array
    columns: int
    cell: float
    across: int
    down: int

    @property
    def rows(self) -> int:
        return -(-len(self.tiles) // self.columns)

    @property
    def origins(self) -> list[tuple[int, int]]:
        """The first row and column of each tile."""
        _, h, w = self.tiles.shape
        places = (divmod(index, self.columns) for index in range(len(self.tiles)))
        return [(self.down + row * (h + self.down), column * (w + self.across)) for row, column in places]

    @property
    def cells(self) -> Array:
        """Everything in one array, NaN between the tiles."""
        k, h, w = self.tiles.shape
        width = min(k, self.columns) * (w + self.across) - self.across
        cells = np.full((self.rows * (h + self.down), width), np.nan)
        for tile, (y, x) in zip(self.tiles, self.origins, strict=True):
            cells[y : y + h, x : x + w] = tile
        return cells

    @property
    def inches(self) -> tuple[float, float]:
        """Height and width on the page."""
        h, w = self.cells.shape
        return h * self.cell, w * self.cell


def filters(weight: Array, bias: Array | None = None, name: str = "", *, lang: str | None = None) -> Figure:
    """Draw the filters of a convolution, with their numbers where they are few.

    Shapes: weight (k, c, kh, kw), bias (k,). Filters of one channel stand in a square; otherwise each filter is a row
    with one tile per input channel.
    Rules: numbers are printed where a tile has at most 25 cells and there are at most 64 tiles.
    Raises: ArgumentError for another rank, or for more than 1,024 tiles; MissingExtra without matplotlib.
    """
    weight = np.asarray(weight, np.float64)
    if weight.ndim != 4:
        raise ArgumentError(f"filters: weights (k, c, kh, kw) are needed, got {weight.ndim} axes {weight.shape}")
    k, c, kh, kw = weight.shape
    if k * c > _MOST_TILES:
        raise ArgumentError(f"filters: {k} filters x {c} channels = {k * c:,} tiles; at most {_MOST_TILES:,} are drawn")
    numbered = kh * kw <= _CELLS_WITH_NUMBERS and k * c <= _TILES_WITH_NUMBERS
    cell = 0.42 if numbered else _TILE_INCHES / max(kh, kw)
    gap = 1 if numbered else -(-max(kh, kw) // 3)
    mosaic = _Mosaic(weight.reshape(-1, kh, kw), math.ceil(math.sqrt(k)) if c == 1 else c, cell, gap, gap)
    limit = _limit(weight)
    with drawing(lang) as spoken:
        title = say("report.filters", spoken, name=name, filters=k, shape=(c, kh, kw))
        figure, (axes,) = _page([(title, mosaic, limit, weight.min() < 0)])
        if numbered:
            _print_numbers(axes, mosaic, limit)
        for index, (y, x) in enumerate(mosaic.origins[::c]):
            text = str(index)
            if numbered and bias is not None:
                text = say("report.filter", spoken, index=index, bias=float(bias[index]))
            axes.text(x - 0.4, y - 0.65, text, ha="left", va="bottom", fontsize=7, color=_PALE)
        return figure


def feature_maps(image: Array, layers: Sequence[Maps], *, columns: int = 16, lang: str | None = None) -> Figure:
    """Draw an image (c, h, w) and what each of `layers` makes of it, one tile per channel.

    Rules: each layer has its own scale; values of different layers cannot be compared by colour.
    Raises: ArgumentError without layers, or for one that is not (c, h, w) of at most 1,024 channels; MissingExtra
    without matplotlib.
    """
    if not layers:
        raise ArgumentError("feature_maps: name at least one layer whose output is (c, h, w)")
    for maps in layers:
        if maps.values.ndim != 3 or len(maps.values) > _MOST_TILES:
            raise ArgumentError(
                f"feature_maps: {maps.name!r} is {'x'.join(map(str, maps.values.shape))}; "
                f"(c, h, w) of at most {_MOST_TILES:,} channels is drawn"
            )
    with drawing(lang) as spoken:
        blocks = [(say("report.image", spoken, shape=image.shape), np.asarray(image, np.float64))]
        for maps in layers:
            title = say("report.maps", spoken, name=maps.name, kind=maps.kind, shape=maps.values.shape)
            blocks.append((title, np.asarray(maps.values, np.float64)))
        figure, pages = _page([(t, _maps(v, columns), _limit(v), v.min() < 0) for t, v in blocks])
        for axes, (_, values) in zip(pages, blocks, strict=True):
            mosaic = _maps(values, columns)
            for index, (y, x) in enumerate(mosaic.origins if len(values) > 1 else ()):
                axes.text(x - 0.4, y - 0.6, str(index), ha="left", va="bottom", fontsize=6, color=_PALE)
        return figure


def heat(found: Heat, *, lang: str | None = None) -> Figure:
    """Draw an image (c, h, w) beside a map over its pixels, with the map's scale.

    Rules: one channel is drawn grey, three as colours scaled from the smallest to the largest value, others by their
    mean. MissingExtra without matplotlib.
    """
    with drawing(lang) as spoken:
        figure = blank(8.4, 4.2)
        left, right = figure.subplots(1, 2)
        image = found.image if len(found.image) in (1, 3) else found.image.mean(0, keepdims=True)
        low, high = float(image.min()), float(image.max())
        left.imshow(np.moveaxis((image - low) / ((high - low) or 1.0), 0, -1), cmap="gray", interpolation="nearest")
        limit = _limit(found.values)
        least = -limit if found.values.min() < 0 else 0.0
        colours = "RdBu_r" if least < 0 else "magma"
        drawn = right.imshow(found.values, colours, vmin=least, vmax=limit, interpolation="nearest")
        figure.colorbar(drawn, ax=right, shrink=0.8)
        unit = ", ".join(map(str, found.unit))
        left.set_title(say("report.image", spoken, shape=found.image.shape))
        right.set_title(say(f"explain.heat.{found.kind}", spoken, layer=found.layer, unit=unit))
        for axes in (left, right):
            axes.set_xticks([])
            axes.set_yticks([])
        return figure


def confusion(matrix: Array, classes: Sequence[str], *, lang: str | None = None) -> Figure:
    """Draw a confusion matrix: row = the true class, column = the class scored highest; errors stand out in red.

    Shapes: counts (k, k) for k classes.
    Raises: ArgumentError if the counts and the classes do not fit; MissingExtra without matplotlib.
    """
    counts = np.asarray(matrix)
    k = len(classes)
    if counts.shape != (k, k):
        raise ArgumentError(f"confusion: {k} classes need counts of {k}x{k}, got {counts.shape}")
    right, total = int(np.trace(counts)), int(counts.sum())
    diagonal = np.eye(k, dtype=bool)
    wrong = np.where(diagonal, 0, counts)
    with drawing(lang) as spoken:
        side = 0.42 * k + 1.6
        figure = blank(side, side)
        axes = figure.add_subplot()
        shades = np.where(diagonal & (counts > 0), -0.35, 0.9 * wrong / max(1, wrong.max()))
        axes.imshow(shades, "RdBu_r", vmin=-1.4, vmax=1.4)
        for row, column in np.argwhere(counts > 0):
            weight = "normal" if row == column else "bold"
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", fontweight=weight)
        axes.set_xticks(range(k), classes, rotation=90 if max(map(len, classes)) > 3 else 0)
        axes.set_yticks(range(k), classes)
        for line in np.arange(0.5, k - 1):
            axes.axhline(line, color="#dddddd", linewidth=0.6)
            axes.axvline(line, color="#dddddd", linewidth=0.6)
        axes.tick_params(length=0)
        axes.set_xlabel(say("report.predicted", spoken))
        axes.set_ylabel(say("report.actual", spoken))
        axes.set_title(say("report.correct", spoken, right=right, total=total, share=right / max(1, total)))
        return figure


def _maps(values: Array, columns: int) -> _Mosaic:
    """Feature maps as tiles of one size on the page, whatever their number of cells."""
    _, h, w = values.shape
    cell = _TILE_INCHES / max(h, w)
    return _Mosaic(values, columns, cell, math.ceil(0.08 / cell), math.ceil(0.14 / cell))


def _limit(values: Array) -> float:
    """The largest finite magnitude: the colours reach from -limit to limit."""
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size and finite.max() > 0 else 1.0


def _page(blocks: Sequence[tuple[str, _Mosaic, float, bool]]) -> tuple[Figure, list[Axes]]:
    """Blocks (title, tiles, limit of the colours, whether there are values below zero) under each other, each with its
    scale at the right; all placed in inches, so that a cell has the same size everywhere."""
    title_height, between = 0.26, 0.12
    width = 2 * _MARGIN + max(m.inches[1] for _, m, _, _ in blocks) + _BAR
    height = 2 * _MARGIN + sum(m.inches[0] + title_height + between for _, m, _, _ in blocks)
    figure = blank(max(width, 5.0), height, layout=None)
    width, top, drawn = max(width, 5.0), height - _MARGIN, list[Any]()
    for title, mosaic, limit, signed in blocks:
        h, w = mosaic.inches
        figure.text(_MARGIN / width, (top - 0.14) / height, title, fontsize=10, color=_INK, va="center")
        top -= title_height + h
        axes = figure.add_axes((_MARGIN / width, top / height, w / width, h / height))
        _tiles(axes, mosaic, limit)
        bar_height = min(h - mosaic.down * mosaic.cell, 2.4)
        bar = figure.add_axes(
            ((_MARGIN + w + 0.15) / width, (top + h - mosaic.down * mosaic.cell - bar_height) / height,
             0.1 / width, bar_height / height)
        )  # fmt: skip
        _bar(bar, limit, signed)
        drawn.append(axes)
        top -= between
    return figure, drawn


def _tiles(axes: Axes, mosaic: _Mosaic, limit: float) -> None:
    from matplotlib.patches import Rectangle

    axes.imshow(mosaic.cells, "RdBu_r", vmin=-limit, vmax=limit, interpolation="nearest", aspect="auto")
    _, h, w = mosaic.tiles.shape
    for y, x in mosaic.origins:
        frame = Rectangle((x - 0.5, y - 0.5), w, h, fill=False, edgecolor=_FRAME, linewidth=0.6, clip_on=False)
        axes.add_patch(frame)
    axes.set_axis_off()


def _bar(axes: Axes, limit: float, signed: bool) -> None:
    """The scale: from -limit, or from 0 where nothing lies below."""
    low = -limit if signed else 0.0
    shades = np.linspace(low, limit, 128)[:, None]
    axes.imshow(shades, "RdBu_r", vmin=-limit, vmax=limit, aspect="auto", origin="lower", extent=(0, 1, low, limit))
    axes.set_xticks([])
    ticks = [low, 0.0, limit] if signed else [0.0, limit]
    axes.set_yticks(ticks, [number_text(tick, 3) for tick in ticks], fontsize=7)
    axes.yaxis.tick_right()
    axes.tick_params(length=2)


def _print_numbers(axes: Axes, mosaic: _Mosaic, limit: float) -> None:
    for tile, (y, x) in zip(mosaic.tiles, mosaic.origins, strict=True):
        for (row, column), value in np.ndenumerate(tile):
            colour = "white" if abs(value) > 0.65 * limit else _INK
            axes.text(x + column, y + row, f"{value:+.2f}", ha="center", va="center", fontsize=7, color=colour)
