"""The nine light architectures of ONNX with random weights: largest difference from ONNX Runtime, and time beside it.

python bench/light.py                 # one image, one thread; only some by name
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import onnxruntime

import simplecell as sc

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from interchange.light import NAMES, drawn


def seconds(run: Callable[[], object], times: int = 5) -> float:
    found = []
    for _ in range(times):
        started = time.perf_counter()
        run()
        found.append(time.perf_counter() - started)
    return sorted(found)[times // 2]


def main() -> None:
    x = np.random.default_rng(1).standard_normal((1, 3, 224, 224)).astype(np.float32)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    print(f"{'network':14} {'difference':>11} {'simplecell':>11} {'ORT':>9} {'ratio':>6}")
    with sc.use(threads=1):
        for name in sys.argv[1:] or NAMES:
            data = drawn(name).SerializeToString()
            net = sc.from_onnx(data)
            session = onnxruntime.InferenceSession(data, options)
            entry = session.get_inputs()[0].name
            ours, theirs = np.asarray(net(x)), session.run(None, {entry: x})[0]
            share = np.abs(ours - theirs).max() / np.abs(theirs).max()
            assert share < 2e-5, (name, share)
            mine, other = seconds(partial(net, x)), seconds(partial(session.run, None, {entry: x}))
            print(f"{name:14} {share:11.1e} {mine * 1e3:8.1f} ms {other * 1e3:6.1f} ms {other / mine:6.2f}", flush=True)


if __name__ == "__main__":
    main()
