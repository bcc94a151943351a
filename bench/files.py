"""A network of the zoo written once in each peer's own format, so that peers start from files as users do."""

from __future__ import annotations

import json
from pathlib import Path

import ncnn_files


def write(name: str, folder: Path) -> dict[str, float]:
    """Write the network with the weights of seed 0 into `folder`; -> its facts."""
    import torch

    import simplecell as sc

    net = sc.zoo.NETWORKS[name]().init(0)
    facts = {"input": net.input_shape, "classes": net.output_shape[0], "macs": net.count().macs}
    folder.mkdir(parents=True, exist_ok=True)
    net.save(folder / "model.safetensors")
    net.to_onnx(folder / "model.onnx")
    ncnn_files.write(net, folder / "model")
    (folder / "model.py").write_text(net.to_torch_source())
    torch.save(net.to_torch().state_dict(), folder / "model.pt")
    (folder / "facts.json").write_text(json.dumps(facts))
    return facts
