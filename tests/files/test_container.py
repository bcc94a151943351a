"""The container: exact round trips, safetensors' own rules, a checksum that sees every bit, limits before memory."""

import hashlib
import json
import os
import random
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from simplecell import files
from simplecell.errors import FileError

RANDOM = np.random.default_rng(11)
DTYPES = ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?"]


def tensors() -> dict[str, np.ndarray]:
    made = {f"as.{name}": (RANDOM.random((3, 2, 5)) * 100).astype(name) for name in DTYPES}
    return made | {
        "scalar": np.array(2.5),
        "empty": np.zeros((0, 7), np.float32),
        "名前": np.arange(4, dtype=np.int8),
        "strided": np.arange(24, dtype=np.float32).reshape(4, 6)[::2, ::-1],
        "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "swapped": np.arange(3, dtype=">f4"),
        "special": np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324]),
    }


METADATA = {"graph": json.dumps({"layers": ["卷积"]}), "quote": 'a "b"\n\\', "": ""}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "net.safetensors"


def test_everything_comes_back_bit_for_bit_in_order(path: Path) -> None:
    given = tensors()
    files.write(path, given, METADATA)
    read = files.read(path)
    assert read.checked
    assert read.metadata == METADATA
    assert list(read.tensors) == list(given)
    for name, tensor in given.items():
        back = read.tensors[name]
        assert back.dtype == tensor.dtype.newbyteorder("=")
        assert back.shape == tensor.shape
        assert back.tobytes() == np.ascontiguousarray(tensor, back.dtype).tobytes()
        assert back.flags.c_contiguous
        assert back.flags.writeable
    np.testing.assert_equal(files.read(path.read_bytes()).tensors, read.tensors)


def test_the_same_content_gives_the_same_bytes(path: Path) -> None:
    given = tensors()
    files.write(path, given, METADATA)
    first = path.read_bytes()
    files.write(path, given, METADATA)
    assert path.read_bytes() == first


def test_the_checksum_is_the_sha256_of_the_file_with_zeros_in_its_place(path: Path) -> None:
    files.write(path, {"w": np.arange(6.0)}, {})
    content = path.read_bytes()
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    digest = header["__metadata__"]["simplecell.sha256"]
    assert content.count(digest.encode()) == 1
    assert hashlib.sha256(content.replace(digest.encode(), b"0" * 64)).hexdigest() == digest


def test_other_readers_read_our_files_aligned(path: Path) -> None:
    given = {name: tensor for name, tensor in tensors().items() if name not in ("strided", "columns", "swapped")}
    files.write(path, given, METADATA)
    np.testing.assert_equal(load_file(path), given)
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    assert (8 + length) % 64 == 0
    for name, entry in json.loads(content[8 : 8 + length]).items():
        if name != "__metadata__":
            assert entry["data_offsets"][0] % max(given[name].itemsize, 1) == 0


def test_foreign_files_are_read_when_asked_for(path: Path) -> None:
    given = {"b": RANDOM.random((2, 3)).astype(np.float32), "a": np.arange(3)}
    save_file(given, path, {"format": "pt"})
    read = files.read(path, foreign=True)
    assert not read.checked
    assert read.metadata == {"format": "pt"}
    np.testing.assert_equal(read.tensors, given)
    with pytest.raises(FileError, match=r"a safetensors file, but not a simplecell model; .*load_weights"):
        files.read(path)


def test_our_files_are_checked_when_foreign_ones_are_allowed(path: Path) -> None:
    files.write(path, {"w": np.arange(6.0)}, {})
    assert files.read(path, foreign=True).checked


