"""Every loader with small good files of its format, and how they are damaged."""

from __future__ import annotations

import gzip
import io
import json
import random
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

import simplecell as sc
from fuzz.apart import Reader
from fuzz.mutations import bytes_mutated, value_mutated
from interchange.keras_models import drawn, saved, small
from interchange.test_onnx_in import model, node
from simplecell import data, files
from simplecell.cli.config import read_config
from simplecell.files import hdf5
from simplecell.interchange.keras import archive
from simplecell.weights import torch_file

Mutate = Callable[[random.Random, bytes], bytes]


@dataclass(frozen=True)
class Loader:
    """`read` takes the path of a file of this ending; `good` are the bytes of good ones."""

    ending: str
    good: list[bytes]
    read: Callable[[Path], Any]
    mutate: Mutate = bytes_mutated
    apart: Callable[[str], Any] | None = None
    """The reader that the package starts a process for, if it does."""
    patches: tuple[tuple[Any, str, Any], ...] = field(default=())

    @contextmanager
    def ready(self) -> Iterator[None]:
        """With what stands in for slow parts that have a loader of their own here."""
        before = [(room, name, getattr(room, name)) for room, name, _ in self.patches]
        for room, name, other in self.patches:
            setattr(room, name, other)
        yield
        for room, name, old in before:
            setattr(room, name, old)


def onnx_files() -> list[bytes]:
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
    return [first, second]


def _written(write: Callable[[Path], object], ending: str = "") -> bytes:
    """What a writer of files writes."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder, f"it{ending}"))
        return Path(folder, f"it{ending}").read_bytes()


def keras_loader() -> Loader:
    """The archive and its configuration; the weights are those of the good file, for HDF5 is fuzzed by itself."""
    good = _written(lambda path: saved(drawn(small()), path.parent, path.name), ".keras")
    weights = hdf5.tensors_of(_unpacked(good))
    return Loader(".keras", [good], sc.from_keras, _keras_mutated, patches=((archive, "read_hdf5", lambda _: weights),))


def _unpacked(good: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(good)) as opened:
        return opened.extract(archive.WEIGHTS, tempfile.mkdtemp())


def _keras_mutated(dice: random.Random, good: bytes) -> bytes:
    """The archive's bytes, or a valid archive of another configuration."""
    if dice.random() < 0.2:
        return bytes_mutated(dice, good)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(target, "w") as new:
        for name in (archive.ABOUT, archive.WEIGHTS):
            new.writestr(name, old.read(name))
        table = json.loads(old.read(archive.CONFIG))
        table["config"] = value_mutated(dice, table["config"])
        new.writestr(archive.CONFIG, json.dumps(table))
    return target.getvalue()


def hdf5_loader() -> Loader:
    good = _written(lambda path: saved(drawn(small()), path.parent, path.name), ".keras")
    return Loader(".h5", [Path(_unpacked(good)).read_bytes()], hdf5.read_hdf5, apart=hdf5.tensors_of)


def torch_loader() -> Loader:
    state = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2)).state_dict()
    new = _written(lambda path: torch.save(state, path))
    old = _written(lambda path: torch.save({"state_dict": state}, path, _use_new_zipfile_serialization=False))
    return Loader(".pth", [new, old], torch_file.read_torch, apart=torch_file.tensors_of)


def model_loader() -> Loader:
    """Our own file: its bytes, or a good container of a damaged graph."""
    x = sc.Input(2, 6, 6)
    net = sc.Model(x, sc.Linear(3)(sc.Flatten()(sc.Add()(sc.Conv2d(2, 3, padding=1)(x), sc.ReLU()(x))))).init(seed=0)
    net.preprocessing = data.Preprocessing(2 + 1, 6, 6, mean=(0.1, 0.2, 0.3), std=(1.0, 1.0, 2.0))
    return Loader(".safetensors", [_written(net.save, ".safetensors")], sc.load, _model_mutated)


