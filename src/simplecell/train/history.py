"""What a training leaves behind: one record per epoch."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Record = dict[str, int | float]
"""One epoch: epoch, loss, accuracy, validation_loss, validation_accuracy, ..., lr, seconds, images_per_second."""


@dataclass(slots=True)
class History:
    """The course of a training.

    epochs       one record per complete epoch. `loss` and `accuracy` are means over the epoch's batches as they were
                 seen, each before its own update; the values of `validation_...` are the network's at the epoch's end.
                 `seconds` are those of the training alone. Regression has no accuracy.
    interrupted  whether Ctrl-C or a callback ended it before the last epoch; the batches of an epoch that was not
                 finished are in the weights but in no record

    >>> history = History([{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.25}])
    >>> history["loss"]
    [0.5, 0.25]
    """

    epochs: list[Record] = field(default_factory=list[Record])
    interrupted: bool = False

    def __getitem__(self, name: str) -> list[int | float]:
        """One quantity over all epochs."""
        return [record[name] for record in self.epochs]

    def __len__(self) -> int:
        return len(self.epochs)

    @property
    def seconds(self) -> float:
        """Seconds spent in training steps."""
        return float(sum(record["seconds"] for record in self.epochs))

    def to_dict(self) -> dict[str, Any]:
        """The history in values that `json.dumps` takes."""
        return {"epochs": [dict(record) for record in self.epochs], "interrupted": self.interrupted}

    @classmethod
    def from_dict(cls, form: Mapping[str, Any]) -> History:
        """The history that `to_dict` gave."""
        return cls([dict(record) for record in form["epochs"]], bool(form["interrupted"]))

    def plot(self, path: str | os.PathLike[str] | None = None, lang: str | None = None) -> Figure:
        """Draw loss and accuracy over the epochs; written to `path` (.png or .svg) when one is given.

        Raises: MissingExtra without matplotlib; FileError if it cannot be written.
        """
        from simplecell.files.figure import save
        from simplecell.train.curve import training_curve

        figure = training_curve(self.epochs, lang)
        if path is not None:
            save(figure, path)
        return figure
