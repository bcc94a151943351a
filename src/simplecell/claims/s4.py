"""S4: a question about what the depth of a convolutional network is."""

from __future__ import annotations

import numpy as np

from simplecell import accounts
from simplecell.claims.claim import Claim, Numbers
from simplecell.layers import Conv2d, Input
from simplecell.layers.base import EVALUATION
from simplecell.layers.softmax import Softmax
from simplecell.model import Sequential
from simplecell.words import shape_text
from simplecell.zoo import alexnet


def first_layer(size: int, padding: int = 0) -> Sequential:
    return Sequential(Input(3, size, size), Conv2d(96, 11, stride=4, padding=padding, name="conv1"))


def size_227() -> Numbers:
    return {"shape": first_layer(227).output_shape}


def size_224() -> Numbers:
    net = first_layer(224)
    rows = net.sees("conv1").view().region.hull[1]
    return {
        "shape": net.output_shape, "exact": (224 - 11) / 4 + 1, "unseen": 224 - 1 - rows[1],
        "padded": first_layer(224, 2).output_shape,
    }  # fmt: skip


def numpy_example() -> Numbers:
    return {"shape": Sequential(Input(4, 11, 11), Conv2d(1, 5, stride=2)).output_shape}


def depths() -> Numbers:
    net = Sequential(Input(4, 11, 11), Conv2d(7, 5, name="conv"))
    filters, depth, *_ = net.graph.weights["conv.weight"]
    return {"layer": net.graph["conv"].shape[0], "filters": filters, "filter": depth, "input": 4}


def unrelated() -> Numbers:
    nets = [Sequential(Input(c, 9, 9), Conv2d(10, 3, name="conv")) for c in (1, 3, 64)]
    outputs = [net.graph["conv"].shape[0] for net in nets]
    filters = [net.graph.weights["conv.weight"][1] for net in nets]
    return {"same_output": len(set(outputs)) == 1, "output": outputs[0], "filters": ", ".join(map(str, filters))}


def network_depth() -> Numbers:
    graph = alexnet().graph
    layers = accounts.depth(graph)
    kinds = [layer.kind for _, layer, _ in graph.sites]
    return {
        "layers": layers, "convolutions": kinds.count("Conv2d"), "linear": kinds.count("Linear"), "more": layers + 1,
    }  # fmt: skip


def index_of_depth() -> Numbers:
    shown = shape_text(Sequential(Input(4, 11, 11), Conv2d(7, 5, stride=2, name="conv")).graph["conv"].shape)
    return {"index": shown.split("x").index("7"), "shape": shown}


def three_words() -> Numbers:
    net = Sequential(Input(3, 32, 32), Conv2d(6, 5), Conv2d(10, 5, name="second"))
    scores = np.array([[1.0, 2.0, 3.0]])
    shares = Softmax().forward(Softmax().site((3,)), [scores], {}, EVALUATION)[0]
    depth = net.graph.weights["second.weight"][1]
    return {"depth": depth, "sum": float(scores.sum()), "softmax": float(shares.sum())}


CLAIMS = (
    Claim("S4-1", {"shape": (96, 55, 55)}, size_227),
    Claim("S4-2", {"shape": (96, 55, 55)}, size_224),
    Claim("S4-3", {"shape": (1, 4, 4)}, numpy_example),
    Claim("S4-4", {"layer": 7, "filter": 4}, depths),
    Claim("S4-5", {"same_output": True}, unrelated),
    Claim("S4-6", {"layers": 9}, network_depth, "incomplete"),
    Claim("S4-7", {"index": 3}, index_of_depth),
    Claim("S4-8", {"depth": 3, "sum": 1.0}, three_words, "misleading"),
)
