"""A run folder: everything about one training.

runs/digits/
    config.toml         its settings, complete: `simplecell train runs/digits/config.toml` repeats it
    log.csv, log.jsonl  a record per epoch, written as it comes
    last.safetensors    the newest checkpoint: `simplecell train --resume runs/digits` goes on from it
    best.safetensors    the model of the epoch with the least validation loss, where there is validation
    model.safetensors   the network as it ended: graph, weights, preprocessing, classes
    result.json         how good it is on the test set, the confusion matrix, the history
    *.png               pictures, when asked for
"""

from __future__ import annotations

import os
from pathlib import Path

from simplecell.errors import FileError

MODEL_FILE = "model.safetensors"


def model_in(path: str | os.PathLike[str]) -> Path:
    """The model's file: `path` itself, or the one in the run folder `path`.

    Raises: FileError if there is none.
    """
    place = Path(path)
    if place.is_dir():
        if not (place / MODEL_FILE).is_file():
            raise FileError(f"{place}: this folder has no {MODEL_FILE}: it is not a run of `simplecell train`")
        return place / MODEL_FILE
    if not place.exists():
        raise FileError(f"{place}: there is no such file or run folder; `simplecell train digits` makes one")
    return place
