"""What commands print: tables and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simplecell.errors import ArgumentError
from simplecell.layers.base import Array
from simplecell.words import say
from simplecell.words.layout import table

if TYPE_CHECKING:
    from simplecell.explain import Explanation, GradientExplanation


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


def check_top(top: int | None) -> None:
    """Refuse a number of terms to show that is none."""
    if top is not None and top < 1:
        raise ArgumentError(f"--top must be a whole number from 1, got {top}")


def print_opened(
    found: Explanation | GradientExplanation, lang: str, top: int | None, csv: Path | None, json: bool
) -> None:
    """A value or a gradient, opened: its page or JSON, and its terms as a file if one is named."""
    if csv is not None:
        found.to_csv(csv)
    if json:
        print_json(found.to_dict())
        return
    print(found.text(lang, top))
    if csv is not None:
        print(say("cli.terms_written", lang, path=str(csv)))


def confusion_lines(matrix: Array, classes: Sequence[str], lang: str) -> list[str]:
    """A confusion matrix as aligned lines: row = the true class, column = the class taken; zeros are dots."""
    corner = f"{say('report.actual', lang)} \\ {say('report.predicted', lang)}"
    rows = [[name, *(str(n) if n else "." for n in counts)] for name, counts in zip(classes, matrix, strict=True)]
    return table([[corner, *classes], *rows])
