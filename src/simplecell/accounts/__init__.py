"""Accounts of a network: units, weights, multiplications, bytes; the summary table."""

from __future__ import annotations

from simplecell.accounts.budget import bytes_of, max_batch
from simplecell.accounts.compare import Comparison, compare
from simplecell.accounts.count import Count, count, depth
from simplecell.accounts.eager import Eager, eager
from simplecell.accounts.how import Fact, How, how
from simplecell.accounts.memory import Memory, memory
from simplecell.accounts.summary import Row, Summary, summary
from simplecell.accounts.vary import Varied, vary

__all__ = [
    "Comparison",
    "Count",
    "Eager",
    "Fact",
    "How",
    "Memory",
    "Row",
    "Summary",
    "Varied",
    "bytes_of",
    "compare",
    "count",
    "depth",
    "eager",
    "how",
    "max_batch",
    "memory",
    "summary",
    "vary",
]
