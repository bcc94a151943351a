"""How long an explanation takes after one watched pass of VGG-16, and what watching costs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import common
import simplecell as sc


def median_ms(call: Callable[[], Any], rounds: int) -> float:
    call()
    times: list[float] = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


def row(name: str, ms: float, limit: float, right: bool = True) -> dict[str, Any]:
    print(f"{name:44} {ms:9.2f} ms   limit {limit:7.1f} ms   {'' if right else 'WRONG'}")
    return {"name": name, "ms": ms, "limit": limit, "right": right}


def units(net: sc.Model, rounds: int) -> list[dict[str, Any]]:
    """The middle unit of every layer, explained; and the fields of the slowest layers."""
    seen = net.watch(np.random.default_rng(0).standard_normal((1, 3, 224, 224)).astype(np.float32))
    rows: list[dict[str, Any]] = []
    for node, layer, _ in net.graph.sites:
        unit = tuple(n // 2 for n in node.shape)
        where = (node.name, unit[1:] or None, unit[0])
        found = seen.explain(*where)
        right = abs(found.difference or 0.0) <= found.bound and abs(found.combined - found.value) <= 1e-12 * max(
            found.magnitude, 1.0
        )
        rows.append(
            row(f"explain {node.name} ({layer.kind})", median_ms(lambda w=where: seen.explain(*w), rounds), 10, right)
        )
        inverse = (0, 112, 112) not in net.sees(*where) or unit in net.seen_by((0, 112, 112), node.name)
        rows.append(row(f"sees {node.name}", median_ms(lambda w=where: net.sees(*w), rounds), 5, inverse))
        rows.append(
            row(f"seen_by {node.name}", median_ms(lambda n=node.name: net.seen_by((0, 112, 112), n), rounds), 5)
        )
    return rows


def gradients(net: sc.Model, rounds: int) -> list[dict[str, Any]]:
    """An entry of the first layer's dW at batch 8."""
    images = np.random.default_rng(1).standard_normal((8, 3, 224, 224)).astype(np.float32)
    seen = net.watch(images, np.arange(8))
    found = seen.explain_gradient(weight=("features.0", (3, 0, 1, 1)))
    right = abs(found.difference or 0.0) <= found.bound
    ms = median_ms(lambda: seen.explain_gradient(weight=("features.0", (3, 0, 1, 1))), rounds)
    return [row("explain_gradient features.0, batch 8", ms, 50, right)]


def watching(net: sc.Model, rounds: int) -> dict[str, Any]:
    """A watched pass against a plain one, in turns."""
    image = np.random.default_rng(2).standard_normal((1, 3, 224, 224)).astype(np.float32)
    plain, watched = [], []
    right = np.array_equal(net.watch(image).value(net.graph.outputs[0]), net(image))
    for _ in range(rounds):
        plain.append(median_ms(lambda: net(image), 1))
        watched.append(median_ms(lambda: net.watch(image), 1))
    ratio = statistics.median(w / p for w, p in zip(watched, plain, strict=True))
    print(f"watched pass {statistics.median(watched):.1f} ms / plain {statistics.median(plain):.1f} ms = {ratio:.2f}"
          f"   limit 1.3   {'' if right else 'other bits than the plain pass'}")  # fmt: skip
    return {"name": "watched / plain", "ratio": ratio, "limit": 1.3, "right": bool(right)}


def main() -> None:
    args = common.arguments(__doc__)
    net = sc.zoo.vgg16().init(seed=0)
    with sc.use(threads=args.threads):
        rows = [watching(net, args.rounds), *units(net, args.rounds), *gradients(net, args.rounds)]
    common.keep(args.json, rows, args.threads)


if __name__ == "__main__":
    main()
