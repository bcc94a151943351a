"""The safetensors container, with a checksum over the whole file kept inside its metadata.

The header begins, in our files, with `{"__metadata__":{"simplecell.sha256":"<64 hex digits>"`: the SHA-256 of the whole
file with 64 zeros in place of the digits. Any safetensors reader can read our files.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simplecell.errors import FileError
from simplecell.files.atomic import write_atomically
from simplecell.files.header import (
    DTYPES,
    LENGTH_BYTES,
    LIMITS,
    METADATA,
    Entry,
    Header,
    Limits,
    Malformed,
    parse,
    shown,
)
from simplecell.files.sniff import sniff

_CHECKSUM: Final = "simplecell.sha256"
_FORMAT: Final = "simplecell.format"
_VERSION: Final = "1"
_ZEROS: Final = "0" * 64
_OPENING: Final = f'{{"{METADATA}":{{"{_CHECKSUM}":"'.encode()
_ALIGNMENT: Final = 64
_NAMES: Final = {dtype: name for name, dtype in DTYPES.items() if name != "BF16"}
_PIECE: Final = 16 << 20


class Container(NamedTuple):
    """What a file holds. `checked` is true when it carried our checksum, which was right."""

    tensors: dict[str, NDArray[Any]]
    metadata: dict[str, str]
    checked: bool


def write(path: str | os.PathLike[str], tensors: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]) -> None:
    """Write tensors and texts as one file, atomically, with a checksum over all of it.

    Shapes: any shape of up to eight axes; the dtypes of safetensors that NumPy has (floats of 16 to 64 bits, whole
    numbers of 8 to 64 bits, bool); any memory order and byte order (stored in C order, little-endian).
    Rules: the same content gives the same bytes. The tensors' order is kept. On any error the old file stays.
    Raises: FileError with the path and the cause, also for what the format cannot hold.
    Source: https://huggingface.co/docs/safetensors.
    """
    try:
        arrays = {name: _storable(name, tensor) for name, tensor in tensors.items()}
        laid = sorted(arrays, key=lambda name: -arrays[name].itemsize)
        head = bytearray(_header(arrays, laid, metadata))
    except Malformed as reason:
        raise FileError(f"{os.fspath(path)}: cannot be written: {reason}") from reason
    chunks = [_bytes_of(arrays[name]) for name in laid if arrays[name].size]
    digest = hashlib.sha256(head)
    for chunk in chunks:
        digest.update(chunk)
    at = LENGTH_BYTES + len(_OPENING)
    head[at : at + len(_ZEROS)] = digest.hexdigest().encode()
    write_atomically(path, [bytes(head), *chunks])


def _bytes_of(array: NDArray[Any]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data


def _storable(name: str, tensor: NDArray[Any]) -> NDArray[Any]:
    place = f"tensor {shown(name)}"
    array = np.asarray(tensor)
    little = array.dtype.newbyteorder("<")
    if little not in _NAMES:
        raise Malformed(f"{place}: dtype {array.dtype} has no place in safetensors")
    if not 0 < len(name) <= LIMITS.name_length or name == METADATA:
        raise Malformed(f"{place}: a name has 1 to {LIMITS.name_length} characters and is not {METADATA}")
    if array.ndim > LIMITS.rank:
        raise Malformed(f"{place}: {array.ndim} axes; at most {LIMITS.rank}")
    return np.asarray(array, dtype=little, order="C")


def _header(arrays: Mapping[str, NDArray[Any]], laid: Sequence[str], metadata: Mapping[str, str]) -> bytes:
    """Return length and header, with zeros for the checksum, padded so that the data begins on a cache line."""
    taken = sorted({_CHECKSUM, _FORMAT} & set(metadata))
    if taken:
        raise Malformed(f"metadata {taken[0]!r} is the format's own")
    begins: dict[str, int] = {}
    reached = 0
    for name in laid:
        begins[name] = reached
        reached += arrays[name].nbytes
    table: dict[str, Any] = {METADATA: {_CHECKSUM: _ZEROS, _FORMAT: _VERSION, **metadata}}
    for name, array in arrays.items():
        offsets = [begins[name], begins[name] + array.nbytes]
        table[name] = {"dtype": _NAMES[array.dtype], "shape": list(array.shape), "data_offsets": offsets}
    try:
        text = json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError as cause:
        raise Malformed(f"a name or text is not Unicode: {cause.reason}") from cause
    if len(text) + _ALIGNMENT > LIMITS.header_bytes:
        raise Malformed(f"names and metadata take {len(text):,} bytes; at most {LIMITS.header_bytes - _ALIGNMENT:,} do")
    text += b" " * (-(LENGTH_BYTES + len(text)) % _ALIGNMENT)
    parse(text, reached, LIMITS)
    return len(text).to_bytes(LENGTH_BYTES, "little") + text


def read(source: str | os.PathLike[str] | bytes, *, limits: Limits = LIMITS, foreign: bool = False) -> Container:
    """Read a file that `write` wrote, or with `foreign=True` any safetensors file as well.

    Rules: everything that the header claims is checked against `limits` and the file's true length before memory is
    allocated. A file that carries our checksum is refused when a single bit differs. Foreign files carry none: what
    can be checked is their form. BF16 is widened to float32, exactly. Nothing of a refused file is returned.
    Raises: FileError on one line: the path, what is wrong, the remedy.
    """
    place = "uploaded bytes" if isinstance(source, bytes) else os.fspath(source)
    try:
        if isinstance(source, bytes):
            return _read(io.BytesIO(source), len(source), limits, foreign)
        with open(source, "rb", buffering=0, opener=_opener) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise Malformed("it is not a regular file")
            return _read(file, status.st_size, limits, foreign)
    except Malformed as reason:
        raise FileError(f"{place}: {reason}") from reason
    except IsADirectoryError as cause:
        raise FileError(f"{place}: is a folder; name the file in it") from cause
    except MemoryError as cause:
        raise FileError(f"{place}: does not fit in memory: {cause}") from cause
    except (OSError, ValueError) as cause:
        reason = (cause.strerror if isinstance(cause, OSError) else None) or str(cause)
        raise FileError(f"{place}: cannot be read: {reason}") from cause


def _opener(path: str, flags: int) -> int:
    """Open without waiting, so that a named pipe is refused instead of blocking."""
    return os.open(path, flags | os.O_NONBLOCK)


def _read(file: io.FileIO | io.BytesIO, size: int, limits: Limits, foreign: bool) -> Container:
    start = _exactly(file, min(size, LENGTH_BYTES + len(_OPENING)))
    length = int.from_bytes(start[:LENGTH_BYTES], "little")
    if len(start) <= LENGTH_BYTES or start[LENGTH_BYTES : LENGTH_BYTES + 1] != b"{":
        raise Malformed(_not_a_model(start))
    if length > limits.header_bytes or length > size - LENGTH_BYTES:
        room = min(limits.header_bytes, size - LENGTH_BYTES)
        ours = start.startswith(_OPENING, LENGTH_BYTES)
        what = "cut short or damaged" if ours else "not a simplecell model, or damaged"
        raise Malformed(f"{what}: its header would take {length:,} bytes of at most {room:,}")
    rest = length - (len(start) - LENGTH_BYTES)
    head = start + _exactly(file, rest) if rest >= 0 else start[: LENGTH_BYTES + length]
    file.seek(LENGTH_BYTES + length)
    header = parse(head[LENGTH_BYTES:], size - LENGTH_BYTES - length, limits)
    digest = _expected(head, header)
    if not digest and not foreign:
        raise Malformed("a safetensors file, but not a simplecell model; its weights may fit: net.load_weights(path)")
    at = LENGTH_BYTES + len(_OPENING)
    hashing = hashlib.sha256(head[:at] + _ZEROS.encode() + head[at + len(_ZEROS) :]) if digest else None
    tensors = _tensors(file, header, hashing)
    if hashing and hashing.hexdigest() != digest:
        raise Malformed("damaged: its checksum is not that of its content; use another copy")
    metadata = {key: text for key, text in header.metadata.items() if key not in (_CHECKSUM, _FORMAT)}
    return Container(tensors, metadata, bool(digest))


def _expected(head: bytes, header: Header) -> str:
    """Return the checksum that a file of ours carries, "" for a foreign file, and refuse what is neither."""
    checksum, version = header.metadata.get(_CHECKSUM), header.metadata.get(_FORMAT)
    if checksum is None and version is None:
        return ""
    at = LENGTH_BYTES + len(_OPENING)
    if not checksum or not head.startswith(_OPENING, LENGTH_BYTES) or head[at : at + 64] != checksum.encode():
        raise Malformed("damaged: its checksum is not where it belongs; use another copy")
    if version != _VERSION:
        raise Malformed(
            f"format {shown(version or '')}; this simplecell reads format {_VERSION}: damaged, or made by a newer one"
        )
    return checksum


def _tensors(file: io.FileIO | io.BytesIO, header: Header, hashing: Any) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {}
    for entry in sorted(header.entries, key=lambda entry: (entry.begin, entry.end)):
        array = np.empty(entry.shape, DTYPES[entry.dtype])
        if array.size:
            _fill(file, _bytes_of(array), hashing)
        found[entry.name] = _converted(entry, array)
    return {entry.name: found[entry.name] for entry in header.entries}


def _converted(entry: Entry, array: NDArray[Any]) -> NDArray[Any]:
    if entry.dtype == "BF16":
        return (array.astype(np.uint32) << 16).view(np.float32)
    if entry.dtype == "BOOL" and array.size and int(array.view(np.uint8).max()) > 1:
        raise Malformed(f"tensor {shown(entry.name)}: a BOOL is neither 0 nor 1")
    return array


def _fill(file: io.FileIO | io.BytesIO, buffer: memoryview, hashing: Any) -> None:
    done = 0
    while done < len(buffer):
        piece = buffer[done : done + _PIECE]
        count = file.readinto(piece)
        if not count:
            raise Malformed(f"the file ended {len(buffer) - done:,} bytes early while it was read")
        if hashing:
            hashing.update(piece[:count])
        done += count


def _exactly(file: io.FileIO | io.BytesIO, count: int) -> bytes:
    buffer = bytearray(count)
    _fill(file, memoryview(buffer), None)
    return bytes(buffer)


def _not_a_model(start: bytes) -> str:
    if not start:
        return "not a simplecell model: the file is empty"
    kind, remedy = sniff(start)
    what = f"it looks like {kind}" if kind else f"it begins with {start[:8].hex(' ')}"
    return f"not a simplecell model: {what}" + (f"; {remedy}" if remedy else "")
