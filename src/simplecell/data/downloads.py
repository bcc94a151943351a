"""The official files of known data sets: what they are called, where they come from, how they are verified."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simplecell.errors import FileError, message
from simplecell.files import write_atomically

_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Official:
    """A data set's files, each with the MD5 checksum that its makers publish, and the address they lie under."""

    address: str
    files: dict[str, str]


def _four(train_images: str, train_labels: str, test_images: str, test_labels: str) -> dict[str, str]:
    return {
        "train-images-idx3-ubyte.gz": train_images,
        "train-labels-idx1-ubyte.gz": train_labels,
        "t10k-images-idx3-ubyte.gz": test_images,
        "t10k-labels-idx1-ubyte.gz": test_labels,
    }


OFFICIAL: Final[dict[str, Official]] = {
    "mnist": Official(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        _four(
            "f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432",
            "9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c",
        ),
    ),
    "fashion-mnist": Official(
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        _four(
            "8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe",
            "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310",
        ),
    ),
    "cifar10": Official(
        "https://www.cs.toronto.edu/~kriz/", {"cifar-10-binary.tar.gz": "c32a1d4ab5d03f1284b67883e8d87530"}
    ),
    "cifar100": Official(
        "https://www.cs.toronto.edu/~kriz/", {"cifar-100-binary.tar.gz": "03b5dce01913d631647c71ecec9e9cb8"}
    ),
}  # fmt: skip
"""Known data sets by name. MNIST lies where PyTorch's own mirror is; the others with their makers."""


def needed(name: str, folder: Path) -> FileError:
    """What to say where the files of a known data set are not in `folder`."""
    official = OFFICIAL[name]
    lines = [f"{file}  MD5 {md5}" for file, md5 in official.files.items()]
    rule = f"the files of {name} are not there. From {official.address}, into this folder:"
    return FileError(message(str(folder), rule, lines, ["fetch them", "--download, where there is a network"]))


def download(name: str, folder: str | os.PathLike[str], address: str | None = None) -> Path:
    """Fetch the official files of a data set into a folder and verify them -> the folder.

    Rules: files that are there already and right are kept. A file takes its name only when its checksum is right.
    Raises: FileError for a file that cannot be fetched or written, or whose checksum is not the published one.
    """
    place, official = Path(folder), OFFICIAL[name]
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise FileError(f"{place}: cannot be made: {cause.strerror}") from cause
    for file, md5 in official.files.items():
        target = place / file
        if not target.is_file() or _md5(target) != md5:
            _fetch((address or official.address) + file, target, md5)
    return place


def _fetch(url: str, target: Path, md5: str) -> None:
    from urllib.error import URLError  # with all of HTTP behind it, which few need
    from urllib.request import urlopen

    def verified() -> Iterator[bytes]:
        digest = hashlib.md5(usedforsecurity=False)
        with urlopen(url, timeout=60) as answer:
            while piece := answer.read(_PIECE):
                digest.update(piece)
                yield piece
        if digest.hexdigest() != md5:
            raise FileError(f"{url}: its MD5 is {digest.hexdigest()}, not the published {md5}; nothing was kept")

    try:
        write_atomically(target, verified())
    except FileError as cause:
        if isinstance(cause.__cause__, URLError):
            raise FileError(f"{url}: cannot be fetched: {cause.__cause__.reason}") from cause
        raise


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
