"""`simplecell predict`: what a network says about pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simplecell.cli import places
from simplecell.cli.frame import command
from simplecell.cli.options import Json, Lang, ModelPlace
from simplecell.cli.output import print_json
from simplecell.words import language, say
from simplecell.words.layout import table

if TYPE_CHECKING:
    from simplecell.prediction import Prediction

_MOST_COLUMNS = 4


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "predict", "runs/digits photo.png", "runs/digits digits:17 digits:18 --json")(predict)


def predict(
    model: ModelPlace,
    pictures: Annotated[list[str], typer.Argument(metavar="PICTURE...", help="cli.option.pictures_read")],
    lang: Lang = None,
    json: Json = False,
) -> None:
    spoken = language(lang)
    net = places.saved(model)
    named = [places.picture(text) for text in pictures]
    found = [net.predict(picture.given)[0] for picture in named]
    classes = net.classes
    if not net.classes and json:
        print_json([{"picture": p.name, "values": one.scores.tolist()} for p, one in zip(named, found, strict=True)])
    elif not net.classes:
        head = [say("cli.column.picture", spoken), say("cli.column.values", spoken)]
        values = [[p.name, ", ".join(f"{v:.6g}" for v in one.scores)] for p, one in zip(named, found, strict=True)]
        print("\n".join(table([head, *values], indent="")))
    elif json:
        print_json([_entry(picture, one, classes) for picture, one in zip(named, found, strict=True)])
    else:
        print("\n".join(prediction_lines(named, found, classes, spoken)))


def prediction_lines(
    pictures: Sequence[places.Picture], found: Sequence[Prediction], classes: Sequence[str], lang: str
) -> list[str]:
    """A row per picture: label, probability, and the scores of all classes, or the five highest if they are many."""
    many = len(classes) > _MOST_COLUMNS
    truth = any(picture.target is not None for picture in pictures)
    head = [say("cli.column.picture", lang), say("cli.column.label", lang), say("cli.column.probability", lang)]
    head += [say("report.actual", lang)] if truth else []
    head += [say("cli.column.best", lang)] if many else [say("cli.column.score", lang, name=name) for name in classes]
    rows = [head]
    for picture, one in zip(pictures, found, strict=True):
        row = [picture.name, one.label, f"{100 * one.probability:.2f} %"]
        row += [picture.target or ""] if truth else []
        if many:
            best = one.scores.argsort()[::-1][:5]
            row.append(", ".join(f"{classes[i]} {one.scores[i]:.2f}" for i in best))
        else:
            row += [f"{score:.2f}" for score in one.scores]
        rows.append(row)
    return table(rows, indent="", lefts=2)


def _entry(picture: places.Picture, one: Prediction, classes: Sequence[str]) -> dict[str, Any]:
    return {
        "picture": picture.name,
        "label": one.label,
        "index": one.index,
        "probability": one.probability,
        "target": picture.target,
        "scores": dict(zip(classes, one.scores.tolist(), strict=True)),
        "probabilities": dict(zip(classes, one.probabilities.tolist(), strict=True)),
    }
