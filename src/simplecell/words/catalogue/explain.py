"""Explanations: a unit, its window, its terms, its receptive field."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {}
