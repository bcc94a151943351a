"""Peers in processes of their own that take turns; medians, quartiles, ratios; a fingerprint of the machine."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import peers

HERE = Path(__file__).parent
OURS = peers.Simplecell.name


def fingerprint() -> dict[str, Any]:
    """What the figures depend on besides the code."""
    import simplecell
    from simplecell.kernels.native import engine, isa

    return {
        "cpu": engine().cpu(),
        "processors": len(os.sched_getaffinity(0)),
        "system": platform.platform(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "simplecell": simplecell.__version__,
        "isa": isa(),
    }


class CannotError(Exception):
    """A peer cannot do what was asked; the message says why."""


class Worker:
    """A worker process: `worker.py NAME`, spoken to in lines of JSON. It sleeps in a read while others are timed."""

    def __init__(self, name: str, threads: int) -> None:
        self.name = name
        kept = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}  # page faults are dear: for all alike
        counts = {"SIMPLECELL_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - as long as the peer; no pipe: nobody reads it
        self._process = subprocess.Popen(
            [sys.executable, HERE / "worker.py", name, str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, text=True,
            env=os.environ | kept | counts,
        )  # fmt: skip

    def ask(self, **order: Any) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(order), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            self._said.seek(0)
            last = self._said.read().strip().rpartition("\n")[2]
            raise CannotError(f"{self.name} died at {order}: {last}")
        answer = json.loads(line)
        if "error" in answer:
            raise CannotError(f"{self.name}: {answer['error']}")
        return answer

    def close(self) -> None:
        self._process.communicate(timeout=30)
        self._said.close()


def workers(names: Sequence[str], threads: int) -> list[Worker]:
    """A process for each peer that is installed; the others are named."""
    found = []
    for name in names:
        absent = peers.missing(name)
        if absent:
            print(f"{name} is left out: pip install {' '.join(absent)}")
        else:
            found.append(Worker(name, threads))
    return found


def take_turns(workers: Sequence[Worker], rounds: int, **order: Any) -> dict[str, list[dict[str, float]]]:
    """Answers per round and peer; the order turns round from round to round, and round 0 is not counted."""
    answers: dict[str, list[dict[str, float]]] = {w.name: [] for w in workers}
    for r in range(rounds + 1):
        turn = r % len(workers)
        for worker in [*workers[turn:], *workers[:turn]]:
            answer = worker.ask(do="time", **order)
            if r:
                answers[worker.name].append(answer)
    return answers


def rows(answers: dict[str, list[dict[str, float]]], flops: float, peak: float) -> list[dict[str, Any]]:
    """One row a peer, the fastest first: median and quartiles in ms, GFLOP/s, share of the FMA peak, its time over
    ours (the median of the rounds' own ratios), the largest resident size."""
    ours = [a["seconds"] for a in answers[OURS]]
    made = []
    for name, rounds in answers.items():
        times = [a["seconds"] for a in rounds]
        low, mid, high = np.percentile(times, [25, 50, 75])
        ratio = statistics.median(t / o for t, o in zip(times, ours, strict=True))
        made.append({
            "peer": name, "ms": mid * 1e3, "q1": low * 1e3, "q3": high * 1e3, "gflops": flops / mid / 1e9,
            "peak": flops / mid / 1e9 / peak, "over_ours": ratio,
            "resident_mb": max(a["resident"] for a in rounds) / 1e6,
        })  # fmt: skip
    return sorted(made, key=lambda row: row["ms"])


def print_rows(title: str, rows: list[dict[str, Any]]) -> None:
    """The rows as an aligned table."""
    print(f"\n{title}")
    print(
        f"{'peer':20} {'ms':>10} {'quartiles':>21} {'GFLOP/s':>8} {'of peak':>8} {'/ ours':>7} {'MB':>7} {'error':>9}"
    )
    for r in rows:
        error = f"{r['error']:.1e}" + ("" if r["right"] else " WRONG")
        print(
            f"{r['peer']:20} {r['ms']:10.4f} {r['q1']:10.4f}..{r['q3']:<9.4f} {r['gflops']:8.1f} {r['peak']:8.1%} "
            f"{r['over_ours']:7.2f} {r['resident_mb']:7.0f} {error:>9}"
        )


def arguments(description: str | None, **more: dict[str, Any]) -> argparse.Namespace:
    """The options that all share: threads, rounds, json."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--threads", type=int, default=min(2, len(os.sched_getaffinity(0))))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", help="keep the result here")
    for name, options in more.items():
        parser.add_argument(f"--{name}", **options)
    return parser.parse_args()


def peak(threads: int) -> float:
    """The machine's FMA rate on so many threads, in GFLOP/s, measured now: the best of five tries."""
    from simplecell.kernels.native import engine, isa

    return max(engine().fma_peak(isa(), threads, 0.2) for _ in range(5))


def keep(path: str | None, rows: list[dict[str, Any]], threads: int) -> None:
    """Write the rows with the machine's fingerprint."""
    if path:
        record = {"when": time.strftime("%F %T"), "threads": threads, "machine": fingerprint(), "rows": rows}
        Path(path).write_text(json.dumps(record, indent=1) + "\n")
