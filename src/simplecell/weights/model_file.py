"""The model file: weights, graph, preprocessing and classes in one safetensors container."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from simplecell import files
from simplecell import graph as graphs
from simplecell.data import Preprocessing
from simplecell.errors import FileError, SimplecellError
from simplecell.graph import Graph
from simplecell.layers.base import Array
from simplecell.train.checkpoint import FORMAT as CHECKPOINT_FORMAT
from simplecell.train.checkpoint import model_weights
from simplecell.weights.matching import matched

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
    if metadata.get("format") == CHECKPOINT_FORMAT:
        tensors = model_weights(tensors)
    elif metadata.get("format") != _FORMAT:
        raise FileError(f"{where}: format {metadata.get('format')!r}; this version reads {_FORMAT!r}")
    try:
        graph = graphs.from_json(json.loads(metadata["graph"]))
        table = json.loads(metadata["preprocessing"])
        preprocessing = None if table is None else Preprocessing.from_json(table)
        classes = json.loads(metadata["classes"])
        if not isinstance(classes, list) or not all(isinstance(c, str) for c in classes):
            raise FileError("classes must be a list of names")
        weights = matched(graph, tensors, "OIHW")
    except (KeyError, ValueError, RecursionError, SimplecellError) as error:
        raise FileError(f"{where}: not a usable model: {str(error).splitlines()[0]}") from error
    return graph, weights, preprocessing, tuple(classes)
