"""Every kind as ONNX: ONNX Runtime, another program, gives the same values; read back it is the same network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

import simplecell as sc
from simplecell.interchange.onnx.exporters import EXPORTERS
from simplecell.layers import KINDS
from simplecell.layers.base import Layer, Shape
from simplecell.model import Model

CASES = [
    pytest.param(layer, shapes, id=f"{kind.kind}-{i}")
    for kind in KINDS.values()
    for i, (layer, shapes) in enumerate(kind.EXAMPLES)
    if getattr(layer, "threshold", 20) != 1  # a Softplus that has no form in ONNX, see below
]
POSITIVE = ("Log", "Power")
RUNTIME_REFUSES = (
    "ConvTranspose1d(name=None, out_channels=2, kernel_size=(2,), stride=(1,), padding=((2, 2),), output_padding=(2,)",
    "AvgPool1d(name=None, kernel_size=(1,), stride=(1,), padding=((1, 1),)",
    "AvgPool2d(name=None, kernel_size=(2, 2), stride=(1, 1), padding=((2, 2), (2, 2))",
    "LocalResponseNorm(name=None, size=5",
)
"""What ONNX allows and ONNX Runtime does not: more output padding than stride, padding as large as a pool's window,
local response normalisation of volumes. These are read back by ourselves alone."""


def built(layer: Layer, shapes: tuple[Shape, ...]) -> sc.Model:
    inputs = [sc.Input(*shape, name=f"x{i}") for i, shape in enumerate(shapes)]
    net = sc.Model(inputs, layer.renamed("it")(*inputs)).init(seed=1)
    rng = np.random.default_rng(3)
    weights = {name: rng.standard_normal(w.shape).astype(np.float32) for name, w in net.weights.items()}
    net.load_weights({name: np.abs(w) + 0.5 if "running_var" in name else w for name, w in weights.items()})
    return net


def runtime(data: bytes, xs: list[np.ndarray]) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    session = onnxruntime.InferenceSession(data, options)
    return session.run(None, {i.name: x for i, x in zip(session.get_inputs(), xs, strict=True)})[0]


def test_every_kind_has_a_row() -> None:
    assert set(EXPORTERS) == set(KINDS)


@pytest.mark.parametrize(("layer", "shapes"), CASES)
def test_another_program_gives_the_same(layer: Layer, shapes: tuple[Shape, ...], tmp_path: Path) -> None:
    net = built(layer, shapes)
    xs = [
        np.random.default_rng(7 + i).standard_normal((3, *shape)).astype(np.float32) for i, shape in enumerate(shapes)
    ]
    xs = [np.abs(x) + 0.1 for x in xs] if layer.kind in POSITIVE else xs
    net.to_onnx(tmp_path / "it.onnx")
    data = (tmp_path / "it.onnx").read_bytes()
    ours = np.asarray(net(*xs))
    near = 1e-5 * np.abs(ours).max()
    if not str(layer).startswith(RUNTIME_REFUSES):
        theirs = runtime(data, xs)
        assert theirs.shape == ours.shape
        np.testing.assert_allclose(theirs, ours, rtol=0, atol=near)
    back = sc.from_onnx(data)
    np.testing.assert_allclose(np.asarray(back(*xs)), ours, rtol=0, atol=near)
    assert {name: w.tobytes() for name, w in net.weights.items()}.items() <= {
        name: w.tobytes() for name, w in back.weights.items()
    }.items()


def test_what_has_no_form_in_onnx_is_refused(tmp_path: Path) -> None:
    with pytest.raises(sc.GraphError, match=r"layer 'it' \(Softplus\): threshold=1 has no form in ONNX"):
        built(sc.Softplus(threshold=1), ((3,),)).to_onnx(tmp_path / "it.onnx")


def test_a_network_comes_back_name_for_name(tmp_path: Path) -> None:
    net = sc.zoo.lenet5().init(seed=2)
    net.to_onnx(tmp_path / "lenet5.onnx")
    back = sc.from_onnx(tmp_path / "lenet5.onnx")
    assert list(back.weights) == list(net.weights)
    assert list(back.layers.values()) == list(net.layers.values())
    assert back.summary().to_dict() == net.summary().to_dict()
    assert [i.name for i in onnx.load(tmp_path / "lenet5.onnx").graph.initializer if "." in i.name] == list(net.weights)


def normed() -> Model:
    x = sc.Input(3, 8, 8)
    y = sc.ReLU()(sc.BatchNorm(name="bn")(sc.Conv2d(4, 3, bias=False, name="conv")(x)))
    net = sc.Model(x, sc.BatchNorm(name="bn1")(sc.Linear(5, name="fc")(sc.Flatten()(y)))).init(seed=1)
    rng = np.random.default_rng(5)
    net.load_weights({name: rng.uniform(0.5, 2, w.shape) for name, w in net.weights.items()})
    return net


def test_batch_norms_are_kept_or_folded(tmp_path: Path) -> None:
    net, x = normed(), np.random.default_rng(1).standard_normal((2, 3, 8, 8)).astype(np.float32)
    net.to_onnx(tmp_path / "kept.onnx")
    net.to_onnx(tmp_path / "folded.onnx", fold=True)
    kept, folded = (onnx.load(tmp_path / f"{name}.onnx").graph.node for name in ("kept", "folded"))
    assert [n.op_type for n in kept] == ["Conv", "BatchNormalization", "Relu", "Flatten", "Gemm", "BatchNormalization"]
    assert [n.op_type for n in folded] == ["Conv", "Relu", "Flatten", "Gemm"]
    ours = np.asarray(net(x))
    theirs = runtime((tmp_path / "folded.onnx").read_bytes(), [x])
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-5 * np.abs(ours).max())


def test_preprocessing_goes_into_the_graph(tmp_path: Path) -> None:
    """Pixels from 0 to 255 in, the network's own values out."""
    net = normed()
    net.preprocessing = sc.data.Preprocessing(3, 8, 8, mean=(0.5, 0.4, 0.3), std=(0.2, 0.3, 0.4))
    net.to_onnx(tmp_path / "net.onnx", preprocessing=True)
    picture = np.random.default_rng(2).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    wanted = np.asarray(net(net.images(picture)))
    found = runtime((tmp_path / "net.onnx").read_bytes(), [np.moveaxis(picture, -1, 0)[None].astype(np.float32)])
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5 * np.abs(wanted).max())


@pytest.mark.parametrize("shape", [(2, 7, 5), (2, 1, 1), (1, 3, 5)])
def test_a_pool_of_uneven_regions_comes_back_as_one_layer(shape: Shape, tmp_path: Path) -> None:
    """ONNX has none: regions are cut out, averaged and joined."""
    x = sc.Input(*shape)
    sc.Model(x, sc.AdaptiveAvgPool2d((3, 2), name="pool")(x)).to_onnx(tmp_path / "net.onnx")
    back = sc.from_onnx(tmp_path / "net.onnx")
    assert {name: (layer.kind, layer.arguments()) for name, layer in back.layers.items()} == {
        "pool": ("AdaptiveAvgPool2d", {"output_size": (3, 2)})
    }


def test_all_shapes_are_inferred(tmp_path: Path) -> None:
    normed().to_onnx(tmp_path / "net.onnx")
    graph = onnx.load(tmp_path / "net.onnx").graph
    known = {v.name for v in graph.value_info} | {v.name for v in graph.output}
    assert {output for n in graph.node for output in n.output} <= known
