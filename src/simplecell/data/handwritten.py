"""The handwritten digits that come with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from simplecell import files
from simplecell.data.dataset import ArrayDataset
from simplecell.data.preprocessing import Preprocessing

_FILE: Final = Path(__file__).parent / "resources" / "digits.safetensors"
_CLASSES: Final = tuple("0123456789")


def digits() -> tuple[ArrayDataset, ArrayDataset]:
    """Return the training and the test set of the UCI handwritten digits: 1,442 and 355 images of 1x8x8, ten classes.

    images = counts / 16, so that 0 is paper and 1 is ink.

    Rules: the test set is every fifth image of each class in the file's order (the fifth, the tenth, ...); the others
    are for training. Both keep the file's order.
    Source: E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998; CC BY 4.0; the copy of
    scikit-learn's `load_digits`. See resources/digits.md.

    >>> train, test = digits()
    >>> len(train), len(test), train.images.shape
    (1442, 355, (1442, 1, 8, 8))
    """
    stored = files.read(_FILE).tensors
    targets = stored["targets"].astype(np.int64)
    images = stored["images"].astype(np.float32) / np.float32(16)
    data = ArrayDataset(images, targets, _CLASSES, "digits", Preprocessing(1, 8, 8, invert="auto"))
    test = np.zeros(len(data), bool)
    for label in range(len(_CLASSES)):
        test[np.flatnonzero(targets == label)[4::5]] = True
    return data.take(np.flatnonzero(~test), "digits/train"), data.take(np.flatnonzero(test), "digits/test")
