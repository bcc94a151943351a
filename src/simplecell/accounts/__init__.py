"""Counts of a network: units, weights, multiplications, bytes; the summary table."""

from __future__ import annotations

from simplecell.accounts.count import Count, count
from simplecell.accounts.summary import Row, Summary, summary

__all__ = ["Count", "Row", "Summary", "count", "summary"]
