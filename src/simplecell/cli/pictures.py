"""The pictures of a run: filters, feature maps, training curve, confusion matrix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simplecell.explain import figures
from simplecell.files.figure import save
from simplecell.run.engine import checked_inputs
from simplecell.run.reference import forward

if TYPE_CHECKING:
    from simplecell.data import Dataset
    from simplecell.layers.base import Array
    from simplecell.model import Model
    from simplecell.train import History


def draw_run(
    folder: Path, net: Model, history: History, test: Dataset, matrix: Array | None, lang: str, index: int = 0
) -> list[str]:
    """Draw what a run learned into its folder -> the names of the files. The feature maps are those of test image
    `index`, computed by the reference."""
    drawn = {}
    first = next((node for node, layer, _ in net.graph.sites if layer.kind == "Conv2d"), None)
    if first is not None:
        weights = net.weights
        drawn["filters.png"] = figures.filters(
            weights[f"{first.name}.weight"], weights.get(f"{first.name}.bias"), first.name, lang=lang
        )
        image, _ = test[index]
        drawn["feature_maps.png"] = figures.feature_maps(image, layer_maps(net, image), lang=lang)
    if matrix is not None:
        drawn["confusion.png"] = figures.confusion(matrix, test.classes, lang=lang)
    if history.epochs:
        drawn["training_curve.png"] = history.plot(lang=lang)
    for name, figure in drawn.items():
        save(figure, folder / name)
    return list(drawn)


def layer_maps(net: Model, image: Array) -> list[figures.Maps]:
    """The output of every layer that gives maps (c, h, w), for one image."""
    inputs = [x.astype(np.float64) for x in checked_inputs(net.graph, [image[None]], "NCHW")]
    trace = forward(net.graph, inputs, net.weights)
    return [
        figures.Maps(node.name, layer.kind, trace.values[node.name][0])
        for node, layer, site in net.graph.sites
        if len(site.output) == 3
    ]
