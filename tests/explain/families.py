"""Random units and random gradient entries, opened and checked: of every family of the zoo and every kind of layer.

The tests take a hundred of each. More are taken, and the largest errors printed, from the folder tests with

    python -m explain.families 1000            # every family and every kind
    python -m explain.families 1000 vgg Conv2d
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch

import simplecell as sc
import tolerances
from domains import POSITIVE
from simplecell.explain import GradientExplanation, value_gradient, weight_gradient
from simplecell.explain.cell import opened
from simplecell.explain.passes import forward, forward_and_back
from simplecell.graph import from_json, to_json
from simplecell.layers import KINDS
from simplecell.layers.base import EVALUATION, Array, Mode
from simplecell.objectives import CrossEntropy
from torch_threads import one_thread

FAMILIES: dict[str, Callable[[], sc.Model]] = {
    "digits": lambda: sc.zoo.digits(),
    "lenet5": lambda: sc.zoo.lenet5(),
    "signs": lambda: sc.zoo.signs(),
    "alexnet": lambda: sc.zoo.alexnet_2012(num_classes=5, size=67),
    "vgg": lambda: sc.zoo.vgg11_32(),
    "resnet": lambda: sc.zoo.resnet20(size=16),
    "mobilenet": lambda: sc.zoo.mobilenet_v2(num_classes=5, size=40),
    "squeezenet": lambda: sc.zoo.squeezenet1_0(num_classes=5, size=40),
}
"""Every family of the zoo at a small size; alexnet has its two towers and local response normalisation."""

LARGER: dict[str, Callable[[], sc.Model]] = {
    "alexnet-227": lambda: sc.zoo.alexnet(),
    "alexnet-2014": lambda: sc.zoo.alexnet_2014(num_classes=5, size=80),
    "vgg-bn": lambda: sc.zoo.vgg11_bn(num_classes=5, size=64),
    "resnet34": lambda: sc.zoo.resnet34(num_classes=5, size=64),
    "resnet50": lambda: sc.zoo.resnet50(num_classes=5, size=40),
}
"""Families and forms that are too large for the tests."""


def images_of(net: sc.Model, count: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).standard_normal((count, *net.graph[net.graph.inputs[0]].shape))


def units(net: sc.Model, count: int) -> float:
    """Open random units -> the largest error of the terms' sum, by the sum of their magnitudes."""
    generator, worst = np.random.default_rng(5), 0.0
    done = forward(net.graph, net.weights, [images_of(net, 1)])
    for _ in range(count):
        node, _, _ = net.graph.sites[generator.integers(len(net.graph.sites))]
        unit = tuple(int(generator.integers(n)) for n in node.shape)
        found = opened(done, net.graph, node, unit, 0)
        assert found.value == done.values[node.name][(0, *unit)]
        worst = max(worst, share(found.combined - found.value, max(found.magnitude, abs(found.value))))
    return worst


def entries(net: sc.Model, count: int) -> float:
    """Open random entries of the gradients of all weights and of all values -> their largest error beside PyTorch's in
    float64, by the sum of the terms' magnitudes and the largest entry."""
    net, generator, worst = without_dropout(net), np.random.default_rng(6), 0.0
    images, targets = images_of(net, 3), np.array([0, 4, 2])
    done = forward_and_back(net.graph, net.weights, [images], targets, CrossEntropy(), Mode(training=True))
    wanted = by_pytorch(net, images, targets)
    names = [*net.graph.learned, *(node.name for node in net.graph.nodes)]
    for _ in range(count):
        name = names[generator.integers(len(names))]
        place = tuple(int(generator.integers(n)) for n in wanted[name].shape)
        found: GradientExplanation = (
            weight_gradient(done, name, place)
            if name in net.graph.learned
            else value_gradient(done, name, place[1:], place[0])
        )
        largest = float(np.abs(wanted[name]).max())
        worst = max(worst, share(found.combined - float(wanted[name][place]), found.magnitude + largest))
    return worst


