"""Keras archives: every layer against Keras itself, whole networks, and what is refused."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import simplecell as sc
from cli.process import called
from interchange.keras_models import L, branches, compare, drawn, keras, saved, small
from simplecell.files import hdf5
from simplecell.interchange.keras import archive
from simplecell.interchange.keras.activations import FUNCTIONS
from simplecell.interchange.keras.reading import OPERATORS

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)  # Keras's own, as it saves

IMAGES = (
    L.Conv2D(5, 3), L.Conv2D(4, (3, 2), strides=2, padding="same", groups=2, activation="swish"),
    L.Conv2D(3, (2, 3), dilation_rate=(2, 1), padding="same", use_bias=False), L.DepthwiseConv2D(3, depth_multiplier=2),
    L.DepthwiseConv2D((2, 3), strides=2, padding="same"), L.SeparableConv2D(5, 3, depth_multiplier=2, strides=2),
    L.Conv2DTranspose(3, 3), L.Conv2DTranspose(3, 3, strides=2, padding="same", activation=L.LeakyReLU(0.2)),
    L.Conv2DTranspose(3, 2, strides=3), L.Conv2DTranspose(3, 4, strides=2, padding="same", use_bias=False),
    L.Conv2DTranspose(2, 3, strides=3, padding="same", output_padding=2), L.MaxPooling2D(), L.GlobalMaxPooling2D(),
    L.MaxPooling2D(3, strides=2, padding="same"), L.AveragePooling2D(3, strides=1, padding="same"),
    L.AveragePooling2D(2), L.GlobalAveragePooling2D(), L.GlobalAveragePooling2D(keepdims=True),
    L.BatchNormalization(), L.BatchNormalization(scale=False), L.BatchNormalization(center=False, scale=False),
    L.LayerNormalization(), L.LayerNormalization(axis=[1, 2, 3]), L.LayerNormalization(center=False),
    L.LayerNormalization(axis=[2, 3], scale=False, center=False), L.GroupNormalization(2), L.GroupNormalization(-1),
    L.Normalization(), L.Normalization(axis=None, mean=0.3, variance=2.0), L.Rescaling([1.0, 0.5, 2.0, -1.0], 0.25),
    L.Normalization(mean=[0.1, 0.2, 0.3, 0.4], variance=[1.0, 2.0, 0.5, 0.25], invert=True), L.Dense(3),
    L.ZeroPadding2D(((1, 2), (0, 3))), L.ZeroPadding2D(2), L.Cropping2D(((1, 2), (0, 3))), L.UpSampling2D((2, 3)),
    L.UpSampling2D(interpolation="bilinear"), L.Flatten(), L.Reshape((12, -1)), L.Reshape((6, 7, 4, 1)),
    L.Reshape((168,)), L.Permute((3, 1, 2)), L.Permute((2, 1, 3)), L.PReLU(shared_axes=[1, 2]),
    L.PReLU(shared_axes=[1, 2, 3]), L.LeakyReLU(), L.ReLU(), L.ReLU(6.0), L.ReLU(1.5), L.ReLU(negative_slope=0.1),
    L.ReLU(2.0, negative_slope=0.1), L.ReLU(threshold=0.5), L.ELU(0.7), L.Softmax(), L.Softmax(axis=1),
    L.SpatialDropout2D(0.4), L.AdaptiveAveragePooling2D((3, 2)), L.RandomFlip(), L.GaussianNoise(0.2),
    *(L.Activation(name, name=f"a_{name}") for name in FUNCTIONS),
)  # fmt: skip
SIGNALS = (
    L.Conv1D(4, 3), L.Conv1D(4, 2, padding="causal", dilation_rate=2), L.Conv1D(3, 3, strides=2, padding="same"),
    L.DepthwiseConv1D(3, depth_multiplier=2), L.SeparableConv1D(4, 3, padding="same"), L.Dense(5, "relu"),
    L.Conv1DTranspose(2, 3, strides=2), L.MaxPooling1D(), L.AveragePooling1D(3, strides=2, padding="same"),
    L.GlobalMaxPooling1D(), L.GlobalAveragePooling1D(keepdims=True), L.ZeroPadding1D((1, 2)), L.Cropping1D((2, 1)),
    L.UpSampling1D(3), L.BatchNormalization(), L.SpatialDropout1D(0.1), L.Reshape((3, 3, 3)), L.LayerNormalization(),
    L.AdaptiveAveragePooling1D(4),
)  # fmt: skip
VOLUMES = (
    L.Conv3D(3, 2), L.Conv3D(2, (3, 2, 1), strides=2, padding="same"), L.Conv3DTranspose(2, 3, strides=2), L.Flatten(),
    L.MaxPooling3D(), L.AveragePooling3D(2, strides=1, padding="same"), L.GlobalAveragePooling3D(), L.UpSampling3D(),
    L.GlobalMaxPooling3D(), L.ZeroPadding3D(((1, 0), (0, 2), (1, 1))), L.Cropping3D(1), L.SpatialDropout3D(0.1),
    L.AdaptiveAveragePooling3D(2),
)  # fmt: skip
FEATURES = (
    L.Dense(4, activation="softmax"), L.Dense(3, use_bias=False), L.BatchNormalization(), L.Reshape((2, 3, 2)),
    L.Reshape((1, 1, 12)), L.LayerNormalization(), L.PReLU(), L.Dropout(0.5), L.AlphaDropout(0.1), L.Identity(),
    L.GaussianDropout(0.1), L.ActivityRegularization(0.1), L.GroupNormalization(3),
)  # fmt: skip


def test_every_layer_gives_what_it_gives_in_keras(tmp_path: Path) -> None:
    met = set()
    for shape, layers in (((7, 6, 4), IMAGES), ((9, 3), SIGNALS), ((4, 5, 4, 2), VOLUMES), ((12,), FEATURES)):
        model = branches(shape, *layers)
        compare(model, tmp_path)
        met |= {type(layer).__name__ for layer in model.layers}
    merges = {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"}
    never = {"RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast", "RandomBrightness"}
    assert {kind for kind in OPERATORS if not kind.startswith("ops.")} - merges - never <= met


def test_channels_first(tmp_path: Path) -> None:
    keras.config.set_image_data_format("channels_first")
    try:
        layers = (
            L.Conv2D(4, 3, padding="same"), L.MaxPooling2D(), L.Flatten(), L.BatchNormalization(axis=1), L.Dense(3),
            L.Reshape((3, 2, 20)), L.Permute((2, 3, 1)), L.Softmax(axis=1), L.PReLU(shared_axes=[2, 3]),
            L.Conv2DTranspose(2, 3, strides=2), L.GlobalAveragePooling2D(),
        )  # fmt: skip
        compare(branches((4, 5, 6), *layers), tmp_path)
    finally:
        keras.config.set_image_data_format("channels_last")


def test_values_meet(tmp_path: Path) -> None:
    """Merges of equal and broadcast shapes, concatenations, arithmetic in the model's code, two inputs."""
    x, z = keras.Input((4, 5, 3), name="x"), keras.Input((5, 3), name="z")
    y, w, row = L.Conv2D(3, 1, name="y")(x), L.Conv2D(3, 1, name="w")(x), L.GlobalAveragePooling2D()(x)
    many = [y, w, x]
    ends = [
        L.Add()(many), L.Subtract()([y, w]), L.Multiply()(many), L.Average()(many), L.Maximum()([y, w]),
        L.Minimum()([y, w]), L.Concatenate()(many), L.Concatenate(axis=1)([y, w]), L.Concatenate(axis=-2)([y, w]),
        L.Multiply()([y, row]), L.Add()([x, z]), y * w, y + 2.0, 1.0 - y, y / 4.0, 3.0 * y - w,
        keras.ops.relu(y), keras.ops.sigmoid(w),
    ]  # fmt: skip
    compare(keras.Model([x, z], ends), tmp_path)


