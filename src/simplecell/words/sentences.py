"""Filling the sentences of the catalogue."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from simplecell.errors import ArgumentError, message
from simplecell.words.catalogue import ENTRIES
from simplecell.words.languages import LANGUAGES
from simplecell.words.numbers import (
    bytes_text,
    exact_text,
    number_text,
    percent_text,
    seconds_text,
    shape_text,
)

_SPECS: Final[dict[str, Callable[[Any], str]]] = {
    "volume": shape_text,
    "bytes": bytes_text,
    "MB": lambda size: bytes_text(size, "MB"),
    "MiB": lambda size: bytes_text(size, "MiB"),
    "exact": exact_text,
    "number": number_text,
    "percent": percent_text,
    "seconds": seconds_text,
}


class _Writer(string.Formatter):
    """`str.format` with the specs of `_SPECS`, `{n:image|images}` for the form that goes with n, and `{at:place}` and
    `{unit:unit}` for where a unit is, in words of the language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec in _SPECS:
            return _SPECS[format_spec](value)
        if format_spec == "place":
            return say(f"layers.place.{len(value)}", self.lang, **dict(zip("zyx"[-len(value) :], value, strict=True)))
        if format_spec == "unit":
            place = {"at": value[1:]} if len(value) > 1 else {}
            return say(f"layers.unit.{min(len(value), 2)}", self.lang, channel=value[0], **place)
        if "|" in format_spec:
            one, many = format_spec.split("|")
            return one if value == 1 else many
        return super().format_field(value, format_spec)

    def check_unused_args(self, used_args: set[int | str], args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        unknown = sorted(set(kwargs) - {str(name) for name in used_args})
        if unknown:
            raise ValueError(f"it has no place for {', '.join(unknown)}")


_WRITERS: Final = {lang: _Writer(lang) for lang in LANGUAGES}


def placeholders(text: str) -> frozenset[str]:
    """Return the names that a sentence of the catalogue wants filled.

    >>> sorted(placeholders("{n:,} of {total} {n:image|images}"))
    ['n', 'total']
    """
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def say(key: str, lang: str = "en", **numbers: Any) -> str:
    """Return the sentence `key` in the language `lang` with its numbers filled in.

    Rules: a placeholder takes Python's format specs and those of `simplecell.words.catalogue`; every placeholder must
    be given and nothing else.

    Raises: ArgumentError if the key or the language is unknown, or if the numbers are not those of the sentence.
    """
    if key not in ENTRIES:
        raise ArgumentError(message(f"sentence {key!r}", "is in no catalogue.", remedies=["add it to words/catalogue"]))
    if lang not in LANGUAGES:
        raise ArgumentError(message(f"language {lang!r}", "is not spoken here.", remedies=list(LANGUAGES)))
    text = ENTRIES[key][lang]
    try:
        return _WRITERS[lang].format(text, **numbers)
    except KeyError as missing:
        needs = ", ".join(sorted(placeholders(text)))
        raise ArgumentError(f"sentence {key!r}: needs {needs}; {missing.args[0]} is not given") from missing
    except (ValueError, TypeError) as cause:
        raise ArgumentError(f"sentence {key!r}: {cause}; the text is {text!r}") from cause
