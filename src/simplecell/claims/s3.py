"""S3: a question about how the image maps to the neurons of the first layer, and the questions linked to it."""

from __future__ import annotations

import math

import numpy as np

from simplecell.claims.claim import Claim, Numbers
from simplecell.errors import ArgumentError
from simplecell.geometry import Padding
from simplecell.layers import Conv1d, Conv2d, Input, MaxPool2d
from simplecell.model import Model, Sequential
from simplecell.zoo import signs


def first_layer(padding: Padding) -> Model:
    return Sequential(Input(3, 64, 64), Conv2d(8, 4, padding=padding, name="conv1"))


def valid() -> Numbers:
    return {"shape": first_layer("valid").output_shape}


def same() -> Numbers:
    net = first_layer("same")
    window = net.graph["conv1"].site
    assert window is not None
    rows = window.windows[0].window
    return {"shape": net.output_shape, "before": rows.before, "after": rows.after}


def seen_rows(unit: int) -> tuple[tuple[int, ...], int]:
    """Rows of pixels, counted from 1, and zeros that a unit, counted from 1, sees on one axis."""
    view = first_layer("same").sees("conv1", (unit - 1, 10), 0).view()
    assert view.reach is not None
    return tuple(row + 1 for row in view.region.boxes[0][1]), view.reach[0].size - view.reach[0].inside


def last_unit() -> Numbers:
    pixels, zeros = seen_rows(64)
    claimed = next(unit for unit in range(60, 65) if seen_rows(unit) == ((62, 63, 64), 1))
    return {"pixels": pixels, "zeros": zeros, "first": pixels[0], "last": pixels[-1], "other": claimed}


def loop() -> Numbers:
    return {"shape": first_layer(1).output_shape}


def filters_of_a_unit() -> Numbers:
    net = first_layer("same").init(0)
    terms = net.explain(np.ones((3, 64, 64), np.float32), "conv1", (20, 30), 0).terms
    return {"weights": len(terms.weights), "filters": net.output_shape[0], "all": net.count().weights}


def flattened() -> Numbers:
    net = signs(bias=False)
    rows = {row.name: row.count.parameters for row in net.summary().rows if row.count}
    return {
        "shape": net.graph["pool2"].shape, "values": math.prod(net.graph["pool2"].shape), "first": rows["conv1"],
        "second": rows["conv2"], "linear": rows["fc"],
    }  # fmt: skip


def signal() -> Numbers:
    net = Sequential(Input(1, 500), Conv1d(20, 10))
    count = net.count()
    return {"positions": net.output_shape[1], "units": count.units, "parameters": count.parameters}


def wide_kernel() -> Numbers:
    net = Sequential(Input(1, 5, 720), Conv2d(64, (5, 100)))
    count = net.count()
    return {"shape": net.output_shape, "units": count.units, "parameters": count.parameters}


def lenet_like() -> Numbers:
    net = Sequential(Input(1, 32, 32), Conv2d(3, 5), MaxPool2d(2), Conv2d(6, 5), MaxPool2d(2))
    try:
        Conv2d(3, 5, stride=0)
    except ArgumentError:
        possible = False
    else:
        possible = True
    return {"shapes": tuple(node.shape for node, _, _ in net.graph.sites), "stride_0": possible}


def biases() -> Numbers:
    net = signs(bias=False)
    names = [name for name in net.graph.weights if name.startswith("conv") and name.endswith("bias")]
    return {"biases": len(names), "parameters": net.count().parameters, "with_biases": signs().count().parameters}


def input_layer() -> Numbers:
    shape = first_layer("same").graph["input"].shape
    return {"values": math.prod(shape), "depth": shape[0]}


SHAPES = ((3, 28, 28), (3, 14, 14), (6, 10, 10), (6, 5, 5))

CLAIMS = (
    Claim("S3-1", {"shape": (8, 61, 61)}, valid),
    Claim("S3-2", {"shape": (8, 64, 64)}, same),
    Claim("S3-3", {"pixels": (62, 63, 64), "zeros": 1}, last_unit),
    Claim("S3-4", {"shape": (8, 64, 64)}, loop),
    Claim("S3-5", {"weights": 8 * 4 * 4 * 3}, filters_of_a_unit, "misleading"),
    Claim("S3-6", {"shape": (16, 2, 2), "values": 64, "first": 384, "second": 512, "linear": 390}, flattened),
    Claim("S3-7", {"positions": 491, "units": 9_820, "parameters": 220}, signal),
    Claim("S3-8", {"shape": (64, 1, 621), "units": 39_744, "parameters": 32_064}, wide_kernel),
    Claim("S3-9", {"shapes": SHAPES, "stride_0": True}, lenet_like),
    Claim("S3-10", {"biases": 2}, biases),
    Claim("S3-11", {"values": 3}, input_layer),
)
