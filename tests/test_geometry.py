"""Axes against brute force: windows laid out cell by cell."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from simplecell.errors import ArgumentError
from simplecell.geometry import (
    Adaptive,
    Axis,
    Pointwise,
    Sliding,
    Transposed,
    Whole,
    Window,
    floor_sum,
    padding_form,
    per_axis,
    readers_of,
    reads_of,
    same_pads,
    slide,
    whole_number,
)

TRIES = 400


def windows(seed: int) -> list[tuple[Window, int, bool]]:
    """Random windows with a number of inputs over which they fit, and whether sizes round up."""
    rng = np.random.default_rng(seed)
    found: list[tuple[Window, int, bool]] = []
    while len(found) < TRIES:
        size, step, gap, inputs = (int(rng.integers(1, most + 1)) for most in (7, 4, 3, 20))
        window = Window(size, step, gap, *rng.integers(0, size + 2, 2).tolist())
        ceil = bool(rng.random() < 0.3)
        if window.outputs(inputs, ceil) > 0:
            found.append((window, inputs, ceil))
    return found


def strip(window: Window, inputs: int) -> list[int | None]:
    """The padded axis, cell by cell: the input's index, None where padding is."""
    return [None] * window.before + list(range(inputs)) + [None] * window.after


@pytest.mark.parametrize("seed", range(3))
def test_outputs_and_reads_are_what_sliding_over_cells_gives(seed: int) -> None:
    for window, inputs, _ in windows(seed):
        row = strip(window, inputs)
        starts = range(0, len(row) - (window.gap * (window.size - 1) + 1) + 1, window.step)
        assert window.outputs(inputs) == max(len(starts), 0)
        for i, start in enumerate(starts):
            seen = [row[start + t * window.gap] for t in range(window.size)]
            assert window.reads(i, inputs) == tuple(cell for cell in seen if cell is not None)
            assert [p + window.before for p in window.taps(i)] == [start + t * window.gap for t in range(window.size)]


def test_taps_inside_are_counted_as_listed() -> None:
    for window, inputs, ceil in windows(5):
        outputs = window.outputs(inputs, ceil)
        for count in range(outputs + 1):
            assert window.inside(inputs, count) == sum(len(window.reads(i, inputs)) for i in range(count))


def test_huge_windows_are_counted_at_once() -> None:
    """On paper: 2**30 outputs whose window of 2**30 covers a single input cell each."""
    window = Window(2**30, 1, 1, 2**30 - 1, 2**30 - 1)
    assert window.outputs(1) == window.inside(1, 2**30) == 2**30


def axes() -> list[Axis]:
    sliding: list[Axis] = [Sliding(w, n, w.outputs(n, ceil)) for w, n, ceil in windows(7)]
    turned: list[Axis] = [Transposed(a.window, a.outputs, a.inputs) for a in sliding if isinstance(a, Sliding)]
    regions: list[Axis] = [Adaptive(n, m) for n in range(1, 13) for m in range(1, 16)]
    return [*sliding, *turned, *regions, Pointwise(5), Whole(6, 4), Whole(6, 4, 2), Whole(6, 3, 3), Whole(1, 1)]


def test_read_by_is_the_inverse_of_reads() -> None:
    for axis in axes():
        for j in range(axis.inputs):
            assert axis.read_by(j) == tuple(i for i in range(axis.outputs) if j in axis.reads(i))
        everything = range(axis.outputs)
        assert reads_of(axis, everything) == tuple(sorted({j for i in everything for j in axis.reads(i)}))
        assert readers_of(axis, range(axis.inputs)) == tuple(i for i in everything if axis.reads(i))


def test_a_transposed_axis_is_the_sliding_one_turned_round() -> None:
    for window, inputs, ceil in windows(13):
        outputs = window.outputs(inputs, ceil)
        axis = Transposed(window, outputs, inputs)
        assert axis.back == Sliding(window, inputs, outputs)
        for i in range(inputs):
            covering = [j for j in range(outputs) if i in [j * window.step - window.before + t * window.gap
                                                            for t in range(window.size)]]  # fmt: skip
            assert axis.reads(i) == tuple(covering)


