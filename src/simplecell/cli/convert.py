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
    command(
        app, "convert", "net.onnx net.safetensors", "runs/digits digits.onnx --fold", "runs/digits digits.py",
        "resnet50.pth resnet50.onnx --network resnet50",
    )(convert)  # fmt: skip


def convert(
    source: Annotated[str, typer.Argument(metavar="MODEL", help="cli.option.convert_from")],
    target: Annotated[Path, typer.Argument(metavar="FILE", help="cli.option.convert_to")],
    fold: Annotated[bool, typer.Option("--fold", help="cli.option.fold")] = False,
    preprocessing: Annotated[bool, typer.Option("--preprocessing", help="cli.option.preprocessing")] = False,
    network: Annotated[
        str | None, typer.Option("--network", metavar="MODEL", help="cli.option.convert_network")
    ] = None,
    lang: Lang = None,
) -> None:
    from simplecell.weights.torch_file import write_torch

    spoken = language(lang)
    writers: dict[str, Callable[[Model], object]] = {
        ".onnx": lambda net: net.to_onnx(target, fold=fold, preprocessing=preprocessing),
        ".safetensors": lambda net: net.save(target),
        ".py": lambda net: target.write_text(net.to_torch_source(), encoding="utf-8"),
        ".pth": lambda net: write_torch(target, net.to_torch()),
    }
    if target.suffix not in writers:
        raise ArgumentError(f"{target}: the ending says what is written; known are {', '.join(writers)}")
    if target.suffix != ".onnx" and (fold or preprocessing):
        raise ArgumentError("--fold and --preprocessing are for ONNX files; leave them out")
    net = _network(source, network)
    writers[target.suffix](net)
    count = net.count()
    print(say("cli.converted", spoken, file=str(target), layers=len(net.layers), parameters=count.parameters))


def _network(source: str, network: str | None) -> Model:
    """The model of a file; where that holds weights alone, they go into the network that is named beside it."""
    from simplecell.weights.reading import TORCH

    if network is not None:
        return places.network_or_saved(network).load_weights(source)
    if Path(source).suffix.lower() in TORCH:
        raise ArgumentError(f"{source}: PyTorch's files hold weights alone; name their network: --network resnet50")
    return places.network_or_saved(source)
