"""From what is typed on the command line to models, data sets and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simplecell.errors import ArgumentError, DataError

if TYPE_CHECKING:
    from simplecell.data import Dataset
    from simplecell.model import Model

DATASETS = ("digits",)


def dataset(name: str) -> tuple[Dataset, Dataset]:
    """Training and test part of a data set by its name. ArgumentError for an unknown one."""
    from simplecell import data

    if name not in DATASETS:
        raise ArgumentError(f"unknown data set {name!r}; known: {', '.join(DATASETS)}")
    return data.digits()


def network(name: str, **form: int) -> Model:
    """A fresh network by its name in the zoo, of its own form or another: num_classes, in_channels, size.
    ArgumentError for an unknown one."""
    from simplecell import zoo

    if name not in zoo.NETWORKS:
        raise ArgumentError(f"unknown network {name!r}; known: {', '.join(zoo.NETWORKS)}")
    return zoo.NETWORKS[name](**form)


def saved(place: str) -> Model:
    """The model of a run folder or a file, an ONNX file or a Keras archive too."""
    from simplecell.model import load
    from simplecell.train import model_in

    if place.endswith((".onnx", ".keras")):
        from simplecell.loading import from_keras, from_onnx

        return (from_onnx if place.endswith(".onnx") else from_keras)(place)
    return load(model_in(place))


def network_or_saved(place: str) -> Model:
    """A network of the zoo by its name, or the model of a run folder or a file."""
    from simplecell import zoo

    return zoo.NETWORKS[place]() if place in zoo.NETWORKS and not Path(place).exists() else saved(place)


@dataclass(frozen=True)
class Picture:
    """A picture that was named: as `Model.predict` takes it, and its class where it comes from a data set."""

    name: str
    given: Any
    target: str | None = None


def picture(text: str) -> Picture:
    """`digits:17` is image 17 of the digits' test set; anything else is a path."""
    name, colon, index = text.partition(":")
    if not colon or name not in DATASETS or Path(text).exists():
        return Picture(text, text)
    return image_of_test(index, name)


def image_of_test(index: str, name: str = "digits") -> Picture:
    """An image of a data set's test part by its number. DataError if there is none of that number."""
    _, test = dataset(name)
    if not (index.isascii() and index.isdigit()) or int(index) >= len(test):
        raise DataError(f"{name}:{index}: the test images are numbered 0 to {len(test) - 1}")
    image, target = test[int(index)]
    label = test.classes[target] if isinstance(target, int) else None
    return Picture(f"{name}:{index}", image, label)
