"""`simplecell zoo`: the reference networks; what one of them is."""

from __future__ import annotations

import inspect
from typing import Annotated, Any

import typer

from simplecell.cli import places
from simplecell.cli.frame import command
from simplecell.cli.options import Json, Lang
from simplecell.cli.output import print_json
from simplecell.words import language, say, shape_text
from simplecell.words.layout import table, wrap


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "zoo", "", "vgg16", "--json")(zoo)


def zoo(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="cli.option.zoo_name")] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    from simplecell.zoo import NETWORKS

    spoken = language(lang)
    rows = [_row(found) for found in (NETWORKS if name is None else [name])]
    if json:
        print_json(rows if name is None else rows[0])
        return
    columns = ("name", "input", "depth", "parameters", "macs")
    head = [say(f"cli.zoo.{column}", spoken) for column in columns]
    cells = [
        [row["name"], shape_text(row["input"]), *(f"{row[key]:,}" for key in ("depth", "parameters", "macs"))]
        for row in rows
    ]
    print("\n".join([*table([head, *cells], indent="", lefts=2), "", *wrap(say("cli.zoo.note", spoken))]))
    if name is not None:
        print("", rows[0]["about"], sep="\n")


def _row(name: str) -> dict[str, Any]:
    """A network's own input, its counts, and what its definition says of it (in English, with its source)."""
    from simplecell.accounts import depth
    from simplecell.zoo import NETWORKS

    net = places.network(name)
    count = net.count()
    return {
        "name": name, "input": list(net.graph[net.graph.inputs[0]].shape), "depth": depth(net.graph),
        "parameters": count.parameters, "macs": count.macs, "about": inspect.getdoc(NETWORKS[name]) or "",
    }  # fmt: skip
