"""`simplecell train`: train a network on a data set and keep it in a run folder."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from simplecell.cli.config import CONFIG, Config, changed, read_config
from simplecell.cli.frame import INTERRUPTED, command
from simplecell.cli.options import Json, Lang
from simplecell.cli.output import confusion_lines, plain_json, print_json
from simplecell.errors import ArgumentError, FileError, message
from simplecell.train.callbacks import Callback
from simplecell.words import language, say

if TYPE_CHECKING:
    from simplecell.cli.setting_up import Setup
    from simplecell.layers.base import Array
    from simplecell.train import History, Run

RESULT = "result.json"


@dataclass(frozen=True)
class Wish:
    """What is to be trained, and where to."""

    config: Config
    out: Path
    resume: bool = False
    overwrite: bool = False
    download: bool = False
    pictures: bool = False
    threads: int | None = None
    quiet: bool = False
    lang: str = "en"


@dataclass(frozen=True)
class Trained:
    """What came of it. `confusion` is None for regression."""

    setup: Setup
    history: History
    measured: dict[str, float]
    confusion: Array | None
    files: list[str] = field(default_factory=list[str])


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app, "train", "digits", "photos --model resnet20 --augment flip --augment shift=4 --validation 0.1",
        "--resume runs/photos", "runs/photos/config.toml --seed 1 --out runs/again",
    )(train)  # fmt: skip


_D = Config()


def train(
    ctx: typer.Context,
    data: Annotated[str, typer.Argument(metavar="DATA", help="cli.option.data")] = "",
    model: Annotated[str, typer.Option(help="cli.option.network")] = _D.model,
    epochs: Annotated[int, typer.Option(help="cli.option.epochs")] = _D.epochs,
    batch: Annotated[int, typer.Option(help="cli.option.batch")] = _D.batch,
    optimizer: Annotated[str, typer.Option(help="cli.option.optimizer")] = _D.optimizer,
    lr: Annotated[float, typer.Option(help="cli.option.lr")] = _D.lr,
    momentum: Annotated[float, typer.Option(help="cli.option.momentum")] = _D.momentum,
    weight_decay: Annotated[float, typer.Option(help="cli.option.weight_decay")] = _D.weight_decay,
    schedule: Annotated[str, typer.Option(help="cli.option.schedule")] = _D.schedule,
    per: Annotated[str, typer.Option(metavar="epoch|step", help="cli.option.per")] = _D.per,
    seed: Annotated[int, typer.Option(help="cli.option.seed")] = _D.seed,
    validation: Annotated[float, typer.Option(metavar="SHARE", help="cli.option.validation")] = _D.validation,
    augment: Annotated[list[str] | None, typer.Option(metavar="KIND[=N]", help="cli.option.augment")] = None,
    normalise: Annotated[bool, typer.Option("--normalise", help="cli.option.normalise")] = False,
    size: Annotated[int, typer.Option(help="cli.option.size")] = _D.size,
    channels: Annotated[int, typer.Option(metavar="1|3", help="cli.option.channels")] = _D.channels,
    layout: Annotated[str, typer.Option(metavar="NCHW|NHWC", help="cli.option.layout")] = _D.layout,
    skip_damaged: Annotated[bool, typer.Option("--skip-damaged", help="cli.option.skip_damaged")] = False,
    download: Annotated[bool, typer.Option("--download", help="cli.option.download")] = False,
    clip: Annotated[float, typer.Option(help="cli.option.clip")] = _D.clip,
    accumulate: Annotated[int, typer.Option(help="cli.option.accumulate")] = _D.accumulate,
    freeze: Annotated[list[str] | None, typer.Option(metavar="LAYER", help="cli.option.freeze")] = None,
    patience: Annotated[int, typer.Option(help="cli.option.patience")] = _D.patience,
    workers: Annotated[int, typer.Option(help="cli.option.workers")] = _D.workers,
    processes: Annotated[bool, typer.Option("--processes", help="cli.option.processes")] = False,
    checkpoint: Annotated[float, typer.Option(metavar="SECONDS", help="cli.option.checkpoint")] = _D.checkpoint,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="cli.option.out")] = None,
    resume: Annotated[Path | None, typer.Option(metavar="FOLDER", help="cli.option.resume")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="cli.option.overwrite")] = False,
    pictures: Annotated[bool, typer.Option("--pictures", help="cli.option.pictures")] = False,
    threads: Annotated[int | None, typer.Option(help="cli.option.threads")] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    config, folder = asked(data, typed(ctx), out, resume)
    tell(Wish(config, folder, resume is not None, overwrite, download, pictures, threads, json, language(lang)))


def tell(wish: Wish) -> None:
    """Train, say what came of it, and end with the exit code of an interruption if a person stopped it."""
    done = trained(wish)
    if wish.quiet:
        print_json(report(wish, done))
    else:
        print("\n".join(report_lines(wish, done)))
    if done.history.interrupted and not stopped_early(wish, done):
        raise typer.Exit(INTERRUPTED)


def typed(ctx: typer.Context) -> dict[str, Any]:
    """The settings that stand on the command line itself."""
    names = {setting.name for setting in fields(Config)} - {"data"}
    given = {name for name in names if getattr(ctx.get_parameter_source(name), "name", "") == "COMMANDLINE"}
    return {name: ctx.params[name] for name in given}


def asked(data: str, settings: dict[str, Any], out: Path | None, resume: Path | None) -> tuple[Config, Path]:
    """(the config, the run's folder): of a resumed run, of a TOML file, or of the command line alone."""
    if resume is not None:
        if data or out is not None:
            raise ArgumentError("--resume FOLDER goes on in that folder with its data; leave DATA and --out away")
        return changed(read_config(resume / CONFIG), settings), resume
    if not data:
        raise ArgumentError("DATA is missing: a name, a folder or a file, a config.toml, or --resume FOLDER")
    if data.endswith(".toml"):
        config = changed(read_config(Path(data)), settings)
    else:
        config = changed(Config(data=data), settings)
    return config, out or Path("runs") / (Path(config.data).stem.replace(":", "-") or "data")


def trained(wish: Wish) -> Trained:
    """Train, measure, write the run folder. All that can be refused is refused before the training."""
    from simplecell.cli.setting_up import set_up
    from simplecell.plan import use
    from simplecell.train import LAST, EarlyStopping, Logger, ModelCheckpoint, Progress, confusion

    config = wish.config
    _check_folder(wish)
    setup = set_up(config, download=wish.download)
    if wish.pictures:
        from simplecell.files.figure import drawing

        with drawing(wish.lang):
            pass
    monitor = "validation_loss" if setup.validation else "loss"
    callbacks: list[Any] = [_Folder(wish), Progress(quiet=wish.quiet, lang=wish.lang), Logger(wish.out)]
    callbacks += [EarlyStopping(monitor, config.patience)] if config.patience else []
    callbacks += [ModelCheckpoint(wish.out, seconds=config.checkpoint)]
    with use(threads=wish.threads) if wish.threads is not None else nullcontext():
        per: Any = config.per
        history = setup.net.fit(
            setup.train, validation=setup.validation, epochs=config.epochs, batch=config.batch,
            optimizer=setup.optimizer, schedule=setup.schedule, per=per, seed=config.seed, callbacks=callbacks,
            workers=None if config.workers < 0 else config.workers, processes=config.processes,
            clip=config.clip or None, accumulate=config.accumulate, frozen=config.freeze,
            resume=wish.out / LAST if wish.resume else None,
        )  # fmt: skip
        measured = setup.net.evaluate(setup.measured)
        classes = bool(setup.train.classes)
        matrix = confusion(lambda images: np.asarray(setup.net(images)), setup.measured) if classes else None
    done = Trained(setup, history, measured, matrix)
    _finish_folder(wish, done)
    return done


def stopped_early(wish: Wish, done: Trained) -> bool:
    """Whether it was the patience that ended it, not a person."""
    from simplecell.train import best_epoch

    if not wish.config.patience or not len(done.history):
        return False
    monitor = "validation_loss" if done.setup.validation else "loss"
    return len(done.history) - 1 - best_epoch(done.history, monitor) > wish.config.patience


def report(wish: Wish, done: Trained) -> dict[str, Any]:
    """The result as data."""
    from simplecell.objectives import per_class

    return {
        "config": {setting.name: getattr(wish.config, setting.name) for setting in fields(Config)},
        **done.history.to_dict(), "seconds": done.history.seconds, "measured_on": done.setup.measured.name,
        "test": done.measured, "confusion": done.confusion, "classes": done.setup.train.classes,
        "per_class": None if done.confusion is None else asdict(per_class(done.confusion)),
        "folder": str(wish.out), "files": done.files,
    }  # fmt: skip


def report_lines(wish: Wish, done: Trained) -> list[str]:
    """The result as people read it."""
    lang, history, lines = wish.lang, done.history, list[str]()
    if history.interrupted:
        key = "train.early" if stopped_early(wish, done) else "train.stopped"
        lines += [say(key, lang, done=len(history), epochs=wish.config.epochs)]
        if key == "train.stopped":
            lines += [say("train.go_on", lang, command=f"simplecell train --resume {wish.out}")]
        lines += [""]
    lines += [say("train.took", lang, time=history.seconds, epochs=len(history))]
    if done.confusion is None:
        figures = ", ".join(f"{name} {value:.6g}" for name, value in done.measured.items())
        lines += [say("train.regression", lang, data=done.setup.measured.name, figures=figures)]
    else:
        right, total = int(done.confusion.trace()), len(done.setup.measured)
        numbers = {"right": right, "total": total, "share": right / total, "loss": done.measured["loss"]}
        of_test = done.setup.test is not None
        lines += [
            say("train.test", lang, **numbers) if of_test
            else say("train.no_test", lang, data=done.setup.measured.name, **numbers),
            "", *confusion_lines(done.confusion, done.setup.train.classes, lang),
        ]  # fmt: skip
    lines += ["", say("train.written", lang, folder=str(wish.out), files=", ".join(done.files))]
    if wish.pictures and lang != "en":
        from simplecell.files.figure import drawing

        with drawing(lang) as drawn:
            lines += [say("report.no_font", lang)] if drawn != lang else []
    return lines


def _check_folder(wish: Wish) -> None:
    """Refuse a folder that could not be written, or that holds a run already, before anything is trained."""
    folder = wish.out
    if folder.exists() and not folder.is_dir():
        raise FileError(f"{folder}: a run needs a folder, this is a file; choose another --out")
    if (folder / CONFIG).exists() and not wish.resume and not wish.overwrite:
        remedies = [f"--resume {folder} to go on with it", "another --out", "--overwrite"]
        raise FileError(message(str(folder), "this folder holds a run already.", remedies=remedies))
    parent = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not os.access(parent, os.W_OK):
        raise FileError(f"{folder}: {parent} may not be written to; choose another --out")


class _Folder(Callback):
    """Makes the run's folder when all that can be refused has been, and writes the config into it; the files of a run
    that is overwritten go first."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish

    def on_train_begin(self, run: Run) -> None:
        from simplecell.train import BEST, LAST, MODEL_FILE, made_folder

        folder = made_folder(self.wish.out)
        if not self.wish.resume:
            for name in (LAST, BEST, MODEL_FILE, RESULT):
                (folder / name).unlink(missing_ok=True)
        self.wish.config.write(folder)


def _finish_folder(wish: Wish, done: Trained) -> None:
    """Write model, result and pictures; `done.files` gets the names of all files of the run."""
    from simplecell.files import write_atomically
    from simplecell.train import BEST, LAST, LOGS, MODEL_FILE

    done.setup.net.save(wish.out / MODEL_FILE)
    done.files.extend([MODEL_FILE, LAST, *([BEST] if (wish.out / BEST).exists() else []), *LOGS, CONFIG, RESULT])
    if wish.pictures:
        from simplecell.cli.pictures import draw_run

        done.files.extend(
            draw_run(wish.out, done.setup.net, done.history, done.setup.measured, done.confusion, wish.lang)
        )
    write_atomically(wish.out / RESULT, [plain_json(report(wish, done)).encode()])
