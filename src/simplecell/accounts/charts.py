"""The summary as pictures: memory and work per layer, and the volumes as they shrink and deepen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simplecell.errors import ArgumentError
from simplecell.files.figure import blank, drawing
from simplecell.words import say, shape_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simplecell.accounts.summary import Row, Summary

KINDS = ("memory", "work", "volumes")
_BAR, _FRONT, _TOP, _SIDE, _INK = "#0b5fa5", "#9cc3e6", "#c9def1", "#6fa3d0", "#333333"
_MOST_BARS = 60
_MOST_VOLUMES = 28


def chart(summary: Summary, kind: str, lang: str | None = None) -> Figure:
    """Draw one of `KINDS`.

    Rules: at most 60 bars, those of the largest figures, in the order of the layers; the rest is one bar. Volumes are
    those at which the shape changes; where there are more than 28, the last of each height and width.
    Raises: ArgumentError for another kind; MissingExtra without matplotlib.
    """
    if kind not in KINDS:
        raise ArgumentError(f"chart {kind!r} is unknown; known: {', '.join(KINDS)}")
    with drawing(lang) as spoken:
        if kind == "volumes":
            return _volumes(summary, say("accounts.chart.volumes", spoken))
        if kind == "memory":
            title = say("accounts.chart.memory", spoken, batch=summary.batch, size=summary.bytes)
            return _bars([(row.name, row.bytes) for row in summary.rows], title, spoken)
        title = say("accounts.chart.work", spoken, macs=summary.total.macs)
        return _bars([(row.name, row.count.macs) for row in summary.rows if row.count], title, spoken)


def _bars(figures: list[tuple[str, int]], title: str, lang: str) -> Figure:
    """One horizontal bar per layer, with its number."""
    counted = [pair for pair in figures if pair[1]]
    least = sorted((size for _, size in counted), reverse=True)[:_MOST_BARS][-1] if counted else 0
    shown = [pair for pair in counted if pair[1] >= least][:_MOST_BARS]
    rest = [pair for pair in counted if pair not in shown]
    if rest:
        shown.append((say("accounts.chart.rest", lang, n=len(rest)), sum(size for _, size in rest)))
    figure = blank(8, 0.9 + 0.21 * max(len(shown), 3))
    axes = figure.add_subplot()
    places = range(len(shown))
    axes.barh(places, [size for _, size in shown], color=_BAR, height=0.72)
    axes.set_yticks(places, [name for name, _ in shown], fontsize=7)
    for place, (_, size) in zip(places, shown, strict=True):
        axes.annotate(f" {size:,}", (size, place), va="center", fontsize=6.5, color=_INK)
    axes.invert_yaxis()
    axes.margins(x=0.16, y=0.01)
    axes.set_title(title, fontsize=10, loc="left")
    axes.ticklabel_format(axis="x", style="plain")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.tick_params(axis="x", labelsize=7)
    axes.grid(axis="x", alpha=0.25)
    axes.spines[["top", "right", "left"]].set_visible(False)
    return figure


def _volumes(summary: Summary, title: str) -> Figure:
    """One box per volume: its front is height x width, its thickness grows with the depth's square root."""
    rows = _turns(summary)
    tallest = max(max(row.output[1:], default=1) for row in rows)
    at = 0.0
    spans: list[tuple[float, Row, float, float, float]] = []
    for row in rows:
        height, slant, thick = _box(row, tallest)
        spans.append((at, row, height, slant, thick))
        at += thick + slant + 0.55
    figure = blank(min(max(5.0, 0.62 * at), 22), 4.2)
    axes = figure.add_subplot()
    for left, row, height, slant, thick in spans:
        _draw(axes, left, height, slant, thick)
        label = f"{row.name}\n{shape_text(row.output)}"
        axes.text(left + thick / 2, -0.25, label, rotation=60, ha="right", va="top", fontsize=7, color=_INK)
    axes.set_xlim(-0.6, at)
    axes.set_ylim(-2.6, 5.2)
    axes.set_title(title, fontsize=10, loc="left")
    axes.axis("off")
    return figure


def _turns(summary: Summary) -> list[Row]:
    """The rows at which the shape changes, the input first; where they are many, the last of each height and width."""
    turns = zip(summary.rows[1:], summary.rows, strict=False)
    rows = [summary.rows[0], *(row for row, before in turns if row.output != before.output)]
    if len(rows) > _MOST_VOLUMES:
        rows = list({row.output[1:] or row.name: row for row in rows}.values())
    return rows[:_MOST_VOLUMES]


def _box(row: Row, tallest: int) -> tuple[float, float, float]:
    """Height, slant (the width, seen from the side) and thickness (the depth) of a box, in units of the page."""
    depth, *sizes = row.output
    if not sizes:
        return 0.5 + 0.28 * math.log2(depth), 0.0, 0.12
    height = 0.12 + 3.6 * sizes[0] / tallest
    slant = 0.05 + 0.95 * sizes[-1] / tallest
    return height, slant, 0.06 * math.sqrt(depth)


def _draw(axes: Axes, left: float, height: float, slant: float, thick: float) -> None:
    """A box in oblique projection: the face of rows, the top and the side."""
    right, lift = left + thick, 0.6 * slant
    faces = [
        ([left, right, right, left], [0, 0, height, height], _FRONT),
        ([left, right, right + slant, left + slant], [height, height, height + lift, height + lift], _TOP),
        ([right, right + slant, right + slant, right], [0, lift, height + lift, height], _SIDE),
    ]
    for xs, ys, colour in faces:
        axes.fill(xs, ys, facecolor=colour, edgecolor=_INK, linewidth=0.5)
