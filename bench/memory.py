"""Predicted bytes beside what the process really takes, and PyTorch eager's peak for the same training step.

Each case runs in a process of its own. First the check: the arrays that the plan holds must have exactly the bytes that
`net.memory(...)` says. Measured is the process's peak resident memory above its start: the start is after the imports,
the peak is counted from when the weights are there (drawing them takes more for a moment) and the C library has given
back what drawing them left free.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from resident import forget_peak, resident

CASES = [
    ("vgg16", 1, False), ("vgg16", 8, False), ("vgg16", 8, True), ("resnet50", 8, True), ("vgg16", 16, True),
]  # fmt: skip
"""Network, batch, whether it is a training step."""
BESIDE_TORCH = [("vgg16", 16)]
"""Training steps whose peak PyTorch's is measured for too."""


def ours(name: str, batch: int, training: bool) -> dict[str, Any]:
    import numpy as np

    import simplecell as sc
    from simplecell.kernels.native import engine

    engine()
    predicted = sc.zoo.NETWORKS[name]().memory(batch, training=training)
    start = resident("VmRSS")
    net = sc.zoo.NETWORKS[name]().init(0)
    x = np.random.default_rng(0).random((batch, *net.input_shape), dtype=np.float32)
    forget_peak()
    if training:
        trainer = net.trainer(optimizer=sc.SGD(lr=0.01, momentum=0.9), batch=batch)
        executable = trainer.stepper.executable(batch)
        for _ in range(2):
            trainer(x, np.arange(batch) % 1000)
    else:
        executable = net._engine.executable(batch)
        for _ in range(3):
            net(x)
    tensors = executable.plan.tensors
    held = [a.nbytes for key, a in executable._held.items() if tensors[key].home not in ("input", "target")]
    return {
        "predicted": predicted.total, "engine": predicted.engine, "allocated": sum(held) + executable._memory.nbytes,
        "measured": resident("VmHWM") - start,
    }  # fmt: skip


def theirs(name: str, batch: int) -> dict[str, Any]:
    """The same training step in PyTorch eager."""
    import torch

    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    from zoo.torch_networks import NETWORKS

    start = resident("VmRSS")
    peer = NETWORKS[name]().train()
    optimizer = torch.optim.SGD(peer.parameters(), lr=0.01, momentum=0.9)
    x, y = torch.rand(batch, 3, 224, 224), torch.arange(batch)
    forget_peak()
    for _ in range(2):
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(peer(x), y).backward()
        optimizer.step()
    return {"measured": resident("VmHWM") - start}


def in_a_process(*arguments: object) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, __file__, "--worker", json.dumps(arguments)], check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--json", help="keep the result here")
    parser.add_argument("--cases", type=int, default=len(CASES), help="only so many of the cases, the first")
    args = parser.parse_args()
    if args.worker:
        kind, *order = json.loads(args.worker)
        print(json.dumps(ours(*order) if kind == "ours" else theirs(*order)))
        return
    rows = []
    print(f"{'case':28} {'predicted':>15} {'measured':>15} {'differs':>8}  allocated as predicted")
    for name, batch, training in CASES[: args.cases]:
        row = in_a_process("ours", name, batch, training)
        row |= {"net": name, "batch": batch, "training": training, "right": row["engine"] == row["allocated"]}
        case = f"{name} {'training' if training else 'inference'}, batch {batch}"
        share = row["measured"] / row["predicted"] - 1
        print(f"{case:28} {row['predicted']:15,} {row['measured']:15,} {share:8.2%}  {row['right'] or 'WRONG'}")
        if training and (name, batch) in BESIDE_TORCH:
            row["torch"] = in_a_process("theirs", name, batch)["measured"]
            print(f"{'  PyTorch eager':28} {'':15} {row['torch']:15,} {row['torch'] / row['measured']:7.2f}x")
        rows.append(row)
    if args.json:
        Path(args.json).write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
