"""The summary as text and as HTML, in three languages."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from simplecell.accounts.count import depth
from simplecell.geometry import Window
from simplecell.words import language, say, shape_text
from simplecell.words.layout import table, width, wrap

if TYPE_CHECKING:
    from simplecell.accounts.summary import Row, Summary

_COLUMNS: tuple[str, ...] = (
    "number", "name", "kind", "output", "window", "field", "jump", "units", "parameters", "macs", "inside", "bytes",
)  # fmt: skip
_TEXT = 5
"""So many columns are text and stand left; the others are numbers and stand right."""


_LEAST = ("inside", "jump", "units", "number", "kind", "window", "field", "bytes")
"""Columns that are left out of a narrow table, the first first."""


def summary_text(summary: Summary, lang: str | None = None, columns: int | None = None) -> str:
    """An aligned table with a line of totals, and what its columns mean; no wider than `columns` where possible."""
    code = language(lang)
    shown: list[str] = [*_COLUMNS]
    cells = _cells(summary, code)
    lines = _lines(cells, shown)
    for column in _LEAST:
        if columns is None or max(map(width, lines)) <= columns:
            break
        shown.remove(column)
        lines = _lines(cells, shown)
    rule = "-" * max(map(width, lines))
    missing = [say(f"accounts.column.{column}", code) for column in _COLUMNS if column not in shown]
    notes = _notes(summary, code) + ([say("accounts.note.left_out", code, names=", ".join(missing))] if missing else [])
    notes = notes if columns is None else [line for note in notes for line in wrap(note, columns)]
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1], "", *notes])


def _lines(cells: list[list[str]], shown: Sequence[str]) -> list[str]:
    """The columns of these names, aligned."""
    places = [_COLUMNS.index(name) for name in shown]
    texts = sum(place < _TEXT for place in places)
    return table([[row[place] for place in places] for row in cells], indent="", lefts=texts)


def summary_markdown(summary: Summary, lang: str | None = None) -> str:
    """The same as a table in Markdown."""
    code = language(lang)
    head, *body = _cells(summary, code)
    rule = [":--" if i < _TEXT else "--:" for i in range(len(head))]
    rows = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in (head, rule, *body)]
    return "\n".join([*rows, "", *(f"- {note}" for note in _notes(summary, code)), ""])


def summary_html(summary: Summary, lang: str | None = None) -> str:
    """The same as an HTML table; every text in it is escaped."""
    code = language(lang)
    head, *body = _cells(summary, code)
    parts = [f"<tr>{''.join(f'<th>{html.escape(cell)}</th>' for cell in head)}</tr>"]
    for row in body:
        cells = "".join(
            f'<td style="text-align:{"left" if i < _TEXT else "right"}">{html.escape(cell)}</td>'
            for i, cell in enumerate(row)
        )
        parts.append(f"<tr>{cells}</tr>")
    notes = "<br>".join(map(html.escape, _notes(summary, code)))
    return f"<table>{''.join(parts)}</table><p>{notes}</p>"


def window_text(windows: Sequence[Window]) -> str:
    """A layer's window in short: size, then stride, padding and dilation where they are not 1, 0 and 1.

    >>> window_text([Window(3, 2, 1, 0, 1)] * 2), window_text([Window(1), Window(5, before=2, after=2)])
    ('3x3 s2 p0-1', '1x5 p0,2')
    """
    if not windows:
        return ""
    pads = [str(w.before) if w.before == w.after else f"{w.before}-{w.after}" for w in windows]
    marks = [
        _mark("s", [str(w.step) for w in windows], "1"),
        _mark("p", pads, "0"),
        _mark("d", [str(w.gap) for w in windows], "1"),
    ]
    return " ".join(["x".join(str(w.size) for w in windows), *(mark for mark in marks if mark)])


def _mark(letter: str, values: Sequence[str], usual: str) -> str:
    if set(values) == {usual}:
        return ""
    return letter + (values[0] if len(set(values)) == 1 else ",".join(values))


def _cells(summary: Summary, lang: str) -> list[list[str]]:
    """Head, one row per node, totals."""
    head = [say(f"accounts.column.{column}", lang) for column in _COLUMNS]
    t = summary.total
    totals = [t.units, t.parameters, t.macs, t.macs - t.padding_macs, summary.bytes]
    last = ["", say("accounts.total", lang), "", "", "", "", "", *(f"{n:,}" for n in totals)]
    return [head, *(_row(row) for row in summary.rows), last]


def _row(row: Row) -> list[str]:
    field, c = row.field or (), row.count
    counts = ["", "", "", ""] if c is None else [f"{c.units:,}", *_some(c.parameters, c.macs, c.macs - c.padding_macs)]
    return [
        str(row.number) if row.number else "",
        row.name,
        row.kind,
        shape_text(row.output),
        window_text(row.window),
        "x".join(str(w.size) for w in field),
        "x".join(map(str, dict.fromkeys(w.step for w in field))),
        *counts,
        f"{row.bytes:,}",
    ]


def _some(parameters: int, macs: int, inside: int) -> list[str]:
    """Counts as text; a layer without weights or multiplications has blanks there."""
    return [f"{parameters:,}" if parameters else "", f"{macs:,}" if macs else "", f"{inside:,}" if macs else ""]


def _notes(summary: Summary, lang: str) -> list[str]:
    """What is not plain from the columns' titles."""
    t = summary.total
    return [
        say("accounts.note.parameters", lang, weights=t.weights, biases=t.biases, connections=t.connections),
        say("accounts.note.window", lang),
        say("accounts.note.field", lang),
        say("accounts.note.macs", lang),
        say("accounts.note.bytes", lang, batch=summary.batch, size=summary.bytes),
        say("accounts.note.depth", lang, depth=depth(summary.graph), channels=summary.rows[0].output[0]),
    ]
