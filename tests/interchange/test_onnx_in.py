"""Networks that PyTorch wrote as ONNX, read and held to PyTorch; what is refused, and how it is said."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Sequence

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper
from torch import nn

import simplecell as sc


def exported(module: nn.Module, x: torch.Tensor, opset: int = 17, free: bool = True) -> bytes:
    """The module as ONNX by PyTorch's own exporter."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(), (x,), buffer, opset_version=opset, dynamo=False, input_names=["image"],
            dynamic_axes={"image": {0: "n"}} if free else None, do_constant_folding=opset % 2 == 0,
        )  # fmt: skip
    return buffer.getvalue()


class Function(nn.Module):
    """A module of a function and layers that it calls."""

    def __init__(self, function: Callable[..., torch.Tensor], *layers: nn.Module) -> None:
        super().__init__()
        self.layers, self.function = nn.ModuleList(layers), function

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.function(x, *self.layers)


def conv_norm() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU6(), nn.MaxPool2d(2))


NETWORKS: dict[str, tuple[nn.Module, tuple[int, ...]]] = {
    "plain": (
        nn.Sequential(conv_norm(), nn.Dropout(0.5), nn.Flatten(), nn.Linear(8 * 16, 10), nn.Softmax(1)),
        (3, 8, 8),
    ),
    "residual": (
        Function(lambda x, c, d: torch.relu(c(x) + d(x)), nn.Conv2d(3, 4, 3, 2, 1), nn.Conv2d(3, 4, 1, 2)), (3, 7, 9),
    ),
    "view": (Function(lambda x, c: c(x).view(x.size(0), -1) * 2 - 1, nn.Conv2d(3, 4, 3)), (3, 6, 6)),
    "mean": (Function(lambda x, c: c(x).mean((2, 3)), nn.Conv2d(3, 4, 3)), (3, 6, 6)),
    "gates": (
        Function(
            lambda x, c, d: (y := c(x)) * torch.sigmoid(d(nn.functional.adaptive_avg_pool2d(y, 1))),
            nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 1),
        ), (3, 6, 6),
    ),
    "activations": (
        nn.Sequential(
            nn.Conv2d(2, 4, 1), nn.GELU(), nn.SiLU(), nn.Mish(), nn.Hardswish(), nn.ELU(), nn.CELU(2.0), nn.SELU(),
            nn.PReLU(4), nn.LeakyReLU(0.2), nn.Softplus(), nn.Tanh(), nn.Softsign(), nn.Hardsigmoid(),
        ), (2, 3, 4),
    ),
    "shuffle": (
        Function(
            lambda x, c: (y := c(x)).view(len(x), 4, 2, 4, 3).transpose(1, 2).reshape(y.shape).tanh(),
            nn.Conv2d(3, 8, 1),
        ), (3, 4, 3),
    ),
    "depth to space": (nn.Sequential(nn.Conv2d(3, 8, 1), nn.PixelShuffle(2)), (3, 4, 3)),
    "norms": (
        nn.Sequential(nn.Conv2d(3, 4, 1), nn.GroupNorm(2, 4), nn.InstanceNorm2d(4, affine=True)),
        (3, 4, 5),
    ),
    "upsample": (
        nn.Sequential(
            nn.Upsample(scale_factor=2), nn.Conv2d(3, 2, 3), nn.Upsample(scale_factor=1.5, mode="bilinear"),
            nn.Upsample(size=(5, 4), mode="bilinear", align_corners=True),
        ), (3, 4, 6),
    ),
    "transposed": (
        nn.Sequential(nn.ConvTranspose2d(3, 4, 3, 2, 1, 1), nn.ReflectionPad2d(1), nn.AvgPool2d(3, 2, 1)), (3, 4, 5),
    ),
    "padded": (nn.Sequential(nn.ZeroPad2d((1, 2, 0, 1)), nn.Conv2d(3, 4, 3, padding=1)), (3, 5, 5)),
    "channels last": (
        Function(lambda x, n, f: f(n(x.permute(0, 2, 3, 1))).permute(0, 3, 1, 2), nn.LayerNorm(3), nn.Linear(3, 5)),
        (3, 4, 2),
    ),
    "split": (
        Function(
            lambda x, c: torch.cat([p * (i + 1) for i, p in enumerate(c(x).chunk(3, 1))][::-1], 1), nn.Conv2d(6, 6, 1)
        ), (6, 2, 2),
    ),
    "slices": (
        Function(
            lambda x, c: (y := c(x))[:, 1, ::2].clamp(-0.5, 0.5).abs() + y[:, 0, :2].exp(), nn.Conv2d(2, 2, 1)
        ), (2, 4, 3),
    ),
    "pick": (Function(lambda x: x[:, [2, 0]].amax((2, 3)) - x[:, 1:].amin((2, 3))), (3, 4, 4)),
    "arithmetic": (
        Function(lambda x: torch.sqrt(x * x + 1) / (2 + x.abs()) - torch.erf(x) ** 2 + torch.maximum(x, -x)), (2, 3)
    ),
    "attention": (
        Function(lambda x: torch.softmax(x @ x.transpose(1, 2) / 2, -1) @ x, ), (5, 4),
    ),
    "one dimension": (nn.Sequential(nn.Conv1d(2, 3, 3), nn.BatchNorm1d(3), nn.MaxPool1d(2, ceil_mode=True)), (2, 9)),
    "three": (nn.Sequential(nn.Conv3d(1, 2, 2), nn.AvgPool3d(2, 1), nn.Flatten(2)), (1, 4, 4, 3)),
}  # fmt: skip


