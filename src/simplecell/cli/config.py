"""What a run is: every setting of `simplecell train`, written into the run's folder as TOML and read back."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from simplecell.errors import ArgumentError, FileError, message
from simplecell.files import write_atomically

CONFIG: Final = "config.toml"


@dataclass(frozen=True)
class Config:
    """The settings that a run is repeated from. The defaults were chosen by five-fold cross-validation inside the
    digits' training set; the test set took no part."""

    data: str = "digits"
    model: str = "digits"
    epochs: int = 20
    batch: int = 32
    optimizer: str = "sgd"
    lr: float = 0.05
    momentum: float = 0.9
    weight_decay: float = 0.0
    schedule: str = "constant"
    per: str = "epoch"
    seed: int = 0
    validation: float = 0.0
    augment: tuple[str, ...] = ()
    normalise: bool = False
    size: int = 0
    channels: int = 0
    layout: str = ""
    skip_damaged: bool = False
    clip: float = 0.0
    accumulate: int = 1
    freeze: tuple[str, ...] = ()
    patience: int = 0
    workers: int = -1
    processes: bool = False
    checkpoint: float = 30.0

    def write(self, folder: Path) -> None:
        """Write config.toml, complete. FileError with the path and the cause."""
        lines = [f"{name} = {_toml(value)}" for name, value in asdict(self).items()]
        head = "# Repeat it: simplecell train config.toml --out another-folder\n"
        write_atomically(folder / CONFIG, [(head + "\n".join(lines) + "\n").encode()])


def _toml(value: object) -> str:
    """A text, number, truth or list of texts as TOML; JSON's forms of these are TOML's too."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def read_config(path: Path) -> Config:
    """Read a TOML file of settings; what it leaves out has its default.

    Raises: FileError for a file that cannot be read; ArgumentError for an unknown setting or a value of another type.
    """
    try:
        with path.open("rb") as file:
            table = tomllib.load(file)
    except OSError as cause:
        raise FileError(f"{path}: cannot be read: {cause.strerror}") from cause
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise FileError(f"{path}: not TOML: {cause}") from cause
    return changed(Config(), table, str(path))


def changed(config: Config, settings: dict[str, Any], place: str = "") -> Config:
    """The config with some settings changed, each of its default's type."""
    known = {field.name: field.default for field in fields(Config)}
    taken: dict[str, Any] = {}
    for name, value in settings.items():
        if name not in known:
            raise ArgumentError(message(place, f"unknown setting {name!r}.", remedies=[", ".join(known)]))
        wanted = type(known[name])
        if wanted is tuple and isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
            value = tuple(value)
        elif wanted is float and type(value) is int:
            value = float(value)
        if type(value) is not wanted:
            kind = "a list of texts" if wanted is tuple else f"a {wanted.__name__}"
            raise ArgumentError(message(place, f"{name} must be {kind}, got {value!r}"))
        taken[name] = value
    return replace(config, **taken)
