"""Reports: accuracy, the confusion matrix, captions of pictures."""

from __future__ import annotations

from typing import Final

ENTRIES: Final[dict[str, dict[str, str]]] = {}
