"""The frames of a film laid out as coloured cells with numbers and lines of text, for any canvas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simplecell.explain.layout import NumberColumn
from simplecell.layers.base import Array
from simplecell.words import language, number_text, say

if TYPE_CHECKING:
    from simplecell.explain.film import Film, Frame

CELL = 44
"""Pixels of a cell in which numbers are printed."""
_SMALL = 12
_NUMBERED = 12
_SHOWN = 3
_GAP, _MARGIN, _LINE = 30, 14, 18
_WINDOW, _GRID, _INK, _PADDING = "#d97706", "#b8b8b8", "#1a1a1a", "#eeeeee"


@dataclass(frozen=True)
class Box:
    """A coloured rectangle with a text in its middle."""

    x: int
    y: int
    width: int
    height: int
    fill: str
    edge: str
    text: str = ""
    ink: str = _INK
    weight: int = 1


@dataclass(frozen=True)
class Label:
    """A line of text from (x, y) on, its upper left corner."""

    x: int
    y: int
    text: str
    bold: bool = False


@dataclass(frozen=True)
class Scene:
    """One picture: its size in pixels, boxes in the order in which they are drawn, and labels."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    labels: tuple[Label, ...]


def scenes(film: Film, lang: str | None = None) -> Iterator[Scene]:
    """A scene per frame, all of one size."""
    code = language(lang)
    plan = _Plan(film, code)
    for number, (frame, result) in enumerate(zip(film.frames, film.results(), strict=True)):
        yield plan.scene(frame, result, number)


