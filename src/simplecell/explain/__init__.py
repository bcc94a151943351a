"""Where a number comes from: one unit opened into its terms, and which pixels it sees."""

from __future__ import annotations

from simplecell.explain.cell import Explanation, explain
from simplecell.explain.field import Field, Reach, View, seen_by, sees
from simplecell.explain.regions import Region

__all__ = ["Explanation", "Field", "Reach", "Region", "View", "explain", "seen_by", "sees"]
