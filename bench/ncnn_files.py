"""A network of the zoo as ncnn's two files: the text of its layers and the bytes of its weights.

What ncnn's own optimiser would do is done here: batch norms are folded into the convolution before them, and a
rectifier becomes an argument of the layer that it follows. ncnn has no batch axis: a file serves one image.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

RECTIFIERS = {"ReLU": "9=1", "ReLU6": "9=3 -23310=2,0.0,6.0"}


class Writer:
    """Lines and bytes as they come; `blob` says which blob carries a layer's value."""

    def __init__(self, net: Any) -> None:
        self.nodes = {node.name: (node, layer, site) for node, layer, site in net.graph.sites}
        self.weights, self.readers = net.weights, net.graph.readers
        self.lines: list[str] = []
        self.bytes: list[bytes] = []
        self.blobs = 0
        self.blob: dict[str, list[str]] = {}
        self.done: set[str] = set()  # layers that went into the one before them

    def next_of(self, name: str) -> tuple[str, Any] | None:
        """The only reader of a value, with its layer."""
        readers = self.readers.get(name, ())
        return (readers[0], self.nodes[readers[0]][1]) if len(readers) == 1 else None

    def line(self, kind: str, name: str, sources: list[str], outputs: int = 1, numbers: str = "") -> list[str]:
        made = [f"{name}_{i}" for i in range(outputs)]
        self.blobs += outputs
        self.lines.append(" ".join([kind, name, str(len(sources)), str(outputs), *sources, *made, numbers]).rstrip())
        return made

    def give(self, name: str, made: str) -> None:
        """A value that several layers read is split, as ncnn wants it."""
        count = len(self.readers.get(name, ()))
        self.blob[name] = self.line("Split", f"{name}.split", [made], count) if count > 1 else [made]

    def take(self, name: str) -> str:
        blobs = self.blob[name]
        return blobs.pop() if len(blobs) > 1 else blobs[0]

    def keep(self, weight: np.ndarray, bias: np.ndarray) -> None:
        self.bytes += [np.int32(0).tobytes(), weight.astype("<f4").tobytes(), bias.astype("<f4").tobytes()]

    def folded(self, name: str, outputs: int) -> tuple[np.ndarray, np.ndarray, str]:
        """Weight and bias with the batch norm behind them, and the last layer that is now done."""
        weight = self.weights[f"{name}.weight"].astype(np.float64)
        bias = self.weights.get(f"{name}.bias", np.zeros(outputs)).astype(np.float64)
        after = self.next_of(name)
        if after is None or after[1].kind != "BatchNorm":
            return weight, bias, name
        gain, shift, mean, var = (
            self.weights[f"{after[0]}.{part}"].astype(np.float64)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gain / np.sqrt(var + after[1].eps)
        self.done.add(after[0])
        return weight * scale.reshape(-1, *[1] * (weight.ndim - 1)), (bias - mean) * scale + shift, after[0]

    def rectified(self, name: str) -> tuple[str, str]:
        """The rectifier's argument, and the last layer that is now done."""
        after = self.next_of(name)
        if after is None or after[1].kind not in RECTIFIERS:
            return "", name
        self.done.add(after[0])
        return RECTIFIERS[after[1].kind], after[0]


def _convolution(w: Writer, node: Any, layer: Any, site: Any) -> tuple[str, str]:
    weight, bias, last = w.folded(node.name, layer.out_channels)
    rectifier, last = w.rectified(last)
    rows, cols = (axis.window for axis in site.windows)
    kind = "Convolution" if layer.groups == 1 else "ConvolutionDepthWise"
    numbers = (
        f"0={layer.out_channels} 1={cols.size} 11={rows.size} 2={cols.gap} 12={rows.gap} 3={cols.step} 13={rows.step} "
        f"4={cols.before} 14={rows.before} 15={cols.after} 16={rows.after} 5=1 6={weight.size} {rectifier}"
    )
    grouped = f" 7={layer.groups}" if layer.groups > 1 else ""
    w.keep(weight, bias)
    return w.line(kind, node.name, [w.take(node.sources[0])], numbers=numbers + grouped)[0], last


def _linear(w: Writer, node: Any, layer: Any) -> tuple[str, str]:
    weight, bias, last = w.folded(node.name, layer.out_features)
    rectifier, last = w.rectified(last)
    w.keep(weight, bias)
    numbers = f"0={layer.out_features} 1=1 2={weight.size} {rectifier}"
    return w.line("InnerProduct", node.name, [w.take(node.sources[0])], numbers=numbers)[0], last


def _pool(w: Writer, node: Any, layer: Any, site: Any) -> str:
    source, average = [w.take(node.sources[0])], int(layer.kind != "MaxPool2d")
    if layer.kind in ("GlobalAvgPool", "AdaptiveAvgPool2d") and tuple(node.shape[1:]) in ((), (1, 1)):
        return w.line("Pooling", node.name, source, numbers="0=1 4=1")[0]
    if layer.kind == "AdaptiveAvgPool2d":
        return w.line("Pooling", node.name, source, numbers=f"0=1 7=1 8={node.shape[2]} 18={node.shape[1]}")[0]
    rows, cols = (axis.window for axis in site.windows)
    numbers = (
        f"0={average} 1={cols.size} 11={rows.size} 2={cols.step} 12={rows.step} 3={cols.before} 13={rows.before} "
        f"14={cols.after} 15={rows.after} 5=1"
    )
    return w.line("Pooling", node.name, source, numbers=numbers)[0]


def _layer(w: Writer, node: Any, layer: Any, site: Any) -> tuple[str, str]:
    """Write a layer; -> the blob it makes and the last layer that is done with it."""
    match layer.kind:
        case "Conv2d":
            return _convolution(w, node, layer, site)
        case "Linear":
            return _linear(w, node, layer)
        case "MaxPool2d" | "AvgPool2d" | "GlobalAvgPool" | "AdaptiveAvgPool2d":
            return _pool(w, node, layer, site), node.name
        case "Add":
            sources = [w.take(source) for source in node.sources]
            return w.line("BinaryOp", node.name, sources, numbers="0=0")[0], node.name
        case "ReLU" | "Flatten":
            return w.line(layer.kind, node.name, [w.take(node.sources[0])])[0], node.name
        case "Dropout":
            return w.take(node.sources[0]), node.name
    raise ValueError(f"no ncnn layer for {layer.kind}")


def write(net: Any, path: Path) -> tuple[str, str]:
    """Write PATH.param and PATH.bin; -> the names of the input's and the output's blob."""
    w = Writer(net)
    (entrance,) = net.graph.inputs
    w.give(entrance, w.line("Input", "entrance", [])[0])
    for node, layer, site in net.graph.sites:
        if node.name not in w.done:
            made, last = _layer(w, node, layer, site)
            w.give(last, made)
    path.with_suffix(".param").write_text(f"7767517\n{len(w.lines)} {w.blobs}\n" + "\n".join(w.lines) + "\n")
    path.with_suffix(".bin").write_bytes(b"".join(w.bytes))
    return "entrance_0", w.blob[net.graph.outputs[0]][0]
