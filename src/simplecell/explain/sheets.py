"""Tables that a spreadsheet opens: each number beside the formula that computes it again."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from typing import NamedTuple

from simplecell.files import write_atomically

COLUMNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Result(NamedTuple):
    """The last line of a sheet: its name, the number, and its formula ("" where no formula says it)."""

    name: str
    value: object
    formula: str


def sheet(
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    results: Sequence[Result],
    path: str | os.PathLike[str] | None,
) -> str:
    """CSV with a head, the rows and the results, whose value and formula stand in the last two columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    for result in results:
        writer.writerow([result.name, *[""] * (len(columns) - 3), result.value, result.formula])
    if path is not None:
        write_atomically(path, [text.getvalue().encode()])
    return text.getvalue()


def span(columns: Sequence[str], column: str, count: int, first: int = 2) -> str:
    """The cells of a column: `F2:F28`.

    >>> span(("source", "input"), "input", 9)
    'B2:B10'
    """
    letter = COLUMNS[columns.index(column)]
    return f"{letter}{first}:{letter}{first + count - 1}"
