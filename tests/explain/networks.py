"""Small networks of every shape that a walk must get through, with weights and images."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simplecell.graph import Graph, functional, sequential
from simplecell.layers import (
    AdaptiveAvgPool2d,
    Add,
    AvgPool2d,
    ChannelShuffle,
    Concat,
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose2d,
    Crop,
    Dropout,
    Dropout2d,
    Flatten,
    GlobalAvgPool,
    GlobalMaxPool,
    Input,
    Linear,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
    Mul,
    Pad,
    Permute,
    PixelShuffle,
    ReLU,
    Reshape,
    Sigmoid,
    Slice,
    Softmax,
    Upsample,
)
from simplecell.layers.base import Array
from simplecell.run.reference import layer_weights


def classifier() -> Graph:
    return sequential([
        Input(1, 6, 6), Conv2d(3, 3, padding=1, name="conv1"), ReLU(name="relu1"), Conv2d(4, 3, name="conv2"), ReLU(),
        MaxPool2d(2, name="pool"), Flatten(name="flatten"), Dropout(0.3), Linear(5, name="fc1"), ReLU(),
        Linear(3, bias=False, name="fc2"), Softmax(name="last"),
    ])  # fmt: skip


def strided() -> Graph:
    return sequential([
        Input(2, 9, 8), Conv2d(4, (2, 3), stride=(2, 1), padding=((1, 0), (0, 2)), dilation=(1, 2), name="a"),
        MaxPool2d(3, stride=2, padding=1, dilation=2, name="b"), AvgPool2d(2, stride=1, ceil_mode=True, name="last"),
    ])  # fmt: skip


def same_and_ceil() -> Graph:
    return sequential([
        Input(1, 7, 10), Conv2d(2, 4, padding="same", stride=2, name="a"),
        AvgPool2d(3, stride=2, padding="same", count_include_pad=False, name="b"),
        MaxPool2d(2, ceil_mode=True, name="last"),
    ])  # fmt: skip


def grouped() -> Graph:
    return sequential([
        Input(4, 5, 5), Conv2d(6, 3, groups=2, name="a"), Conv2d(6, 2, groups=6, padding=(0, 1), name="b"),
        Conv2d(4, 1, groups=2, name="last"),
    ])  # fmt: skip


def residual() -> Graph:
    x = Input(2, 6, 7)
    y = ReLU()(Conv2d(2, 3, padding=1, dilation=1, name="a")(x))
    y = Add(name="sum")(Conv2d(2, 3, padding=2, dilation=2, name="b")(y), x)
    z = Conv2d(3, 3, stride=2, padding=1, name="c")(ReLU()(y))
    shortcut = Conv2d(3, 1, stride=2, name="d")(y)
    return functional([x], [Add(name="last")(z, shortcut)])


def cross() -> Graph:
    x = Input(1, 5, 5)
    a = Conv2d(1, (1, 3), padding=(0, 1), name="flat")(x)
    b = Conv2d(1, (3, 1), padding=(1, 0), name="tall")(x)
    return functional([x], [Conv2d(1, 2, stride=2, name="last")(Add(name="sum")(a, b))])


def two_jumps() -> Graph:
    x = Input(1, 4, 4)
    a, b = Conv2d(1, 2, stride=2, name="far")(x), Conv2d(1, 3, name="near")(x)
    return functional([x], [Add(name="last")(a, b, a)])


def two_inputs() -> Graph:
    x, y = Input(1, 4, 5), Input(2, 4, 5, name="second")
    a = Conv2d(3, 3, padding=1, name="a")(x)
    b = Conv2d(3, (1, 5), padding="same", name="b")(y)
    s = ReLU(name="relu")(Add(name="sum")(a, b))
    return functional([x, y], [Linear(2, name="last")(Flatten()(s)), MaxPool2d(3, stride=2, name="pool")(a)])


def signal() -> Graph:
    return sequential([
        Input(2, 20), Conv1d(4, 5, stride=2, padding=2, name="a"), ReLU(), MaxPool1d(2, padding="same", name="b"),
        Conv1d(2, 2, dilation=2, name="c"), Flatten(name="flatten"), Linear(2, name="last"),
    ])  # fmt: skip


def volume() -> Graph:
    return sequential([
        Input(1, 3, 5, 4), Conv3d(2, (2, 3, 3), padding=(0, 1, 1), name="a"), MaxPool3d((1, 2, 2), name="b"),
        Conv3d(1, (2, 1, 1), name="c"), Flatten(name="last"),
    ])  # fmt: skip


def regional() -> Graph:
    return sequential([
        Input(2, 7, 8), AdaptiveAvgPool2d(3, name="a"), ConvTranspose2d(2, (3, 1), stride=2, padding=(1, 0), name="b"),
        Conv2d(2, 2, name="c"), GlobalMaxPool(name="last"),
    ])  # fmt: skip


def wired() -> Graph:
    x = Input(4, 6, 5)
    a = Slice(start=(1, None, 0), stop=(3, None, None), step=(None, 2, 1), name="slice")(
        Pad((1, 2), value=0.5, name="pad")(x)
    )
    b = Crop(((0, 1), (1, 0)), name="crop")(ChannelShuffle(2, name="shuffle")(Upsample(size=(5, 10), name="wide")(x)))
    c = Concat(name="side")(a, b)
    gate = Sigmoid(name="gate")(Conv2d(6, 1, name="mix")(GlobalAvgPool(name="mean")(c)))
    return functional([x], [Conv2d(2, 3, padding=1, name="last")(Mul(name="gated")(c, gate))])


def joined() -> Graph:
    x, y = Input(1, 4, 6), Input(1, 2, 6, name="second")
    a = Conv2d(2, 3, padding=1, name="a")(Concat(axis=1, name="tall")(x, y))
    b = Permute((0, 2, 1), name="turned")(Pad(1, mode="reflect", name="mirror")(a))
    c = PixelShuffle(2, name="pixels")(Reshape((4, 8, 4), name="folded")(b))
    return functional([x, y], [Upsample(size=3, mode="bilinear", name="last")(Dropout2d(name="drop")(c))])


NETWORKS: dict[str, Callable[[], Graph]] = {
    f.__name__: f
    for f in (
        classifier,
        strided,
        same_and_ceil,
        grouped,
        residual,
        cross,
        two_jumps,
        two_inputs,
        signal,
        volume,
        regional,
        wired,
        joined,
    )
}


def weights_of(graph: Graph, seed: int = 0) -> dict[str, Array]:
    generator = np.random.default_rng(seed)
    drawn = {name: generator.normal(size=shape).astype(np.float32) for name, shape in graph.weights.items()}
    return {name: np.abs(w) if name.endswith("running_var") else w for name, w in drawn.items()}


def images_of(graph: Graph, seed: int = 1) -> tuple[Array, ...]:
    generator = np.random.default_rng(seed)
    return tuple(generator.normal(size=graph[name].shape).astype(np.float32) for name in graph.inputs)


def reached(graph: Graph, source: str, unit: tuple[int, ...], weights: dict[str, Array]) -> dict[str, Array]:
    """The NaN probe: a NaN at one unit of `source`, run through every layer's linear surrogate -> where it arrives."""
    values: dict[str, Array] = {name: np.ones((1, *graph[name].shape)) for name in graph.inputs}
    if source in values:
        values[source][(0, *unit)] = np.nan
    for node, layer, site in graph.sites:
        xs = [values[s] for s in node.sources]
        values[node.name] = layer.surrogate(site, xs, layer_weights(weights, node.name))
        if node.name == source:
            values[source] = np.ones((1, *node.shape))
            values[source][(0, *unit)] = np.nan
    return {name: np.isnan(value[0]) for name, value in values.items()}