def _model_mutated(dice: random.Random, good: bytes) -> bytes:
    if dice.random() < 0.2:
        return bytes_mutated(dice, good)
    container = files.read(good)
    about = {name: text for name, text in container.metadata.items() if not name.startswith("simplecell.")}
    name = dice.choice(("graph", "graph", "graph", "preprocessing", "classes"))
    about[name] = json.dumps(value_mutated(dice, [json.loads(about[name])])[0:1] or [None])[1:-1]
    return _written(lambda path: files.write(path, container.tensors, about))


def container_loader() -> Loader:
    tensors = {"w": np.zeros((3, 4), np.float32), "v": np.arange(5), "half": np.ones(2, np.float16)}
    good = _written(lambda path: files.write(path, tensors, {"a": "b"}))
    return Loader(".safetensors", [good], lambda path: files.read(path, foreign=True))


def picture_loader() -> Loader:
    rng = np.random.default_rng(0)
    picture = Image.fromarray(rng.integers(0, 256, (13, 11, 3), dtype=np.uint8))
    forms = {"PNG": {}, "JPEG": {}, "GIF": {}, "BMP": {}, "TIFF": {"compression": "tiff_lzw"}, "WEBP": {}}
    good: list[bytes] = []
    for form, settings in forms.items():
        target = io.BytesIO()
        picture.save(target, form, **settings)
        good.append(target.getvalue())
    reader = data.Preprocessing(3, 8, 8)
    return Loader(".png", good, lambda path: reader.pictures(str(path)))


def idx_loader() -> Loader:
    plain = b"\0\0\x08\x03" + b"".join(n.to_bytes(4, "big") for n in (3, 5, 4)) + bytes(range(60))
    return Loader(".idx", [plain, gzip.compress(plain)], data.read_idx)


def cifar_loader() -> Loader:
    """An archive of one record per part."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as packed:
        parts = {f"data_batch_{i}.bin": bytes(3073) for i in range(1, 6)} | {"test_batch.bin": bytes(3073)}
        for name, content in parts.items():
            info = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            info.size = len(content)
            packed.addfile(info, io.BytesIO(content))
    return Loader("cifar-10-binary.tar.gz", [target.getvalue()], lambda path: data.cifar(path, 10), _unzipped_mutated)


def _unzipped_mutated(dice: random.Random, good: bytes) -> bytes:
    """The packed bytes, or those inside."""
    return (
        bytes_mutated(dice, good) if dice.random() < 0.3 else gzip.compress(bytes_mutated(dice, gzip.decompress(good)))
    )


def npz_loader() -> Loader:
    rng = np.random.default_rng(0)
    target = io.BytesIO()
    np.savez(target, x_train=rng.random((4, 1, 3, 3)).astype(np.float32), y_train=np.arange(4) % 2)
    packed = io.BytesIO()
    np.savez_compressed(packed, images=rng.integers(0, 255, (3, 4, 4), np.uint8), targets=np.arange(3))
    return Loader(".npz", [target.getvalue(), packed.getvalue()], data.npz)


def toml_loader() -> Loader:
    good = b'data = "digits"\nmodel = "lenet5"\nepochs = 3\nlr = 0.1\naugment = ["flip", "shift=2"]\nnormalise = true\n'
    return Loader(".toml", [good], read_config)


LOADERS: dict[str, Callable[[], Loader]] = {
    "ONNX": lambda: Loader(".onnx", onnx_files(), sc.from_onnx),
    "Keras": keras_loader,
    "Keras's weights (HDF5)": hdf5_loader,
    ".pth": torch_loader,
    "safetensors": container_loader,
    "model": model_loader,
    "pictures": picture_loader,
    "IDX": idx_loader,
    "CIFAR": cifar_loader,
    "npz": npz_loader,
    "TOML": toml_loader,
}
"""Every loader."""

__all__ = ["LOADERS", "Loader", "Reader"]
