"""S1: an article from convolution through back-propagation to the memory of VGG."""

from __future__ import annotations

import math

import numpy as np

from simplecell import accounts
from simplecell.claims.claim import Claim, Numbers
from simplecell.graph import Graph
from simplecell.layers import AvgPool2d, Conv2d, Input, MaxPool2d
from simplecell.layers.base import EVALUATION, Array, Layer
from simplecell.model import Sequential
from simplecell.objectives import SGD
from simplecell.zoo import resnet50, vgg16, vgg19

BYTES = 4
CARD = "24 GB"


def stack() -> Numbers:
    net = Sequential(Input(3, 32, 32), Conv2d(6, 5, name="first"), Conv2d(10, 5, name="second"))
    return {
        "first": net.graph["first"].shape, "second": net.output_shape,
        "filter_depth": net.graph.weights["second.weight"][1],
    }  # fmt: skip


def worked_example() -> Numbers:
    """An image of ones and a filter whose products sum to 0, 2 and 0 in its three channels; bias 1."""
    net = Sequential(Input(3, 5, 5), Conv2d(2, 3, stride=2, padding=1, name="conv"))
    weight = np.zeros((2, 3, 3, 3))
    weight[0, 0, 1, 1:] = 1, -1
    weight[0, 1, 1, 1] = weight[0, 1, 2, 2] = 1
    net.load_weights({"conv.weight": weight, "conv.bias": np.array([1, 0])})
    opened = net.explain(np.ones((3, 5, 5), np.float32), "conv", (0, 0), 0)
    return {"shape": net.output_shape, "sums": tuple(p.sum for p in opened.partials), "value": opened.value}


def parameters() -> Numbers:
    small, large = vgg16().count(), vgg19().count()
    return {
        "millions": round(small.parameters / 1e6), "parameters": small.parameters, "weights": small.weights,
        "vgg19": large.parameters,
    }  # fmt: skip


def values_of(graph: Graph, kinds: tuple[str, ...]) -> int:
    """Values of one image in its input and in the outputs of these kinds of layers."""
    return sum(math.prod(n.shape) for n in graph.nodes if n.layer is None or n.layer.kind in kinds)


def activations() -> Numbers:
    graph = vgg16().graph
    once = values_of(graph, ("Conv2d", "MaxPool2d", "Linear"))
    twice = values_of(graph, ("Conv2d", "MaxPool2d", "Linear", "ReLU"))
    kept = accounts.eager(graph, 1)
    return {
        "megabytes": round(once * BYTES / 1e6), "values": once, "size": once * BYTES,
        "inputs": math.prod(graph[graph.inputs[0]].shape), "indices": kept.indices, "twice": twice,
        "twice_size": twice * BYTES,
    }  # fmt: skip


def parameter_bytes() -> Numbers:
    size = vgg16().count().parameters * BYTES
    return {"megabytes": round(size / 1e6), "size": size}


def largest_batch() -> Numbers:
    fits = accounts.max_batch(vgg16().graph, CARD, training=True)
    return {"batch": fits.batch, "memory": accounts.bytes_of(CARD), "fixed": fits.fixed, "per_image": fits.per_image}


def strides() -> Numbers:
    def ones(graph: Graph) -> tuple[int, int]:
        windows = [site.windows[0].window.step for _, layer, site in graph.sites if layer.kind == "Conv2d"]
        return windows.count(1), len(windows)

    (vgg, vgg_all), (resnet, resnet_all) = ones(vgg16().graph), ones(resnet50().graph)
    return {"of_vgg16": vgg, "vgg16": vgg_all, "of_resnet50": resnet, "resnet50": resnet_all}


def step() -> Numbers:
    weight, gradient, lr = np.array([1.0]), np.array([0.5]), 0.1
    moved, _ = SGD(lr).update(weight, gradient, {}, lr)
    return {"moved": float(moved[0]), "weight": 1.0, "gradient": 0.5, "lr": lr}


def gradient(layer: Layer, image: Array, dy: Array) -> tuple[float, ...]:
    """What a pool's definition sends back to each cell of a square image."""
    xs = [image[None, None]]
    site = layer.site(xs[0].shape[1:])
    _, saved = layer.forward(site, xs, {}, EVALUATION)
    (dx,), _ = layer.backward(site, dy[None, None], saved, xs, {})
    return tuple(dx.ravel().tolist())


def pools() -> Numbers:
    image, one = np.array([[1.0, 2.0], [3.0, 4.0]]), np.ones((1, 1))
    peak = np.zeros((3, 3))
    peak[1, 1] = 1
    return {
        "largest": gradient(MaxPool2d(2), image, one), "mean": gradient(AvgPool2d(2), image, one),
        "overlapping": max(gradient(MaxPool2d(2, stride=1), peak, np.ones((2, 2)))),
    }  # fmt: skip


CLAIMS = (
    Claim("S1-1", {"first": (6, 28, 28), "second": (10, 24, 24), "filter_depth": 6}, stack),
    Claim("S1-2", {"shape": (2, 3, 3), "sums": (0, 2, 0), "value": 3}, worked_example),
    Claim("S1-3", {"millions": 138}, parameters),
    Claim("S1-4", {"megabytes": 93}, activations),
    Claim("S1-5", {"megabytes": 93}, parameter_bytes),
    Claim("S1-6", {"batch": 24_000 // 93}, largest_batch, "incomplete"),
    Claim("S1-7", {"of_vgg16": 0, "of_resnet50": 0}, strides, "misleading"),
    Claim("S1-8", {"moved": 0.5}, step, "incomplete"),
    Claim("S1-9", {"largest": (0, 0, 0, 1), "mean": (0.25, 0.25, 0.25, 0.25)}, pools),
)
