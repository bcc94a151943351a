"""Where a number comes from: one unit or one gradient opened into its terms, and which pixels a unit sees."""

from __future__ import annotations

from simplecell.explain.cell import Explanation, explain
from simplecell.explain.field import Field, Reach, View, seen_by, sees
from simplecell.explain.gradient import GradientExplanation, value_gradient, weight_gradient
from simplecell.explain.regions import Region
from simplecell.explain.watched import Watched

__all__ = [
    "Explanation",
    "Field",
    "GradientExplanation",
    "Reach",
    "Region",
    "View",
    "Watched",
    "explain",
    "seen_by",
    "sees",
    "value_gradient",
    "weight_gradient",
]