class _Plan:
    """Where everything stands in the scenes of one film."""

    def __init__(self, film: Film, lang: str) -> None:
        self.film, self.lang = film, lang
        self.shown = min(_SHOWN, len(film.channels))
        every = film.frames
        rows = [r for f in every for r in (f.rows[0], f.rows[-1])]
        columns = [c for f in every for c in (f.columns[0], f.columns[-1])]
        h, w = film.image.shape[1:]
        self.top, self.left = min(0, *rows), min(0, *columns)
        self.height, self.width = max(h - 1, *rows) - self.top + 1, max(w - 1, *columns) - self.left + 1
        self.cell = CELL if max(self.height, self.width) <= _NUMBERED else _SMALL
        few = every[:: max(1, len(every) // 64)]
        self.writes = {
            "factors": NumberColumn(every[0].factors.ravel().tolist() if film.kind.startswith("Conv") else [1.0, 0.25]),
            "given": NumberColumn(np.concatenate([f.given.ravel() for f in few]).tolist()),
            "result": NumberColumn([f.value for f in every]),
        }
        *_, last = film.results()
        self.limits = {
            "image": _limit(film.image), "factors": _limit(every[0].factors), "result": _limit(last),
            "given": max(_limit(f.given) for f in every),
        }  # fmt: skip

    def scene(self, frame: Frame, result: Array, number: int) -> Scene:
        boxes, labels, y = list[Box](), self._title(frame, number), _MARGIN + 3 * _LINE
        right = 0
        for c in range(self.shown):
            labels.append(Label(_MARGIN, y, self._said("channel", channel=self.film.channels[c])))
            y += _LINE
            x = _MARGIN
            boxes += self._image(frame, c, x, y)
            x += self.width * self.cell + _GAP
            for name, values in self._beside(frame, c):
                labels.append(Label(x, y - _LINE, self._said(name)))
                scale = name.partition(".")[0]
                boxes += _grid(values, x, y, CELL, self.limits[scale], self.writes[scale])
                x += values.shape[1] * CELL + _GAP
            right, y = max(right, x), y + max(self.height * self.cell, self.film.window[0] * CELL) + _GAP // 2
        if self.shown < len(self.film.channels):
            more = len(self.film.channels) - self.shown
            labels.append(Label(_MARGIN, y, self._said("more", n=more)))
            y += _LINE
        labels.append(Label(_MARGIN, y, self._said(f"result.{self.film.direction}")))
        boxes += self._result(frame, result, _MARGIN, y + _LINE)
        rows, columns = result.shape[-2:]
        size = self._cell_of(rows, columns)
        count = 1 if result.ndim == 2 else self.shown
        width = max(right, _MARGIN + count * (columns * size + _GAP), 560)
        return Scene(width, y + _LINE + rows * size + _MARGIN, tuple(boxes), tuple(labels))

    def _title(self, frame: Frame, number: int) -> list[Label]:
        film = self.film
        head = self._said("title", layer=film.layer, kind=film.kind, channel=film.channel,
                          number=number + 1, frames=len(film.frames))  # fmt: skip
        at, value = frame.at, number_text(frame.value)
        if film.direction == "forward":
            total = number_text(float(np.sum(frame.given)))
            bias = "" if film.bias is None else self._said("bias", bias=number_text(film.bias))
            key = "sum" if np.isfinite(frame.inputs).all() and film.kind.startswith("Conv") else "pool"
            line = self._said(key, y=at[0], x=at[1], total=total, bias=bias, value=value) if key == "sum" else (
                self._said(key, y=at[0], x=at[1], value=value))  # fmt: skip
        else:
            line = self._said(f"back.{film.direction}", y=at[0], x=at[1], value=value)
        return [Label(_MARGIN, _MARGIN, head, bold=True), Label(_MARGIN, _MARGIN + _LINE, line)]

    def _said(self, key: str, **numbers: object) -> str:
        return say(f"explain.film.{key}", self.lang, **numbers)

    def _image(self, frame: Frame, c: int, x: int, y: int) -> list[Box]:
        """The input, padding grey around it, with the window upon it."""
        h, w = self.film.image.shape[1:]
        boxes: list[Box] = []
        column = NumberColumn(self.film.image.ravel().tolist())
        for row in range(self.top, self.top + self.height):
            for col in range(self.left, self.left + self.width):
                real = 0 <= row < h and 0 <= col < w
                value = float(self.film.image[c, row, col]) if real else 0.0
                fill = colour(value, self.limits["image"]) if real else _PADDING
                place = (x + (col - self.left) * self.cell, y + (row - self.top) * self.cell)
                text = column.write(value) if real and self.cell == CELL else ""
                boxes.append(Box(*place, self.cell, self.cell, fill, _GRID, text, ink(value, self.limits["image"])))
        for row in frame.rows:
            for col in frame.columns:
                place = (x + (col - self.left) * self.cell, y + (row - self.top) * self.cell)
                boxes.append(Box(*place, self.cell, self.cell, "none", _WINDOW, weight=3))
        return boxes

    def _beside(self, frame: Frame, c: int) -> list[tuple[str, Array]]:
        """The grids beside the input: the factors, and what they give."""
        name = "given" if self.film.direction == "forward" else f"given.{self.film.direction}"
        return [("factors", frame.factors[c]), (name, frame.given[c])]

    def _result(self, frame: Frame, result: Array, x: int, y: int) -> list[Box]:
        """What has grown so far; forward the newest value is framed."""
        maps = [result] if result.ndim == 2 else [*result[: self.shown]]
        boxes: list[Box] = []
        for values in maps:
            size = self._cell_of(*values.shape)
            boxes += _grid(values, x, y, size, self.limits["result"], self.writes["result"] if size == CELL else None)
            if self.film.direction == "forward":
                i, j = frame.at
                boxes.append(Box(x + j * size, y + i * size, size, size, "none", _WINDOW, weight=3))
            x += values.shape[1] * size + _GAP
        return boxes

    def _cell_of(self, rows: int, columns: int) -> int:
        return CELL if max(rows, columns) <= _NUMBERED else _SMALL


def _grid(values: Array, x: int, y: int, size: int, limit: float, column: NumberColumn | None) -> list[Box]:
    """A table of coloured cells; NaN, where nothing is yet, stays white."""
    boxes: list[Box] = []
    for (row, col), value in np.ndenumerate(values):
        known = bool(np.isfinite(value))
        text = column.write(float(value)) if known and column is not None else ""
        fill = colour(float(value), limit) if known else "#ffffff"
        boxes.append(Box(x + col * size, y + row * size, size, size, fill, _GRID, text, ink(float(value), limit)))
    return boxes


def _limit(values: Array) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size and finite.max() > 0 else 1.0


def colour(value: float, limit: float) -> str:
    """White for 0, towards red above, towards blue below.

    >>> colour(0.0, 1.0), colour(1.0, 1.0), colour(-1.0, 1.0)
    ('#ffffff', '#b2182b', '#2166ac')
    """
    share = min(abs(value) / limit, 1.0) if np.isfinite(value) else 0.0
    full: Sequence[int] = (0xB2, 0x18, 0x2B) if value > 0 else (0x21, 0x66, 0xAC)
    return "#" + "".join(f"{round(255 + (end - 255) * share):02x}" for end in full)


def ink(value: float, limit: float) -> str:
    """The colour of a number that can be read on `colour`."""
    return "#ffffff" if np.isfinite(value) and abs(value) > 0.6 * limit else _INK
