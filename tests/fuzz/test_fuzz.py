"""Damaged files of every format: read or refused with a documented error, at once, and nothing else.

SIMPLECELL_FUZZ_SECONDS says for how long each loader is tried; `make fuzz` gives five minutes. SIMPLECELL_FUZZ_SEED is
the first seed.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import simplecell as sc
from fuzz.apart import Reader
from fuzz.loaders import LOADERS, Loader

SECONDS = float(os.environ.get("SIMPLECELL_FUZZ_SECONDS", "10"))
SEED = int(os.environ.get("SIMPLECELL_FUZZ_SEED", "0"))
SLOWEST = 2.0
"""Seconds of computing that a damaged file may cost."""


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """In memory where the system has such a place; on a disk, files would take most of the time."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as made:
        monkeypatch.setattr(tempfile, "tempdir", made)
        yield Path(made)


@pytest.mark.timeout(SECONDS + 240)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", LOADERS)
def test_mutations_are_read_or_refused(name: str, folder: Path, record_property: Callable[[str, object], None]) -> None:
    loader = LOADERS[name]()
    place = folder / (loader.ending if loader.ending[0] != "." else f"it{loader.ending}")
    reader = Reader(loader.apart) if loader.apart else None

    def tried_on(data: bytes) -> tuple[str, float]:
        place.write_bytes(data)
        return reader.read(str(place)) if reader else tried_here(loader, place, data)

    for good in loader.good:
        with loader.ready():
            assert tried_on(good)[0] == ""
    counts, slowest = {"read": 0, "refused": 0}, 0.0
    dice, end, tried = random.Random(SEED), time.monotonic() + SECONDS, 0
    with loader.ready():
        while time.monotonic() < end:
            data = loader.mutate(dice, loader.good[tried % len(loader.good)])
            said, seconds = tried_on(data)
            counts["refused" if said else "read"] += 1
            slowest, tried = max(slowest, seconds), tried + 1
            assert seconds < SLOWEST, f"{seconds:.1f} s for {data!r}"
    crashes = f", {reader.crashes} crashed the process apart" if reader else ""
    if reader:
        reader.stop()
    figures = f"{tried} damaged files, {counts['read']} read, {counts['refused']} refused"
    record_property("figures", f"{name}: {figures}{crashes}, slowest {slowest:.2f} s")
    assert tried > 5


def tried_here(loader: Loader, place: Path, data: bytes) -> tuple[str, float]:
    """Why it was refused ("" where it was read), and the seconds of computing."""
    started, said = time.thread_time(), ""
    try:
        loader.read(place)
    except sc.SimplecellError as error:
        said = str(error) or type(error).__name__
    except BaseException as error:
        raise AssertionError(f"{error!r} for {data!r}") from error
    return said, time.thread_time() - started
