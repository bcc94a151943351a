"""Accounts of a network: units, weights, multiplications, bytes; the summary table."""

from __future__ import annotations

from simplecell.accounts.budget import bytes_of, max_batch
from simplecell.accounts.count import Count, count, depth
from simplecell.accounts.eager import Eager, eager
from simplecell.accounts.memory import Memory, memory
from simplecell.accounts.summary import Row, Summary, summary

__all__ = [
    "Count",
    "Eager",
    "Memory",
    "Row",
    "Summary",
    "bytes_of",
    "count",
    "depth",
    "eager",
    "max_batch",
    "memory",
    "summary",
]