def test_regions_by_hand() -> None:
    """n -> m: region i goes from floor(i*n/m) to ceil((i+1)*n/m). On paper for 7 -> 3: 7/3 = 2.33, 14/3 = 4.67."""
    seven, eight = Adaptive(7, 3), Adaptive(8, 3)
    assert [seven.reads(i) for i in range(3)] == [(0, 1, 2), (2, 3, 4), (4, 5, 6)]
    assert [eight.reads(i) for i in range(3)] == [(0, 1, 2), (2, 3, 4, 5), (5, 6, 7)]
    assert [seven.read_by(j) for j in range(7)] == [(0,), (0,), (0, 1), (1,), (1, 2), (2,), (2,)]
    assert [eight.read_by(j) for j in range(8)] == [(0,), (0,), (0, 1), (1,), (1,), (1, 2), (2,), (2,)]
    assert [Adaptive(2, 5).reads(i) for i in range(5)] == [(0,), (0,), (0, 1), (1,), (1,)]


def test_regions_are_those_of_pytorch() -> None:
    """Each unit vector, averaged by PyTorch, is not 0 where the axis says that it is read."""
    for n in range(1, 14):
        for m in range(1, 12):
            pooled = F.adaptive_avg_pool1d(torch.eye(n, dtype=torch.float64)[None], m)[0]
            for i in range(m):
                assert Adaptive(n, m).reads(i) == tuple(torch.nonzero(pooled[:, i]).flatten().tolist())


def test_then_is_the_hull_of_the_chain() -> None:
    """Two windows without clipping, on an axis long enough: the first and last cell reached, the jump, the start."""
    for (a, _, _), (b, _, _) in zip(windows(11), windows(12), strict=True):
        chain = a.then(b)
        for i in (0, 1, 5):
            reached = [p for middle in b.taps(i) for p in a.taps(middle)]
            assert (min(reached), max(reached)) == (chain.start(i), chain.start(i) + chain.size - 1)
        assert chain.step == a.step * b.step


def test_then_of_vgg16_gives_the_field_of_its_last_pool() -> None:
    """On paper: after pool5 of VGG-16 a unit's field is 212 pixels wide and neighbours are 32 apart."""
    conv, pool = Window(3, 1, 1, 1, 1), Window(2, 2)
    chain = Window(1)
    for convolutions in (2, 2, 3, 3, 3):
        for window in [*[conv] * convolutions, pool]:
            chain = chain.then(window)
    assert (chain.size, chain.step) == (212, 32)


