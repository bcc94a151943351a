"""Helpers of the native tests: one kernel on arrays, outputs filled with NaN beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simplecell import _native

Array = NDArray[Any]
DTYPES = {"float32": np.float32, "float64": np.float64, "int32": np.int32, "int64": np.int64}
OPERANDS = {row["name"]: row["operands"] for row in _native.kernels()}
ISAS = _native.isas()


def run(
    kernel: str, isa: str, args: Mapping[str, int | float], threads: int = 1, **given: Array | None
) -> dict[str, Array]:
    """Runs a kernel; outputs that are not given are made, filled with NaN, and returned flat."""
    sizes = _native.sizes(kernel, isa, args, threads)
    operands: dict[str, Array | None] = dict(given)
    made = {}
    for operand in OPERANDS[kernel]:
        name, dtype = operand["name"], DTYPES[operand["dtype"]]
        if name in operands or operand["role"] != "out":
            continue
        made[name] = np.frombuffer(bytearray(b"\xff" * sizes[name]), dtype)
        operands[name] = made[name]
    _native.run_kernel(kernel, isa, args, operands, threads)
    return made


def packed(isa: str, weights: Array, groups: int | None = None, transposed: bool = False) -> Array:
    """The weights of a linear layer (o, i), or with `groups` of a convolution (o, i/groups, kh, kw), packed."""
    if groups is None:
        return run("linear_pack", isa, {"o": weights.shape[0], "i": weights.shape[1]}, w=weights)["packed"]
    co, ci, kh, kw = weights.shape
    args = {"co": co, "c": ci * groups, "kh": kh, "kw": kw, "groups": groups, "transposed": int(transposed)}
    return run("conv2d_pack", isa, args, w=weights)["packed"]


def within(got: Array, want: Array, terms: int, magnitude: Array) -> None:
    """|got - want| <= 2 eps sqrt(terms) magnitude, with a floor of one eps of the value."""
    eps = float(np.finfo(np.float32).eps)
    bound = 2 * eps * np.sqrt(terms) * magnitude + eps * np.abs(want) + 1e-37
    worst = np.max(np.abs(got.reshape(want.shape) - want) / bound)
    assert worst <= 1, f"error is {worst:.3g} of what is allowed"
