"""`simplecell summary`: a network layer by layer."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simplecell.cli import places
from simplecell.cli.frame import command
from simplecell.cli.options import Json, Lang, layer_name, whole_numbers
from simplecell.cli.output import print_json
from simplecell.errors import ArgumentError
from simplecell.geometry import whole_number
from simplecell.words import language, say

if TYPE_CHECKING:
    from simplecell import accounts
    from simplecell.graph import Graph

FORMS = ("text", "markdown", "csv", "html")


def register(app: typer.Typer) -> None:
    """Add the command."""
    examples = (
        "vgg16 --batch 32 --training",
        "runs/digits --json",
        "alexnet --how conv1",
        "alexnet --how conv1 --vary kernel_size=3,5,11",
        "vgg16 --against resnet50",
    )
    command(app, "summary", *examples)(summary)


def summary(
    model: Annotated[str, typer.Argument(metavar="NAME|MODEL", help="cli.option.name_or_model")],
    batch: Annotated[int, typer.Option(help="cli.option.images")] = 1,
    training: Annotated[bool, typer.Option("--training", help="cli.option.with_training")] = False,
    how: Annotated[str | None, typer.Option("--how", metavar="LAYER", help="cli.option.how")] = None,
    vary: Annotated[str | None, typer.Option(metavar="ARGUMENT=1,3,5", help="cli.option.vary")] = None,
    against: Annotated[str | None, typer.Option(metavar="NAME|MODEL", help="cli.option.against")] = None,
    charts: Annotated[Path | None, typer.Option(metavar="FOLDER", help="cli.option.charts")] = None,
    form: Annotated[str, typer.Option("--form", metavar="FORM", help="cli.option.form")] = "text",
    lang: Lang = None,
    json: Json = False,
) -> None:
    from simplecell import accounts

    if vary is not None and how is None:
        raise ArgumentError("--vary is about one layer: name it with --how LAYER")
    if form not in FORMS:
        raise ArgumentError(f"--form is one of {', '.join(FORMS)}, got {form!r}")
    spoken, net = language(lang), places.network_or_saved(model)
    images = whole_number(batch, "--batch", 1)
    if against is not None:
        other = places.network_or_saved(against)
        beside = accounts.compare({model: net.graph, against: other.graph}, images)
        print_json(beside.to_dict()) if json else print(beside.text(spoken))
        return
    if how is not None:
        opened = accounts.how(net.graph, layer_name(how), images) if vary is None else _varied(net.graph, how, vary)
        print_json(opened.to_dict()) if json else print(opened.text(spoken))
        return
    found = net.summary(images, lang=spoken)
    drawn = _drawn(found, charts) if charts is not None else []
    step = accounts.memory(net.graph, images, training=True) if training else None
    if json:
        print_json(found.to_dict() | ({"training": step.to_dict()} if step else {}))
        return
    print(_formed(found, form, spoken))
    if step:
        print("\n" + step.text(spoken))
    if drawn:
        print("\n" + say("cli.charts_written", spoken, folder=str(charts), names=", ".join(drawn)))


def _varied(graph: Graph, layer: str, text: str) -> accounts.Varied:
    """The layer as a function of `ARGUMENT=1,3,5`."""
    from simplecell import accounts

    argument, equals, values = text.partition("=")
    if not equals:
        raise ArgumentError(f"--vary takes ARGUMENT=1,3,5, such as kernel_size=1,3,5; got {text!r}")
    return accounts.vary(graph, layer_name(layer), argument, whole_numbers(values, "--vary"))


def _formed(found: accounts.Summary, form: str, lang: str) -> str:
    """The table in the form asked for; as text on a terminal, as wide as that is."""
    if form == "text":
        return found.text(lang, shutil.get_terminal_size().columns if sys.stdout.isatty() else None)
    return {"markdown": found.to_markdown, "csv": found.to_csv, "html": found._repr_html_}[form]().rstrip("\n")


def _drawn(found: accounts.Summary, folder: Path) -> list[str]:
    """The charts, written into a folder; their names."""
    from simplecell.accounts.charts import KINDS

    folder.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        found.chart(kind, folder / f"{kind}.png")
    return [f"{kind}.png" for kind in KINDS]