def test_same_is_tensorflows_formula() -> None:
    """tf.nn SAME: out = ceil(n/s), pad = max((out-1)*s + (k-1)*d + 1 - n, 0), the odd cell after."""
    for n in range(1, 25):
        for k in range(1, 8):
            for s in range(1, 5):
                for d in range(1, 4):
                    axis = slide(n, k, s, d, "same")
                    assert axis.outputs == math.ceil(n / s)
                    total = max((axis.outputs - 1) * s + (k - 1) * d + 1 - n, 0)
                    assert (axis.window.before, axis.window.after) == (total // 2, (total + 1) // 2)


def test_same_of_the_sources() -> None:
    assert same_pads(64, 4, 1, 1) == (1, 2)  # S2-3, S3-2: an even kernel needs unequal padding
    last = slide(64, 4, 1, 1, "same")
    assert last.outputs == 64
    assert last.reads(62) == (61, 62, 63)  # S3-3: the 63rd neuron; counted from 1 these are pixels 62, 63, 64
    assert last.reads(63) == (62, 63)  # the 64th sees pixels 63 and 64 and two zeros
    assert slide(64, 4, 1, 1, (0, 0)).outputs == 61  # S3-1
    assert slide(64, 4, 1, 1, (1, 1)).outputs == 63  # S3-4: pad 1 is not SAME for a kernel of 4


@pytest.mark.parametrize(
    ("inputs", "window", "outputs"),
    [
        (512, Window(5), 508),  # S0-1
        (32, Window(5), 28),  # S0-4
        (7, Window(3, 2), 3),  # S1-2 with its ring of zeros drawn in
        (5, Window(3, 2, 1, 1, 1), 3),  # S1-2
        (227, Window(11, 4), 55),  # S4-1
        (224, Window(11, 4), 54),  # S4-2: 54.25, a strip is dropped
        (224, Window(11, 4, 1, 2, 2), 55),
        (11, Window(5, 2), 4),  # S4-3
        (500, Window(10), 491),  # S3-7
        (4, Window(5), 0),
        (1, Window(9), 0),
    ],
)
def test_outputs_of_the_sources(inputs: int, window: Window, outputs: int) -> None:
    assert window.outputs(inputs) == outputs


def test_the_ceil_rule_is_pytorchs() -> None:
    checked = 0
    for n in range(1, 15):
        for k in range(1, 6):
            for s in range(1, 5):
                for p in range(k // 2 + 1):
                    for d in (1, 2):
                        ours = Window(k, s, d, p, p).outputs(n, ceil=True)
                        try:
                            theirs = F.max_pool2d(torch.zeros(1, 1, n, n), k, s, p, d, ceil_mode=True).shape[-1]
                        except RuntimeError:
                            theirs = 0
                        assert ours == theirs, (n, k, s, p, d)
                        checked += 1
    assert checked > 1000


def test_the_arithmetic_is_true() -> None:
    """The formula that messages print, evaluated."""
    for window, inputs, ceil in windows(3):
        formula = window.arithmetic(inputs, ceil)
        left, _, right = formula.partition(" (the last")[0].rpartition(" = ")
        value: Any = eval(left, {"floor": math.floor, "ceil": math.ceil})
        assert value == int(right)
        expected = int(formula.rpartition(": ")[2][:-1]) if "the last window" in formula else value
        assert expected == window.outputs(inputs, ceil)


def test_floor_sum_is_the_sum() -> None:
    rng = np.random.default_rng(9)
    for _ in range(TRIES):
        count, divisor, factor, offset = (int(rng.integers(least, 60)) for least in (0, 1, 0, 0))
        assert floor_sum(count, divisor, factor, offset) == sum((factor * i + offset) // divisor for i in range(count))


def test_whole_numbers() -> None:
    assert whole_number(np.int64(3), "n", 1) == 3
    assert type(whole_number(np.int64(3), "n", 1)) is int
    for wrong in (3.0, "3", None, True, np.array([1, 2]), [3]):
        with pytest.raises(ArgumentError, match="n must be a whole number"):
            whole_number(wrong, "n", 1)
    assert per_axis([1, 2], "stride", 2, 1) == (1, 2)


def test_padding_forms() -> None:
    assert padding_form("valid", 1) == ((0, 0),)
    assert padding_form([[1, 2], [0, 3]], 2) == ((1, 2), (0, 3))
    for wrong in ("SAME", (1,), 1.5, ((1, 2), (3,)), (True, 1), None):
        with pytest.raises(ArgumentError, match="padding"):
            padding_form(wrong, 2)


def test_runs_of_indices_read_what_their_members_read() -> None:
    rng = np.random.default_rng(12)
    for window, inputs, ceil in windows(13)[:200]:
        axis = Sliding(window, inputs, window.outputs(inputs, ceil))
        for count, many, one in ((axis.outputs, reads_of, axis.reads), (inputs, readers_of, axis.read_by)):
            first, last = sorted(map(int, rng.integers(0, count, 2)))
            run = tuple(range(first, last + 1))
            assert many(axis, run) == tuple(sorted({cell for i in run for cell in one(i)}))