def test_a_whole_network(tmp_path: Path) -> None:
    """Names, order of weights, no turning of images at the flatten; explained, trained, saved, written as ONNX."""
    net = compare(small(), tmp_path)
    kinds = [layer.kind for layer in net.layers.values()]
    assert "Permute" not in kinds
    assert kinds[kinds.index("Flatten") + 1] == "Dropout"
    assert {"conv1", "bn1", "act1", "pool1", "sum", "side_tanh", "flat", "fc1_gelu", "fc2", "fc2_softmax"} < {
        *net.layers
    }
    assert any(name.startswith("block.separable_conv2d") for name in net.layers)
    assert net.input_shape == (3, 8, 6)
    x = np.random.default_rng(3).standard_normal((4, 3, 8, 6)).astype(np.float32)
    found = net.explain(x[0], "conv1", at=(1, 1), channel=2)
    assert abs(found.difference or 0.0) <= found.bound
    step = net.trainer(optimizer=sc.SGD(lr=0.05))
    losses = [step(x, np.arange(4)) for _ in range(12)]
    assert losses[-1] < 0.9 * losses[0]
    net.to_onnx(tmp_path / "net.onnx")
    np.testing.assert_allclose(sc.from_onnx(tmp_path / "net.onnx")(x), net(x), rtol=0, atol=1e-6)


