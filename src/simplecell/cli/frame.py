"""What all commands share: how errors end them, the language of their help, their examples."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import typer
from typer.core import TyperCommand

from simplecell.errors import SimplecellError
from simplecell.words import LANGUAGES, language, say

OK: Final = 0
INTERNAL: Final = 1
REFUSED: Final = 2
INTERRUPTED: Final = 130

EXAMPLES: Final = "cli.examples"

F = TypeVar("F", bound=Callable[..., Any])


def fail(error: SimplecellError) -> None:
    """One message on stderr: `ShapeError at layer 7 ...` or `FileError: ...`."""
    text = str(error)
    joint = " at " if text.startswith("layer ") else ": "
    print(f"{type(error).__name__}{joint}{text}", file=sys.stderr)


class Command(TyperCommand):
    """A command whose errors are one message and an exit code, never a traceback unless it was asked for."""

    def invoke(self, ctx: Any) -> Any:
        if ctx.find_root().params.get("traceback"):
            return super().invoke(ctx)
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
            raise
        except SimplecellError as error:
            fail(error)
            raise typer.Exit(REFUSED) from None
        except KeyboardInterrupt:
            print(say("cli.interrupted", language(None)), file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            print(say("cli.unexpected", language(None), command=ctx.info_name), file=sys.stderr)
            raise typer.Exit(INTERNAL) from None


def command(app: typer.Typer, name: str, *examples: str) -> Callable[[F], F]:
    """Add a command to `app`; its help is the sentence `cli.help.<name>`, then its examples."""
    lines = "\n".join(f"  simplecell {name} {example}".rstrip() for example in examples)
    key = f"cli.help.{name.replace('-', '_')}"
    return app.command(name, cls=Command, help=key, epilog=f"\b\n{EXAMPLES}\n{lines}", no_args_is_help=False)


def translated(tree: Any, lang: str) -> Any:
    """The tree of commands with the keys in its help replaced by sentences."""

    def said(text: str | None) -> str | None:
        if text is None or not text.lstrip("\b\n").startswith("cli."):
            return text
        key, _, rest = text.lstrip("\b\n").partition("\n")
        start = "\b\n" if rest else ""
        return f"{start}{say(key, lang)}" + (f"\n{rest}" if rest else "")

    tree.help, tree.epilog = said(tree.help), said(tree.epilog)
    for parameter in tree.params:
        if getattr(parameter, "help", None):
            parameter.help = said(parameter.help)
    for name, child in getattr(tree, "commands", {}).items():
        tree.commands[name] = translated(child, lang)
    return tree


def language_asked(arguments: Sequence[str]) -> str:
    """The language for the help: `--lang` wherever it stands, else the environment's."""
    for position, argument in enumerate(arguments):
        asked = argument.removeprefix("--lang=")
        if argument == "--lang" and position + 1 < len(arguments):
            asked = arguments[position + 1]
        if asked != argument and asked in LANGUAGES:
            return asked
    return language(None)
