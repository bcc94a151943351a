"""The command `simplecell`.

Exit codes: 0 done; 1 an unexpected error; 2 something asked for cannot be done, said in one message; 130 Ctrl-C.
"""

from __future__ import annotations

import contextlib
import io
import sys
from typing import Annotated, Any

import typer

from simplecell.cli import (
    ask,
    claims,
    convert,
    diff,
    doctor,
    explain,
    explain_gradient,
    fields,
    layers,
    memory,
    plan,
    predict,
    profile,
    runs,
    show,
    showcase,
    summary,
    train,
    zoo,
)
from simplecell.cli.frame import INTERRUPTED, REFUSED, fail, language_asked, translated
from simplecell.errors import SimplecellError

ROOMS = (
    train, runs, predict, zoo, summary, memory, layers, explain, explain_gradient, show, ask, fields, plan, profile,
    claims, convert, diff, doctor, showcase,
)  # fmt: skip


def build() -> typer.Typer:
    """The application with all its commands, its help still as keys of the catalogue."""
    app = typer.Typer(
        name="simplecell", help="cli.help", epilog="cli.exit_codes", no_args_is_help=True, add_completion=False,
        rich_markup_mode=None, pretty_exceptions_enable=False, context_settings={"max_content_width": 100},
    )  # fmt: skip
    app.callback()(_root)
    for room in ROOMS:
        room.register(app)
    return app


def _version(asked: bool) -> None:
    if asked:
        import simplecell

        print(f"simplecell {simplecell.__version__}")
        raise typer.Exit


def _root(
    traceback: Annotated[bool, typer.Option("--traceback", help="cli.option.traceback")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="cli.option.version")] = (
        False
    ),
) -> None:
    del traceback, version


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; always ends in SystemExit with one of the exit codes."""
    given = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        try:
            spoken = language_asked(given)
        except SimplecellError as error:
            fail(error)
            sys.exit(REFUSED)
        tree: Any = translated(typer.main.get_command(build()), spoken)
        tree(given, prog_name="simplecell")
    except KeyboardInterrupt:
        with contextlib.suppress(OSError):
            print(file=sys.stderr)
        sys.exit(INTERRUPTED)
