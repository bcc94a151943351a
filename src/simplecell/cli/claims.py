"""`simplecell claims`: what documents say, computed."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from simplecell.cli.frame import command
from simplecell.cli.options import Json, Lang
from simplecell.cli.output import print_json
from simplecell.errors import ArgumentError
from simplecell.words import language, say
from simplecell.words.layout import WIDTH, left, width, wrap


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "claims", "", "S1-4", "S3 --lang zh")(claims)


def claims(
    chosen: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="cli.option.claim")] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    from simplecell.claims import CLAIMS

    spoken = language(lang)
    findings = [CLAIMS[name].check() for name in _chosen(chosen or [], list(CLAIMS))]
    if json:
        print_json([
            found.to_dict() | {"claim": found.claim_text(spoken), "answer": found.answer_text(spoken)}
            for found in findings
        ])  # fmt: skip
        return
    labels = [say("claims.label.claim", spoken), say("claims.label.computed", spoken)]
    indent = " " * (max(map(width, labels)) + 4)
    document = ""
    for found in findings:
        if found.claim.id[:2] != document:
            document = found.claim.id[:2]
            print(say(f"claims.source.{document.lower()}", spoken), end="\n\n")
        print(f"{found.claim.id}  {found.verdict_text(spoken)}")
        for label, text in zip(labels, (found.claim_text(spoken), found.answer_text(spoken)), strict=True):
            print("\n".join(wrap(left(f"  {label}", len(indent)) + text, WIDTH, indent)))
        print()
    counts = dict.fromkeys(("right", "wrong", "incomplete", "misleading"), 0)
    print(say("claims.found", spoken, total=len(findings), **counts | Counter(found.verdict for found in findings)))


def _chosen(asked: list[str], known: list[str]) -> list[str]:
    """The ids that are asked for, in their order; a document stands for all of its claims, nothing for all."""
    names: list[str] = []
    for text in asked:
        found = [name for name in known if text.upper() in (name, name.partition("-")[0])]
        if not found:
            raise ArgumentError(f"unknown claim {text!r}; known: {', '.join(known)}")
        names += found
    return names or known
