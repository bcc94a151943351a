"""Writing survives full disks, failing calls and kills: the old file or the new one is there, whole, alone."""

import errno
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simplecell import files
from simplecell.errors import FileError
from simplecell.files import atomic

OLD = {"w": np.zeros(3)}
NEW = {"w": np.arange(100_000.0)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "net.safetensors"
    files.write(made, OLD, {"is": "old"})
    return made


def only_the_old_file_is_there(path: Path) -> bool:
    np.testing.assert_array_equal(files.read(path).tensors["w"], OLD["w"])
    return os.listdir(path.parent) == [path.name]


def failing(call: Callable[..., object], number: int, after: int) -> Callable[..., object]:
    """Return a copy of a system call that fails with error `number` once it has worked `after` times."""
    left = [after]

    def fail(*arguments: object, **options: object) -> object:
        if left[0] == 0:
            raise OSError(number, os.strerror(number))
        left[0] -= 1
        return call(*arguments, **options)

    return fail


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize(("call", "after"), [("open", 0), ("write", 0), ("write", 1), ("fsync", 0), ("replace", 0)])
def test_a_failing_call_leaves_the_old_file_and_says_why(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str, after: int, number: int
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(atomic.os, call, failing(getattr(os, call), number, after))
        with pytest.raises(FileError, match=r"net\.safetensors: cannot be written: ") as refusal:
            files.write(path, NEW, {})
    assert os.strerror(number) in str(refusal.value)
    assert ("free some space" in str(refusal.value)) == (number in (errno.ENOSPC, errno.EDQUOT))
    assert only_the_old_file_is_there(path)


def test_short_writes_are_continued(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(atomic.os, "write", lambda descriptor, data: write(descriptor, data[:1000]))
    files.write(path, NEW, {})
    np.testing.assert_array_equal(files.read(path).tensors["w"], NEW["w"])


def test_an_interrupt_leaves_the_old_file(path: Path) -> None:
    def chunks():
        yield b"half a file"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.write_atomically(path, chunks())
    assert only_the_old_file_is_there(path)


def test_the_order_of_the_calls(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def spied(name: str) -> Callable[..., object]:
        call: Callable[..., object] = getattr(os, name)

        def spy(*arguments: object) -> object:
            folder = name == "fsync" and os.path.isdir(f"/proc/self/fd/{arguments[0]}")
            calls.append("fsync folder" if folder else name)
            return call(*arguments)

        return spy

    for name in ("write", "fsync", "replace"):
        monkeypatch.setattr(atomic.os, name, spied(name))
    files.write_atomically(path, [b"a"])
    assert calls == ["write", "fsync", "replace", "fsync folder"]


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="No such file or directory; make its folder first"):
        files.write(tmp_path / "none" / "net", OLD, {})
    (tmp_path / "folder").mkdir()
    with pytest.raises(FileError, match="Is a directory; it is a folder"):
        files.write(tmp_path / "folder", OLD, {})
    assert os.listdir(tmp_path) == ["folder"]


def test_a_link_stays_a_link(path: Path) -> None:
    link = path.with_name("latest")
    link.symlink_to(path.name)
    files.write(link, NEW, {})
    assert link.is_symlink()
    assert len(files.read(path).tensors["w"]) == 100_000


def test_new_files_have_the_usual_permissions(path: Path) -> None:
    mask = os.umask(0)
    os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask


def test_a_disk_that_is_really_full(path: Path) -> None:
    """The kernel itself refuses the bytes past a limit on file size, in a process of its own."""
    script = (
        "import resource, sys, numpy; from simplecell import files\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "files.write(sys.argv[1], {'w': numpy.zeros(100_000)}, {})\n"
    )
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("net.safetensors: cannot be written: File too large")
    assert only_the_old_file_is_there(path)


WRITER = (
    "import sys, numpy; from simplecell import files\n"
    "print('ready', flush=True)\n"
    "n = 0\n"
    "while True:\n"
    "    n += 1\n"
    "    files.write(sys.argv[1], {'w': numpy.full(200_000, float(n))}, {'n': str(n)})\n"
)


def test_a_kill_at_any_moment_leaves_a_whole_file_and_no_rubbish_after_the_next_write(path: Path) -> None:
    dice = random.Random(8)
    for _ in range(12):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE)
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(dice.random() * 0.05)
        finally:
            writer.kill()
            writer.communicate()
        found = files.read(path)
        assert set(found.tensors["w"]) == {float(found.metadata.get("n", 0))}
        files.write(path, OLD, {})
        assert only_the_old_file_is_there(path)


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_around_each_step(path: Path, call: str, moment: str) -> None:
    script = (
        "import os, signal, sys, numpy; from simplecell import files\n"
        f"real = os.{call}\n"
        "def fatal(*arguments):\n"
        + ("" if moment == "before" else "    real(*arguments)\n")
        + "    os.kill(os.getpid(), signal.SIGKILL)\n"
        f"os.{call} = fatal\n"
        "files.write(sys.argv[1], {'w': numpy.ones(3)}, {'is': 'new'})\n"
    )
    done = subprocess.run([sys.executable, "-c", script, path], check=False)
    assert done.returncode == -signal.SIGKILL
    expected = "new" if (call, moment) == ("replace", "after") else "old"
    assert files.read(path).metadata["is"] == expected
    assert len(os.listdir(path.parent)) == (1 if expected == "new" else 2)
    files.write(path, OLD, {})
    assert only_the_old_file_is_there(path)


def test_a_writer_at_work_is_not_disturbed(path: Path) -> None:
    def slow():
        yield b"first "
        files.write_atomically(path, [b"another writer's whole file"])
        assert path.read_bytes() == b"another writer's whole file"
        yield b"second"

    files.write_atomically(path, slow())
    assert path.read_bytes() == b"first second"
    assert os.listdir(path.parent) == [path.name]


def test_a_folder_without_locks_still_works(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic.fcntl, "flock", failing(atomic.fcntl.flock, errno.ENOLCK, 0))
    files.write(path, NEW, {})
    assert len(files.read(path).tensors["w"]) == 100_000


def test_reading_takes_the_memory_of_the_tensors_once(path: Path) -> None:
    files.write(path, {"w": np.zeros(4_000_000)}, {})
    script = (
        "import resource, sys; from simplecell import files\n"
        "files.read('/dev/null') if len(sys.argv) > 2 else None\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "held = files.read(sys.argv[1])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True)
    assert int(done.stdout) * 1024 < 32_000_000 * 1.2
