"""Worker processes: the same batches, and none of them outlives its training. (Threads: test_views.)"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import simplecell as sc
from simplecell import data

SCRIPT = """
import multiprocessing, os, signal, sys
from simplecell import data

if __name__ == "__main__":
    seen = data.augmented(data.shapes(64, 16, seed=1), data.Flip(), data.Rotate(20))
    with data.Workers(seen, 2, processes=True) as workers:
        for epoch in (1, 2):
            for (x, y), (a, b) in zip(
                data.batches(seen, 8, 7, epoch, workers=workers), data.batches(seen, 8, 7, epoch), strict=True
            ):
                assert (x == a).all() and (y == b).all() and x.flags.writeable
        children = multiprocessing.active_children()
        for child in children:
            os.kill(child.pid, signal.SIGINT)
        assert len(list(data.batches(seen, 8, workers=workers))) == 8
        print(*(child.pid for child in children), flush=True)
        os.kill(os.getpid(), getattr(signal, sys.argv[1]))
"""


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_processes_change_nothing_bear_ctrl_c_and_end_with_a_killed_training(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run([sys.executable, script, "SIGKILL"], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    children = list(map(int, done.stdout.split()))
    assert len(children) == 2
    end = time.monotonic() + 20
    while any(map(alive, children)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(map(alive, children))


def test_a_worker_that_ends_is_said(tmp_path: Path) -> None:
    digits = data.digits()[0]
    with data.Workers(digits, 1, processes=True) as workers:
        stream = data.batches(digits, 4, workers=workers)
        np.testing.assert_array_equal(next(stream)[0], digits.images[:4])
        assert workers._pool is not None
        for process in workers._pool._processes:  # type: ignore[attr-defined]
            os.kill(process, signal.SIGKILL)
        with pytest.raises(sc.DataError, match=r"a worker process has ended.\n  fix one of: .*__main__"):
            list(stream)


def test_what_cannot_be_sent_is_said() -> None:
    made = data.lazy(iter([(np.zeros((1, 8, 8)), 0)]), name="mine")
    with pytest.raises(sc.DataError, match=r"mine: cannot be sent to worker processes: .*\n  fix: processes=False"):
        data.batches(made, 4, workers=1, processes=True)
