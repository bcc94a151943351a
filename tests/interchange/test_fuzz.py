"""Damaged and hostile ONNX files: a documented error or a network, at once, never anything else.

SIMPLECELL_FUZZ_SECONDS says for how long the mutations go on; `make fuzz` gives five minutes.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto

import simplecell as sc
from interchange.test_onnx_in import model, node

SECONDS = float(os.environ.get("SIMPLECELL_FUZZ_SECONDS", "3"))


def seeds() -> list[bytes]:
    """Small good files with most forms of nodes in them."""
    w = np.ones((4, 2, 3, 3), np.float32)
    first = model(
        [
            node("Conv", "x w b", "a", auto_pad="SAME_LOWER", strides=[2, 2]),
            node("BatchNormalization", "a b b b b", "c", epsilon=1e-3),
            node("Clip", "c low high", "d"),
            node("MaxPool", "d", "e", kernel_shape=[2, 2], ceil_mode=1),
            node("Shape", "e", "s"),
            node("Gather", "s zero", "n"),
            node("Unsqueeze", "n zero1", "n1"),
            node("Concat", "n1 minus", "t", axis=0),
            node("Reshape", "e t", "f"),
            node("Gemm", "f m", "y", transB=1, alpha=0.5),
        ],
        w=w, b=np.ones(4, np.float32), low=np.float32(0), high=np.float32(6), zero=np.array(0), zero1=np.array([0]),
        minus=np.array([-1]), m=np.ones((3, 4), np.float32),
    )  # fmt: skip
    second = model(
        [
            node("Resize", "x  sc", "a", mode="linear"),
            node("Pad", "a p", "b", mode="reflect"),
            node("Slice", "b st en ax", "c"),
            node("Split", "c", "d e", axis=1, num_outputs=2),
            node("Mul", "d e", "f"),
            node("ReduceMean", "f ax", "g", keepdims=1),
            node("DepthToSpace", "b", "h", blocksize=1),
            node("Transpose", "g", "i", perm=[0, 2, 3, 1]),
            node("Softmax", "i", "y", axis=-1),
        ],
        18, sc=np.array([1, 1, 2, 2], np.float32), p=np.array([0, 0, 1, 1, 0, 0, 1, 1]), st=np.array([1]),
        en=np.array([5]), ax=np.array([2]),
    )  # fmt: skip
    for data in (first, second):
        assert sc.from_onnx(data).output_shape
    return [first, second]


def mutated(rng: np.random.Generator, data: bytes) -> bytes:
    """A few bytes changed, a piece taken out, doubled, or the end cut off."""
    found = bytearray(data)
    for _ in range(int(rng.integers(1, 6))):
        at, length = int(rng.integers(len(found))), int(rng.integers(1, 24))
        what = int(rng.integers(5))
        if what < 2:
            found[at] = int(rng.integers(256)) if what else found[at] ^ 1 << int(rng.integers(8))
        elif what == 2:
            del found[at : at + length]
        elif what == 3:
            found[at:at] = found[at : at + length]
        else:
            found[at] = (0, 1, 0x7F, 0x80, 0xFF)[int(rng.integers(5))]
        found = found or bytearray(b"\0")
    return bytes(found[: int(rng.integers(1, len(found) + 1))] if rng.random() < 0.05 else found)


def test_mutations_are_refused_or_read(capsys: pytest.CaptureFixture[str]) -> None:
    rng, files = np.random.default_rng(0), seeds()
    end, slowest, tried, read, refused = time.monotonic() + SECONDS, 0.0, 0, 0, 0
    while time.monotonic() < end:
        data = mutated(rng, files[tried % len(files)])
        started = time.monotonic()
        try:
            sc.from_onnx(data)
            read += 1
        except sc.SimplecellError:
            refused += 1
        slowest = max(slowest, time.monotonic() - started)
        tried += 1
    with capsys.disabled():
        print(f"\nONNX mutations: {tried} tried, {read} read as networks, {refused} refused, slowest {slowest:.2f} s")
    assert slowest < 2
    assert tried > 100


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
