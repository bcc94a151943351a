"""The summary of a network: one row per layer, with every number that its shape fixes."""

from __future__ import annotations

import csv
import io
import math
import os
from dataclasses import asdict, dataclass
from typing import Any

from simplecell.accounts.count import Count, count, of_site
from simplecell.accounts.hulls import Hull, hulls
from simplecell.accounts.table import summary_html, summary_text
from simplecell.files import write_atomically
from simplecell.geometry import Window, whole_number
from simplecell.graph import Graph, Node
from simplecell.layers.base import Shape

BYTES = 4
"""Bytes of one value in float32."""


@dataclass(frozen=True)
class Row:
    """One node. Counts are for one image; `bytes` is what its output takes for the whole batch in float32.

    window  rows and columns of the layer's own window; () without one
    field   rows and columns of the receptive field in the input before clipping (size, and step as jump); None where
            rows and columns are lost, or where branches of different jumps meet
    count   None for an input
    """

    number: int
    name: str
    kind: str
    output: Shape
    window: tuple[Window, ...]
    field: Hull | None
    count: Count | None
    bytes: int

    def to_dict(self) -> dict[str, Any]:
        """The row in values that JSON keeps; `output` is in array order (c, h, w)."""
        c = self.count
        return {
            "number": self.number,
            "name": self.name,
            "kind": self.kind,
            "output": list(self.output),
            "window": [asdict(w) for w in self.window],
            "field": None if self.field is None else [{"size": w.size, "jump": w.step} for w in self.field],
            "units": c.units if c else 0,
            "weights": c.weights if c else 0,
            "biases": c.biases if c else 0,
            "parameters": c.parameters if c else 0,
            "macs": c.macs if c else 0,
            "macs_without_padding": c.macs - c.padding_macs if c else 0,
            "connections": c.connections if c else 0,
            "bytes": self.bytes,
        }


@dataclass(frozen=True)
class Summary:
    """The rows and the totals; prints itself as a table."""

    rows: tuple[Row, ...]
    total: Count
    batch: int
    lang: str | None

    @property
    def bytes(self) -> int:
        """What the inputs and all layers' outputs together take for the batch, each held once, in float32."""
        return sum(row.bytes for row in self.rows)

    def __str__(self) -> str:
        return self.text()

    def text(self, lang: str | None = None) -> str:
        """The table in English, Chinese or Japanese."""
        return summary_text(self, lang or self.lang)

    def _repr_html_(self) -> str:
        return summary_html(self, self.lang)

    def to_dict(self) -> dict[str, Any]:
        """Everything in values that JSON keeps."""
        t = self.total
        totals = {
            "units": t.units, "weights": t.weights, "biases": t.biases, "parameters": t.parameters, "macs": t.macs,
            "macs_without_padding": t.macs - t.padding_macs, "connections": t.connections, "bytes": self.bytes,
        }  # fmt: skip
        return {"batch": self.batch, "rows": [row.to_dict() for row in self.rows], "total": totals}

    def to_csv(self, path: str | os.PathLike[str] | None = None) -> str:
        """One line per node and one with the totals; shapes as HxWxC; written to `path` if given."""
        text = io.StringIO()
        names = [key for key in self.rows[0].to_dict() if key not in ("window", "field")]
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*names, "window", "field", "jump"])
        for row in self.rows:
            numbers = row.to_dict() | {"output": "x".join(map(str, (*row.output[1:], row.output[0])))}
            writer.writerow([*(numbers[n] for n in names), *_spans(row)])
        totals = self.to_dict()["total"]
        writer.writerow([*("total" if n == "name" else totals.get(n, "") for n in names), "", "", ""])
        if path is not None:
            write_atomically(path, [text.getvalue().encode()])
        return text.getvalue()


def summary(graph: Graph, batch: int = 1, *, lang: str | None = None) -> Summary:
    """Gather what the shapes of a network fix: windows, receptive fields, units, parameters, work and bytes.

    Raises: ArgumentError for a batch below 1.

    >>> from simplecell.graph import sequential
    >>> from simplecell.layers import Conv2d, Input
    >>> s = summary(sequential([Input(3, 227, 227), Conv2d(96, 11, stride=4)]))
    >>> s.rows[1].output, s.total.parameters
    ((96, 55, 55), 34944)
    """
    images = whole_number(batch, "batch", 1)
    fields = hulls(graph)
    rows = tuple(_row(node, fields[node.name], images) for node in graph.nodes)
    return Summary(rows, count(graph), images, lang)


def _row(node: Node, field: Hull | None, batch: int) -> Row:
    site = node.site
    return Row(
        node.number,
        node.name,
        site.layer.kind if site else "Input",
        node.shape,
        tuple(axis.window for axis in site.windows) if site else (),
        field if site else None,
        of_site(site) if site else None,
        math.prod(node.shape) * BYTES * batch,
    )


def _spans(row: Row) -> list[str]:
    """Window and field as 3x3, jump as 1x1."""
    field = row.field or ()
    spans = ([w.size for w in row.window], [w.size for w in field], [w.step for w in field])
    return ["x".join(map(str, span)) for span in spans]
