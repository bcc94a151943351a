"""The reference networks, each a short readable definition."""

from __future__ import annotations

from collections.abc import Callable

from simplecell.model import Model
from simplecell.zoo.digits import digits
from simplecell.zoo.lenet5 import lenet5
from simplecell.zoo.signs import signs

NETWORKS: dict[str, Callable[[], Model]] = {"digits": digits, "lenet5": lenet5, "signs": signs}
"""Every network by name."""

__all__ = ["NETWORKS", "digits", "lenet5", "signs"]
