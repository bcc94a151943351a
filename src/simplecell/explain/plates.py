"""Pictures of a network's shape and of what it looks at: volumes, what layers see, patches, columns and slices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from simplecell.errors import ArgumentError
from simplecell.explain.looking import Level, Patches, Volume
from simplecell.files.figure import drawing
from simplecell.layers.base import Array
from simplecell.words import number_text, say, shape_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_ROWS: Final = 32
_SLANT: Final = 0.4
_UNIT: Final = 0.14
_LABELS: Final = 12.0
"""A box's lengths are in units of so many inches; under the boxes there is so much room for their names."""
_FRONT, _SIDE, _TOP, _INK, _PALE, _PADDING = "#9ecae1", "#6baed6", "#deebf7", "#1a1a1a", "#555555", "#c8c8c8"


def volumes(found: Sequence[Volume], *, lang: str | None = None) -> Figure:
    """Draw a network's volumes as boxes, from the input on: as high and as wide as the maps, as thick as they are many;
    plain features as bars. Lengths grow with the root of the numbers, so that small volumes stay visible."""
    with drawing(lang) as spoken:
        from matplotlib.figure import Figure

        lengths = [_lengths(volume.shape) for volume in found]
        low = -max(high for _, high, _ in lengths) / 2
        top = max(high / 2 + wide * _SLANT for _, high, wide in lengths)
        places = np.cumsum([0.0, *(max(thick + wide * _SLANT, 3.0) + 2.2 for thick, _, wide in lengths)]).tolist()
        left, right, bottom = -1.0, max(places[-1] + _LABELS / 2, 30.0), low - _LABELS
        inches = ((right - left) * _UNIT, (top - bottom) * _UNIT)
        figure = Figure(figsize=(inches[0], inches[1] + 0.5))
        axes = figure.add_axes((0.0, 0.0, 1.0, inches[1] / (inches[1] + 0.5)))
        for volume, x, (thick, high, wide) in zip(found, places, lengths, strict=False):
            _box(axes, x, thick, high, wide)
            text = f"{shape_text(volume.shape)}  {volume.name}"
            axes.text(x, low - 0.8, text, rotation=-60, ha="left", va="top", fontsize=8, color=_INK)
        axes.set_xlim(left, right)
        axes.set_ylim(bottom, top)
        axes.set_axis_off()
        title = say("explain.show.volumes", spoken, n=len(found))
        figure.text(0.15 / inches[0], 1 - 0.3 / (inches[1] + 0.5), title, fontsize=10, color=_INK)
        return figure


def _lengths(shape: tuple[int, ...]) -> tuple[float, float, float]:
    """Thickness, height and width of a volume's box."""
    depth, *sizes = shape
    if not sizes:
        return 0.5, min(20.0, math.sqrt(depth) / 2), 0.0
    high, wide = (1, *sizes)[-2:]
    return math.sqrt(depth) / 4, math.sqrt(high), math.sqrt(wide)


def _box(axes: Axes, x: float, thick: float, high: float, wide: float) -> None:
    """A box in oblique view, its front at x."""
    dx = dy = wide * _SLANT
    low, top, right = -high / 2, high / 2, x + thick
    faces = [
        ([(x, top), (right, top), (right + dx, top + dy), (x + dx, top + dy)], _TOP),
        ([(right, low), (right, top), (right + dx, top + dy), (right + dx, low + dy)], _SIDE),
        ([(x, low), (right, low), (right, top), (x, top)], _FRONT),
    ]
    from matplotlib.patches import Polygon

    for corners, fill in faces:
        axes.add_patch(Polygon(corners, closed=True, facecolor=fill, edgecolor=_PALE, linewidth=0.6))


