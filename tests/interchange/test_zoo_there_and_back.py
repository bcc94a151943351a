"""Every family of the zoo to ONNX and to PyTorch and back: the values of other programs, bytes and names of weights,
the same layers, and with them the same summary, account, fields, explanations and plan."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
import torch

import simplecell as sc
from interchange.test_onnx_out import runtime
from simplecell.model import Model
from simplecell.zoo import resnet


def bottlenecks() -> Model:
    """The blocks of the 50, 101 and 152 layers, two stages of one each."""
    entry = sc.Input(3, 16, 16)
    x = sc.MaxPool2d(3, stride=2, padding=1, name="maxpool")(resnet.normed(entry, 8, 7, "conv1", "bn1", 2))
    x = sc.GlobalAvgPool(name="avgpool")(resnet.stages(x, resnet.bottleneck, (1, 1), 8))
    return Model(entry, sc.Linear(5, name="fc")(sc.Flatten(name="flatten")(x)))


def mobilenet() -> Model:
    """Of its seven stages the first two and the last; seventeen blocks would show nothing that four do not."""
    module = import_module("simplecell.zoo.mobilenet_v2")
    with mock.patch.object(module, "_STAGES", ((1, 16, 1, 1), (6, 24, 2, 2), (6, 320, 1, 1))):
        return sc.zoo.mobilenet_v2(size=32, num_classes=10)


FAMILIES: dict[str, Callable[[], Model]] = {
    "digits": sc.zoo.digits,
    "lenet5": sc.zoo.lenet5,
    "signs": sc.zoo.signs,
    "alexnet": lambda: sc.zoo.alexnet_2012(size=67, num_classes=3),
    "vgg": sc.zoo.vgg11_32,
    "resnet, basic": sc.zoo.resnet20,
    "resnet, bottlenecks": bottlenecks,
    "squeezenet": lambda: sc.zoo.squeezenet1_0(size=33, num_classes=10),
    "mobilenet": mobilenet,
}


def filled(name: str) -> Model:
    """With running averages that are no longer 0 and 1."""
    net = FAMILIES[name]().init(seed=1)
    rng = np.random.default_rng(2)
    spread = {"running_mean": (-0.1, 0.1), "running_var": (0.5, 1.5), "bias": (-0.1, 0.1)}
    moved = {key: np.array(w) for key, w in net.weights.items()}
    for key, w in moved.items():
        if (bounds := spread.get(key.rpartition(".")[2])) is not None:
            w[...] = rng.uniform(*bounds, w.shape)
    return net.load_weights(moved)


def same(net: Model, back: Model) -> None:
    """Weight for weight and layer for layer, and the same plan."""
    assert list(back.weights) == list(net.weights)
    assert all(back.weights[key].tobytes() == w.tobytes() for key, w in net.weights.items())
    mine, theirs = ([(layer.kind, getattr(layer, "p", None)) for layer in each.layers.values()] for each in (net, back))
    assert mine == theirs
    mine, theirs = ([(op.kind, op.algorithm) for op in each.plan().ops] for each in (net, back))
    assert mine == theirs


def same_answers(net: Model, back: Model, image: np.ndarray) -> None:
    """The summary, accounts, fields both ways and one unit opened, under the same names, bit for bit."""
    convolutions = [name for name, layer in net.layers.items() if layer.kind == "Conv2d"]
    last = convolutions[-1]
    for ask in (
        lambda n: n.sees(last, at=(0, 0)).to_dict(),
        lambda n: n.seen_by((0, 3, 3), last).to_dict(),
        lambda n: n.explain(image, convolutions[1], channel=1, at=(1, 1)).to_dict(),
        lambda n: str(n.summary()),
        lambda n: n.count(),
    ):
        assert ask(net) == ask(back)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FAMILIES)
def test_there_and_back(name: str, tmp_path: Path) -> None:
    net = filled(name)
    assert isinstance(net.input_shape, tuple)
    x = np.random.default_rng(3).standard_normal((2, *net.input_shape)).astype(np.float32)
    ours = np.asarray(net(x))
    near = 1e-5 * np.abs(ours).max()
    net.to_onnx(tmp_path / "net.onnx")
    data = (tmp_path / "net.onnx").read_bytes()
    np.testing.assert_allclose(runtime(data, [x]), ours, rtol=0, atol=near)
    module = net.to_torch()
    np.testing.assert_allclose(module(torch.from_numpy(x)).detach().numpy(), ours, rtol=0, atol=near)
    again = sc.from_onnx(data)
    for back in (again, sc.from_torch(module, torch.from_numpy(x))):
        np.testing.assert_array_equal(back(x), ours)
        same(net, back)
    assert list(again.layers) == list(net.layers)
    same_answers(net, again, x[0])


def test_every_network_of_the_zoo_is_of_a_family() -> None:
    """A network of a new module of the zoo needs a line above."""
    families = {network.__module__.rpartition(".")[2] for network in sc.zoo.NETWORKS.values()}
    assert families == {"digits", "lenet5", "signs", "alexnet", "vgg", "resnet", "squeezenet", "mobilenet_v2"}
