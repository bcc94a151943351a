"""`simplecell runs`: several runs in one table and one plot."""

from __future__ import annotations

import json as texts
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from simplecell.cli.config import CONFIG, Config, read_config
from simplecell.cli.frame import command
from simplecell.cli.options import Json, Lang
from simplecell.cli.output import print_json
from simplecell.cli.train import RESULT
from simplecell.errors import FileError, message
from simplecell.train import History
from simplecell.words import language, say
from simplecell.words.layout import table

_SHOWN = 6
"""Settings that differ between the runs and have a column."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "runs", "runs", "runs/a runs/b --plot curves.png")(runs)


def runs(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER...", help="cli.option.run_folders")],
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="cli.option.plot")] = None,
    lang: Lang = None,
    json: Json = False,
) -> None:
    spoken = language(lang)
    found = [read_run(folder) for folder in run_folders(folders)]
    if plot is not None:
        from simplecell.files.figure import save
        from simplecell.train.curve import compared_curves

        save(compared_curves({run["name"]: run["history"].epochs for run in found}, spoken), plot)
    if json:
        print_json([run | {"history": run["history"].to_dict()} for run in found])
    else:
        print("\n".join(table(rows(found, spoken), indent="")))


def run_folders(given: list[Path]) -> list[Path]:
    """The run folders among the given ones and directly in them. FileError if there are none."""
    inside = [sorted(path.parent for path in folder.glob(f"*/{CONFIG}")) for folder in given]
    found = [
        run for folder, below in zip(given, inside, strict=True)
        for run in ([folder] if (folder / CONFIG).is_file() else below)
    ]  # fmt: skip
    if not found:
        place = ", ".join(map(str, given))
        raise FileError(message(place, "no runs in it.", remedies=["simplecell train digits makes one"]))
    return list(dict.fromkeys(found))


def read_run(folder: Path) -> dict[str, Any]:
    """A run's name, settings, history and result, as far as it has come. FileError for files that are damaged."""
    config = read_config(folder / CONFIG)
    try:
        log = folder / "log.jsonl"
        lines = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
        epochs = [texts.loads(line) for line in lines]
        result = folder / RESULT
        measured = texts.loads(result.read_text(encoding="utf-8")).get("test", {}) if result.is_file() else {}
    except (OSError, ValueError) as cause:
        raise FileError(f"{folder}: its log or {RESULT} cannot be read: {cause}") from cause
    settings = {field.name: getattr(config, field.name) for field in fields(Config)}
    return {"name": str(folder), "settings": settings, "history": History(epochs), "test": measured}


def rows(found: list[dict[str, Any]], lang: str) -> list[list[str]]:
    """A head and a row per run: the settings in which they differ, how far each has come, how good it is."""
    differ = [
        name for name in found[0]["settings"]
        if name != "epochs" and len({str(run["settings"][name]) for run in found}) > 1
    ][:_SHOWN]  # fmt: skip
    measures = list(dict.fromkeys(name for run in found for name in run["test"]))
    validated = any("validation_loss" in record for run in found for record in run["history"].epochs)
    head = [say("cli.runs.run", lang), *differ, say("cli.runs.epochs", lang), say("cli.runs.seconds", lang)]
    head += [say("cli.runs.loss", lang)] + ([say("cli.runs.validation", lang)] if validated else [])
    table_rows = [head + [say("cli.runs.test", lang, name=name) for name in measures]]
    for run in found:
        epochs = run["history"].epochs
        last = epochs[-1] if epochs else {}
        row = [run["name"], *(_text(run["settings"][name]) for name in differ)]
        row += [f"{len(epochs)}/{run['settings']['epochs']}", f"{run['history'].seconds:.1f}", _text(last.get("loss"))]
        if validated:
            least = [record["validation_loss"] for record in epochs if "validation_loss" in record]
            row.append(_text(min(least) if least else None))
        table_rows.append(row + [_text(run["test"].get(name)) for name in measures])
    return table_rows


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, tuple):
        return "+".join(map(str, value)) or "-"
    return "-" if value is None else str(value)
