"""Hostile ONNX files: external data stays inside its folder, tensors are held to their bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto

import simplecell as sc
from interchange.test_onnx_in import model, node


def external(location: str, length: str = "16", offset: str = "0") -> bytes:
    """A model whose weight lies in another file."""
    proto = onnx.load_from_string(model([node("Mul", "x w")], w=np.ones(4, np.float32)))
    tensor = proto.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("length", length), ("offset", offset)):
        tensor.external_data.add(key=key, value=value)
    return proto.SerializeToString()


@pytest.mark.parametrize(
    ("location", "length", "offset", "said"),
    [
        ("../secret", "16", "0", "not a file inside the model's folder"),
        ("/etc/passwd", "16", "0", "not a file inside the model's folder"),
        ("link", "16", "0", "not a file inside the model's folder"),
        ("weights", "16", "9", "needs 16 bytes at 9"),
        ("weights", "8", "0", "needs 16 bytes"),
        ("weights", "x", "0", "are not numbers"),
    ],
)
def test_external_data_stays_inside(tmp_path: Path, location: str, length: str, offset: str, said: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "secret").write_bytes(bytes(16))
    (home / "weights").write_bytes(np.arange(4, dtype="<f4").tobytes())
    (home / "link").symlink_to(tmp_path / "secret")
    (home / "net.onnx").write_bytes(external(location, length, offset))
    with pytest.raises(sc.FileError, match=said):
        sc.from_onnx(home / "net.onnx")
    with pytest.raises(sc.FileError, match="give from_onnx a path"):
        sc.from_onnx(external(location, length, offset))


def test_external_data_is_read(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(np.arange(4, dtype="<f4").tobytes())
    (tmp_path / "net.onnx").write_bytes(external("weights"))
    (weight,) = sc.from_onnx(tmp_path / "net.onnx").weights.values()
    assert weight.ravel().tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("data", [b"", b"\0" * 50, b"PK\x03\x04" + bytes(30), b"\x80\x02cos\nsystem\n", b"\xff" * 100])
def test_what_is_not_onnx_is_refused_in_a_line(data: bytes) -> None:
    with pytest.raises(sc.FileError, match="not an ONNX model, or damaged") as caught:
        sc.from_onnx(data)
    assert "\n" not in str(caught.value)


def test_a_tensor_is_held_to_its_bytes() -> None:
    proto = onnx.load_from_string(model([node("Mul", "x w")], w=np.ones(4, np.float32)))
    proto.graph.initializer[0].dims[0] = 2**40
    with pytest.raises(sc.FileError, match=r"tensor 'w': the shape .* is impossible"):
        sc.from_onnx(proto.SerializeToString())
    proto.graph.initializer[0].dims[0] = 2**30
    with pytest.raises(sc.FileError, match="are 4294967296 bytes, the file has 16"):
        sc.from_onnx(proto.SerializeToString())
