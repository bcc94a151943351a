"""One training step of each network beside PyTorch eager: losses of five steps agree first, then times.

A digits epoch is 23 steps (22 of 64 images, one of 34); its time is reported as 22.5 steps of 64.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import common

STEPS_PER_EPOCH = 1442 / 64


def measure(name: str, batch: int, args: Any, workers: list[common.Peer], ceiling: float) -> list[dict[str, Any]]:
    import simplecell as sc

    order = {"net": name, "batch": batch, "train": True}
    checks = {w.name: np.array(w.ask(do="check", **order)["losses"]) for w in workers}
    torch_worker = next((w for w in workers if w.name == "torch"), None)
    exact = np.array(torch_worker.ask(do="check", double=True, **order)["losses"]) if torch_worker else None
    times = common.take_turns(workers, args.rounds, slot=args.slot, **order)
    flops = 3 * 2 * sc.zoo.NETWORKS[name]().count().macs * batch
    rows = []
    for w in workers:
        row = common.line(w.name, times[w.name], times.get("torch"), flops, ceiling)
        error = float(np.abs(checks[w.name] / exact - 1).max()) if exact is not None else float("nan")
        rows.append(row | {"error": error, "right": not error > 1e-4, "net": name, "batch": batch, "mode": "train"})
    return rows


def main() -> None:
    args = common.arguments(
        __doc__, nets={"default": "digits,lenet5,signs"}, batch={"type": int, "default": 64},
        slot={"type": float, "default": 0.3},
    )  # fmt: skip
    ceiling = common.peak(args.threads)
    print(f"{args.threads} threads, FMA peak {ceiling:.0f} GFLOP/s measured now")
    workers = common.peers(args.threads)
    kept = []
    for name in args.nets.split(","):
        rows = measure(name, args.batch, args, workers, ceiling)
        common.print_rows(f"{name}: training step, batch {args.batch}, SGD with momentum", rows)
        if name == "digits":
            for row in rows:
                print(f"  a digits epoch with {row['peer']}: {row['ms'] * STEPS_PER_EPOCH:.1f} ms")
        kept += rows
    for w in workers:
        w.close()
    common.keep(args.json, kept, args.threads)


if __name__ == "__main__":
    main()