@pytest.mark.parametrize("free", [True, False], ids=["free batch", "fixed batch"])
@pytest.mark.parametrize("name", NETWORKS)
def test_networks_are_pytorchs(name: str, free: bool) -> None:
    torch.manual_seed(sum(map(ord, name)))
    module, shape = NETWORKS[name]
    x = torch.randn(3, *shape)
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            layer.running_mean = torch.randn_like(layer.running_mean)  # type: ignore[arg-type]
            layer.running_var = torch.rand_like(layer.running_var) + 0.5  # type: ignore[arg-type]
    net = sc.from_onnx(exported(module, x[:1], 17 if free else 14, free))
    wanted = module.double()(x.double()).detach().numpy()
    module.float()
    found = net(x.numpy())
    assert isinstance(found, np.ndarray)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5 * np.abs(wanted).max())


def kinds(net: sc.Model) -> list[str]:
    return [layer.kind for layer in net.layers.values()]


def test_what_exporters_write_around_is_gone() -> None:
    assert kinds(sc.from_onnx(exported(NETWORKS["view"][0], torch.zeros(1, 3, 6, 6)))) == [
        "Conv2d",
        "Flatten",
        "Rescale",
        "Rescale",
    ]
    assert kinds(sc.from_onnx(exported(NETWORKS["shuffle"][0], torch.zeros(1, 3, 4, 3)))) == [
        "Conv2d",
        "ChannelShuffle",
        "Tanh",
    ]
    net = sc.from_onnx(exported(NETWORKS["plain"][0], torch.zeros(1, 3, 8, 8)))
    assert kinds(net) == ["Conv2d", "BatchNorm", "ReLU6", "MaxPool2d", "Flatten", "Linear", "Softmax"]
    assert all(op.algorithm != "reference" for op in net.plan().ops)
    padded = sc.from_onnx(exported(NETWORKS["padded"][0], torch.zeros(1, 3, 5, 5)))
    assert kinds(padded) == ["Conv2d"]
    assert next(iter(padded.layers.values())).arguments()["padding"] == ((1, 2), (2, 3))
    assert kinds(sc.from_onnx(exported(nn.Sequential(nn.GELU(), nn.SiLU(), nn.Mish()), torch.zeros(1, 4)))) == [
        "GELU",
        "SiLU",
        "Mish",
    ]


def test_names_of_weights_are_kept() -> None:
    module, shape = NETWORKS["plain"]
    net = sc.from_onnx(exported(module, torch.zeros(1, *shape), 17))
    theirs = {name: w.numpy() for name, w in module.state_dict().items() if "num_batches" not in name}
    assert {*net.weights} <= {*theirs} | {"0.0.bias"}
    for name, w in net.weights.items():
        np.testing.assert_array_equal(w, theirs[name])


def model(
    nodes: Sequence[onnx.NodeProto], opset: int = 17, x: Sequence[int | str] = ("n", 2, 4, 4), **weights: np.ndarray
) -> bytes:
    """A graph from `x` to `y`."""
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, x)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [onnx.numpy_helper.from_array(w, name) for name, w in weights.items()],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)]).SerializeToString()


def node(op: str, inputs: str = "x", outputs: str = "y", **attributes: object) -> onnx.NodeProto:
    return helper.make_node(op, inputs.split(" "), outputs.split(), f"the {op}", **attributes)


