"""From a config to what trains: data sets, network, optimiser, schedule, augmentations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simplecell.cli import places
from simplecell.cli.config import Config
from simplecell.errors import ArgumentError, ShapeError

if TYPE_CHECKING:
    from simplecell.data import Dataset
    from simplecell.data.augmentations import Augmentation
    from simplecell.model import Model
    from simplecell.objectives import Optimiser, Schedule


@dataclass(frozen=True)
class Setup:
    """What a config means."""

    net: Model
    train: Dataset
    validation: Dataset | None
    test: Dataset | None
    optimizer: Optimiser
    schedule: Schedule

    @property
    def measured(self) -> Dataset:
        """What the trained network is measured on: the test set, or else the validation part, or else the training
        set."""
        return self.test or self.validation or self.train


def set_up(config: Config, *, download: bool = False) -> Setup:
    """Make everything that a run needs; what cannot be is refused here, before anything is trained."""
    from simplecell import data

    default = places.network(config.model).input_shape
    size = config.size or int(default[-1])  # type: ignore[arg-type]
    channels = config.channels or int(default[0])  # type: ignore[arg-type]
    train, test = found(config, size, channels, download)
    validation = None
    if config.validation:
        train, validation = data.split(train, config.validation, config.seed)
    if config.augment:
        train = data.augmented(train, *map(augmentation, config.augment))
    if config.normalise:
        train = data.normalised(train)
        validation, test = (part and data.normalised(part, train.mean, train.std) for part in (validation, test))
    outputs = len(train.classes) or train.targets.shape[1]
    if len(train.shape) != 3 or train.shape[1] != train.shape[2]:
        shape = "x".join(map(str, train.shape))
        raise ShapeError(f"the networks take square images, {config.data} has {shape}; --size N resizes pictures")
    net = places.network(config.model, num_classes=outputs, in_channels=train.shape[0], size=train.shape[1])
    return Setup(net, train, validation, test, optimizer(config), schedule(config))


def found(config: Config, size: int, channels: int, download: bool) -> tuple[Any, Any]:
    """The data set that a config names; with `download` its official files are fetched where they are missing."""
    from simplecell import data
    from simplecell.data import downloads

    known = Path(config.data).name
    if known in downloads.OFFICIAL and download:
        data.download(known, config.data)
    elif known in downloads.OFFICIAL and not Path(config.data).exists():
        raise downloads.needed(known, Path(config.data))
    damaged = "skip" if config.skip_damaged else "refuse"
    layout: Any = config.layout or None
    return data.find(config.data, size, channels, layout=layout, damaged=damaged)


def augmentation(text: str) -> Augmentation:
    """`shift=2` as Shift(2), `flip` as Flip()."""
    from simplecell.data import AUGMENTATIONS
    from simplecell.objectives import kind_named

    name, given, value = text.partition("=")
    kind = kind_named(AUGMENTATIONS, name, "augmentation")
    if not given:
        return kind()
    try:
        number = int(value) if value.lstrip("-").isdigit() else float(value)
    except ValueError:
        raise ArgumentError(f"augment {text!r}: {value!r} is no number; fix: {name}, or such as {name}=0.2") from None
    return kind(number)  # type: ignore[call-arg]


def optimizer(config: Config) -> Optimiser:
    """The optimiser of a config; those without a momentum leave it out."""
    from simplecell.objectives import OPTIMISERS, kind_named

    arguments: dict[str, Any] = {"lr": config.lr, "weight_decay": config.weight_decay}
    if config.optimizer in ("sgd", "rmsprop"):
        arguments["momentum"] = config.momentum
    return kind_named(OPTIMISERS, config.optimizer, "optimizer").make(arguments)


def schedule(config: Config) -> Schedule:
    """The schedule of a config, over its epochs where it takes them."""
    from simplecell.objectives import SCHEDULES, kind_named

    needs: dict[str, dict[str, Any]] = {
        "cosine": {"epochs": config.epochs}, "one_cycle": {"epochs": config.epochs},
        "step": {"every": max(1, config.epochs // 3)}, "warmup": {"epochs": max(1, config.epochs // 10)},
    }  # fmt: skip
    return kind_named(SCHEDULES, config.schedule, "schedule").make(needs.get(config.schedule, {}))