def test_a_layer_used_twice_and_free_sizes(tmp_path: Path) -> None:
    x = keras.Input((None, None, 2), name="any")
    shared = L.Conv2D(2, 3, padding="same", name="shared")
    model = drawn(keras.Model(x, L.GlobalMaxPooling2D()(shared(L.ReLU()(shared(x))))))
    path = saved(model, tmp_path)
    with pytest.raises(sc.GraphError, match=r"input 'any': sizes are left free, \(2, None, None\).*shapes=\{'any': "):
        sc.from_keras(path)
    net = sc.from_keras(path, shapes={"any": (2, 5, 4)})
    assert [n for n in net.weights if "shared" in n] == [
        "shared.weight", "shared.bias", "shared_2.weight", "shared_2.bias",
    ]  # fmt: skip
    image = np.random.default_rng(0).standard_normal((3, 5, 4, 2)).astype(np.float32)
    np.testing.assert_allclose(net(image, layout="NHWC"), model(image).detach().numpy(), rtol=0, atol=1e-5)
    with pytest.raises(sc.GraphError, match=r"the file fixes the sizes \(2, None, None\)"):
        sc.from_keras(path, shapes={"any": (3, 5, 4)})


def test_convert(tmp_path: Path) -> None:
    saved(drawn(small()), tmp_path)
    done = called("convert", tmp_path / "net.keras", tmp_path / "net.onnx")
    assert done.returncode == 0, done.stderr
    assert "common layers agree up to rounding" in called("diff", tmp_path / "net.keras", tmp_path / "net.onnx").stdout


# What is refused -----------------------------------------------------------------------------------------------


@keras.saving.register_keras_serializable("shop")
class Conv2D(keras.layers.Layer):
    """A user's own class under a name of Keras's."""

    def call(self, x: Any) -> Any:
        return x * 2


