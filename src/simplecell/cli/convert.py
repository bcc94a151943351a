"""`simplecell convert`: a network from one program's file into another's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simplecell.cli import places
from simplecell.cli.frame import command
from simplecell.cli.options import Lang
from simplecell.errors import ArgumentError
from simplecell.words import language, say

if TYPE_CHECKING:
    from simplecell.model import Model


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "convert", "net.onnx net.safetensors", "runs/digits digits.onnx --fold", "runs/digits digits.py")(
        convert
    )


def convert(
    source: Annotated[str, typer.Argument(metavar="MODEL", help="cli.option.convert_from")],
    target: Annotated[Path, typer.Argument(metavar="FILE", help="cli.option.convert_to")],
    fold: Annotated[bool, typer.Option("--fold", help="cli.option.fold")] = False,
    preprocessing: Annotated[bool, typer.Option("--preprocessing", help="cli.option.preprocessing")] = False,
    lang: Lang = None,
) -> None:
    spoken = language(lang)
    writers: dict[str, Callable[[Model], object]] = {
        ".onnx": lambda net: net.to_onnx(target, fold=fold, preprocessing=preprocessing),
        ".safetensors": lambda net: net.save(target),
        ".py": lambda net: target.write_text(net.to_torch_source(), encoding="utf-8"),
    }
    if target.suffix not in writers:
        raise ArgumentError(f"{target}: the ending says what is written; known are {', '.join(writers)}")
    if target.suffix != ".onnx" and (fold or preprocessing):
        raise ArgumentError("--fold and --preprocessing are for ONNX files; leave them out")
    net = places.network_or_saved(source)
    writers[target.suffix](net)
    count = net.count()
    print(say("cli.converted", spoken, file=str(target), layers=len(net.layers), parameters=count.parameters))