def without_dropout(net: sc.Model) -> sc.Model:
    """The same network whose Dropout drops nothing: PyTorch draws other masks."""
    form: dict[str, Any] = to_json(net.graph)
    for layer in form["layers"]:
        if layer["kind"] == "Dropout":
            layer["arguments"] = {"p": 0.0}
    return sc.Model.from_graph(from_json(form)).load_weights(net.weights)


def by_pytorch(net: sc.Model, images: Array, targets: Array) -> dict[str, Array]:
    """The gradients of every weight and every value by PyTorch in float64, in training: the module that the network
    becomes, whose every step is kept."""
    room: dict[str, Any] = {}
    exec(net.to_torch_source().replace("        return ", "        return locals(), "), room)
    module = room["Network"]().double().train()
    module.load_state_dict({name: torch.from_numpy(np.array(w)) for name, w in net.weights.items()}, strict=False)
    kept, scores = module(torch.from_numpy(images).requires_grad_())
    values = dict(zip(net.graph.by_name, [v for name, v in kept.items() if name != "self"], strict=True))
    for value in values.values():
        value.retain_grad()
    torch.nn.functional.cross_entropy(scores, torch.from_numpy(targets)).backward()
    found = {**values, **dict(module.named_parameters())}
    return {name: tensor.grad.numpy() for name, tensor in found.items()}


def of_kind(kind: str, count: int) -> float:
    """Open random units of a kind's examples on random inputs -> the largest error, as `units`."""
    generator, worst, rounds = np.random.default_rng(7), 0.0, 0
    examples = KINDS[kind].EXAMPLES
    while count > 0:
        layer, shapes = examples[rounds % len(examples)]
        rounds, site = rounds + 1, layer.site(*shapes)
        xs = [generator.standard_normal((1, *shape)) for shape in shapes]
        xs = [np.abs(x) + 0.1 for x in xs] if kind in POSITIVE else xs
        weights = {name: generator.standard_normal(shape) for name, shape in site.weights.items()}
        weights = {name: np.abs(w) if name == "running_var" else w for name, w in weights.items()}
        y, _ = layer.forward(site, xs, weights, EVALUATION)
        for _ in range(min(count, 25)):
            unit = tuple(int(generator.integers(n)) for n in site.output)
            terms, value = layer.terms(site, [x[0] for x in xs], weights, unit), float(y[(0, *unit)])
            magnitude = float(np.abs(terms.products).sum()) + abs(terms.bias or 0.0)
            worst = max(worst, share(terms.combine() - value, max(magnitude, abs(value))))
        count -= 25
    return worst


def share(error: float, yardstick: float) -> float:
    return abs(error) / yardstick if yardstick else abs(error)


def table(names: Sequence[str], count: int) -> Iterator[tuple[str, str, float]]:
    """(name, what, largest error) of everything that was named."""
    for name, build in {**FAMILIES, **LARGER}.items():
        if name in names:
            net = build().init(seed=1)
            yield name, "units", units(net, count)
            yield name, "gradients", entries(net, count)
    for kind in KINDS:
        if kind in names:
            yield kind, "units", of_kind(kind, count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=1000, help="random units, and entries, of each")
    parser.add_argument("names", nargs="*", help="families and kinds of layers (all)")
    asked = parser.parse_args()
    wrong = False
    with one_thread():
        began = time.perf_counter()
        for name, what, worst in table(asked.names or [*FAMILIES, *LARGER, *KINDS], asked.count):
            wrong |= worst > tolerances.TERMS
            seconds, began = time.perf_counter() - began, time.perf_counter()
            verdict = "WRONG" if worst > tolerances.TERMS else "ok"
            print(f"{name:18} {asked.count:6,} {what:10} largest error {worst:.1e}   {verdict}   {seconds:.1f} s")
    raise SystemExit(wrong)


if __name__ == "__main__":
    main()
