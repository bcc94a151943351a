"""The model file: weights, graph, preprocessing and classes in one safetensors container."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simplecell import files
from simplecell import graph as graphs
from simplecell.errors import FileError, SimplecellError
from simplecell.graph import Graph
from simplecell.layers.base import Array
from simplecell.weights.matching import matched

if TYPE_CHECKING:
    from simplecell.data import Preprocessing

_FORMAT = "simplecell model 1"


def write_model(
    path: str | os.PathLike[str],
    graph: Graph,
    weights: Mapping[str, Array],
    preprocessing: Preprocessing | None,
    classes: tuple[str, ...],
) -> None:
    """One safetensors file: the weights under their names, the rest as JSON in its metadata."""
    files.write(path, weights, {"format": _FORMAT, **about(graph, preprocessing, classes)})


def about(graph: Graph, preprocessing: Preprocessing | None, classes: tuple[str, ...]) -> dict[str, str]:
    """What a file says about a model besides its weights."""
    return {
        "graph": json.dumps(graphs.to_json(graph)),
        "preprocessing": json.dumps(preprocessing.to_json() if preprocessing else None),
        "classes": json.dumps(classes, ensure_ascii=False),
    }


def read_model(
    path: str | os.PathLike[str],
) -> tuple[Graph, dict[str, Array], Preprocessing | None, tuple[str, ...]]:
    """What `write_model` wrote, or the model in a checkpoint; FileError in one line for anything else."""
    container = files.read(path)
    where, metadata, tensors = os.fspath(path), container.metadata, container.tensors
    if metadata.get("format") != _FORMAT:
        tensors = _of_checkpoint(where, metadata.get("format"), tensors)
    try:
        graph = graphs.from_json(json.loads(metadata["graph"]))
        preprocessing = _preprocessing(json.loads(metadata["preprocessing"]))
        classes = json.loads(metadata["classes"])
        if not isinstance(classes, list) or not all(isinstance(c, str) for c in classes):
            raise FileError("classes must be a list of names")
        weights = matched(graph, tensors, "OIHW")
    except (KeyError, ValueError, RecursionError, SimplecellError) as error:
        raise FileError(f"{where}: not a usable model: {str(error).splitlines()[0]}") from error
    return graph, weights, preprocessing, tuple(classes)


def _of_checkpoint(where: str, format: str | None, tensors: dict[str, Array]) -> dict[str, Array]:
    from simplecell.train.checkpoint import FORMAT, model_weights

    if format != FORMAT:
        raise FileError(f"{where}: format {format!r}; this version reads {_FORMAT!r}")
    return model_weights(tensors)


def _preprocessing(table: Any) -> Preprocessing | None:
    if table is None:
        return None
    from simplecell.data import Preprocessing

    return Preprocessing.from_json(table)