W = np.ones((3, 2, 3, 3), np.float32)
REFUSED: dict[str, tuple[bytes, list[str]]] = {
    "unknown operators": (
        model([node("LSTM", "x", "a"), node("LSTM", "a", "b"), node("Einsum", "b", "y", equation="ij->ji")]),
        ["3 node(s)", "LSTM (2)", "Einsum (1)"],
    ),
    "attribute": (
        model([node("Resize", "x  s", mode="cubic")], s=np.ones(4, np.float32)), ["mode = 'cubic'", "'linear'"],
    ),
    "opset": (model([node("Relu")], 5), ["opset is [5]", "supported: 6 to"]),
    "a later opset": (model([node("Relu")], 1000), ["1000"]),
    "missing input": (model([node("Relu", "z")]), ["'the Relu' (Relu)", "reads 'z'"]),
    "cycle": (model([node("Add", "x b", "a"), node("Relu", "a", "b"), node("Relu", "b")]), ["reads 'b'", "no cycles"]),
    "twice": (model([node("Relu"), node("Relu")]), ["gives 'y' a second time"]),
    "no output": (model([node("Relu", "x", "z")]), ["output 'y' is given by none"]),
    "weights' shape": (model([node("Conv", "x w")], w=np.ones((3, 5, 3, 3), np.float32)), ["the Conv", "5"]),
    "batch": (model([node("ReduceMean", "x", axes=[0])]), ["axis 0, the batch"]),
    "joined batch": (model([node("Flatten", "x", axis=2)]), ["attribute axis = 2", "batch", "supported: 1"]),
    "free size": (model([node("Relu")], x=("n", 2, "h", 4)), ["axis 2 (h)", "shapes={'x': (...)}"]),
    "too large": (
        model([node("ConstantOfShape", "s", "c"), node("Add", "x c")], s=np.full(4, 2**20, np.int64)),
        ["ConstantOfShape", "at most 268,435,456"],
    ),
    "index": (model([node("Gather", "x i", axis=1)], i=np.array([7])), ["[7]", "axis of 2"]),
    "images joined": (
        model([node("Reshape", "x s")], s=np.array([2, -1])), ["(2, -1)", "the batch must stay the first axis"],
    ),
    "extra attribute": (model([node("Relu", mystery=3)]), ["'mystery' is unknown"]),
    "constant output": (
        model([node("Relu", "x", "a"), node("Identity", "w")], w=np.ones(3, np.float32)), ["'y' does not depend"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_say_what_and_where(name: str) -> None:
    data, said = REFUSED[name]
    with pytest.raises(sc.SimplecellError) as caught:
        sc.from_onnx(data)
    for text in said:
        assert text in str(caught.value), caught.value


def test_free_sizes_are_given_at_the_call() -> None:
    data = model([node("Conv", "x w")], x=("n", 2, "h", "w"), w=W)
    assert sc.from_onnx(data, shapes={"x": (2, 6, 5)}).output_shape == (3, 4, 3)


@pytest.mark.parametrize("form", ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"])
def test_the_four_forms_of_padding(form: str) -> None:
    """TensorFlow's arithmetic: 4 cells, stride 2, kernel 3 need 1 cell of padding, after or before."""
    pads = {"NOTSET": (0, 0), "VALID": (0, 0), "SAME_UPPER": (0, 1), "SAME_LOWER": (1, 0)}
    net = sc.from_onnx(model([node("Conv", "x w", auto_pad=form, strides=[2, 2])], w=W))
    assert next(iter(net.layers.values())).arguments()["padding"] == (pads[form],) * 2


def test_what_is_imported_is_explained_trained_and_saved(tmp_path: object) -> None:
    torch.manual_seed(1)
    module, shape = NETWORKS["residual"]
    net = sc.from_onnx(exported(module, torch.zeros(1, *shape)))
    image = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    first = next(iter(net.layers))
    found = net.explain(image, first, at=(1, 2), channel=3)
    assert abs(found.difference or 0) <= found.bound
    net.save(f"{tmp_path}/net.safetensors")
    again = sc.load(f"{tmp_path}/net.safetensors")
    np.testing.assert_array_equal(np.asarray(again(image[None])), np.asarray(net(image[None])))
    step = net.trainer(loss="mse", optimizer=sc.SGD(lr=0.01))
    target = np.zeros((1, *net.graph[net.graph.outputs[0]].shape), np.float32)
    assert step(image[None], target) > step(image[None], target)
