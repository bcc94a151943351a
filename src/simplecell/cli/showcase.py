"""`simplecell showcase`: the whole path at once: train, predict, explain one unit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simplecell.cli import places
from simplecell.cli.config import Config
from simplecell.cli.frame import INTERRUPTED, command
from simplecell.cli.options import Lang
from simplecell.cli.predict import prediction_lines
from simplecell.cli.train import Wish, report_lines, trained
from simplecell.words import language, say

IMAGE, LAYER, AT, CHANNEL = 17, "conv1", (3, 4), 2
SUMMARY_COLUMNS = 80


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "showcase", "--out runs/digits")(showcase)


def showcase(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="cli.option.out")] = Path("runs/digits"),
    lang: Lang = None,
) -> None:
    spoken = language(lang)
    _step(f"train digits --out {out} --overwrite --pictures", first=True)
    wish = Wish(Config(), out, overwrite=True, pictures=True, lang=spoken)
    done = trained(wish)
    print("\n".join(report_lines(wish, done)))
    if done.history.interrupted:
        raise typer.Exit(INTERRUPTED)
    _step(f"summary {out}")
    print(done.setup.net.summary().text(spoken, columns=SUMMARY_COLUMNS))
    pictures = [places.image_of_test(str(index)) for index in range(IMAGE, IMAGE + 3)]
    _step(f"predict {out} " + " ".join(picture.name for picture in pictures))
    found = [done.setup.net.predict(picture.given)[0] for picture in pictures]
    print("\n".join(prediction_lines(pictures, found, done.setup.net.classes, spoken)))
    _step(f"explain {out} --test {IMAGE} --layer {LAYER} --at {AT[0]},{AT[1]} --channel {CHANNEL}")
    print(done.setup.net.explain(pictures[0].given, LAYER, AT, CHANNEL).text(spoken))
    print("\n" + say("cli.showcase_end", spoken, folder=str(out)))


def _step(line: str, first: bool = False) -> None:
    print(f"{'' if first else chr(10)}$ simplecell {line}\n", flush=True)
