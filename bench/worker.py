"""One peer in a process of its own: builds networks, answers checks, times. Orders come as lines of JSON on standard
input, answers go to standard output."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from peers import PEERS, Peer, TrainingStep, Work, gradients_file
from resident import resident


def timed(call: Work, seconds: float) -> float:
    """Median seconds of a call, over calls that fill about `seconds`: at least three, or one that takes a second."""
    times: list[float] = []
    end = time.perf_counter() + seconds
    while (len(times) < 3 and sum(times) < 1) or time.perf_counter() < end:
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return float(np.median(times))


class Worker:
    """Keeps the call of the order that it was asked for last; another order lets it go."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.order: tuple[str, int, bool] | None = None
        self.call: Work = lambda: None

    def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        key = (order["folder"], order["batch"], order["train"])
        if order["do"] == "check":
            call = self.peer.prepare(Path(order["folder"]), order["batch"], order["train"])
            return self.trained(call, order) if isinstance(call, TrainingStep) else {"scores": call().tolist()}
        if key != self.order:
            self.call, self.order = self.peer.prepare(Path(order["folder"]), order["batch"], order["train"]), key
            self.call()
        return {"seconds": timed(self.call, order["slot"]), "resident": resident("VmHWM")}

    def trained(self, step: TrainingStep, order: dict[str, Any]) -> dict[str, Any]:
        """The losses of some steps; the gradients of the first go into a file."""
        losses = [step()]
        np.savez(gradients_file(Path(order["folder"]), self.peer.name), **step.gradients())
        return {"losses": losses + [step() for _ in range(order["steps"] - 1)]}


def main() -> None:
    name, threads = sys.argv[1], int(sys.argv[2])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a peer prints must not stand between the answers
    worker = Worker(PEERS[name](threads))
    for text in sys.stdin:
        try:
            answer = worker.answer(json.loads(text))
        except Exception as error:  # a peer that cannot do a network is left out by name
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


main()
