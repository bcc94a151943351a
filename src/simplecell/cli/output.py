"""What commands print: tables and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from simplecell.layers.base import Array
from simplecell.words import say
from simplecell.words.layout import table


def print_json(value: Any) -> None:
    """One JSON document on stdout; NumPy's numbers and arrays as JSON's, floats with all their digits."""
    print(plain_json(value))


def plain_json(value: Any) -> str:
    """The document as text."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: object) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def confusion_lines(matrix: Array, classes: Sequence[str], lang: str) -> list[str]:
    """A confusion matrix as aligned lines: row = the true class, column = the class taken; zeros are dots."""
    corner = f"{say('report.actual', lang)} \\ {say('report.predicted', lang)}"
    rows = [[name, *(str(n) if n else "." for n in counts)] for name, counts in zip(classes, matrix, strict=True)]
    return table([[corner, *classes], *rows])
