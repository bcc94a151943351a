"""`simplecell profile`: where the time of one pass goes."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import typer

from simplecell.cli import places
from simplecell.cli.frame import command
from simplecell.cli.options import Json, Lang
from simplecell.cli.output import print_json
from simplecell.errors import WeightsError
from simplecell.geometry import whole_number
from simplecell.words import language


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "profile", "runs/digits --batch 64", "vgg16", "lenet5 --batch 8 --runs 100 --json")(profile)


def profile(
    model: Annotated[str, typer.Argument(metavar="NAME|MODEL", help="cli.option.name_or_model")],
    batch: Annotated[int, typer.Option(help="cli.option.images")] = 1,
    runs: Annotated[int, typer.Option(help="cli.option.runs")] = 20,
    lang: Lang = None,
    json: Json = False,
) -> None:
    spoken = language(lang)
    net = places.network_or_saved(model)
    try:
        _ = net.weights
    except WeightsError:
        net.init()
    generator = np.random.default_rng(0)
    shapes = [net.graph[name].shape for name in net.graph.inputs]
    images = [generator.random((whole_number(batch, "--batch", 1), *shape), np.float32) for shape in shapes]
    found = net.profile(*images, runs=whole_number(runs, "--runs", 1))
    if json:
        print_json(found.to_dict())
    else:
        print(found.text(spoken))
