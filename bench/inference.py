"""Each network of the zoo for one image and for batches, beside PyTorch eager: outputs agree first, then times."""

from __future__ import annotations

from typing import Any

import numpy as np

import common


def measure(name: str, batch: int, args: Any, workers: list[common.Peer], ceiling: float) -> list[dict[str, Any]]:
    import simplecell as sc

    order = {"net": name, "batch": batch, "train": False}
    checks = {w.name: np.array(w.ask(do="check", **order)["scores"]) for w in workers}
    torch_worker = next((w for w in workers if w.name == "torch"), None)
    exact = np.array(torch_worker.ask(do="check", double=True, **order)["scores"]) if torch_worker else None
    times = common.take_turns(workers, args.rounds, slot=args.slot, **order)
    flops = 2 * sc.zoo.NETWORKS[name]().count().macs * batch
    rows = []
    for w in workers:
        row = common.line(w.name, times[w.name], times.get("torch"), flops, ceiling)
        error = float(np.abs(checks[w.name] - exact).max() / np.abs(exact).max()) if exact is not None else float("nan")
        rows.append(row | {"error": error, "right": not error > 1e-4, "net": name, "batch": batch, "mode": "infer"})
    return rows


def main() -> None:
    args = common.arguments(
        __doc__,
        nets={"default": "digits,lenet5,signs"},
        batch={"default": "1,64"},
        slot={"type": float, "default": 0.2},
    )
    ceiling = common.peak(args.threads)
    print(f"{args.threads} threads, FMA peak {ceiling:.0f} GFLOP/s measured now")
    workers = common.peers(args.threads)
    kept = []
    for name in args.nets.split(","):
        for batch in map(int, args.batch.split(",")):
            rows = measure(name, batch, args, workers, ceiling)
            common.print_rows(f"{name}: inference, batch {batch}", rows)
            kept += rows
    for w in workers:
        w.close()
    common.keep(args.json, kept, args.threads)


if __name__ == "__main__":
    main()
