"""A run folder: the model and the history of one training.

runs/digits/
    model.safetensors   the network: graph, weights, preprocessing, classes
    history.json        one record per epoch, whether it was interrupted
    history.csv         the same records as a table
    *.png               pictures, when asked for
"""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

from simplecell.errors import FileError
from simplecell.files import write_atomically
from simplecell.train.history import History

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


def write_history(folder: str | os.PathLike[str], history: History) -> None:
    """Write history.json and history.csv; each replaces its old file in one step.

    Raises: FileError with the path and the cause.
    """
    text = json.dumps(history.to_dict(), indent=1, allow_nan=False) + "\n"
    write_atomically(Path(folder) / "history.json", [text.encode()])
    table = io.StringIO()
    columns = list(dict.fromkeys(name for record in history.epochs for name in record))
    writer = csv.DictWriter(table, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(history.epochs)
    write_atomically(Path(folder) / "history.csv", [table.getvalue().encode()])
