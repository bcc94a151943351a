"""The training curve as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simplecell.errors import ArgumentError
from simplecell.files.figure import blank, drawing
from simplecell.train.history import Record
from simplecell.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TRAINING, _VALIDATION = "#0b5fa5", "#c4561c"


def training_curve(epochs: Sequence[Record], lang: str | None = None) -> Figure:
    """Draw the loss, and the accuracy where there is one, over the epochs.

    Raises: ArgumentError without a complete epoch; MissingExtra without matplotlib.
    """
    if not epochs:
        raise ArgumentError("the history has no complete epoch to draw; train for at least one")
    with drawing(lang) as spoken:
        quantities = [name for name in ("loss", "accuracy") if name in epochs[0]]
        figure = blank(5.2 * len(quantities), 3.6)
        for position, name in enumerate(quantities):
            _panel(figure.add_subplot(1, len(quantities), position + 1), epochs, name, spoken)
        return figure


def compared_curves(runs: Mapping[str, Sequence[Record]], lang: str | None = None) -> Figure:
    """Draw the loss of several runs over the epochs, of the validation where all have it.

    Raises: ArgumentError if none has a complete epoch; MissingExtra without matplotlib.
    """
    drawn = {name: epochs for name, epochs in runs.items() if epochs}
    if not drawn:
        raise ArgumentError("no run has a complete epoch to draw")
    validated = all("validation_loss" in epochs[0] for epochs in drawn.values())
    key = "validation_loss" if validated else "loss"
    with drawing(lang) as spoken:
        figure = blank(7.2, 4.0)
        axes = figure.add_subplot()
        for name, epochs in drawn.items():
            numbers = [record["epoch"] for record in epochs]
            axes.plot(numbers, [record[key] for record in epochs], label=name, linewidth=1.5)
        if all(record[key] > 0 for epochs in drawn.values() for record in epochs):
            axes.set_yscale("log")
        which = say("train.curve_validation" if validated else "train.curve_training", spoken)
        _dressed(axes, f"{say('train.curve_loss', spoken)}: {which}", spoken)
        return figure


def _dressed(axes: Axes, title: str, lang: str) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_title(title)
    axes.set_xlabel(say("train.curve_epoch", lang))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(alpha=0.25, which="major")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)


def _panel(axes: Axes, epochs: Sequence[Record], name: str, lang: str) -> None:
    numbers = [record["epoch"] for record in epochs]
    scale = 100 if name == "accuracy" else 1
    marker = "o" if len(epochs) <= 40 else ""
    style: dict[str, Any] = {"marker": marker, "markersize": 3, "linewidth": 1.5}
    training = [scale * record[name] for record in epochs]
    lowest = min(training)
    axes.plot(numbers, training, color=_TRAINING, label=say("train.curve_training", lang), **style)
    if f"validation_{name}" in epochs[0]:
        validation = [scale * record[f"validation_{name}"] for record in epochs]
        lowest = min(lowest, *validation)
        axes.plot(numbers, validation, color=_VALIDATION, label=say("train.curve_validation", lang), **style)
    if name == "loss" and lowest > 0:
        axes.set_yscale("log")
    _dressed(axes, say("train.curve_loss", lang) if name == "loss" else say("train.curve_accuracy", lang), lang)
