"""The nine light architectures of ONNX's suite with seeded random weights in place of the constant ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

FOLDER = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
NAMES = (
    "bvlc_alexnet", "zfnet512", "vgg19", "squeezenet", "inception_v1", "shufflenet", "resnet50", "inception_v2",
    "densenet121",
)  # fmt: skip


def drawn(name: str, seed: int = 0) -> onnx.ModelProto:
    """The model: weights of variance 2/fan_in, averages and factors near 1 and 0, the softmax at the end gone."""
    model = onnx.load(FOLDER / f"light_{name}.onnx")
    rng, shapes = np.random.default_rng(seed), {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    roles = _roles(model)
    kept = []
    for node in model.graph.node:
        if node.op_type == "ConstantOfShape":
            shape = tuple(int(n) for n in shapes[node.input[0]])
            values = _values(rng, roles.get(node.output[0], "bias"), shape)
            model.graph.initializer.append(numpy_helper.from_array(values.astype(np.float32), node.output[0]))
        elif node.op_type == "Softmax" and node.output[0] == model.graph.output[0].name:
            model.graph.output[0].name = node.input[0]
        else:
            kept.append(node)
    del model.graph.node[:]
    model.graph.node.extend(kept)
    return model


def _roles(model: onnx.ModelProto) -> dict[str, str]:
    """What each constant is to its reader."""
    found: dict[str, str] = {}
    for node in model.graph.node:
        names = {"BatchNormalization": ("", "scale", "bias", "bias", "variance"), "Mul": ("", "scale")}
        found.update(zip(node.input, names.get(node.op_type, ("", "weight", "bias")), strict=False))
        if node.op_type == "Unsqueeze":  # a scale or bias on its way to the product or sum behind
            reader = next(n for n in model.graph.node if node.output[0] in n.input)
            found[node.input[0]] = "scale" if reader.op_type == "Mul" else "bias"
    return found


def _values(rng: np.random.Generator, role: str, shape: tuple[int, ...]) -> np.ndarray:
    if role == "weight" and len(shape) > 1:
        return rng.standard_normal(shape, np.float32) * np.sqrt(2 / np.prod(shape[1:]))
    if role in ("scale", "variance"):
        return rng.uniform(0.8, 1.2, shape)
    return rng.standard_normal(shape) * 0.1
