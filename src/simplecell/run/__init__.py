"""Executors of a graph or a plan."""
