"""The summary of a network: one row per layer, with every number that its shape fixes."""

from __future__ import annotations

import csv
import io
import math
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simplecell.accounts.count import Count, count, depth, filter_shape, of_site, unused
from simplecell.accounts.how import How, how
from simplecell.accounts.hulls import Hull, first_centre, hulls, unbroken
from simplecell.accounts.table import summary_html, summary_markdown, summary_text
from simplecell.files import write_atomically
from simplecell.geometry import Window, whole_number
from simplecell.graph import Graph, Node
from simplecell.layers.base import Shape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BYTES = 4
"""Bytes of one value in float32."""


@dataclass(frozen=True)
class Row:
    """One node. Counts are for one image; `bytes` is what its output takes for the whole batch in float32.

    inputs      shapes of what it reads
    window      rows and columns of the layer's own window; () without one
    field       rows and columns of the receptive field in the input before clipping (size, and step as jump); None
                where rows and columns are lost, or where branches of different jumps meet
    exact       whether a unit away from the border sees all of that field; if not, the field is a hull with holes
    count       None for an input
    per_filter  weights of one filter (or of one linear unit); 0 for other layers
    unused      cells of a channel of the input that no window reads, because strides leave them over
    depth       number of filters of a convolution or linear layer; 0 for others. `filter_depth`, that of each filter.
    """

    number: int
    name: str
    kind: str
    output: Shape
    window: tuple[Window, ...]
    field: Hull | None
    count: Count | None
    bytes: int
    inputs: tuple[Shape, ...] = ()
    exact: bool = False
    per_filter: int = 0
    unused: int = 0
    depth: int = 0
    filter_depth: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The row in values that JSON keeps; `output` is in array order (c, h, w)."""
        c = self.count
        return {
            "number": self.number,
            "name": self.name,
            "kind": self.kind,
            "inputs": [list(shape) for shape in self.inputs],
            "output": list(self.output),
            "window": [w._asdict() for w in self.window],
            "field": None
            if self.field is None
            else [{"size": w.size, "jump": w.step, "centre": first_centre(w)} for w in self.field],
            "field_is": "" if self.field is None else "exact" if self.exact else "hull",
            "units": c.units if c else 0,
            "weights": c.weights if c else 0,
            "biases": c.biases if c else 0,
            "parameters": c.parameters if c else 0,
            "macs": c.macs if c else 0,
            "macs_without_padding": c.macs - c.padding_macs if c else 0,
            "connections": c.connections if c else 0,
            "flops": 2 * c.macs if c else 0,
            "weights_per_filter": self.per_filter,
            "unused_inputs": self.unused,
            "depth_of_layer": self.depth,
            "depth_of_filter": self.filter_depth,
            "bytes": self.bytes,
        }


@dataclass(frozen=True, repr=False)
class Summary:
    """The rows and the totals; prints itself as a table."""

    rows: tuple[Row, ...]
    total: Count
    batch: int
    lang: str | None
    graph: Graph = field(repr=False)

    @property
    def bytes(self) -> int:
        """What the inputs and all layers' outputs together take for the batch, each held once, in float32."""
        return sum(row.bytes for row in self.rows)

    def __repr__(self) -> str:
        return self.text()

    def text(self, lang: str | None = None, columns: int | None = None) -> str:
        """The table in English, Chinese or Japanese; at most `columns` wide, if given, by leaving out what matters
        least."""
        return summary_text(self, lang or self.lang, columns)

    def how(self, layer: str | int) -> How:
        """Every figure of one layer, with the formula that it comes from."""
        return how(self.graph, layer, self.batch)

    def chart(self, kind: str, path: str | os.PathLike[str] | None = None) -> Figure:
        """A picture: "memory" or "work" per layer, or the "volumes" as they shrink and deepen; written to `path`
        (.png or .svg) if given. Raises MissingExtra without matplotlib."""
        from simplecell.accounts.charts import chart
        from simplecell.files.figure import save

        figure = chart(self, kind, self.lang)
        if path is not None:
            save(figure, path)
        return figure

    def to_markdown(self) -> str:
        """The table in Markdown."""
        return summary_markdown(self, self.lang)

    def _repr_html_(self) -> str:
        return summary_html(self, self.lang)

    def to_dict(self) -> dict[str, Any]:
        """Everything in values that JSON keeps."""
        t = self.total
        totals = {
            "units": t.units, "weights": t.weights, "biases": t.biases, "parameters": t.parameters, "macs": t.macs,
            "macs_without_padding": t.macs - t.padding_macs, "connections": t.connections, "flops": 2 * t.macs,
            "bytes": self.bytes,
        }  # fmt: skip
        return {
            "batch": self.batch,
            "depth_of_network": depth(self.graph),
            "rows": [row.to_dict() for row in self.rows],
            "total": totals,
        }

    def to_csv(self, path: str | os.PathLike[str] | None = None) -> str:
        """One line per node and one with the totals; shapes as HxWxC; written to `path` if given."""
        text = io.StringIO()
        names = [key for key in self.rows[0].to_dict() if key not in ("window", "field", "inputs")]
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*names, "window", "field", "jump", "centre"])
        for row in self.rows:
            numbers = row.to_dict() | {"output": "x".join(map(str, (*row.output[1:], row.output[0])))}
            writer.writerow([*(numbers[n] for n in names), *_spans(row)])
        totals = self.to_dict()["total"]
        writer.writerow([*("total" if n == "name" else totals.get(n, "") for n in names), "", "", "", ""])
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
    exact = unbroken(graph, fields)
    rows = tuple(_row(node, fields[node.name], exact[node.name], images) for node in graph.nodes)
    return Summary(rows, count(graph), images, lang, graph)


def _row(node: Node, field: Hull | None, exact: bool, batch: int) -> Row:
    size = math.prod(node.shape) * BYTES * batch
    if node.site is None:
        return Row(node.number, node.name, "Input", node.shape, (), None, None, size)
    site = node.site
    weight = filter_shape(site)
    return Row(
        node.number,
        node.name,
        site.layer.kind,
        node.shape,
        tuple(axis.window for axis in site.windows),
        field,
        of_site(site),
        size,
        site.inputs,
        exact,
        math.prod(weight[1:]) if weight else 0,
        unused(site),
        weight[0] if weight else 0,
        weight[1] if weight else 0,
    )


def _spans(row: Row) -> list[str]:
    """Window and field as 3x3, jump as 1x1, centre of the first unit's field as 1.5x1.5."""
    field = row.field or ()
    spans = ([w.size for w in row.window], [w.size for w in field], [w.step for w in field])
    return [*("x".join(map(str, span)) for span in spans), "x".join(f"{first_centre(w):g}" for w in field)]
