"""How layers connect: building a graph, its one walk, its JSON form."""

from __future__ import annotations

from simplecell.graph.build import functional, ordered, sequential
from simplecell.graph.graph import Draft, Graph, Node, walk
from simplecell.graph.json_form import from_json, to_json

__all__ = ["Draft", "Graph", "Node", "from_json", "functional", "ordered", "sequential", "to_json", "walk"]
