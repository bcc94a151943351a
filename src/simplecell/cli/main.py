"""The command `simplecell`.

Exit codes: 0 done; 1 an unexpected error; 2 something asked for cannot be done, said in one message; 130 Ctrl-C.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import sys
from collections.abc import Sequence
from typing import Annotated, Any, Final

import typer

from simplecell.cli.frame import INTERRUPTED, REFUSED, fail, language_asked, translated
from simplecell.errors import SimplecellError

# Every command, in the order of the help, and the module of this room that registers it.
COMMANDS: Final = {
    "train": "train", "runs": "runs", "predict": "predict", "zoo": "zoo", "summary": "summary", "memory": "memory",
    "layers": "layers", "explain": "explain", "explain-gradient": "explain_gradient", "show": "show", "ask": "ask",
    "sees": "fields", "seen-by": "fields", "plan": "plan", "profile": "profile", "claims": "claims",
    "convert": "convert", "diff": "diff", "doctor": "doctor", "showcase": "showcase",
}  # fmt: skip


def build(given: Sequence[str]) -> typer.Typer:
    """The application, its help still as keys of the catalogue.

    It has the command that `given` names, or all where it names none: to make them all takes longer than most run.
    """
    app = typer.Typer(
        name="simplecell", help="cli.help", epilog="cli.exit_codes", no_args_is_help=True, add_completion=False,
        rich_markup_mode=None, pretty_exceptions_enable=False, context_settings={"max_content_width": 100},
    )  # fmt: skip
    app.callback()(_root)
    asked = next((word for word in given if not word.startswith("-")), "")
    rooms = [COMMANDS[asked]] if asked in COMMANDS else dict.fromkeys(COMMANDS.values())
    for room in rooms:
        importlib.import_module(f"simplecell.cli.{room}").register(app)
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
        tree: Any = translated(typer.main.get_command(build(given)), spoken)
        tree(given, prog_name="simplecell")
    except KeyboardInterrupt:
        with contextlib.suppress(OSError):
            print(file=sys.stderr)
        sys.exit(INTERRUPTED)
