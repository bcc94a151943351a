"""One peer: builds networks, checks, times. Orders come as lines of JSON on standard input, answers go to standard
output. Both peers get the same weights and inputs from the same seeds."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

LR, MOMENTUM = 0.01, 0.9


def inputs(net: Any, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Images in 0..1 and class targets, the same for every peer."""
    generator = np.random.default_rng(7)
    images = generator.random((batch, *net.input_shape), dtype=np.float32)
    return images, generator.integers(0, net.output_shape[0], batch)


class Simplecell:
    """Through the public face."""

    def prepare(self, name: str, batch: int, train: bool) -> Callable[[], Any]:
        import simplecell as sc

        net = sc.zoo.NETWORKS[name]().init(0)
        x, y = inputs(net, batch)
        if not train:
            return lambda: net(x)
        step = net.trainer(optimizer=sc.SGD(lr=LR, momentum=MOMENTUM), batch=batch)
        return lambda: step(x, y)


class Torch:
    """PyTorch eager, channels first, as people write it."""

    def __init__(self, threads: int) -> None:
        import torch

        torch.set_num_threads(threads)
        self.torch = torch

    def prepare(self, name: str, batch: int, train: bool, double: bool = False) -> Callable[[], Any]:
        import simplecell as sc
        from torch_nets import module

        torch = self.torch
        net = sc.zoo.NETWORKS[name]().init(0)
        dtype = torch.float64 if double else torch.float32
        peer = module(net).to(dtype)
        x_, y_ = inputs(net, batch)
        x, y = torch.from_numpy(x_).to(dtype), torch.from_numpy(y_)
        if not train:
            peer.eval()

            def infer() -> np.ndarray:
                with torch.inference_mode():
                    return peer(x).numpy()

            return infer
        optimizer = torch.optim.SGD(peer.parameters(), lr=LR, momentum=MOMENTUM)

        def step() -> float:
            optimizer.zero_grad(set_to_none=True)
            loss = torch.nn.functional.cross_entropy(peer(x), y)
            loss.backward()
            optimizer.step()
            return float(loss.detach())

        return step


def timed(call: Callable[[], Any], seconds: float) -> float:
    """Median seconds of a call, over calls that fill about `seconds`, at least three."""
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return float(np.median(times))


def main() -> None:
    name, threads = sys.argv[1], int(sys.argv[2])
    peer: Any = Simplecell() if name == "simplecell" else Torch(threads)
    calls: dict[tuple[str, int, bool], Callable[[], Any]] = {}
    for text in sys.stdin:
        order = json.loads(text)
        key = (order["net"], order["batch"], order["train"])
        if order["do"] == "check":
            extra = {"double": True} if order.get("double") else {}
            call = peer.prepare(*key, **extra)
            answer = {"losses": [call() for _ in range(5)]} if order["train"] else {"scores": call().tolist()}
        else:
            if key not in calls:
                calls[key] = peer.prepare(*key)
                calls[key]()
            answer = {"seconds": timed(calls[key], order["slot"])}
        print(json.dumps(answer), flush=True)


main()
