"""Networks of the zoo beside those that a user might pick instead: results agree first, then everybody is timed.

    python bench/networks.py                                   # inference, one image and 8, the small networks
    python bench/networks.py --mode train --nets digits --batch 64
    python bench/networks.py --nets vgg16,resnet50 --peers simplecell,onnxruntime,openvino,ncnn,torch

Inference is checked against float64 by its outputs, training by the losses of its first five steps. A row whose error
is above 1e-4 says WRONG and is no result.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import common
import files
import peers

LIMIT = 1e-4
STEPS_PER_EPOCH = 1442 / 64
"""Of the digits: 22 steps of 64 images and one of 34."""


def checked(worker: common.Worker, order: dict[str, Any]) -> np.ndarray:
    """Outputs, or the losses of five steps."""
    answer = worker.ask(do="check", **order)
    return np.array(answer["losses" if order["train"] else "scores"])


def error(got: np.ndarray, exact: np.ndarray) -> float:
    """The largest difference over the largest value."""
    return float(np.abs(got - exact).max() / np.abs(exact).max())


def measure(name: str, order: dict[str, Any], facts: dict[str, Any], args: Any, ceiling: float) -> list[dict[str, Any]]:
    """Check, then time, every peer that can; who cannot is named."""
    mode, batch = args.mode, order["batch"]
    reference = common.Worker(peers.REFERENCE, args.threads)
    exact = checked(reference, order)
    reference.close()
    able, errors = [], {}
    for worker in common.workers(args.peers.split(","), args.threads):
        try:
            errors[worker.name] = error(checked(worker, order), exact)
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
        row |= {"error": found, "right": found <= LIMIT, "net": name, "batch": batch, "mode": mode}
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
                order = {"folder": str(place), "batch": batch, "train": train}
                rows = measure(name, order, facts, args, ceiling)
                common.print_rows(f"{name}: {'training step' if train else 'inference'}, batch {batch}", rows)
                if name == "digits" and train:
                    for row in rows:
                        print(f"  a digits epoch with {row['peer']}: {row['ms'] * STEPS_PER_EPOCH:.1f} ms")
                kept += rows
    common.keep(args.json, kept, args.threads)


if __name__ == "__main__":
    main()
