"""Checkpoints: everything from which a training goes on as if it had never stopped, in one file.

The weights, the optimiser's state, the count of steps, the epoch under way with its running sums, the history, and the
settings that must be the same. The order of the images, the augmentations and dropout follow from the seed, the epoch
and the step, so no generator has to be kept.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

import numpy as np

from simplecell import files
from simplecell.errors import FileError, TrainingError, message
from simplecell.layers.base import Array
from simplecell.run.stepper import Snapshot, Stepper
from simplecell.train.history import History

FORMAT: Final = "simplecell checkpoint 1"
_WEIGHT, _STATE = "weight/", "state/"


@dataclass(slots=True)
class Position:
    """Where a training stands: the epoch under way, how many of its batches are done, and the sums over them."""

    epoch: int = 1
    batch: int = 0
    seen: int = 0
    loss: float = 0.0
    correct: int = 0
    seconds: float = 0.0
    waiting: float = 0.0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a file holds; `settings` are those that a training which goes on from it must have."""

    saved: Snapshot
    position: Position
    history: History
    settings: Mapping[str, Any]


def write_checkpoint(
    path: str | os.PathLike[str],
    stepper: Stepper,
    position: Position,
    history: History,
    settings: Mapping[str, Any],
    about: Mapping[str, str],
) -> None:
    """Write a checkpoint in one step; `about` says what a model file says (graph, preprocessing, classes), so that it
    can be read as a model too.

    Raises: FileError with the path and the cause; TrainingError if a weight is not finite: the file stays as it was.
    """
    for name, w in stepper.weights.items():
        if not np.isfinite(w).all():
            raise TrainingError(f"{os.fspath(path)}: not written: the weights {name} are no longer finite")
    tensors = {f"{_WEIGHT}{name}": w for name, w in stepper.weights.items()}
    tensors |= {f"{_STATE}{name}": array for name, array in stepper.state().items()}
    progress = {"steps": stepper.steps, "position": asdict(position), "history": history.to_dict()}
    texts = {"format": FORMAT, "progress": json.dumps(progress), "settings": json.dumps(settings)}
    files.write(path, tensors, {**texts, **about})


def read_checkpoint(path: str | os.PathLike[str]) -> Checkpoint:
    """Read what `write_checkpoint` wrote.

    Raises: FileError on one line for anything else, damaged files too.
    """
    container, where = files.read(path), os.fspath(path)
    if container.metadata.get("format") != FORMAT:
        got = container.metadata.get("format")
        raise FileError(f"{where}: not a checkpoint of this version: format {got!r}, {FORMAT!r} is needed")
    try:
        progress = json.loads(container.metadata["progress"])
        position = Position(**progress["position"])
        if any(type(getattr(position, f.name)) not in (int, float) for f in fields(Position)):
            raise TypeError("its position is not made of numbers")
        saved = Snapshot(model_weights(container.tensors), _under(container.tensors, _STATE), int(progress["steps"]))
        history, settings = History.from_dict(progress["history"]), dict(json.loads(container.metadata["settings"]))
    except (KeyError, TypeError, ValueError, RecursionError) as cause:
        raise FileError(f"{where}: not a usable checkpoint: {cause}") from cause
    return Checkpoint(saved, position, history, settings)


def model_weights(tensors: Mapping[str, Array]) -> dict[str, Array]:
    """The weights among a checkpoint's tensors."""
    return _under(tensors, _WEIGHT)


def _under(tensors: Mapping[str, Array], prefix: str) -> dict[str, Array]:
    return {name.removeprefix(prefix): array for name, array in tensors.items() if name.startswith(prefix)}


def check_fits(path: str | os.PathLike[str], found: Checkpoint, stepper: Stepper, settings: Mapping[str, Any]) -> None:
    """Refuse a checkpoint of another network or of other settings.

    Raises: FileError that names what differs.
    """
    wrong: list[str] = []
    for what, live, saved in (
        ("weight", stepper.weights, found.saved.weights),
        ("state", stepper.state(), found.saved.state),
    ):
        for name in dict.fromkeys([*live, *saved]):
            here, there = (side[name].shape if name in side else None for side in (live, saved))
            if here != there:
                wrong.append(f"{what} {name}: {_shape(there)} in the checkpoint, {_shape(here)} here")
    if not wrong:
        for name in dict.fromkeys([*settings, *found.settings]):
            here, there = (json.dumps(side.get(name)) for side in (settings, found.settings))
            if here != there:
                wrong.append(f"{name}: {there} in the checkpoint, {here} here")
    if wrong:
        more = [f"... and {len(wrong) - 20} more"] if len(wrong) > 20 else []
        remedies = ["resume with what it was begun with", "begin a new run in another folder"]
        raise FileError(message(os.fspath(path), "is of another training:", [*wrong[:20], *more], remedies))


def _shape(shape: tuple[int, ...] | None) -> str:
    return "none" if shape is None else "x".join(map(str, shape)) or "one number"
