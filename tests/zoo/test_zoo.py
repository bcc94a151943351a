"""The networks against their published parameter counts and an independent PyTorch definition of each."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

import simplecell as sc
from simplecell import graph as graphs
from simplecell.plan import Training, make_plan
from simplecell.run import reference
from simplecell.run.executable import Executable
from torch_threads import one_thread
from zoo import torch_networks

PUBLISHED = {
    "digits": 9_930,
    "lenet5": 61_706,
    "signs": 1_310,
    "alexnet": 62_378_344,
    "alexnet_2012": 60_965_224,
    "alexnet_2014": 61_100_840,
    "vgg11": 132_863_336,
    "vgg13": 133_047_848,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "vgg11_bn": 132_868_840,
    "vgg13_bn": 133_053_736,
    "vgg16_bn": 138_365_992,
    "vgg19_bn": 143_678_248,
    "vgg11_32": 9_231_114,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
    "resnet20": 272_474,
    "squeezenet1_0": 1_248_424,
    "mobilenet_v2": 3_504_872,
}
"""Of the papers' authors, of torchvision's documentation, and for the small ones arithmetic on paper."""

SMALLER = {"alexnet_2014": 95, "squeezenet1_0": 63, "mobilenet_v2": 64} | {
    name: 64 if name.startswith("resnet") else 32 for name in PUBLISHED if name.startswith(("vgg", "resnet"))
}
"""Input sizes at which the networks are run here, where another than their own is possible."""


def small(name: str) -> sc.Model:
    """The network at a small input size where it allows one."""
    own = sc.zoo.NETWORKS[name]
    return own(size=32 if name == "resnet20" else SMALLER[name]) if name in SMALLER else own()


def random_weights(net: sc.Model, seed: int, apart: bool = False) -> dict[str, np.ndarray]:
    """He's variance; normalisations that halve in residual blocks, so that their sums do not overflow. With `apart`
    each normalised map lies 3 above or below zero, so that no rounding carries a unit over a rectifier's edge, where
    the gradient jumps. The draws repeat after a prime number of values: hundreds of millions would take too long."""
    rng = np.random.default_rng(seed)
    drawn = rng.standard_normal(1_000_003).astype(np.float32)
    weights = {}
    for name, shape in net.graph.weights.items():
        if len(shape) > 1:
            weights[name] = np.resize(np.roll(drawn, rng.integers(10**6)), shape)
            weights[name] *= np.float32(math.sqrt(2 / math.prod(shape[1:])))
        else:
            gain = (0.3, 0.6) if apart or name.startswith("layer") else (0.9, 1.3)
            low, high = gain if name.endswith("weight") else (0.8, 1.2) if "var" in name else (-0.05, 0.05)
            weights[name] = rng.uniform(low, high, shape).astype(np.float32)
            if apart and name.endswith("bias") and name.replace("bias", "running_mean") in net.graph.weights:
                weights[name] += rng.choice([-3, 3], shape).astype(np.float32)
    return weights


def images(net: sc.Model, count: int, seed: int = 1) -> np.ndarray:
    shape = net.input_shape
    return np.random.default_rng(seed).standard_normal((count, *shape)).astype(np.float32)


def in_torch(name: str, weights: dict[str, np.ndarray]) -> torch.nn.Module:
    """The PyTorch network on the same arrays, by name."""
    with torch.device("meta"):
        peer = torch_networks.NETWORKS[name]()
    given = {key: torch.from_numpy(array) for key, array in weights.items()}
    found = peer.load_state_dict(given, strict=False, assign=True)
    assert found.unexpected_keys == []
    assert all(key.endswith("num_batches_tracked") for key in found.missing_keys)
    return peer.eval()


@pytest.mark.parametrize("name", sc.zoo.NETWORKS)
def test_each_network_has_its_published_number_of_parameters(name: str) -> None:
    net = sc.zoo.NETWORKS[name]()
    assert net.count().parameters == PUBLISHED[name]
    assert net.output_shape == ({"signs": 6}.get(name, 1000 if PUBLISHED[name] > 1e6 and name != "vgg11_32" else 10),)
    assert f"{PUBLISHED[name]:,}" in (sc.zoo.NETWORKS[name].__doc__ or "")


@pytest.mark.parametrize("name", sc.zoo.NETWORKS)
def test_names_and_shapes_of_the_weights_are_those_of_the_pytorch_network(name: str) -> None:
    with torch.device("meta"):
        theirs = torch_networks.NETWORKS[name]().state_dict()
    wanted = {key: tuple(t.shape) for key, t in theirs.items() if not key.endswith("num_batches_tracked")}
    assert dict(sc.zoo.NETWORKS[name]().graph.weights) == wanted


@one_thread()
@pytest.mark.parametrize("name", sc.zoo.NETWORKS)
def test_outputs_are_pytorchs_in_float64(name: str) -> None:
    """Of the engine in float32 and of the reference definitions in float64, on the same weights and images."""
    net = small(name)
    weights, x = random_weights(net, seed=len(name)), images(net, 2)
    precise = {key: w.astype(np.float64) for key, w in weights.items()}
    with torch.inference_mode():
        theirs = in_torch(name, precise)(torch.from_numpy(x).double()).numpy()
    largest = np.abs(theirs).max()
    assert np.ptp(theirs, axis=0).max() > 0.01 * largest, "the scores depend on the image"
    traced = reference.forward(net.graph, [x.astype(np.float64)], precise).values[net.graph.outputs[0]]
    assert np.abs(traced - theirs).max() <= 1e-10 * largest
    assert np.abs(net.load_weights(weights)(x) - theirs).max() <= 2e-5 * largest


def without_dropout(net: sc.Model) -> sc.Model:
    """The same network, its dropout drawing nothing: two implementations draw differently."""
    form = graphs.to_json(net.graph)
    for layer in form["layers"]:
        if layer["kind"] == "Dropout":
            layer["arguments"]["p"] = 0.0
    return sc.Model.from_graph(graphs.from_json(form))


GRADIENTS = [
    "digits", "lenet5", "signs", "resnet20", "vgg11_32", "vgg11", "resnet18", "resnet50", "squeezenet1_0",
    "mobilenet_v2", "alexnet_2014",
]  # fmt: skip


@one_thread()
@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_of_every_weight_are_pytorchs(name: str) -> None:
    net = without_dropout(small(name))
    weights, x = random_weights(net, 5, apart=True), images(net, 4)
    target = np.arange(4) % net.output_shape[0]
    ready = Executable(make_plan(net.graph, 4, training=Training("cross_entropy", update=False)), weights)
    peer = in_torch(name, {key: w.astype(np.float64) for key, w in weights.items()}).train()
    for module in peer.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    ready.run({net.graph.inputs[0]: x, "target": target})
    torch.nn.functional.cross_entropy(peer(torch.from_numpy(x).double()), torch.from_numpy(target)).backward()
    theirs = {key: parameter.grad.numpy() for key, parameter in peer.named_parameters()}
    largest = max(np.abs(g).max() for g in theirs.values())
    share = 1e-3 if any("running" in key for key in weights) else 2e-5
    for key, gradient in theirs.items():
        allowed = share * (np.abs(gradient).max() + 1e-4 * largest)  # a bias before a normalisation has gradient 0
        assert np.abs(ready.tensor(f"d:{key}") - gradient).max() <= allowed, key


def test_classes_depth_and_size_are_arguments() -> None:
    for name in ("vgg16", "resnet18", "squeezenet1_0", "mobilenet_v2", "alexnet_2014"):
        net = sc.zoo.NETWORKS[name](num_classes=7, in_channels=1, size=(64, 96))
        assert (net.input_shape, net.output_shape) == ((1, 64, 96), (7,))


def test_a_pool_makes_other_sizes_fit_published_weights() -> None:
    """As in torchvision: the weights' shapes do not depend on the size of the image."""
    for name in ("vgg11", "alexnet_2014"):
        own, other = sc.zoo.NETWORKS[name](), sc.zoo.NETWORKS[name](size=256)
        assert own.graph.weights == other.graph.weights
        assert ("avgpool" in own.layers, "avgpool" in other.layers) == (False, True)


@pytest.mark.parametrize(
    ("name", "size", "layer", "smallest"),
    [("lenet5", 5, "layer 3 'pool1'", 16), ("vgg11", 7, "layer 11 'features.10'", 32), ("alexnet", 30, "'pool2'", 67)],
)
def test_an_image_too_small_names_the_layer_where_it_vanishes_and_the_smallest_that_works(
    name: str, size: int, layer: str, smallest: int
) -> None:
    """lenet5: 16 - 4 = 12, 6, 6 - 4 = 2, 1. vgg: five halvings. alexnet: from the end 1, 3, 3, 7, 7, 15, 15 * 4 + 7."""
    build = sc.zoo.NETWORKS[name]
    with pytest.raises(sc.ShapeError) as caught:
        build(size=size)
    assert layer in str(caught.value)
    assert f"input {smallest}x{smallest}" in str(caught.value)
    assert build(size=smallest).output_shape
    with pytest.raises(sc.ShapeError):
        build(size=smallest - 1)


def test_signs_without_biases_is_the_sources_network() -> None:
    assert sc.zoo.signs(bias=False).count().parameters == 384 + 512 + 390
