"""The header of a safetensors file, checked before anything is allocated from what it says.

Source: the safetensors format, https://huggingface.co/docs/safetensors: eight bytes of little-endian header length, a
JSON object `{name: {"dtype", "shape", "data_offsets"}, "__metadata__": {text: text}}`, then the tensors' bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, NoReturn

import numpy as np

METADATA: Final = "__metadata__"
LENGTH_BYTES: Final = 8

DTYPES: Final[dict[str, np.dtype[Any]]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype("<u2"),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("i1"),
    "U64": np.dtype("<u8"),
    "U32": np.dtype("<u4"),
    "U16": np.dtype("<u2"),
    "U8": np.dtype("u1"),
    "BOOL": np.dtype("?"),
}


class Malformed(Exception):
    """What is wrong with a container, without its path; never leaves the room."""


class Limits(NamedTuple):
    """What a file may claim before it is refused unread."""

    header_bytes: int = 16 << 20
    tensors: int = 100_000
    rank: int = 8
    name_length: int = 512
    data_bytes: int = 1 << 40


LIMITS: Final = Limits()


class Entry(NamedTuple):
    """One tensor of a header: where its bytes lie in the data, from `begin` up to `end`."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


class Header(NamedTuple):
    """A header that has been checked: the tensors in the header's order, and the metadata."""

    entries: tuple[Entry, ...]
    metadata: dict[str, str]


def parse(text: bytes, data_bytes: int, limits: Limits) -> Header:
    """Read a header and check it against the number of data bytes that follow it.

    Rules: strict JSON without doubled keys; known dtypes; sizes within `limits`; each tensor's length is its shape's
    product times its item size; the tensors cover the data without holes or overlaps.

    Raises: Malformed.
    """
    table = _json(text)
    metadata = _metadata(table.pop(METADATA, {}))
    if len(table) > limits.tensors:
        raise Malformed(f"the header lists {len(table):,} tensors; at most {limits.tensors:,} are read")
    entries = tuple(_entry(name, value, limits) for name, value in table.items())
    _check_cover(entries, data_bytes)
    return Header(entries, metadata)


def _json(text: bytes) -> dict[str, Any]:
    if not text.startswith(b"{"):
        raise Malformed("the header does not begin with '{'")
    try:
        table = json.loads(text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as cause:
        raise Malformed(f"the header is not JSON: {cause}") from cause
    if not isinstance(table, dict):
        raise Malformed("the header is not a JSON object")
    return table


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        seen: set[str] = set()
        double = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise Malformed(f"the header has {shown(double)} twice")
    return table


def _no_constant(name: str) -> NoReturn:
    raise Malformed(f"the header contains {name}")


def _metadata(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise Malformed("the header's metadata is not a table of texts")
    return value


def shown(name: str) -> str:
    """Return a name of a file for a message: quoted, on one line, cut when long."""
    return ascii(name if len(name) <= 60 else name[:57] + "...")


def _entry(name: str, value: Any, limits: Limits) -> Entry:
    place = f"tensor {shown(name)}"
    if not 0 < len(name) <= limits.name_length:
        raise Malformed(f"{place}: its name has {len(name)} characters; 1 to {limits.name_length} are read")
    if not isinstance(value, dict) or set(value) != {"dtype", "shape", "data_offsets"}:
        raise Malformed(f"{place}: does not have just dtype, shape and data_offsets")
    dtype, shape, offsets = value["dtype"], value["shape"], value["data_offsets"]
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise Malformed(f"{place}: unknown dtype {shown(str(dtype))}; known are {', '.join(DTYPES)}")
    if not _sizes(shape) or len(shape) > limits.rank:
        raise Malformed(f"{place}: its shape is not a list of at most {limits.rank} whole numbers from 0")
    if not _sizes(offsets) or len(offsets) != 2 or offsets[0] > offsets[1]:
        raise Malformed(f"{place}: its data_offsets are not two ascending whole numbers")
    needs = _bytes(place, dtype, shape, limits)
    if offsets[1] - offsets[0] != needs:
        raise Malformed(
            f"{place}: {dtype} {shape} takes {needs:,} bytes, its data_offsets hold {offsets[1] - offsets[0]:,}"
        )
    return Entry(name, dtype, tuple(shape), offsets[0], offsets[1])


def _sizes(value: object) -> bool:
    return isinstance(value, list) and all(type(size) is int and size >= 0 for size in value)


def _bytes(place: str, dtype: str, shape: Sequence[int], limits: Limits) -> int:
    """Return the length of a tensor; stops multiplying as soon as the limit is passed, so that no number grows."""
    needs = DTYPES[dtype].itemsize
    for size in shape:
        needs *= max(size, 1)
        if needs > limits.data_bytes:
            raise Malformed(f"{place}: more than {limits.data_bytes:,} bytes")
    return 0 if 0 in shape else needs


def _check_cover(entries: Sequence[Entry], data_bytes: int) -> None:
    reached = 0
    for entry in sorted(entries, key=lambda entry: (entry.begin, entry.end)):
        if entry.begin != reached:
            what = "leaves a hole" if entry.begin > reached else "overlaps another"
            raise Malformed(
                f"tensor {shown(entry.name)}: begins at byte {entry.begin:,} and {what}, not at {reached:,}"
            )
        reached = entry.end
    if reached != data_bytes:
        what = "cut short" if reached > data_bytes else "longer than it says"
        raise Malformed(f"the file is {what}: its tensors take {reached:,} bytes, {data_bytes:,} are there")
