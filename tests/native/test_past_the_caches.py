"""What is larger than the caches is written past them: the same bits as from runs that are small enough to stay."""

from __future__ import annotations

import numpy as np
import pytest

from native.cases import ISAS, Array, run
from simplecell import _native

ROWS, COLS = 4200, 1003
"""Two halves stay in the caches, the whole does not. No row but the first begins at a vector's address."""
VALUES, PIXELS = (1 << 22) + 4098, 131100
VALUE: dict[str, int | float] = {"count": VALUES}
ROW: dict[str, int | float] = {"rows": ROWS, "cols": COLS}
LAYER: dict[str, int | float] = {"rows": ROWS, "f": COLS}

CASES: dict[str, tuple[dict[str, int | float], str, str, int, int]] = {
    "gelu_forward": (VALUE, "count", "x", 1, VALUES),
    "gelu_backward": (VALUE, "count", "dy x", 1, VALUES),
    "add": ({**VALUE, "relu": 1}, "count", "a b", 1, VALUES),
    "fill": ({**VALUE, "value": 0.1}, "count", "", 1, VALUES),
    "softmax_forward": (ROW, "rows", "x", COLS, ROWS),
    "log_softmax_forward": (ROW, "rows", "x", COLS, ROWS),
    "layernorm_forward": ({**LAYER, "eps": 1e-5}, "rows", "x", COLS, ROWS),
    "groupnorm_forward": ({"n": 2, "hw": PIXELS, "c": 16, "groups": 4, "eps": 1e-5}, "n", "x", 16 * PIXELS, 2),
    "nchw_to_nhwc": ({"n": 2, "c": 16, "hw": PIXELS}, "n", "x", 16 * PIXELS, 2),
    "nhwc_to_nchw": ({"n": 2, "c": PIXELS, "hw": 16}, "n", "x", 16 * PIXELS, 2),
}
"""By kernel: its numbers, the one that is halved, its inputs, and how many values each of how many have."""


def result(kernel: str, isa: str, numbers: dict[str, int | float], given: dict[str, Array]) -> Array:
    """The first output, at an address where vectors are aligned."""
    rows = next(row for row in _native.kernels() if row["name"] == kernel)["operands"]
    name = next(operand["name"] for operand in rows if operand["role"] == "out")
    out = _native.aligned(_native.sizes(kernel, isa, numbers, 2)[name]).view(np.float32)
    run(kernel, isa, numbers, 2, **given, **{name: out})
    return out


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("kernel", CASES)
def test_a_large_run_has_the_bits_of_two_small_ones(kernel: str, isa: str) -> None:
    numbers, halved, inputs, each, count = CASES[kernel]
    generator = np.random.default_rng(0)
    given = {name: generator.standard_normal(each * count, np.float32) for name in inputs.split()}
    whole = result(kernel, isa, numbers, given)
    halves = [
        result(kernel, isa, {**numbers, halved: count // 2}, {name: x[part] for name, x in given.items()})
        for part in (slice(0, each * count // 2), slice(each * count // 2, None))
    ]
    np.testing.assert_array_equal(whole.view(np.int32), np.concatenate(halves).view(np.int32))


@pytest.mark.parametrize("isa", ISAS)
def test_gradients_of_losses_written_past_the_caches(isa: str) -> None:
    """Twice as many values halve the gradient of each, exactly."""
    generator = np.random.default_rng(1)
    x, targets = generator.standard_normal((ROWS, COLS), np.float32), generator.integers(0, COLS, ROWS)
    found = []
    for kernel, given in (
        ("cross_entropy", {"logits": x, "targets": targets}),
        ("mse", {"pred": x, "target": np.ascontiguousarray(x[::-1])}),
    ):
        for rows in (ROWS, ROWS // 2):
            gradient = _native.aligned(4 * rows * COLS).view(np.float32)
            numbers: dict[str, int | float] = (
                {"n": rows, "c": COLS} if kernel == "cross_entropy" else {"count": rows * COLS}
            )
            cut = {name: a[:rows] for name, a in given.items()}
            out = {"dlogits" if kernel == "cross_entropy" else "dpred": gradient}
            run(kernel, isa, numbers, 2, **cut, **out)
            found.append(gradient)
        np.testing.assert_array_equal(2 * found[-2][: len(found[-1])], found[-1])


@pytest.mark.parametrize("isa", ISAS)
def test_filters_packed_past_the_caches(isa: str) -> None:
    """Panels of filters lie one behind the other at each of 36 places: those of two halves make the whole."""
    w = np.random.default_rng(2).standard_normal((512, 240, 9), np.float32)
    whole, low, high = (
        result("winograd_pack", isa, {"co": len(part), "c": 240, "transposed": 0}, {"w": part}).reshape(36, -1)
        for part in (w, w[:256], w[256:])
    )
    half = 256 * 240
    assert whole.size > 1 << 22 > low.size
    np.testing.assert_array_equal(whole[:, : 2 * half], np.hstack([low[:, :half], high[:, :half]]))
