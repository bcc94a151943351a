"""Networks read from ONNX files beside the zoo's own, and what reading a large file takes in memory.

    python bench/imported.py                # VGG-16 and ResNet-50; other networks by name

First the check: the same network must give the same bits. Then both take turns, one image at a time; the ratio is the
median of the rounds' own, with its quartiles. Memory is the peak of a process of its own that reads the file, above its
start and above the weights themselves, over the size of the file.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import time
from pathlib import Path

import numpy as np

import simplecell as sc
from resident import forget_peak, resident


def above_the_weights(path: Path) -> int:
    """Bytes at the peak of reading a file, besides the start and the weights."""
    import onnx.defs
    import onnx.helper  # noqa: F401 - what is imported anyhow belongs to the start

    sc.zoo.digits().init(0).to_onnx(small := path.with_name("small.onnx"))
    sc.from_onnx(small)
    forget_peak()
    start = resident("VmRSS")
    net = sc.from_onnx(path)
    return resident("VmHWM") - start - sum(w.nbytes for w in net.weights.values())


def seconds(net: sc.Model, x: np.ndarray) -> float:
    started = time.perf_counter()
    net(x)
    return time.perf_counter() - started


def measured(name: str, rounds: int, threads: int) -> str:
    """One row: the ratio of times, and the memory over the file's size."""
    own = sc.zoo.NETWORKS[name]().init(0)
    x = np.random.default_rng(0).standard_normal((1, *own.input_shape), dtype=np.float32)
    with tempfile.TemporaryDirectory() as folder, sc.use(threads=threads):
        path = Path(folder, "net.onnx")
        own.to_onnx(path)
        with multiprocessing.get_context("spawn").Pool(1) as apart:
            extra, size = apart.apply(above_the_weights, (path,)), path.stat().st_size
        read = sc.from_onnx(path)
        np.testing.assert_array_equal(own(x), read(x))
        ratios = []
        for turn in range(rounds):
            first, second = (own, read) if turn % 2 else (read, own)
            times = {first: seconds(first, x), second: seconds(second, x)}
            ratios.append(times[read] / times[own])
    low, middle, high = np.percentile(ratios, [25, 50, 75])
    return f"{name:10} {middle:6.3f} {low:8.3f}..{high:<6.3f} {size / 1e6:9.0f} {extra / size:11.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="*", default=["vgg16", "resnet50"])
    parser.add_argument("--threads", type=int, default=min(2, len(os.sched_getaffinity(0))))
    parser.add_argument("--rounds", type=int, default=25)
    args = parser.parse_args()
    print(f"{'network':10} {'ratio':>6} {'quartiles':>16} {'file, MB':>9} {'memory/file':>11}")
    for name in args.networks:
        print(measured(name, args.rounds, args.threads), flush=True)


if __name__ == "__main__":
    main()