def raw(header: object, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def entry(dtype: str = "F32", shape: object = (1,), offsets: object = (0, 4)) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


def test_bfloat16_is_widened_exactly() -> None:
    bits = np.array([0x3F80, 0xC000, 0x7F80, 0x0001, 0x3EAB], "<u2")
    read = files.read(raw({"w": entry("BF16", [5], [0, 10])}, bits.tobytes()), foreign=True)
    np.testing.assert_array_equal(
        read.tensors["w"], np.array([1.0, -2.0, np.inf, 2.0**-133, 0.25 * (1 + 43 / 128)], np.float32), strict=True
    )


FOUR = bytes(4)
MALFORMED: dict[str, tuple[bytes, str]] = {
    "no JSON": (raw(b'{"a":'), "the header is not JSON"),
    "a list": (raw(b"{}"[:1] + b"]"), "the header is not JSON"),
    "not UTF-8": (raw(b'{"\xff":1}'), "the header is not JSON"),
    "deep": (raw(b'{"a":' * 100_000 + b"}" * 100_000), "the header is not JSON"),
    "long number": (raw(b'{"a":' + b"9" * 100_000 + b"}"), "the header is not JSON"),
    "nan": (raw(b'{"a":NaN}'), "the header contains NaN"),
    "doubled": (raw(b'{"w":1,"w":2}'), "the header has 'w' twice"),
    "doubled inside": (raw(b'{"__metadata__":{"a":"","a":""}}'), "the header has 'a' twice"),
    "metadata number": (raw({"__metadata__": {"a": 1}}), "metadata is not a table of texts"),
    "metadata list": (raw({"__metadata__": []}), "metadata is not a table of texts"),
    "not a table": (raw({"w": 3}), "tensor 'w': does not have just dtype, shape and data_offsets"),
    "too much": (raw({"w": entry() | {"x": 1}}, FOUR), "does not have just dtype"),
    "dtype": (raw({"w": entry("F8_E4M3", [4])}, FOUR), "unknown dtype 'F8_E4M3'; known are F64, F32"),
    "dtype number": (raw({"w": entry(3)}, FOUR), "unknown dtype '3'"),  # type: ignore[arg-type]
    "negative": (raw({"w": entry(shape=[-1])}, FOUR), "its shape is not a list of at most 8 whole numbers from 0"),
    "float size": (raw({"w": entry(shape=[1.0])}, FOUR), "its shape is not a list"),
    "bool size": (raw({"w": entry(shape=[True])}, FOUR), "its shape is not a list"),
    "rank 9": (raw({"w": entry(shape=[1] * 9)}, FOUR), "its shape is not a list of at most 8"),
    "overflow": (raw({"w": entry(shape=[2**32, 2**32])}, FOUR), "more than 1,099,511,627,776 bytes"),
    "empty overflow": (raw({"w": entry(shape=[0, 2**62], offsets=[0, 0])}), "more than 1,099,511,627,776 bytes"),
    "offsets": (raw({"w": entry(offsets=[4, 0])}, FOUR), "its data_offsets are not two ascending"),
    "three offsets": (raw({"w": entry(offsets=[0, 4, 8])}, FOUR), "its data_offsets are not two ascending"),
    "length": (raw({"w": entry(shape=[2])}, FOUR), r"F32 \[2\] takes 8 bytes, its data_offsets hold 4"),
    "hole": (raw({"w": entry(offsets=[4, 8])}, FOUR * 2), "begins at byte 4 and leaves a hole, not at 0"),
    "overlap": (raw({"w": entry(), "v": entry()}, FOUR), "tensor 'v': begins at byte 0 and overlaps another, not at 4"),
    "more": (raw({"w": entry()}, FOUR * 2), "longer than it says: its tensors take 4 bytes, 8 are there"),
    "less": (raw({"w": entry(shape=[9], offsets=[0, 36])}, FOUR), "cut short: its tensors take 36 bytes, 4 are there"),
    "bool": (raw({"w": entry("BOOL", [4])}, b"\0\1\2\0"), "a BOOL is neither 0 nor 1"),
    "name": (raw({"": entry()}, FOUR), "its name has 0 characters; 1 to 512"),
    "long name": (raw({"n" * 600: entry()}, FOUR), r"tensor 'n{57}\.\.\.': its name has 600 characters"),
    "half ours": (raw({"__metadata__": {"simplecell.format": "1"}}), "checksum is not where it belongs"),
    "checksum elsewhere": (
        raw({"__metadata__": {"simplecell.format": "1", "simplecell.sha256": "0" * 64}}),
        "checksum is not where it belongs",
    ),
    "newer": (
        raw(b'{"__metadata__":{"simplecell.sha256":"' + b"0" * 64 + b'","simplecell.format":"2"}}'),
        "format '2'; this simplecell reads format 1",
    ),
    "huge header": ((2**63).to_bytes(8, "little") + b"{}", "header would take 9,223,372,036,854,775,808 bytes of"),
    "header past the end": ((99).to_bytes(8, "little") + b"{}", "its header would take 99 bytes of at most 2"),
    "empty": (b"", "not a simplecell model: the file is empty"),
    "seven bytes": (b"1234567", "not a simplecell model: it begins with 31 32 33 34 35 36 37"),
    "header of nothing": (bytes(8) + b"{}", "the header does not begin with '{'"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_file_is_refused_on_one_line(case: str, path: Path) -> None:
    content, expected = MALFORMED[case]
    path.write_bytes(content)
    with pytest.raises(FileError, match=expected) as refusal:
        files.read(path, foreign=True)
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)
    with pytest.raises(FileError, match=r"^uploaded bytes: "):
        files.read(content, foreign=True)


def test_limits_can_be_tightened() -> None:
    content = raw({"w": entry(), "v": entry(offsets=[4, 8])}, FOUR * 2)
    for limits, expected in (
        (files.Limits(tensors=1), "lists 2 tensors; at most 1"),
        (files.Limits(header_bytes=10), "of at most 10"),
        (files.Limits(data_bytes=3), "more than 3 bytes"),
        (files.Limits(rank=0), "at most 0 whole numbers"),
    ):
        with pytest.raises(FileError, match=expected):
            files.read(content, limits=limits, foreign=True)


@pytest.mark.parametrize(
    ("beginning", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture; pictures go to predict"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "a JPEG picture"),
        (b"PK\x03\x04\0\0\0\0\x08\0\0", "a zip archive, such as PyTorch's .pt"),
        (b"\x80\x02}q\0(X\x05\0\0\0", "a Python pickle, .*never loaded; .*save_file"),
        (b"\x80\x04\x95\x10\0\0\0\0\0\0\0", "a Python pickle; pickles are never loaded"),
        (b"\x08\x08\x12\x07pytorch\x1a\x05", "an ONNX model"),
        (b"\x89HDF\r\n\x1a\n\0\0\0\0", "an HDF5 file"),
        (b"\x93NUMPY\x01\0v\0{'descr'", "a NumPy array"),
        (b"\x1c\0\0\0TFL3\x14\0 \0", "a TensorFlow Lite model"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1", "a Git LFS pointer"),
        (b'{"a": 1, "b": 2}', "JSON text"),
        (b"GGUF\x03\0\0\0\0\0", "a GGUF model"),
        (b"\0\1\2\3\4\5\6\7\x08\x09", "it begins with 00 01 02 03 04 05 06 07"),
    ],
)
def test_other_formats_are_called_by_name(path: Path, beginning: bytes, expected: str) -> None:
    path.write_bytes(beginning + bytes(range(256)))
    with pytest.raises(FileError, match=f"not a simplecell model: .*{expected}"):
        files.read(path)


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"none: cannot be read: No such file or directory$"):
        files.read(tmp_path / "none")
    with pytest.raises(FileError, match="is a folder; name the file in it"):
        files.read(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match="it is not a regular file"):
        files.read(tmp_path / "pipe")
    with pytest.raises(FileError, match="cannot be read: embedded null byte"):
        files.read("a\0b")


def small(path: Path) -> bytes:
    weights = np.arange(12, dtype=np.float32).reshape(3, 4)
    files.write(path, {"w": weights, "flags": np.array([True, False])}, {"k": "v"})
    return path.read_bytes()


@pytest.mark.parametrize("foreign", [False, True])
def test_every_truncation_is_refused(path: Path, foreign: bool) -> None:
    good = small(path)
    for length in range(len(good)):
        with pytest.raises(FileError):
            files.read(good[:length], foreign=foreign)
    with pytest.raises(FileError, match="longer than it says"):
        files.read(good + b"\0", foreign=foreign)


@pytest.mark.parametrize("foreign", [False, True])
def test_every_single_bit_is_guarded(path: Path, foreign: bool) -> None:
    good = small(path)
    for place in range(len(good)):
        for bit in range(8):
            bad = bytearray(good)
            bad[place] ^= 1 << bit
            with pytest.raises(FileError):
                files.read(bytes(bad), foreign=foreign)


def mutated(good: bytes, dice: random.Random) -> bytes:
    """Return a damaged copy: bytes changed, cut, doubled, or numbers in the header replaced."""
    bad = bytearray(good)
    for _ in range(dice.randint(1, 4)):
        place, kind = dice.randrange(len(bad)), dice.randrange(5)
        if kind == 0:
            bad[place] = dice.randrange(256)
        elif kind == 1:
            del bad[place : place + dice.randint(1, 20)]
        elif kind == 2:
            bad[place:place] = bad[place : place + dice.randint(1, 20)]
        elif kind == 3:
            bad[place:place] = dice.choice([b"[", b"{", b"9" * 30, b"-1", b"null", b"1e999", b"\\ud800", b'"'])
        else:
            bad[: min(8, len(bad))] = dice.choice([0, len(bad), 2**31, 2**63 - 1, 2**64 - 1]).to_bytes(8, "little")
        if not bad:
            return b""
    return bytes(bad)


def test_mutations_raise_only_our_error_quickly_and_in_little_memory(path: Path) -> None:
    small(path)
    foreign = path.with_name("foreign.safetensors")
    save_file({"w": np.zeros((3, 4), np.float32), "v": np.arange(5)}, foreign)
    dice = random.Random(3)
    originals = [path.read_bytes(), foreign.read_bytes()]
    tracemalloc.start()
    try:
        for _ in range(4000):
            bad = mutated(dice.choice(originals), dice)
            start = time.process_time()
            try:
                files.read(bad, foreign=True)
            except FileError as refusal:
                message = str(refusal)
                if "\n" in message:
                    raise AssertionError(f"more than one line: {message!r}") from refusal
            assert time.process_time() - start < 2
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


UNSTORABLE: dict[str, tuple[Callable[[], tuple[dict[str, Any], dict[str, str]]], str]] = {
    "objects": (lambda: ({"w": np.array([None])}, {}), "tensor 'w': dtype object has no place"),
    "complex": (lambda: ({"w": np.zeros(1, complex)}, {}), "dtype complex128 has no place"),
    "text": (lambda: ({"w": np.array(["a"])}, {}), "dtype <U1 has no place"),
    "no name": (lambda: ({"": np.zeros(1)}, {}), "a name has 1 to 512 characters"),
    "metadata as a name": (lambda: ({"__metadata__": np.zeros(1)}, {}), "and is not __metadata__"),
    "rank": (lambda: ({"w": np.zeros((1,) * 9)}, {}), "9 axes; at most 8"),
    "surrogate": (lambda: ({"w": np.zeros(1)}, {"k": "\ud800"}), "is not Unicode"),
    "our key": (lambda: ({}, {"simplecell.sha256": ""}), "'simplecell.sha256' is the format's own"),
    "long text": (lambda: ({}, {"k": "x" * (16 << 20)}), "names and metadata take 16,77.* bytes; at most"),
}


@pytest.mark.parametrize("case", UNSTORABLE)
def test_what_the_format_cannot_hold_leaves_the_old_file(case: str, path: Path) -> None:
    good = small(path)
    make, expected = UNSTORABLE[case]
    with pytest.raises(FileError, match=f"net.safetensors: cannot be written: .*{expected}"):
        files.write(path, *make())
    assert path.read_bytes() == good
    assert os.listdir(path.parent) == [path.name]


def test_a_file_larger_than_memory_is_refused(path: Path) -> None:
    """A sparse file of 8 GB, read by a process that may have 2 GB."""
    head = raw({"w": entry(shape=[2**31], offsets=[0, 2**33])})
    path.write_bytes(head)
    os.truncate(path, len(head) + 2**33)
    script = (
        "import resource, sys; from simplecell import files\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))\n"
        "files.read(sys.argv[1], foreign=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "FileError: " in done.stderr.splitlines()[-1]
    assert "net.safetensors: does not fit in memory: " in done.stderr.splitlines()[-1]
