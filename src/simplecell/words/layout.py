"""Setting text for a terminal: widths that count Chinese and Japanese characters twice, wrapping, aligned tables."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Sequence

WIDTH = 100
"""Columns that a page may take."""

_NEVER_FIRST = "。、，．：；！？）］」』・ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.:;)"
_NEVER_LAST = "（［「『("


def width(text: str) -> int:
    """Columns that a text takes on a terminal.

    >>> width("row 2"), width("行 2")
    (5, 4)
    """
    return sum(2 if _wide(c) else 0 if unicodedata.combining(c) else 1 for c in text)


def right(text: str, columns: int) -> str:
    """The text pushed to the right of so many columns."""
    return " " * (columns - width(text)) + text


def left(text: str, columns: int) -> str:
    """The text filled up to so many columns."""
    return text + " " * (columns - width(text))


def labelled(rows: Sequence[tuple[str, str]]) -> list[str]:
    """A line a row: the label, filled up to the longest, and what stands behind it, which may be of any length.

    >>> labelled([("sum", "0.25"), ("bias", "-1")])
    ['  sum   0.25', '  bias  -1']
    """
    edge = max(width(label) for label, _ in rows) + 2
    return [f"  {left(label, edge)}{text}" for label, text in rows]


def wrap(text: str, columns: int = WIDTH, indent: str = "") -> list[str]:
    """Break a paragraph into lines of at most `columns`, at spaces and between Chinese and Japanese characters, but not
    before closing punctuation; later lines begin with `indent`.

    >>> wrap("one two three", 8), wrap("填充不是图像。", 8)
    (['one two', 'three'], ['填充不是', '图像。'])
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line.strip() and width(line + piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line = indent + piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    """The parts of a text between which a line may end."""
    pieces: list[str] = []
    for character in text:
        last = pieces[-1][-1] if pieces else ""
        joined = character == " " or (last not in ("", " ") and not _wide(character) and not _wide(last))
        if pieces and (joined or character in _NEVER_FIRST or last in _NEVER_LAST):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def table(rows: Iterable[Sequence[str]], indent: str = "  ", gap: str = "  ", lefts: int = 1) -> list[str]:
    """Rows of equally many cells as aligned lines; the first `lefts` columns stand left, the rest right."""
    cells = [list(row) for row in rows]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    lines: list[str] = []
    for row in cells:
        parts = [
            left(cell, w) if number < lefts else right(cell, w)
            for number, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append((indent + gap.join(parts)).rstrip())
    return lines


def preformatted(text: str) -> str:
    """Text for a notebook, set as on a terminal (notebooks take the fixed-width letters from `<pre>`); what it says is
    escaped.

    >>> preformatted("1 < 2")
    '<pre style="font-family:monospace;line-height:1.3;white-space:pre">1 &lt; 2</pre>'
    """
    return f'<pre style="font-family:monospace;line-height:1.3;white-space:pre">{html.escape(text)}</pre>'
