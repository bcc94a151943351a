"""S0: a question about trouble in understanding convolutional networks: where are the weights of one Torch7 layer?"""

from __future__ import annotations

from simplecell.claims.claim import Claim, Numbers
from simplecell.layers import Conv2d, Input
from simplecell.model import Sequential


def photograph() -> Numbers:
    net = Sequential(Input(3, 512, 512), Conv2d(10, 5))
    count = net.count()
    return {
        "shape": net.output_shape, "filters": 10, "per_filter": count.weights // 10, "weights": count.weights,
        "parameters": count.parameters, "units": count.units,
    }  # fmt: skip


def size() -> Numbers:
    return {"shape": photograph()["shape"]}


def weights() -> Numbers:
    return {name: photograph()[name] for name in ("per_filter", "weights", "parameters")}


def second_layer() -> Numbers:
    count = Sequential(Input(10, 508, 508), Conv2d(10, 5)).count()
    return {"per_filter": count.weights // 10, "weights": count.weights, "parameters": count.parameters}


def one_filter() -> Numbers:
    return {"shape": Sequential(Input(3, 32, 32), Conv2d(1, 5)).output_shape}


def units() -> Numbers:
    found = photograph()
    return {"neurons": found["units"], "filters": found["filters"]}


def same_size() -> Numbers:
    plain, padded = (Sequential(Input(3, 32, 32), Conv2d(12, 5, padding=p)).output_shape for p in (0, 2))
    return {"shape": plain, "padded": padded}


def many_filters() -> Numbers:
    return {"weights": Sequential(Input(256, 5, 5), Conv2d(512, 5)).count().weights}


CLAIMS = (
    Claim("S0-1", {"shape": (10, 508, 508)}, size),
    Claim("S0-2", {"per_filter": 75, "weights": 750}, weights),
    Claim("S0-3", {"per_filter": 250, "weights": 2500}, second_layer),
    Claim("S0-4", {"shape": (3, 28, 28)}, one_filter),
    Claim("S0-5", {"neurons": 10}, units, "misleading"),
    Claim("S0-6", {"shape": (12, 32, 32)}, same_size, "incomplete"),
    Claim("S0-7", {"weights": 3_276_800}, many_filters),
)
