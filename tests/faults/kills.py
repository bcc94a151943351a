"""Kill a training with SIGKILL again and again; each time its newest checkpoint must load and a resumed run must end
with the same weights as one that was never killed.

    python tests/faults/kills.py                       # 100 random kills, 100 at the steps of a save
    python tests/faults/kills.py --random 8 --points 8

The steps of a save are the calls to the system by which a file is replaced: each of them is killed before and after it
in turn. Children are forked before the engine has started a thread, so a life costs as much as its training.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import simplecell as sc
from simplecell import data
from simplecell.train import BEST, LAST, ModelCheckpoint, read_checkpoint

EPOCHS, BATCH = 3, 16
CALLS: tuple[tuple[Any, str], ...] = (
    (os, "scandir"), (os, "open"), (fcntl, "flock"), (os, "fstat"), (os, "write"), (os, "fsync"), (os, "replace"),
    (os, "unlink"), (os, "close"),
)  # fmt: skip


def train(folder: Path) -> str:
    """Train, from the folder's checkpoint if it has one, writing one every other step -> the weights' SHA-256."""
    images = data.digits()[0].take(range(120))
    train, validation = data.split(images, 0.2)
    net = sc.Sequential(
        sc.Input(1, 8, 8), sc.Conv2d(4, 3, name="conv"), sc.BatchNorm(), sc.ReLU(), sc.Dropout(0.2), sc.Flatten(),
        sc.Linear(10, name="fc"),
    )  # fmt: skip
    net.fit(
        data.augmented(train, data.Shift(1)), validation=validation, epochs=EPOCHS, batch=BATCH, workers=1,
        optimizer=sc.Adam(0.01), threads=1, callbacks=[ModelCheckpoint(folder, every=2)],
        resume=folder / LAST if (folder / LAST).exists() else None,
    )  # fmt: skip
    return hashlib.sha256(b"".join(w.tobytes() for w in net.weights.values())).hexdigest()


def die_at(call: int, after: bool) -> Callable[[], int]:
    """Make call number `call` (from 1) of CALLS the last thing this process does -> a count of the calls so far."""
    made = 0

    def dying(original: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            nonlocal made
            made += 1
            here = made == call
            if here and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = original(*given, **named)
            if here:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return run

    for module, name in CALLS:
        setattr(module, name, dying(getattr(module, name)))
    return lambda: made


def child(work: Callable[[], str]) -> tuple[int, int]:
    """Fork a life -> (its process id, the end of a pipe on which it says what `work` gave)."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    os.close(reading)
    try:
        os.write(writing, work().encode())
    except BaseException as error:
        os.write(writing, f"{type(error).__name__}: {error}".encode())
    os._exit(0)


def ended(process: int, pipe: int) -> str:
    """What a life said before it ended; "" if it was killed."""
    os.waitpid(process, 0)
    with os.fdopen(pipe, "rb") as said:
        return said.read().decode()


def outlived(folder: Path, expected: str, what: str) -> bool:
    """After a kill: whether the checkpoint loads and the next life ends as an unbroken one does, with a tidy folder."""
    if (folder / LAST).exists():
        read_checkpoint(folder / LAST)
    if (folder / BEST).exists():
        sc.load(folder / BEST)
    got = ended(*child(lambda: train(folder)))
    left = sorted(path.name for path in folder.iterdir())
    good = got == expected and left == [BEST, LAST]
    if not good:
        print(f"{what}: ended with {got}, left {left}")
    return good


def counted() -> str:
    """The number of calls that one whole training makes, for the points to kill it at."""
    count = die_at(0, False)
    with tempfile.TemporaryDirectory() as folder:
        train(Path(folder))
        return str(count())


def killed_at(folder: Path, call: int, after: bool) -> str:
    """Train until that call."""
    die_at(call, after)
    return train(folder)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--random", type=int, default=100, help="kills at a random time")
    parser.add_argument("--points", type=int, default=100, help="kills before or after a call of a save")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    chosen, good = random.Random(given.seed), 0
    with tempfile.TemporaryDirectory() as root:
        began = time.perf_counter()
        expected = ended(*child(lambda: train(Path(root) / "whole")))
        lasts = time.perf_counter() - began
        calls = int(ended(*child(counted)))
        for number in range(given.points):
            folder = Path(root) / f"point{number}"
            call, after = 1 + number // 2 * max(1, 2 * (calls // max(given.points, 1))) % calls, bool(number % 2)
            ended(*child(lambda folder=folder, call=call, after=after: killed_at(folder, call, after)))
            good += outlived(folder, expected, f"call {call} of {calls}, {'after' if after else 'before'}")
        for number in range(given.random):
            folder, wait = Path(root) / f"random{number}", chosen.uniform(0, lasts)
            process, pipe = child(lambda folder=folder: train(folder))
            time.sleep(wait)
            os.kill(process, signal.SIGKILL)
            ended(process, pipe)
            folder.mkdir(exist_ok=True)
            good += outlived(folder, expected, f"after {wait:.3f} s")
    total = given.points + given.random
    print(f"{good} of {total} killed trainings went on to the same weights, bit for bit")
    print(f"{given.points} of them at calls of a save ({calls} calls in a training), {given.random} at random times")
    return good != total


if __name__ == "__main__":
    sys.exit(main())
