"""Networks of the zoo beside those that a user might pick instead: results agree first, then everybody is timed.

    python bench/networks.py                                   # inference, one image and 8, the small networks
    python bench/networks.py --mode train --nets digits --batch 64
    python bench/networks.py --nets vgg16,resnet50 --peers simplecell,onnxruntime,openvino,ncnn,torch

All are checked against PyTorch in float64: inference by its outputs; training by the first step's loss and the gradient
of every weight, and small networks by the losses of five steps too (large ones wander in any float32). A row whose
error is above 1e-4 says WRONG and is no result. Gradients may be four times as far off as the farthest of PyTorch's own
in float32, where that is more: a sum near zero may fall on either side of a rectifier, which changes those of all
layers before it. Errors are relative: largest difference over largest value, for a gradient lengths.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

import common
import files
import peers

LIMIT, OF_YARDSTICKS = 1e-4, 4
SMALL_MACS, SMALL_STEPS = 1e7, 5
"""Networks with no more products are trained for some steps by the check."""
STEPS_PER_EPOCH = 1442 / 64
"""Of the digits: 22 steps of 64 images and one of 34."""


def error(got: np.ndarray, exact: np.ndarray) -> float:
    """The largest difference over the largest value."""
    return float(np.abs(got - exact).max() / np.abs(exact).max())


def distance(got: np.ndarray, exact: np.ndarray) -> float:
    """The length of the difference over the length."""
    return float(np.linalg.norm((got - exact).ravel()) / np.linalg.norm(exact.ravel()))


class Check:
    """What float64 makes of an order, and how far off the gradients may be."""

    def __init__(self, order: dict[str, Any], threads: int) -> None:
        self.order, self.folder, self.limit = order, Path(order["folder"]), LIMIT
        with closing(common.Worker(peers.REFERENCE, threads)) as worker:
            self.exact = self._told(worker)
        for name in peers.YARDSTICKS if order["train"] else ():
            with closing(common.Worker(name, threads)) as worker:
                self.limit = max(self.limit, OF_YARDSTICKS * self.errors(worker)["gradients"])

    def errors(self, worker: common.Worker) -> dict[str, float]:
        """How far off a peer is: its outputs, or its losses and the farthest of its gradients."""
        got = self._told(worker)
        if not self.order["train"]:
            return {"scores": error(got, self.exact)}
        with (
            np.load(peers.gradients_file(self.folder, worker.name)) as mine,
            np.load(peers.gradients_file(self.folder, peers.REFERENCE)) as exact,
        ):
            return {
                "losses": error(got, self.exact),
                "gradients": max(distance(mine[name], exact[name]) for name in exact),
            }

    def holds(self, errors: dict[str, float]) -> bool:
        return all(off <= (self.limit if what == "gradients" else LIMIT) for what, off in errors.items())

    def _told(self, worker: common.Worker) -> np.ndarray:
        answer = worker.ask(do="check", **self.order)
        return np.array(answer["losses" if self.order["train"] else "scores"])


def measure(name: str, order: dict[str, Any], facts: dict[str, Any], args: Any, ceiling: float) -> list[dict[str, Any]]:
    """Check, then time, every peer that can; who cannot is named."""
    mode, batch = args.mode, order["batch"]
    check = Check(order, args.threads)
    able, errors = [], {}
    for worker in common.workers(args.peers.split(","), args.threads):
        try:
            errors[worker.name] = check.errors(worker)
            able.append(worker)
        except common.CannotError as reason:
            print(f"left out: {reason}")
            worker.close()
    answers = common.take_turns(able, args.rounds, slot=args.slot, **order)
    for worker in able:
        worker.close()
    flops = (3 if order["train"] else 1) * 2 * facts["macs"] * batch
    made = common.rows(answers, flops, ceiling)
    for row in made:
        found = errors[row["peer"]]
        right = check.holds(found)
        row |= {"error": max(found.values()), "right": right, "net": name, "batch": batch, "mode": mode}
    return made


def main() -> None:
    trainers = [name for name, peer in peers.PEERS.items() if peer.trains and name != peers.REFERENCE]
    everybody = [name for name in peers.PEERS if name != peers.REFERENCE]
    args = common.arguments(
        __doc__, mode={"choices": ["infer", "train"], "default": "infer"}, nets={"default": "digits,lenet5,signs"},
        batch={"default": ""}, peers={"default": ""}, slot={"type": float, "default": 0.3},
    )  # fmt: skip
    train = args.mode == "train"
    args.peers = args.peers or ",".join(trainers if train else everybody)
    ceiling = common.peak(args.threads)
    print(f"{args.threads} threads, FMA peak {ceiling:.0f} GFLOP/s measured now")
    kept = []
    with tempfile.TemporaryDirectory() as folder:
        for name in args.nets.split(","):
            place = Path(folder, name)
            facts = files.write(name, place)
            for batch in map(int, (args.batch or ("64" if train else "1,8")).split(",")):
                steps = SMALL_STEPS if facts["macs"] <= SMALL_MACS else 1
                order = {"folder": str(place), "batch": batch, "train": train, "steps": steps}
                rows = measure(name, order, facts, args, ceiling)
                common.print_rows(f"{name}: {'training step' if train else 'inference'}, batch {batch}", rows)
                if name == "digits" and train:
                    for row in rows:
                        print(f"  a digits epoch with {row['peer']}: {row['ms'] * STEPS_PER_EPOCH:.1f} ms")
                kept += rows
    common.keep(args.json, kept, args.threads)


if __name__ == "__main__":
    main()
