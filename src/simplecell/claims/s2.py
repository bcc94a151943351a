"""S2: lecture notes on the ideas behind convolution and the arguments of a layer."""

from __future__ import annotations

import math

from simplecell.claims.claim import Claim, Numbers
from simplecell.errors import ArgumentError
from simplecell.geometry import same_pads
from simplecell.layers import Conv2d, Flatten, Input, Linear
from simplecell.model import Sequential

SIZES = (3, 4, 5, 6, 7)


def words() -> Numbers:
    one = Sequential(Input(3, 32, 32), Conv2d(1, 5))
    two = Sequential(Input(3, 32, 32), Conv2d(4, 3), Conv2d(4, 3, name="second"))
    reach = two.sees("second", (10, 10), 0).view().reach
    return {
        "units": one.count().units, "field": reach[0].size if reach else 0, "maps": one.graph.sites[0][2].output[0],
    }  # fmt: skip


def dense_neuron() -> Numbers:
    count = Sequential(Input(1, 28, 28), Flatten(), Linear(1)).count()
    return {"weights": count.weights, "parameters": count.parameters}


def local_neuron() -> Numbers:
    count = Sequential(Input(3, 32, 32), Conv2d(1, 5)).count()
    return {"weights": count.weights, "parameters": count.parameters}


def kept_sizes() -> Numbers:
    kept = [
        f for f in SIZES
        if Sequential(Input(1, 32, 32), Conv2d(1, f, padding=(f - 1) // 2)).output_shape == (1, 32, 32)
    ]  # fmt: skip
    before, after = same_pads(32, 4, 1, 1)
    return {"kept": tuple(kept), "before": before, "after": after}


def groups() -> Numbers:
    net = Sequential(Input(6, 8, 8), Conv2d(4, 3, groups=2, name="conv"))
    try:
        Conv2d(5, 3, groups=2)
    except ArgumentError:
        refused = True
    else:
        refused = False
    return {"uneven_refused": refused, "depth": net.graph.weights["conv.weight"][1], "inputs": 6, "groups": 2}


CLAIMS = (
    Claim("S2-0", {"units": 1, "field": 3, "maps": 3}, words, "misleading"),
    Claim("S2-1", {"weights": 28 * 28}, dense_neuron),
    Claim("S2-2", {"weights": math.prod((5, 5, 3))}, local_neuron),
    Claim("S2-3", {"kept": SIZES}, kept_sizes, "incomplete"),
    Claim("S2-4", {"uneven_refused": True}, groups),
)
