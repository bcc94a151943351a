"""`simplecell diff`: the first layer at which two networks, or the engine and the reference, differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from simplecell.cli import places
from simplecell.cli.frame import command
from simplecell.cli.options import Json, Lang
from simplecell.cli.output import print_json
from simplecell.errors import ShapeError
from simplecell.words import exact_text, language, say
from simplecell.words.layout import table

if TYPE_CHECKING:
    from simplecell.interchange.comparing import Comparison


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "diff", "runs/digits digits.onnx", "net.onnx", "a.safetensors b.safetensors --image digits:17")(diff)


def diff(
    first: Annotated[str, typer.Argument(metavar="MODEL", help="cli.option.diff_first")],
    second: Annotated[str | None, typer.Argument(metavar="[MODEL]", help="cli.option.diff_second")] = None,
    image: Annotated[str | None, typer.Option("--image", metavar="PICTURE", help="cli.option.diff_image")] = None,
    seed: Annotated[int, typer.Option(help="cli.option.diff_seed")] = 0,
    lang: Lang = None,
    json: Json = False,
) -> None:
    import numpy as np

    from simplecell.interchange.comparing import compared, engine_values, reference_values

    spoken = language(lang)
    a = places.network_or_saved(first)
    b = a if second is None else places.network_or_saved(second)
    if a.input_shape != b.input_shape:
        raise ShapeError(f"the networks take inputs of {a.input_shape} and {b.input_shape}")
    shapes = [a.graph[name].shape for name in a.graph.inputs]
    generator = np.random.default_rng(seed)
    drawn = [generator.standard_normal((1, *shape)).astype(np.float32) for shape in shapes]
    inputs = drawn if image is None else [a.images(places.picture(image).given)]
    values = engine_values(a.graph, a.weights, inputs)
    other = (reference_values if second is None else engine_values)(b.graph, b.weights, inputs)
    found = compared(a.graph, b.graph, values, other)
    if json:
        print_json(found.to_dict())
    else:
        print("\n".join(lines(found, spoken)))


def lines(found: Comparison, lang: str) -> list[str]:
    """The layers up to the one where the two part, or the five that differ most where they agree."""
    parting = found.parting
    shown = sorted(found.layers, key=lambda d: -d.share)[:5]
    if parting is not None:
        end = found.layers.index(parting)
        shown = list(found.layers[max(0, end - 3) : end + 1])
    columns = ("layer", "kind", "difference", "share", "unit", "first", "second")
    rows = [[say(f"cli.diff.column.{column}", lang) for column in columns]]
    rows += [
        [d.layer, d.kind, f"{d.largest:.3g}", f"{d.share:.2g}", str(d.unit), exact_text(d.first), exact_text(d.second)]
        for d in shown
    ]
    said = say("cli.diff.same", lang, layers=len(found.layers))
    if parting is not None:
        said = say("cli.diff.parting", lang, layer=parting.layer, kind=parting.kind, share=parting.share)
    missing = [
        say(f"cli.diff.only.{which}", lang, layers=", ".join(names[:8]) + (", ..." if len(names) > 8 else ""))
        for which, names in (("first", found.only_first), ("second", found.only_second))
        if names
    ]
    return [said, "", *table(rows, lefts=2), *missing]
