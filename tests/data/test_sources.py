"""Data sets from files: IDX, CIFAR, folders of pictures, .npz; each good, each wrong."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import struct
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import simplecell as sc
from simplecell import data
from simplecell.data import downloads

RANDOM = np.random.default_rng(21)


def idx_bytes(array: np.ndarray) -> bytes:
    codes = {"uint8": 8, "int8": 9, "int16": 11, "int32": 12, "float32": 13, "float64": 14}
    head = struct.pack(">HBB", 0, codes[array.dtype.name], array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32", "float32", "float64"])
@pytest.mark.parametrize("zipped", [False, True])
def test_idx_files_of_every_type_read_back(tmp_path: Path, dtype: str, zipped: bool) -> None:
    array = (RANDOM.random((3, 4, 2)) * 100).astype(dtype)
    content = idx_bytes(array)
    (tmp_path / "a").write_bytes(gzip.compress(content) if zipped else content)
    got = data.read_idx(tmp_path / "a")
    np.testing.assert_array_equal(got, array)
    assert got.dtype == array.dtype


WHOLE = idx_bytes(np.zeros((2, 3), np.uint8))
BAD_IDX = {
    "empty": (b"", "begins with nothing"),
    "a picture": (b"\x89PNG\r\n", "not an IDX file: it begins with 89 50 4e 47"),
    "unknown type": (b"\0\0\x07\x01\0\0\0\1a", "not an IDX file"),
    "header cut": (WHOLE[:9], "ends inside its header"),
    "short": (WHOLE[:-1], "says 2x3 values of 1 byte.*, 6 bytes; 5 bytes follow"),
    "long": (WHOLE + b"x", "6 bytes; more follow"),
    "huge": (b"\0\0\x0e\x03" + b"\xff" * 12, "at most 8,589,934,592 bytes are read"),
    "gzip cut": (gzip.compress(WHOLE)[:-6], "a damaged gzip file"),
    "gzip flipped": (gzip.compress(WHOLE)[:-9] + b"\xff" + gzip.compress(WHOLE)[-8:], "a damaged gzip file"),
}


@pytest.mark.parametrize(("content", "text"), BAD_IDX.values(), ids=list(BAD_IDX))
def test_a_wrong_idx_file_says_what_is_wrong(tmp_path: Path, content: bytes, text: str) -> None:
    (tmp_path / "wrong").write_bytes(content)
    with pytest.raises(sc.DataError, match=text):
        data.read_idx(tmp_path / "wrong")


def a_mnist(folder: Path, n: int = 12, labels: int = 12) -> np.ndarray:
    folder.mkdir(exist_ok=True)
    images = RANDOM.integers(0, 256, (n, 28, 28)).astype(np.uint8)
    for kind in ("train", "t10k"):
        (folder / f"{kind}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx_bytes(images)))
        (folder / f"{kind}-labels-idx1-ubyte").write_bytes(idx_bytes(np.arange(labels, dtype=np.uint8) % 10))
    return images


def test_mnists_four_files_are_found_by_their_folder(tmp_path: Path) -> None:
    images = a_mnist(tmp_path / "mnist")
    train, test = data.find(str(tmp_path / "mnist"))
    assert test is not None
    np.testing.assert_array_equal(train.images, images[:, None].astype(np.float32) / np.float32(255))
    assert train.targets.tolist() == [*range(10), 0, 1]
    assert (train.classes[3], test.name) == ("3", "mnist/test")
    a_mnist(tmp_path / "fashion")
    assert data.find(str(tmp_path / "fashion"))[0].classes[9] == "Ankle boot"
    (tmp_path / "mnist/t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(sc.FileError, match=r"t10k-labels-idx1-ubyte \(or .gz\) is missing"):
        data.find(str(tmp_path / "mnist"))
    a_mnist(tmp_path / "uneven", labels=11)
    with pytest.raises(sc.DataError, match="12 images but 11 targets"):
        data.find(str(tmp_path / "uneven"))


def a_cifar(classes: int, per_file: int = 3) -> tuple[dict[str, bytes], np.ndarray, list[int]]:
    """(files by name, the training images, the training labels)."""
    parts = [f"data_batch_{i}.bin" for i in range(1, 6)] if classes == 10 else ["train.bin"]
    files, images, labels = {}, [], []
    for part in [*parts, "test_batch.bin" if classes == 10 else "test.bin"]:
        pixels = RANDOM.integers(0, 256, (per_file, 3, 32, 32)).astype(np.uint8)
        fine = RANDOM.integers(0, classes, per_file)
        coarse = b"" if classes == 10 else b"\7"
        files[part] = b"".join(coarse + bytes([f]) + p.tobytes() for f, p in zip(fine, pixels, strict=True))
        if part in parts:
            images.append(pixels)
            labels += fine.tolist()
    names = "batches.meta.txt" if classes == 10 else "fine_label_names.txt"
    files[names] = "\n".join(f"name{i}" for i in range(classes)).encode() + b"\n\n"
    return files, np.concatenate(images), labels


@pytest.mark.parametrize("classes", [10, 100])
@pytest.mark.parametrize("form", ["folder", "archive"])
def test_cifar_reads_records_of_labels_and_planes(tmp_path: Path, classes: int, form: str) -> None:
    files, images, labels = a_cifar(classes)
    if form == "folder":
        for name, content in files.items():
            (tmp_path / name).write_bytes(content)
    else:
        with tarfile.open(tmp_path / f"cifar-{classes}-binary.tar.gz", "w:gz") as archive:
            for name, content in files.items():
                member = tarfile.TarInfo(f"some-folder/{name}")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    train, test = data.find(str(tmp_path))
    np.testing.assert_array_equal(train.images, images.astype(np.float32) / np.float32(255))
    assert train.targets.tolist() == labels
    assert train.classes[7] == "name7"
    assert test is not None
    assert len(test) == 3


def test_cifar_files_that_are_no_whole_records_are_refused(tmp_path: Path) -> None:
    files, _, _ = a_cifar(10)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content[:-1] if name == "data_batch_4.bin" else content)
    with pytest.raises(
        sc.DataError, match=r"data_batch_4.bin has 9,218 bytes, not a whole number of 3073-byte records"
    ):
        data.cifar(tmp_path, 10)
    (tmp_path / "data_batch_4.bin").unlink()
    with pytest.raises(sc.FileError, match=r"data_batch_4.bin is missing"):
        data.cifar(tmp_path, 10)


def a_folder(place: Path, modes: tuple[str, ...] = ("RGB",), sizes: tuple[int, ...] = (12,), n: int = 4) -> Path:
    for number, name in enumerate(("ash", "birch")):
        (place / name).mkdir(parents=True)
        for i in range(n):
            side = sizes[i % len(sizes)]
            colour = (40 + 100 * number, 10 * i, 0)
            picture = Image.new("RGB", (side, side), colour).convert(modes[i % len(modes)])
            picture.save(place / name / f"{i}.png")
    return place


def test_a_folder_of_pictures_is_read_as_it_lies(tmp_path: Path) -> None:
    made = data.folder(a_folder(tmp_path / "trees"))
    (tmp_path / "trees/ash/notes.txt").write_text("not a picture")
    assert (made.classes, len(made), made.shape) == (("ash", "birch"), 8, (3, 12, 12))
    assert made.targets.tolist() == [0] * 4 + [1] * 4
    assert repr(made) == "<trees: 8 images of 12x12x3, 2 classes>"
    image, target = made[5]
    np.testing.assert_allclose(image[:, 0, 0] * 255, [140, 10, 0])
    assert target == 1
    assert made.take([5, 0]).targets.tolist() == [1, 0]
    np.testing.assert_array_equal(made.take([5]).images[0], image)


def test_pictures_of_several_sizes_and_modes_need_to_be_told_one(tmp_path: Path) -> None:
    place = a_folder(tmp_path / "mixed", ("RGB", "L"), (12, 20, 16))
    with pytest.raises(sc.DataError, match=r"gray pictures among coloured ones.\n  fix one of: channels=3"):
        data.folder(place)
    with pytest.raises(sc.DataError, match=r"pictures of 3 sizes .*: 12x12, 16x16, 20x20"):
        data.folder(place, channels=3)
    assert data.folder(place, (10, 8), channels=1).images.shape == (8, 1, 10, 8)
    assert data.folder(place, 9, channels=3).shape == (3, 9, 9)


def test_damaged_pictures_are_named_counted_and_left_out_only_when_asked(tmp_path: Path) -> None:
    place = a_folder(tmp_path / "trees")
    whole = (place / "ash/1.png").read_bytes()
    (place / "ash/1.png").write_bytes(whole[:40])
    (place / "birch/2.png").write_bytes(b"hello")
    with pytest.raises(sc.DataError) as caught:
        data.folder(place)
    text = str(caught.value)
    assert "2 of 8 pictures cannot be read:" in text
    assert "ash/1.png" in text
    assert "birch/2.png: not a picture" in text
    made = data.folder(place, damaged="skip")
    assert (len(made), made.name) == (6, "trees (2 damaged left out)")
    for i in range(4):
        (place / f"ash/{i}.png").write_bytes(b"x")
    with pytest.raises(sc.DataError, match="no picture of ash can be read"):
        data.folder(place, damaged="skip")


def test_training_and_test_folders_have_the_same_classes(tmp_path: Path) -> None:
    a_folder(tmp_path / "set/train", sizes=(12,))
    a_folder(tmp_path / "set/test", sizes=(30, 14))
    train, test = data.find(str(tmp_path / "set"))
    assert test is not None
    assert (train.shape, test.shape, len(test)) == ((3, 12, 12), (3, 12, 12), 8)
    (tmp_path / "set/test/birch").rename(tmp_path / "set/test/beech")
    with pytest.raises(
        sc.DataError, match=r"its classes are ash, beech; ash, birch are needed.\n.*beech, birch differ"
    ):
        data.find(str(tmp_path / "set"))


def test_empty_folders_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(sc.DataError, match="no folders in it"):
        data.folder(tmp_path)
    a_folder(tmp_path / "trees")
    (tmp_path / "trees/cedar").mkdir()
    with pytest.raises(sc.DataError, match="no pictures in cedar"):
        data.folder(tmp_path / "trees")
    with pytest.raises(sc.FileError, match="nowhere: there is no such data set"):
        data.find(str(tmp_path / "nowhere"))


@pytest.mark.parametrize(("mode", "ending"), [
    ("RGB", "png"), ("RGB", "jpg"), ("RGB", "bmp"), ("RGB", "webp"), ("L", "png"), ("1", "png"), ("LA", "png"),
    ("RGBA", "png"), ("P", "png"), ("I;16", "png"), ("CMYK", "jpg"),
])  # fmt: skip
def test_every_form_of_picture_says_whether_it_is_gray(tmp_path: Path, mode: str, ending: str) -> None:
    from simplecell.data import decoding

    colour = Image.fromarray(RANDOM.integers(0, 256, (6, 9, 3)).astype(np.uint8))
    picture = Image.fromarray(np.full((6, 9), 7, np.uint16)) if mode == "I;16" else colour.convert(mode)
    picture.save(tmp_path / f"a.{ending}")
    gray = mode in ("L", "1", "LA", "I;16")
    assert decoding.look(str(tmp_path / f"a.{ending}")) == (1 if gray else 3, 6, 9)


def test_npz_in_kerass_names_and_in_plain_ones(tmp_path: Path) -> None:
    x, y = RANDOM.integers(0, 256, (6, 8, 8)).astype(np.uint8), np.array([[0], [1], [2], [0], [1], [2]], np.uint8)
    np.savez(tmp_path / "keras.npz", x_train=x, y_train=y, x_test=x[:2], y_test=y[:2])
    train, test = data.npz(tmp_path / "keras.npz")
    assert test is not None
    assert (train.images.shape, len(test), train.classes) == ((6, 1, 8, 8), 2, ("0", "1", "2"))
    np.savez(tmp_path / "plain.npz", images=RANDOM.random((5, 3, 4, 4)), targets=RANDOM.random((5, 2)))
    train, test = data.find(str(tmp_path / "plain.npz"))
    assert (train.shape, train.targets.shape, test) == ((3, 4, 4), (5, 2), None)
    np.savez(tmp_path / "other.npz", pixels=x)
    with pytest.raises(sc.DataError, match=r"has pixels.\n  fix one of: images and targets"):
        data.npz(tmp_path / "other.npz")
    np.savez(tmp_path / "objects.npz", images=np.array([{}], object), targets=y)
    with pytest.raises(sc.DataError, match=r"not an .npz file of arrays: .*allow_pickle"):
        data.npz(tmp_path / "objects.npz")


@pytest.mark.parametrize(("layout", "shape"), [("NC", (4, 7)), ("NCL", (4, 2, 9)), ("NCDHW", (4, 1, 3, 4, 5))])
def test_features_signals_and_volumes(layout: str, shape: tuple[int, ...]) -> None:
    made = data.arrays(RANDOM.random(shape), [0, 1, 0, 1], layout=layout)  # type: ignore[arg-type]
    assert made.shape == shape[1:]
    assert next(data.batches(made, 3))[0].shape == (3, *shape[1:])


def test_a_download_is_verified_before_it_takes_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "server").mkdir()
    (tmp_path / "server/a.bin").write_bytes(b"hello")
    right = downloads.Official("", {"a.bin": hashlib.md5(b"hello").hexdigest()})
    monkeypatch.setitem(downloads.OFFICIAL, "mnist", right)
    address = (tmp_path / "server").as_uri() + "/"
    place = data.download("mnist", tmp_path / "here", address)
    assert (place / "a.bin").read_bytes() == b"hello"
    (tmp_path / "server/a.bin").unlink()
    data.download("mnist", tmp_path / "here", address)  # it is there already
    with pytest.raises(sc.FileError, match="cannot be fetched"):
        data.download("mnist", tmp_path / "there", address)
    (tmp_path / "server/a.bin").write_bytes(b"hellO")
    with pytest.raises(sc.FileError, match="not the published 5d41402abc4b2a76b9719d911017c592; nothing was kept"):
        data.download("mnist", tmp_path / "there", address)
    assert list((tmp_path / "there").iterdir()) == []


def test_what_is_missing_is_named_with_its_checksums(tmp_path: Path) -> None:
    for name, official in downloads.OFFICIAL.items():
        text = str(downloads.needed(name, tmp_path))
        assert all(file in text and md5 in text for file, md5 in official.files.items())
        assert str(tmp_path) in text
        assert "--download" in text


def fuzzed(content: bytes, seed: int) -> bytes:
    made = bytearray(content)
    generator = np.random.default_rng(seed)
    for at in generator.integers(0, len(made), 3):
        made[at] = int(generator.integers(0, 256))
    return bytes(made[: int(generator.integers(1, len(made) + 1))])


@pytest.mark.parametrize("kind", ["idx", "npz", "gzip"])
def test_mutated_files_give_errors_of_ours_or_arrays(tmp_path: Path, kind: str) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, images=np.zeros((2, 1, 3, 3)), targets=np.array([0, 1]))
    plain = idx_bytes(np.zeros((4, 3, 3), np.uint8))
    whole = {"idx": plain, "gzip": gzip.compress(plain), "npz": buffer.getvalue()}[kind]
    read: Callable[[Path], object] = data.npz if kind == "npz" else data.read_idx
    for seed in range(150):
        (tmp_path / "a.npz").write_bytes(fuzzed(whole, seed))
        with contextlib.suppress(sc.DataError):
            read(tmp_path / "a.npz")
