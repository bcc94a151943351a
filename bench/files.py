"""A network of the zoo written once in each peer's own format, so that peers start from files as users do."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import ncnn_files

if TYPE_CHECKING:
    from simplecell.model import Model


def undropped(net: Model) -> Model:
    """The network with nothing dropped in training: masks are random, and each peer would draw its own."""
    import simplecell as sc

    nodes = []
    for node in net.graph.nodes:
        if isinstance(node.layer, sc.Dropout) and node.site is not None:
            layer = sc.Dropout(0.0, name=node.layer.name)
            node = replace(node, layer=layer, site=replace(node.site, layer=layer))
        nodes.append(node)
    return sc.Model.from_graph(replace(net.graph, nodes=tuple(nodes)))


def write(name: str, folder: Path) -> dict[str, float]:
    """Write the network with the weights of seed 0 into `folder`; -> its facts."""
    import torch

    import simplecell as sc

    net = undropped(sc.zoo.NETWORKS[name]()).init(0)
    facts = {"input": net.input_shape, "classes": net.output_shape[0], "macs": net.count().macs}
    folder.mkdir(parents=True, exist_ok=True)
    net.save(folder / "model.safetensors")
    net.to_onnx(folder / "model.onnx")
    ncnn_files.write(net, folder / "model")
    (folder / "model.py").write_text(net.to_torch_source())
    torch.save(net.to_torch().state_dict(), folder / "model.pt")
    (folder / "facts.json").write_text(json.dumps(facts))
    return facts
