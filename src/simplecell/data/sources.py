"""Data sets by where they lie: a name, a folder, a file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from simplecell.data import cifar_files, idx_files
from simplecell.data.dataset import ArrayDataset, Dataset, Layout, arrays
from simplecell.data.handwritten import digits
from simplecell.data.pictures import class_folders, folder
from simplecell.data.scenes import TASKS, shapes
from simplecell.errors import DataError, FileError, message

_TRAINING: Final = ("train", "training")
_TESTING: Final = ("test", "testing", "val", "valid", "validation")
_TARGETS: Final = ("targets", "labels", "y")
_SCENES: Final = 4_000
"""Drawn scenes in a training set; a fourth as many in the test set."""


def npz(path: str | os.PathLike[str], layout: Layout | None = None) -> tuple[ArrayDataset, ArrayDataset | None]:
    """Read the arrays of an .npz file -> (training set, test set or None).

    Rules: x_train, y_train and x_test, y_test as Keras has them; or images (or x) and targets (or labels, or y). Images
    (n, h, w) are of one channel. Targets as `arrays` takes them; no pickled objects are read.
    Raises: FileError for a file that cannot be read; DataError for other names or arrays.
    """
    place = os.fspath(path)
    try:
        with open(place, "rb") as opened, np.load(opened, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
    except OSError as cause:
        raise FileError(f"{place}: cannot be read: {cause.strerror or cause}") from cause
    except Exception as cause:
        raise DataError(f"{place}: not an .npz file of arrays: {cause}") from cause

    def part(images: Sequence[str], targets: Sequence[str], name: str) -> ArrayDataset | None:
        x = next((found[key] for key in images if key in found), None)
        y = next((found[key] for key in targets if key in found), None)
        if x is None or y is None:
            return None
        if x.ndim == 3 and layout is None:
            x = x[:, np.newaxis]
        y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 and y.dtype.kind in "iu" else y
        return arrays(x, y, layout=layout, name=name)

    stem = Path(place).stem
    train = part(("x_train", "images", "x"), ("y_train", *_TARGETS), f"{stem}/train")
    if train is None:
        rule = f"has {', '.join(found) or 'nothing'}."
        raise DataError(message(place, rule, remedies=["images and targets", "x_train, y_train, x_test, y_test"]))
    return train, part(("x_test",), ("y_test",), f"{stem}/test")


def find(
    place: str,
    size: int | tuple[int, int] | None = None,
    channels: Any = None,
    *,
    layout: Layout | None = None,
    damaged: Any = "refuse",
) -> tuple[Dataset, Dataset | None]:
    """Find a data set -> (training set, test set or None where it has none).

    Args:
        place: "digits"; "shapes" or "shapes:angle", drawn; an .npz file; the folder of MNIST's or Fashion-MNIST's IDX
            files, of CIFAR's binary files or archive; a folder with a folder of pictures per class, or with such
            folders in train/ and test/.
        size, channels, damaged: for pictures, as `folder` takes them; size and channels for scenes too.
        layout: for .npz files, as `arrays` takes it.

    Raises: FileError that names what was looked for; DataError for what is there but cannot be used.
    """
    if place == "digits":
        return digits()
    if place == "shapes" or place.removeprefix("shapes:") in TASKS:
        task: Any = place.partition(":")[2] or "classes"
        side = size if isinstance(size, int) else max(size) if size else 32
        scenes = shapes(_SCENES * 5 // 4, side, 0, task, channels=channels or 3)
        return scenes.take(range(_SCENES)), scenes.take(range(_SCENES, len(scenes)))
    path = Path(place)
    if not path.exists():
        known = ["digits", "shapes", "a folder of pictures, of IDX files or of CIFAR's binary files", "an .npz file"]
        raise FileError(message(place, "there is no such data set, file or folder.", remedies=known))
    if path.suffix == ".npz":
        return npz(path, layout)
    for classes in (10, 100):
        if cifar_files.place_of(path, classes) is not None:
            return cifar_files.cifar(path, classes)
    if not path.is_dir():
        raise DataError(f"{place}: not a data set: a folder, an .npz file or a CIFAR archive is needed")
    if idx_files.found(path, "train-images-idx3-ubyte") is not None:
        return mnist(path)
    return _pictures(path, size, channels, damaged)


def mnist(path: str | os.PathLike[str], name: str = "mnist") -> tuple[ArrayDataset, ArrayDataset]:
    """Read the four IDX files of MNIST, Fashion-MNIST or another set of their form -> (training set, test set).

    Rules: a folder called like "fashion" has Fashion-MNIST's class names, others the digits.
    Raises: FileError that names the missing files; DataError for files that are not what they say.
    """
    place = Path(path)
    fashion = "fashion" in place.resolve().name.lower()
    name = "fashion-mnist" if fashion else name

    def part(kind: str, called: str) -> ArrayDataset:
        wanted = (f"{kind}-images-idx3-ubyte", f"{kind}-labels-idx1-ubyte")
        files = [idx_files.found(place, file) for file in wanted]
        missing = [file for file, there in zip(wanted, files, strict=True) if there is None]
        if missing or files[0] is None or files[1] is None:
            raise FileError(f"{place}: {', '.join(missing)} (or .gz) is missing")
        return idx_files.idx(files[0], files[1], idx_files.FASHION if fashion else idx_files.DIGITS, f"{name}/{called}")

    return part("train", "train"), part("t10k", "test")


def _pictures(path: Path, size: Any, channels: Any, damaged: Any) -> tuple[Dataset, Dataset | None]:
    inside = class_folders(path)
    training = next((name for name in _TRAINING if name in inside), None)
    if training is None:
        return folder(path, size, channels=channels, damaged=damaged), None
    train = folder(path / training, size, channels=channels, damaged=damaged)
    testing = next((name for name in _TESTING if name in inside), None)
    if testing is None:
        return train, None
    form = {"preprocessing": train.preprocessing, "classes": train.classes}
    return train, folder(path / testing, damaged=damaged, **form)
