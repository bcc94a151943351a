"""What must never be lost: trainings that are killed, disks that are full, calls that fail."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import simplecell as sc
from simplecell import data
from simplecell.train import Callback, Run, read_checkpoint

CALLS = ((os, "scandir"), (os, "open"), (fcntl, "flock"), (os, "fstat"), (os, "write"), (os, "fsync"), (os, "replace"))


def test_killed_trainings_go_on_to_the_same_weights() -> None:
    """The short version; `python tests/faults/kills.py` is the long one."""
    script = Path(__file__).with_name("kills.py")
    done = subprocess.run(
        [sys.executable, str(script), "--random", "5", "--points", "12"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "17 of 17 killed trainings" in done.stdout


class Holder(Callback):
    def on_train_begin(self, run: Run) -> None:
        self.run = run


@pytest.fixture(scope="module")
def run() -> Run:
    """A training of two steps that has just ended."""
    holder = Holder()
    sc.zoo.digits().fit(data.digits()[0].take(range(64)), epochs=1, batch=32, callbacks=[holder])
    return holder.run


def failing(monkeypatch: pytest.MonkeyPatch, number: int, code: int) -> Callable[[], int]:
    """Let call `number` (from 1) of those of a save fail with `code` -> how many calls were made."""
    made = 0

    def wrapped(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            nonlocal made
            made += 1
            if made == number:
                raise OSError(code, os.strerror(code))
            return original(*given, **named)

        return call

    for module, name in CALLS:
        monkeypatch.setattr(module, name, wrapped(getattr(module, name)))
    return lambda: made


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS], ids=errno.errorcode.get)
def test_an_error_in_any_call_of_a_save_leaves_a_whole_checkpoint(tmp_path: Path, run: Run, code: int) -> None:
    """The old one until the new one has taken its name, which is the last but three of its calls."""
    path = tmp_path / "last.safetensors"
    run.save(path)
    old = path.read_bytes()
    assert run.stepper is not None
    next(iter(run.stepper.weights.values()))[...] += 1.0
    try:
        with pytest.MonkeyPatch.context() as patches:
            count = failing(patches, 0, code)
            run.save(tmp_path / "other.safetensors")
            calls = count()
        new = (tmp_path / "other.safetensors").read_bytes()
        (tmp_path / "other.safetensors").unlink()
        assert old != new
        for number in range(1, calls + 1):
            with pytest.MonkeyPatch.context() as patches:
                failing(patches, number, code)
                with pytest.raises(sc.FileError) as caught:
                    run.save(path)
            assert str(caught.value).startswith(f"{path}: cannot be written: {os.strerror(code)}")
            assert path.read_bytes() == (new if number > calls - 2 else old), number
            assert [entry.name for entry in tmp_path.iterdir()] == ["last.safetensors"], number
        run.save(path)
        assert path.read_bytes() == new
    finally:
        next(iter(run.stepper.weights.values()))[...] -= 1.0


def test_any_flip_or_truncation_of_a_checkpoint_is_refused(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "last.safetensors"
    run.save(path)
    whole = path.read_bytes()
    generator = np.random.default_rng(3)
    for _ in range(150):
        broken = bytearray(whole)
        broken[int(generator.integers(len(whole)))] ^= 1 << int(generator.integers(8))
        path.write_bytes(bytes(broken))
        with pytest.raises(sc.FileError, match=r"last\.safetensors: "):
            read_checkpoint(path)
        path.write_bytes(whole[: int(generator.integers(len(whole)))])
        with pytest.raises(sc.FileError, match=r"last\.safetensors: "):
            read_checkpoint(path)
    path.write_bytes(whole)
    assert read_checkpoint(path).saved.steps == 2


def test_a_full_disk_while_training_keeps_the_checkpoint_before(tmp_path: Path) -> None:
    class Full(sc.train.ModelCheckpoint):
        def on_batch_end(self, batch: sc.train.Batch) -> None:
            if self._run.position.batch == 3:
                with pytest.MonkeyPatch.context() as patches:
                    patches.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.ENOSPC, "")))
                    super().on_batch_end(batch)
            super().on_batch_end(batch)

    train = data.digits()[0].take(range(100))
    with pytest.raises(sc.FileError, match=r"No space left on device; free some space"):
        sc.zoo.digits().fit(train, epochs=2, batch=20, callbacks=[Full(tmp_path, every=1)])
    found = read_checkpoint(tmp_path / "last.safetensors")
    assert (found.position.epoch, found.position.batch) == (1, 2)
    net = sc.zoo.digits()
    assert len(net.fit(train, epochs=2, batch=20, resume=tmp_path / "last.safetensors")) == 2
