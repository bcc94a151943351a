"""Arguments and options that several commands take."""

from __future__ import annotations

from typing import Annotated

import typer

from simplecell.errors import ArgumentError

ModelPlace = Annotated[str, typer.Argument(metavar="MODEL", help="cli.option.model")]
Lang = Annotated[str | None, typer.Option("--lang", metavar="en|zh|ja", help="cli.option.lang")]
Json = Annotated[bool, typer.Option("--json", help="cli.option.as_json")]
Layer = Annotated[str, typer.Option("--layer", metavar="NAME", help="cli.option.layer")]
At = Annotated[str | None, typer.Option("--at", metavar="Y,X", help="cli.option.at")]
Channel = Annotated[int | None, typer.Option("--channel", metavar="C", help="cli.option.channel")]


def whole_numbers(text: str, option: str) -> tuple[int, ...]:
    """`3,4` as (3, 4); ArgumentError that names the option for anything else."""
    parts = text.split(",")
    try:
        return tuple(int(part) for part in parts)
    except ValueError:
        raise ArgumentError(f"{option} takes whole numbers with commas between, such as 3,4; got {text!r}") from None


def place(text: str | None) -> tuple[int, ...] | int | None:
    """The value of `--at`: None, one number, or a tuple of them."""
    if text is None:
        return None
    numbers = whole_numbers(text, "--at")
    return numbers[0] if len(numbers) == 1 else numbers


def layer_name(text: str) -> str | int:
    """A layer's name, or its number when only digits are given."""
    return int(text) if text.isascii() and text.isdigit() else text
