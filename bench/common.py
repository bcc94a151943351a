"""Peers in processes of their own that take turns; medians, quartiles, ratios; a fingerprint of the machine."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent


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


class Peer:
    """A worker process: `worker.py NAME`, spoken to in lines of JSON. It sleeps in a read while others are timed."""

    def __init__(self, name: str, threads: int) -> None:
        self.name = name
        env = os.environ | {"SIMPLECELL_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
        self._process = subprocess.Popen(
            [sys.executable, HERE / "worker.py", name, str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env,
        )  # fmt: skip

    def ask(self, **order: Any) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(order), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} died at {order}")
        return json.loads(line)

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)


def peers(threads: int) -> list[Peer]:
    """simplecell, and PyTorch if it is installed."""
    found = [Peer("simplecell", threads)]
    try:
        import importlib.util

        has_torch = importlib.util.find_spec("torch") is not None
    except ImportError:
        has_torch = False
    if has_torch:
        found.append(Peer("torch", threads))
    else:
        print("torch is not installed and left out: pip install torch")
    return found


def take_turns(workers: Sequence[Peer], rounds: int, **order: Any) -> dict[str, list[float]]:
    """Seconds per round and peer; the order turns round from round to round, and round 0 is not counted."""
    times: dict[str, list[float]] = {w.name: [] for w in workers}
    for r in range(rounds + 1):
        turn = r % len(workers)
        for worker in [*workers[turn:], *workers[:turn]]:
            seconds = worker.ask(do="time", **order)["seconds"]
            if r:
                times[worker.name].append(seconds)
    return times


def line(name: str, times: list[float], base: list[float] | None, flops: float, peak: float) -> dict[str, Any]:
    """One row: median and quartiles in ms, GFLOP/s, share of the peak, the base's time over ours (by rounds)."""
    low, mid, high = np.percentile(times, [25, 50, 75])
    ratio = statistics.median(b / t for b, t in zip(base, times, strict=True)) if base else float("nan")
    return {
        "peer": name, "ms": mid * 1e3, "q1": low * 1e3, "q3": high * 1e3, "gflops": flops / mid / 1e9,
        "peak": flops / mid / 1e9 / peak, "torch_over": ratio,
    }  # fmt: skip


def print_rows(title: str, rows: list[dict[str, Any]]) -> None:
    """The rows as an aligned table."""
    print(
        f"\n{title}\n{'peer':12} {'ms':>9} {'quartiles':>19} {'GFLOP/s':>8} {'of peak':>8} {'torch/it':>9} {'error':>9}"
    )
    for r in rows:
        error = f"{r['error']:.1e}" + ("" if r["right"] else " WRONG")
        print(
            f"{r['peer']:12} {r['ms']:9.4f} {r['q1']:9.4f}..{r['q3']:<8.4f} {r['gflops']:8.1f} {r['peak']:8.1%} "
            f"{r['torch_over']:9.2f} {error:>9}"
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