def pyramid(image: Array, levels: Sequence[Level], *, lang: str | None = None) -> Figure:
    """Draw an image (c, h, w) with the window of the middle unit of each layer on it, and beside it what each sees.

    Raises: ArgumentError without levels; MissingExtra without matplotlib.
    """
    if not levels:
        raise ArgumentError("pyramid: no layer of this network gives maps (c, h, w)")
    with drawing(lang) as spoken:
        import matplotlib as mpl
        from matplotlib.figure import Figure
        from matplotlib.patches import Rectangle

        columns = min(4, len(levels))
        rows = -(-len(levels) // columns)
        figure = Figure(figsize=(4.2 + 1.9 * columns, max(4.2, 2.1 * rows + 0.5)), layout="constrained")
        parts: Any = figure.subfigures(1, 2, width_ratios=[4.2, 1.9 * columns])
        left, right = parts
        drawn, (low, high) = left.subplots(), _range([image])
        _picture(drawn, image, low, high)
        drawn.set_title(say("report.image", spoken, shape=image.shape))
        tiles: Any = right.subplots(rows, columns, squeeze=False)
        for number, axes in enumerate(tiles.flat):
            if number >= len(levels):
                axes.set_axis_off()
                continue
            level, colour = levels[number], mpl.colormaps["turbo"](0.9 * number / max(1, len(levels) - 1))
            place, size = (level.columns[0] - 0.5, level.rows[0] - 0.5), level.pixels.shape[1:]
            drawn.add_patch(Rectangle(place, size[1], size[0], fill=False, edgecolor=colour, linewidth=1.6))
            _picture(axes, level.pixels, low, high)
            for spine in axes.spines.values():
                spine.set(edgecolor=colour, linewidth=2.0)
            axes.set_title(f"{level.name}: {size[0]}x{size[1]}", fontsize=8)
        right.suptitle(say("explain.show.pyramid", spoken), fontsize=10)
        return figure


def patches(found: Patches, *, lang: str | None = None) -> Figure:
    """Draw a row of patches for each channel, at most 32 rows, each patch with the unit's value over it; grey is
    padding. MissingExtra without matplotlib."""
    shown = list(zip(found.channels, found.found, strict=True))[:_MOST_ROWS]
    columns = max(len(row) for _, row in shown)
    with drawing(lang) as spoken:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(0.95 * columns + 1.0, 1.1 * len(shown) + 0.5), layout="constrained")
        grid: Any = figure.subplots(len(shown), columns, squeeze=False)
        low, high = _range([patch.pixels for _, row in shown for patch in row])
        for line, (channel, row) in zip(grid, shown, strict=True):
            for axes, patch in zip(line, row, strict=False):
                _picture(axes, patch.pixels, low, high)
                axes.set_title(number_text(patch.value, 3), fontsize=7)
            line[0].set_ylabel(str(channel), rotation=0, ha="right", va="center", fontsize=9)
            for axes in line[len(row) :]:
                axes.set_axis_off()
        about = {"layer": found.layer, "images": found.images, "n": columns}
        figure.suptitle(say("explain.show.patches", spoken, **about), fontsize=10)
        return figure


def column(values: Array, name: str, at: tuple[int, int], *, lang: str | None = None) -> Figure:
    """Draw the depth column of a volume (c, h, w) at a row and column: one bar per channel."""
    y, x = at
    with drawing(lang) as spoken:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(max(5.0, min(16.0, 0.16 * len(values) + 1.5)), 3.2), layout="constrained")
        axes = figure.add_subplot()
        depths = values[:, y, x]
        colours = np.where(depths > 0, "#b2182b", "#2166ac")
        axes.bar(np.arange(len(depths)), np.where(np.isfinite(depths), depths, 0.0), color=colours.tolist())
        axes.axhline(0, color=_PALE, linewidth=0.6)
        axes.set_xlabel(say("explain.column.channel", spoken))
        about = {"layer": name, "n": len(depths), "at": at}
        axes.set_title(say("explain.show.column", spoken, **about), fontsize=10)
        return figure


def plane(values: Array, name: str, channel: int, *, lang: str | None = None) -> Figure:
    """Draw the depth slice of a volume (c, h, w) at a channel: its map, with rows and columns at the edge."""
    with drawing(lang) as spoken:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(5.2, 4.4), layout="constrained")
        axes, cells = figure.add_subplot(), values[channel]
        finite = np.abs(cells[np.isfinite(cells)])
        limit = float(finite.max(initial=0.0)) or 1.0
        shown = axes.imshow(cells, "RdBu_r", vmin=-limit, vmax=limit, interpolation="nearest")
        figure.colorbar(shown, ax=axes, shrink=0.8)
        about = {"layer": name, "channel": channel, "h": cells.shape[0], "w": cells.shape[1], "n": len(values)}
        axes.set_title(say("explain.show.slice", spoken, **about), fontsize=10)
        return figure


def _range(pictures: Sequence[Array]) -> tuple[float, float]:
    """The smallest and the largest finite value."""
    every = np.concatenate([p[np.isfinite(p)] for p in pictures])
    return (float(every.min()), float(every.max())) if every.size else (0.0, 1.0)


def _picture(axes: Axes, image: Array, low: float, high: float) -> None:
    """Show (c, h, w): one channel in grey, three in colours, others by their mean; NaN is a middle grey."""
    from matplotlib.colors import to_rgb

    shown = image if len(image) in (1, 3) else image.mean(0, keepdims=True)
    scaled = np.clip((shown - low) / ((high - low) or 1.0), 0.0, 1.0)
    cells = np.moveaxis(np.broadcast_to(scaled, (3, *scaled.shape[1:])).copy(), 0, -1)
    cells[~np.isfinite(cells).all(2)] = to_rgb(_PADDING)
    axes.imshow(cells, interpolation="nearest")
    axes.set_xticks([])
    axes.set_yticks([])
