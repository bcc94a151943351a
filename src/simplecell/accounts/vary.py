"""What a layer would cost with other arguments, where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from simplecell.accounts.count import of_site
from simplecell.errors import ArgumentError, SimplecellError
from simplecell.graph import Graph
from simplecell.layers.base import Shape
from simplecell.words import language, say, shape_text
from simplecell.words.layout import WIDTH, preformatted, table, wrap


@dataclass(frozen=True)
class Variant:
    """The layer with one value of the argument: its output, parameters and MACs; or why it cannot be."""

    value: Any
    output: Shape = ()
    parameters: int = 0
    macs: int = 0
    refused: str = ""


@dataclass(frozen=True, repr=False)
class Varied:
    """A layer as a function of one of its arguments."""

    layer: str
    argument: str
    variants: tuple[Variant, ...]

    def text(self, lang: str | None = None) -> str:
        """A line per value, and under the table why others cannot be."""
        code = language(lang)
        columns = ("output", "parameters", "macs")
        head = [self.argument, *(say(f"accounts.column.{column}", code) for column in columns)]
        rows = [
            [str(v.value), "-", "-", "-"]
            if v.refused
            else [str(v.value), shape_text(v.output), f"{v.parameters:,}", f"{v.macs:,}"]
            for v in self.variants
        ]
        refused = [line for v in self.variants if v.refused for line in wrap(f"{v.value}: {v.refused}", WIDTH, "  ")]
        return "\n".join([f"{self.layer}({self.argument})", "", *table([head, *rows]), *refused])

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return preformatted(self.text())

    def to_dict(self) -> dict[str, Any]:
        """The values that JSON keeps."""
        return {"layer": self.layer, "argument": self.argument, "variants": [asdict(v) for v in self.variants]}


def vary(graph: Graph, layer: str | int, argument: str, values: Sequence[Any]) -> Varied:
    """A layer of a network with each of `values` for one argument, all else as it is.

    Raises: GraphError for a layer that is not there, ArgumentError for an argument that it does not have.

    >>> from simplecell.graph import sequential
    >>> from simplecell.layers import Conv2d, Input
    >>> found = vary(sequential([Input(3, 32, 32), Conv2d(6, 5, name="conv")]), "conv", "kernel_size", [1, 3, 5])
    >>> [variant.parameters for variant in found.variants]
    [24, 168, 456]
    """
    node = graph.layer(layer)
    known = node.layer.arguments() if node.layer else {}
    if node.layer is None or node.site is None or argument not in known:
        raise ArgumentError(f"{node.place} has no argument {argument!r}; it has: {', '.join(known) or 'none'}")
    variants: list[Variant] = []
    for value in values:
        try:
            site = node.layer.make(known | {argument: value}, node.name).site(*node.site.inputs)
        except SimplecellError as error:
            variants.append(Variant(value, refused=str(error)))
            continue
        counts = of_site(site)
        variants.append(Variant(value, site.output, counts.parameters, counts.macs))
    return Varied(node.name, argument, tuple(variants))
