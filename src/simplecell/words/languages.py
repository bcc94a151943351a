"""The languages that simplecell speaks, and the choice among them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from simplecell.errors import ArgumentError, message

LANGUAGES: Final[dict[str, str]] = {"en": "English", "zh": "中文", "ja": "日本語"}


def language(chosen: str | None = None, environment: Mapping[str, str] | None = None) -> str:
    """Return the code of the language to speak.

    Rules: `chosen` if given; else SIMPLECELL_LANG; else the locale (LC_ALL, LC_MESSAGES, LANG, the first that is set,
    as POSIX orders them) if it is one of ours; else English. Regions and encodings are ignored: zh_CN.UTF-8 is zh.

    Raises: ArgumentError if `chosen` or SIMPLECELL_LANG names a language that is not in LANGUAGES.

    >>> language("zh-CN"), language(None, {"LANG": "ja_JP.UTF-8"}), language(None, {"LANG": "fr_FR"})
    ('zh', 'ja', 'en')
    """
    environment = os.environ if environment is None else environment
    if chosen is not None:
        return _ours(chosen, "language")
    if environment.get("SIMPLECELL_LANG"):
        return _ours(environment["SIMPLECELL_LANG"], "SIMPLECELL_LANG")
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    code = _code(locale)
    return code if code in LANGUAGES else "en"


def _code(tag: str) -> str:
    return tag.replace("-", "_").replace(".", "_").split("_")[0].lower()


def _ours(tag: str, place: str) -> str:
    code = _code(tag)
    if code not in LANGUAGES:
        raise ArgumentError(message(place, f"{tag!r} is not spoken here.", remedies=list(LANGUAGES)))
    return code
