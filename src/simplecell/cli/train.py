"""`simplecell train`: train a network on a data set and keep it in a run folder."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from simplecell.cli import places
from simplecell.cli.frame import INTERRUPTED, command
from simplecell.cli.options import Json, Lang
from simplecell.cli.output import confusion_lines, print_json
from simplecell.errors import FileError, ShapeError
from simplecell.words import language, say

if TYPE_CHECKING:
    from simplecell.data import Dataset
    from simplecell.layers.base import Array
    from simplecell.model import Model
    from simplecell.train import History

EPOCHS, BATCH, LR, MOMENTUM = 20, 32, 0.05, 0.9
"""The defaults, chosen by five-fold cross-validation inside the digits' training set; the test set took no part."""


@dataclass(frozen=True)
class Wish:
    """What is to be trained, and where to."""

    data: str
    out: Path
    model: str = "digits"
    epochs: int = EPOCHS
    batch: int = BATCH
    lr: float = LR
    momentum: float = MOMENTUM
    seed: int = 0
    pictures: bool = False
    threads: int | None = None
    quiet: bool = False
    lang: str = "en"


@dataclass(frozen=True)
class Trained:
    """What came of it."""

    model: Model
    history: History
    test: Dataset
    measured: dict[str, float]
    confusion: Array
    files: tuple[str, ...]


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "train", "digits", "digits --epochs 10 --seed 3 --out runs/third --pictures")(train)


def train(
    data: Annotated[str, typer.Argument(metavar="DATA", help="cli.option.data")],
    model: Annotated[str, typer.Option(help="cli.option.network")] = "digits",
    epochs: Annotated[int, typer.Option(help="cli.option.epochs")] = EPOCHS,
    batch: Annotated[int, typer.Option(help="cli.option.batch")] = BATCH,
    lr: Annotated[float, typer.Option(help="cli.option.lr")] = LR,
    momentum: Annotated[float, typer.Option(help="cli.option.momentum")] = MOMENTUM,
    seed: Annotated[int, typer.Option(help="cli.option.seed")] = 0,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="cli.option.out")] = None,
    pictures: Annotated[bool, typer.Option("--pictures", help="cli.option.pictures")] = False,
    threads: Annotated[int | None, typer.Option(help="cli.option.threads")] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    spoken = language(lang)
    wish = Wish(
        data, out or Path("runs") / data, model, epochs, batch, lr, momentum, seed, pictures, threads, json, spoken
    )
    done = trained(wish)
    if json:
        print_json(report(wish, done))
    else:
        print("\n".join(report_lines(wish, done)))
    if done.history.interrupted:
        raise typer.Exit(INTERRUPTED)


def trained(wish: Wish) -> Trained:
    """Train, measure on the test set, write the run folder. All that can be refused is refused before the training."""
    from simplecell.objectives import SGD
    from simplecell.plan import use
    from simplecell.train import Progress, confusion

    training, test = places.dataset(wish.data)
    net = places.network(wish.model)
    if net.input_shape != training.images.shape[1:]:
        want, got = ("x".join(map(str, shape)) for shape in (net.input_shape, training.images.shape[1:]))
        raise ShapeError(f"the network {wish.model!r} takes images {want}, the data set {wish.data!r} has {got}")
    _check_folder(wish.out)
    if wish.pictures:
        from simplecell.files.figure import drawing

        with drawing(wish.lang):
            pass
    with use(threads=wish.threads) if wish.threads is not None else nullcontext():
        history = net.fit(
            training, epochs=wish.epochs, batch=wish.batch, optimizer=SGD(wish.lr, momentum=wish.momentum),
            seed=wish.seed, callbacks=[Progress(quiet=wish.quiet, lang=wish.lang)],
        )  # fmt: skip
        measured = net.evaluate(test)
        matrix = confusion(lambda images: np.asarray(net(images)), test)
    return Trained(net, history, test, measured, matrix, _written(wish, net, history, test, matrix))


def report(wish: Wish, done: Trained) -> dict[str, Any]:
    """The result as data."""
    return {
        "data": wish.data, "network": wish.model, "seed": wish.seed, "batch": wish.batch, "lr": wish.lr,
        "momentum": wish.momentum, **done.history.to_dict(), "seconds": done.history.seconds, "test": done.measured,
        "confusion": done.confusion, "classes": done.test.classes, "folder": str(wish.out), "files": done.files,
    }  # fmt: skip


def report_lines(wish: Wish, done: Trained) -> list[str]:
    """The result as people read it."""
    lang, history = wish.lang, done.history
    lines: list[str] = []
    if history.interrupted:
        lines += [say("train.stopped", lang, done=len(history), epochs=wish.epochs), ""]
    right, total = int(done.confusion.trace()), len(done.test)
    lines += [
        say("train.took", lang, time=history.seconds, epochs=len(history)),
        say("train.test", lang, right=right, total=total, share=right / total, loss=done.measured["loss"]),
        "",
        *confusion_lines(done.confusion, done.test.classes, lang),
        "",
        say("train.written", lang, folder=str(wish.out), files=", ".join(done.files)),
    ]
    if wish.pictures and lang != "en":
        from simplecell.files.figure import drawing

        with drawing(lang) as drawn:
            lines += [say("report.no_font", lang)] if drawn != lang else []
    return lines


def _check_folder(folder: Path) -> None:
    """Refuse a folder that could not be written, before anything is trained."""
    if folder.exists() and not folder.is_dir():
        raise FileError(f"{folder}: a run needs a folder, this is a file; choose another --out")
    parent = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not os.access(parent, os.W_OK):
        raise FileError(f"{folder}: {parent} may not be written to; choose another --out")


def _written(wish: Wish, net: Model, history: History, test: Dataset, matrix: Array) -> tuple[str, ...]:
    """Write the run folder -> the names of its files."""
    from simplecell.train import MODEL_FILE, write_history

    try:
        wish.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{wish.out}: cannot be made: {error.strerror}") from error
    net.save(wish.out / MODEL_FILE)
    write_history(wish.out, history)
    files = [MODEL_FILE, "history.json", "history.csv"]
    if wish.pictures:
        from simplecell.cli.pictures import draw_run

        files += draw_run(wish.out, net, history, test, matrix, wish.lang)
    return tuple(files)
