"""Families of the zoo to ONNX and to PyTorch and back: the values of other programs, bytes and names of weights, the
same layers, and with them the same account, fields, explanations and plan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import simplecell as sc
from interchange.test_onnx_out import runtime
from simplecell.model import Model

FAMILIES: dict[str, dict[str, int]] = {
    "lenet5": {}, "resnet20": {}, "squeezenet1_0": {"size": 33, "num_classes": 10},
    "mobilenet_v2": {"size": 32, "num_classes": 10},
}  # fmt: skip


def filled(name: str) -> Model:
    """With running averages that are no longer 0 and 1."""
    net = sc.zoo.NETWORKS[name](**FAMILIES[name]).init(seed=1)
    rng = np.random.default_rng(2)
    spread = {"running_mean": (-0.1, 0.1), "running_var": (0.5, 1.5), "bias": (-0.1, 0.1)}
    moved = {key: np.array(w) for key, w in net.weights.items()}
    for key, w in moved.items():
        if (bounds := spread.get(key.rpartition(".")[2])) is not None:
            w[...] = rng.uniform(*bounds, w.shape)
    return net.load_weights(moved)


def same(net: Model, back: Model) -> dict[str, str]:
    """Weight for weight and layer for layer, dropouts gone, and the same plan; the names of the layers in both."""
    assert list(back.weights) == list(net.weights)
    assert all(back.weights[key].tobytes() == w.tobytes() for key, w in net.weights.items())
    kept = {name: layer for name, layer in net.layers.items() if "Dropout" not in layer.kind}
    assert [layer.kind for layer in back.layers.values()] == [layer.kind for layer in kept.values()]
    mine, theirs = ([(op.kind, op.algorithm) for op in each.plan().ops] for each in (net, back))
    assert mine == theirs
    return dict(zip(kept, back.layers, strict=True))


def same_answers(net: Model, back: Model, image: np.ndarray) -> None:
    """Accounts, fields and one unit opened, under the same names."""
    last = [name for name, layer in net.layers.items() if layer.kind == "Conv2d"][-1]
    unit = {"at": tuple(n // 2 for n in net.graph[last].shape[1:])}
    for ask in (
        lambda n: n.sees(last, **unit).to_dict(),
        lambda n: n.explain(image, last, channel=1, **unit).to_dict(),
    ):
        mine, theirs = ({k: v for k, v in ask(each).items() if k != "number"} for each in (net, back))
        assert mine == theirs
    assert back.count() == net.count()


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
        np.testing.assert_allclose(back(x), ours, rtol=0, atol=near)
        names = same(net, back)
        assert back is not again or list(names) == list(names.values())
    if len(again.layers) == len(net.layers):  # no dropout, whose name explanations would have
        same_answers(net, again, x[0])