def changed(path: Path, change: Callable[[dict[str, Any]], object], target: Path) -> Path:
    """The same archive with another configuration."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "config.json":
                table = json.loads(data)
                change(table)
                data = json.dumps(table).encode()
            new.writestr(name, data)
    return target


def test_unknown_layers_are_listed(tmp_path: Path) -> None:
    x = keras.Input((4, 4, 2))
    y = L.Lambda(lambda v: v * 2, output_shape=(4, 4, 2))(L.Lambda(lambda v: v, output_shape=(4, 4, 2))(Conv2D()(x)))
    y = keras.ops.exp(L.LSTM(3)(L.Reshape((4, 8))(y)))
    path = saved(keras.Model(x, y), tmp_path)
    with pytest.raises(
        sc.GraphError, match=r"net.keras: 5 layer\(s\) .*Lambda \(2\), shop>Conv2D \(1\), LSTM \(1\), ops.Exp"
    ) as e:
        sc.from_keras(path)
    assert "a Lambda is Python code, which is never run" in str(e.value)


def layer(table: dict[str, Any], name: str) -> dict[str, Any]:
    return next(entry for entry in table["config"]["layers"] if entry["name"] == name)


def setting(name: str, **settings: Any) -> Callable[[dict[str, Any]], object]:
    return lambda table: layer(table, name)["config"].update(settings)


def source(name: str, *place: Any) -> Callable[[dict[str, Any]], object]:
    def change(table: dict[str, Any]) -> None:
        layer(table, name)["inbound_nodes"][0]["args"][0]["config"]["keras_history"] = list(place)

    return change


CHANGES: tuple[tuple[Callable[[dict[str, Any]], object], str], ...] = (
    (setting("conv1", padding="full"), r"'conv1' \(Conv2D\): padding = 'full'; supported: 'valid', 'same'"),
    (setting("fc1", activation="warp"), "activation = 'warp'; supported: linear"),
    (setting("bn1", axis=1), "axis = 1; supported: the channels' axis"),
    (setting("side", groups=2), r"\(Conv\): .*groups"),
    (setting("conv1", use_bias=True), r"needs 2 weights \(kernel, bias\), the file has 1"),
    (setting("conv1", strides=[0, 1]), "attribute strides"),
    (setting("image", batch_shape=[None, 8]), "works on 2 spatial axes"),
    (setting("image", batch_shape=[None, 2**40, 2**40, 3]), "must be at most 2147483647"),
    (setting("image", batch_shape=[None, -8, 6, 3]), "must be at least 1, got -8"),
    (setting("side", data_format="channels_first"), "different data formats: channels_first, channels_last"),
    (setting("pool1", pool_size="three"), "ill-formed"),
    (source("bn1", "fc2", 0, 0), "read each other in a circle: "),
    (source("bn1", "gone", 0, 0), "layer 'gone' is read, but nothing gives it"),
    (source("bn1", "conv1", 0, 7), "ill-formed"),
    (lambda t: t.update(class_name="Net", module="shop"), "the model is a shop.Net; supported: Sequential"),
    (lambda t: t["config"].update(output_layers=["gone", 0, 0]), "ill-formed"),
    (lambda t: t["config"].update(layers=7), "an ill-formed model"),
)


def test_wrong_configurations_are_refused_with_the_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "read_hdf5", lambda path: hdf5.tensors_of(str(path)))  # no process for each
    good = saved(drawn(small()), tmp_path)
    for i, (change, said) in enumerate(CHANGES):
        path = changed(good, change, tmp_path / f"{i}.keras")
        with pytest.raises((sc.GraphError, sc.FileError), match=said) as caught:
            sc.from_keras(path)
        assert str(caught.value).startswith(f"{path}: "), said


def packed(path: Path, compression: int = zipfile.ZIP_STORED, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_json", ".json").replace("_h5", ".h5").replace("model_w", "model.w"), data)
    return path


ABOUT = b'{"keras_version": "3.15.1"}'


def test_hostile_archives_are_refused_in_a_line(tmp_path: Path) -> None:
    at = tmp_path / "x.keras"
    bomb = b"\0" * (64 << 20)
    cases = {
        "there is no such file": lambda: None,
        "not a .keras archive, or damaged": lambda: at.write_bytes(b"PK\x03\x04" + bytes(40)),
        r"0 members 'config.json'": lambda: packed(at, metadata_json=ABOUT),
        "saved by Keras 2.15.0; load it": lambda: packed(
            at, metadata_json=b'{"keras_version": "2.15.0"}', config_json=b"{}"
        ),
        "config.json is not a JSON object": lambda: packed(at, metadata_json=ABOUT, config_json=b"[]"),
        "nested too deeply": lambda: packed(at, metadata_json=ABOUT, config_json=b'{"a":' + b"[" * 200_000),
        "unpacks to 67,108,864 bytes": lambda: packed(
            at, zipfile.ZIP_DEFLATED, metadata_json=ABOUT, config_json=b"{}", model_weights_h5=bomb
        ),
        "no weights could be read": lambda: packed(
            at, metadata_json=ABOUT, config_json=b"{}", model_weights_h5=b"\x89HDF"
        ),
    }
    for said, make in cases.items():
        make()
        with pytest.raises(sc.FileError, match=said) as caught:
            sc.from_keras(at)
        assert "\n" not in str(caught.value), said


def test_weights_stay_inside_their_file(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(bytes(64))
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["w"] = np.ones(4)
    makers: dict[str, Callable[[h5py.File], object]] = {
        "is a link to elsewhere": lambda f: f.__setitem__("w", h5py.ExternalLink("other.h5", "/w")),
        "'s' is a link": lambda f: f.__setitem__("s", h5py.SoftLink("/gone")),
        "has its data in another file": lambda f: f.create_dataset(
            "w", (4,), "f4", external=[(str(tmp_path / "other.bin"), 0, 16)]
        ),
        "groups inside each other": lambda f: f.create_group("g").__setitem__("again", f["g"]),
        "more than the file holds": lambda f: f.create_dataset("w", (1 << 30,), "f4", chunks=(1024,)),
        "holds object, not numbers": lambda f: f.__setitem__("w", "text"),
    }
    for said, make in makers.items():
        with h5py.File(tmp_path / "it.h5", "w") as file:
            make(file)
        with pytest.raises(ValueError, match=said):
            hdf5.tensors_of(str(tmp_path / "it.h5"))
    with pytest.raises(sc.FileError, match="no weights could be read: 'w' holds object"):
        hdf5.read_hdf5(tmp_path / "it.h5")
