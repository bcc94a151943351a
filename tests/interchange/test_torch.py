"""Networks from and to PyTorch: forward passes, gradients, names, source; every kind in both directions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

import simplecell as sc
from interchange.test_onnx_in import NETWORKS, Function
from interchange.test_onnx_out import CASES, POSITIVE, built
from simplecell.interchange.torch.forms import FORMS
from simplecell.layers import KINDS
from simplecell.layers.base import Layer, Shape
from simplecell.run import reference


class Block(nn.Module):
    """A residual block with an inplace rectifier, as torchvision writes them."""

    def __init__(self, c: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(c, c, 3, padding=1, bias=False), nn.BatchNorm2d(c)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.bn1(self.conv1(x))
        y += x
        return self.relu(y)


class Switched(nn.Module):
    """A branch on a buffer, and a Python number out of one, which torch.export does not follow."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3)
        self.register_buffer("on", torch.tensor(True))
        self.register_buffer("gain", torch.tensor(1.5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.conv(x)
        return y * self.gain.item() if self.on else y


STYLES: dict[str, tuple[nn.Module, tuple[int, ...]]] = {
    **{name: NETWORKS[name] for name in NETWORKS if name not in ("arithmetic", "attention", "pick", "depth to space")},
    "blocks": (nn.Sequential(nn.Conv2d(2, 4, 1), Block(4), Block(4), nn.AdaptiveAvgPool2d(1), nn.Flatten()), (2, 4, 4)),
    "concatenated": (
        Function(
            lambda x, c, d: torch.cat([c(x), nn.functional.max_pool2d(d(x), 3, 1, 1)], dim=1).flatten(1),
            nn.Conv2d(2, 3, 1), nn.Conv2d(2, 2, 3, padding="same"),
        ), (2, 5, 4),
    ),
    "weight sharing": (Function(lambda x, c: c(torch.tanh(c(x))), nn.Conv2d(3, 3, 3, padding=1)), (3, 4, 4)),
    "reshaped": (
        Function(lambda x, f: f(x.reshape(len(x), -1)).unsqueeze(1).squeeze(1).clamp(min=0), nn.Linear(12, 4)),
        (3, 2, 2),
    ),
    "in place": (
        Function(lambda x, c: (y := c(x)).flatten(1).relu_() + 2 * y.flatten(1), nn.Conv2d(2, 3, 1)), (2, 3, 3)
    ),
    "switched": (Switched(), (2, 4, 4)),
    "adaptive": (
        nn.Sequential(nn.Conv2d(2, 2, 1), nn.AdaptiveAvgPool2d((3, 2)), nn.AdaptiveMaxPool2d(2), nn.Hardtanh()),
        (2, 7, 5),
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", STYLES)
def test_styles_of_writing_networks(name: str) -> None:
    """Values of the engine, gradients of the reference in float64, names; what comes back is the same module."""
    torch.manual_seed(sum(map(ord, name)))
    module, shape = STYLES[name]
    x = torch.randn(2, *shape)
    net = sc.from_torch(module.train(), x)
    assert module.training, "the module is left as it was"
    module.eval()
    wanted = module(x).detach().numpy()
    size = np.abs(wanted).max()
    np.testing.assert_allclose(np.asarray(net(x.numpy())), wanted, rtol=0, atol=1e-5 * size)
    np.testing.assert_allclose(net.to_torch()(x).detach().numpy(), wanted, rtol=0, atol=1e-5 * size)
    theirs = {n: w.numpy().tobytes() for n, w in module.state_dict().items() if n not in ("on", "gain")}
    if name != "weight sharing":
        assert {n: w.tobytes() for n, w in net.weights.items() if n in theirs} == {
            n: w for n, w in theirs.items() if "num_batches" not in n
        }
        compare_gradients(net, module.double(), x.double())
        module.float()


def compare_gradients(net: sc.Model, module: nn.Module, x: torch.Tensor) -> None:
    """Of the sum of squares of the outputs, by every parameter and the input."""
    module.zero_grad()
    x.requires_grad_()
    (module(x) ** 2).sum().backward()
    weights = {name: np.asarray(w, np.float64) for name, w in net.weights.items()}
    trace = reference.forward(net.graph, [x.detach().numpy()], weights)
    end = net.graph.outputs[0]
    of_nodes, found = reference.backward(net.graph, trace, weights, {end: 2 * trace.values[end]})
    for name, parameter in (*module.named_parameters(), ("", x)):
        assert parameter.grad is not None
        wanted = parameter.grad.numpy()
        mine = found[name].reshape(wanted.shape) if name else of_nodes[net.graph.inputs[0]]
        np.testing.assert_allclose(mine, wanted, rtol=1e-6, atol=1e-6 * max(np.abs(wanted).max(), 1e-6))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", STYLES)
def test_an_imported_network_is_explained_and_trained(name: str) -> None:
    """One unit of every layer is opened, the engine's value beside the reference's; a few steps lower the loss."""
    torch.manual_seed(3)
    module, shape = STYLES[name]
    for part in module.modules():
        if isinstance(part, nn.Dropout):
            part.p = 0.0  # six noisy steps would show nothing
    x = torch.randn(4, *shape)
    net = sc.from_torch(module, x)
    weights = {key: np.asarray(w, np.float64) for key, w in net.weights.items()}
    values = reference.forward(net.graph, [x.double().numpy()], weights).values
    for layer in net.layers:
        channel, *at = (size // 2 for size in net.graph[layer].shape)
        found = net.explain(x[0].numpy(), layer, channel=channel, **({"at": tuple(at)} if at else {}))
        wanted = values[layer][(0, channel, *at)]
        np.testing.assert_allclose(found.value, wanted, rtol=1e-9, atol=1e-12, err_msg=layer)
        assert abs(found.difference or 0.0) <= 1e-5 * np.abs(values[layer]).max(), layer
    target = np.zeros((4, *net.graph[net.graph.outputs[0]].shape), np.float32)
    step = net.trainer(loss="mse", optimizer=sc.SGD(lr=0.02))
    losses = [step(x.numpy(), target) for _ in range(6)]
    assert losses[-1] < losses[0]


@pytest.mark.filterwarnings("ignore")
def test_products_with_constants_are_linear_layers() -> None:
    """A head written as a product and a sum, and a product along the last axis of tokens, which is a convolution."""
    w, b = nn.Linear(4, 3).weight.T, torch.ones(3)
    head = sc.from_torch(Function(lambda x: torch.relu(x).mean((2, 3)) @ w + b), torch.zeros(1, 4, 2, 2))
    assert [layer.kind for layer in head.layers.values()][-1] == "Linear"
    tokens = sc.from_torch(Function(lambda x: torch.relu(x) @ w + b), x := torch.randn(1, 5, 4))
    assert [layer.kind for layer in tokens.layers.values()] == ["ReLU", "Permute", "Conv1d", "Permute"]
    np.testing.assert_allclose(tokens(x.numpy()), (torch.relu(x) @ w + b).detach().numpy(), rtol=0, atol=1e-6)


@pytest.mark.filterwarnings("ignore")
def test_dropouts_stay_for_training() -> None:
    """Also behind and before operators in place, which nothing else reads the values of."""
    module = nn.Sequential(
        nn.Conv2d(2, 3, 1), nn.Dropout2d(0.2), nn.ReLU(inplace=True), nn.Flatten(), nn.Dropout(0.4, inplace=True),
        nn.Linear(12, 2), Function(lambda x: nn.functional.dropout(x, 0.1, training=False)),
    )  # fmt: skip
    net = sc.from_torch(module, torch.zeros(1, 2, 2, 2))
    assert [layer.kind for layer in net.layers.values()] == [
        "Conv2d", "Dropout2d", "ReLU", "Flatten", "Dropout", "Linear", "Dropout"
    ]  # fmt: skip
    assert [getattr(layer, "p", None) for layer in net.layers.values()] == [None, 0.2, None, None, 0.4, None, 0.1]
    assert list(net.layers)[1:5] == ["1", "2", "3", "4"]


def test_there_are_twenty_styles() -> None:
    assert len(STYLES) >= 20


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_what_torch_fx_follows_instead_is_said() -> None:
    with pytest.warns(
        UserWarning, match=r"torch\.export cannot follow the module \(GuardOnDataDependentSymNode: .*torch\.fx"
    ):
        net = sc.from_torch(Switched().train(), torch.zeros(1, 2, 4, 4))
    assert [layer.kind for layer in net.layers.values()] == ["Conv2d", "Rescale"]


@pytest.mark.parametrize(("layer", "shapes"), CASES)
def test_every_kind_as_a_module(layer: Layer, shapes: tuple[Shape, ...]) -> None:
    net = built(layer, shapes)
    xs = [
        np.random.default_rng(7 + i).standard_normal((2, *shape)).astype(np.float32) for i, shape in enumerate(shapes)
    ]
    xs = [np.abs(x) + 0.1 for x in xs] if layer.kind in POSITIVE else xs
    ours = np.asarray(net(*xs))
    module = net.to_torch()
    theirs = module(*map(torch.from_numpy, xs)).detach().numpy()
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-5 * np.abs(ours).max(), strict=True)
    assert {name for name in module.state_dict() if "num_batches" not in name} == {*net.weights}


def test_every_kind_has_a_form() -> None:
    assert set(FORMS) == set(KINDS)


def test_nested_names_and_the_source() -> None:
    x = sc.Input(1, 4, 4, name="image")
    net = sc.Model(x, sc.ReLU(name="act")(sc.Conv2d(2, 3, name="layer1.0.conv")(x))).init(seed=1)
    source = net.to_torch_source()
    assert "'0': nn.ModuleDict({" in source
    assert "layer1_0_conv = self.layer1['0']['conv'](image)" in source
    assert "act = F.relu(layer1_0_conv)" in source
    assert {*net.to_torch().state_dict()} == {*net.weights}


@pytest.mark.filterwarnings("ignore")
def test_refusals() -> None:
    with pytest.raises(sc.GraphError, match=r"2 node\(s\) have operators .* aten\.cumsum\.default \(2\)"):
        sc.from_torch(Function(lambda x: x.cumsum(1).cumsum(1)), torch.zeros(2, 3))
    with pytest.raises(sc.GraphError, match=r"torch\.export cannot follow the module: .*; nor torch\.fx: TraceError"):
        sc.from_torch(Function(lambda x: x if x.sum() > 0 else -x), torch.zeros(2, 3))
    with pytest.raises(sc.GraphError, match="float32 tensor"):
        sc.from_torch(nn.ReLU(), np.zeros((2, 3)))
