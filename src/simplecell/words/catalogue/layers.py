"""What a layer computes and how one of its values comes about."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {}
