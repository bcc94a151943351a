"""Which inputs an output reads, along one axis.

Everything spatial in simplecell is one-dimensional and comes from here: output sizes, windows, receptive
fields, padding. A two-dimensional layer has two axes. An axis answers two questions that are inverse to each
other: `reads(i)`, the inputs that output `i` reads, and `read_by(j)`, the outputs that read input `j`.

Indices are zero-based; padding cells are never among the answers of `reads` (they are not inputs), but
`Window.taps` names their positions, which lie below 0 or at and above the number of inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import index
from typing import NamedTuple, Protocol, SupportsIndex, cast

from simplecell.errors import ArgumentError

Pads = tuple[int, int]
Padding = int | str | Sequence[int] | Sequence[Sequence[int]]

MAX_SIZE = 2**31 - 1
"""The largest size of one axis, kernel, stride or padding; products are checked where they are made."""


class Window(NamedTuple):
    """A window that slides along an axis: `size` taps `gap` apart, moved by `step`, over an axis that is padded
    by `before` and `after` cells.

    Output `i` reads the positions `i*step - before + t*gap` for t = 0 .. size-1.

    >>> w = Window(size=3, step=2, gap=1, before=1, after=1)
    >>> w.outputs(5), w.reads(0, 5), w.reads(1, 5), w.read_by(2, 5)
    (3, (0, 1), (1, 2, 3), (1,))
    """

    size: int
    step: int = 1
    gap: int = 1
    before: int = 0
    after: int = 0

    @property
    def extent(self) -> int:
        """Cells from the first tap to the last: `gap*(size-1) + 1`."""
        return self.gap * (self.size - 1) + 1

    def outputs(self, inputs: int, ceil: bool = False) -> int:
        """Number of outputs over `inputs` cells: `floor((inputs + before + after - extent)/step) + 1`.

        With `ceil` the division rounds up, but a last window that would start beyond the input and its left
        padding is dropped, and a window larger than the padded axis may stand once (PyTorch's rules). 0 means that
        the window does not fit.
        """
        room = inputs + self.before + self.after - self.extent
        count = (-(-room // self.step) if ceil else room // self.step) + 1
        if ceil and (count - 1) * self.step >= inputs + self.before:
            count -= 1
        return max(count, 0)

    def arithmetic(self, inputs: int, ceil: bool = False) -> str:
        """The formula of `outputs` with its numbers in it.

        >>> Window(5).arithmetic(12), Window(3, 2, 1, 1, 2).arithmetic(8)
        ('floor((12 + 2*0 - 1*(5-1) - 1)/1) + 1 = 8', 'floor((8 + 1+2 - 1*(3-1) - 1)/2) + 1 = 5')
        """
        pad = f"2*{self.before}" if self.before == self.after else f"{self.before}+{self.after}"
        room = f"({inputs} + {pad} - {self.gap}*({self.size}-1) - 1)"
        plain = (inputs + self.before + self.after - self.extent + ceil * (self.step - 1)) // self.step + 1
        count = self.outputs(inputs, ceil)
        dropped = f" (the last window would start in the padding after: {count})" if 0 < count < plain else ""
        return f"{'ceil' if ceil else 'floor'}({room}/{self.step}) + 1 = {plain}{dropped}"

    def start(self, i: int) -> int:
        """Position of the first tap of output `i`; negative inside the padding before."""
        return i * self.step - self.before

    def taps(self, i: int) -> range:
        """All positions that output `i` covers, those in the padding too."""
        start = self.start(i)
        return range(start, start + self.extent, self.gap)

    def reads(self, i: int, inputs: int) -> tuple[int, ...]:
        """The inputs that output `i` reads, in order; padding left out."""
        start = self.start(i)
        first = max(0, -(start // self.gap))
        last = min(self.size - 1, (inputs - 1 - start) // self.gap)
        return tuple(self.taps(i)[first : last + 1]) if first <= last else ()

    def read_by(self, j: int, outputs: int) -> tuple[int, ...]:
        """The outputs, of `outputs`, that read input `j`, in order."""
        first = -(-(j + self.before - self.extent + 1) // self.step)
        last = (j + self.before) // self.step
        candidates = range(max(first, 0), min(last, outputs - 1) + 1)
        return tuple(i for i in candidates if (j - self.start(i)) % self.gap == 0)

    def inside(self, inputs: int, outputs: int) -> int:
        """How many taps of the first `outputs` outputs fall on inputs, not on padding; counted without walking.

        >>> Window(3, 1, 1, 1, 1).inside(5, 5)
        13
        """
        upto = self._taps_upto(outputs, inputs - 1 + self.before)
        return upto - self._taps_upto(outputs, self.before - 1)

    def _taps_upto(self, outputs: int, last: int) -> int:
        """How many pairs (i, t), i < outputs, t < size, have i*step + t*gap <= last."""
        if last < 0:
            return 0
        full = min(outputs, max(0, (last - self.extent + 1) // self.step + 1))  # all their taps count
        end = min(outputs, last // self.step + 1)  # from here on none does
        some = max(0, end - full)
        rest = last - (end - 1) * self.step
        return full * self.size + some + floor_sum(some, self.gap, self.step, rest)

    def then(self, after: Window) -> Window:
        """The hull of this window followed by `after`, before any clipping: size, jump and padding as textbooks
        give them. What a unit really sees is found by walking back and clipping at each layer.

        >>> Window(3, 1, 1, 1, 1).then(Window(2, 2))
        Window(size=4, step=2, gap=1, before=1, after=1)
        """
        return Window(
            self.extent + (after.extent - 1) * self.step,
            self.step * after.step,
            1,
            self.before + after.before * self.step,
            self.after + after.after * self.step,
        )


class Axis(Protocol):
    """How the outputs along one axis read the inputs along it."""

    @property
    def inputs(self) -> int: ...
    @property
    def outputs(self) -> int: ...
    def reads(self, i: int) -> tuple[int, ...]:
        """The inputs that output `i` reads, ascending."""
        ...

    def read_by(self, j: int) -> tuple[int, ...]:
        """The outputs that read input `j`, ascending."""
        ...


@dataclass(frozen=True, slots=True)
class Sliding:
    """An axis over which a `Window` slides.

    >>> a = Sliding(Window(3, 1, 1, 1, 1), inputs=4, outputs=4)
    >>> a.reads(0), a.reads(3), a.read_by(0)
    ((0, 1), (2, 3), (0, 1))
    """

    window: Window
    inputs: int
    outputs: int

    def reads(self, i: int) -> tuple[int, ...]:
        return self.window.reads(i, self.inputs)

    def read_by(self, j: int) -> tuple[int, ...]:
        return self.window.read_by(j, self.outputs)


@dataclass(frozen=True, slots=True)
class Transposed:
    """An axis over which a `Window` slides the other way round: input `j` is spread over the outputs under its window.

    >>> a = Transposed(Window(3, 2, 1, 1, 1), inputs=3, outputs=5)
    >>> a.read_by(1), a.reads(1), a.reads(2)
    ((1, 2, 3), (0, 1), (1,))
    """

    window: Window
    inputs: int
    outputs: int

    @property
    def back(self) -> Sliding:
        """The same window in its usual direction, from the outputs to the inputs."""
        return Sliding(self.window, self.outputs, self.inputs)

    def reads(self, i: int) -> tuple[int, ...]:
        return self.window.read_by(i, self.inputs)

    def read_by(self, j: int) -> tuple[int, ...]:
        return self.window.reads(j, self.outputs)


@dataclass(frozen=True, slots=True)
class Adaptive:
    """An axis cut into as many regions as there are outputs: output `i` of m reads the inputs `floor(i*n/m)` up to
    `ceil((i+1)*n/m)`, not included. Where m does not divide n the regions differ in size or overlap.

    >>> a = Adaptive(8, 3)
    >>> a.reads(0), a.reads(1), a.reads(2), a.read_by(2)
    ((0, 1, 2), (2, 3, 4, 5), (5, 6, 7), (0, 1))
    """

    inputs: int
    outputs: int

    def reads(self, i: int) -> tuple[int, ...]:
        return tuple(range(i * self.inputs // self.outputs, -(-(i + 1) * self.inputs // self.outputs)))

    def read_by(self, j: int) -> tuple[int, ...]:
        return tuple(range(j * self.outputs // self.inputs, -(-(j + 1) * self.outputs // self.inputs)))


@dataclass(frozen=True, slots=True)
class Pointwise:
    """An axis along which output `i` reads input `i` alone."""

    inputs: int

    @property
    def outputs(self) -> int:
        return self.inputs

    def reads(self, i: int) -> tuple[int, ...]:
        return (i,)

    def read_by(self, j: int) -> tuple[int, ...]:
        return (j,)


@dataclass(frozen=True, slots=True)
class Whole:
    """An axis along which every output reads every input of its group.

    `groups` equal blocks: output `i` belongs to group `i // (outputs/groups)` and reads that block of inputs.

    >>> Whole(4, 6, groups=2).reads(3), Whole(4, 6, groups=2).read_by(1)
    ((2, 3), (0, 1, 2))
    """

    inputs: int
    outputs: int
    groups: int = 1

    def reads(self, i: int) -> tuple[int, ...]:
        block = self.inputs // self.groups
        group = i // (self.outputs // self.groups)
        return tuple(range(group * block, (group + 1) * block))

    def read_by(self, j: int) -> tuple[int, ...]:
        block = self.outputs // self.groups
        group = j // (self.inputs // self.groups)
        return tuple(range(group * block, (group + 1) * block))


def floor_sum(count: int, divisor: int, factor: int, offset: int) -> int:
    """`sum of floor((factor*i + offset) / divisor) for i = 0 .. count-1`, in as many steps as Euclid's algorithm.

    >>> floor_sum(4, 3, 2, 1)  # 0 + 1 + 1 + 2
    4
    """
    total = 0
    while count > 0:
        total += count * (count - 1) // 2 * (factor // divisor) + count * (offset // divisor)
        top = factor % divisor * count + offset % divisor
        count, offset, divisor, factor = top // divisor, top % divisor, factor % divisor, divisor
    return total


def reads_of(axis: Axis, outputs: Sequence[int]) -> tuple[int, ...]:
    """The inputs that any of `outputs` (ascending) reads along `axis`, ascending, each once."""
    if isinstance(axis, Pointwise) or len(outputs) == 1:
        return tuple(outputs) if isinstance(axis, Pointwise) else axis.reads(outputs[0])
    if isinstance(axis, Sliding) and axis.window.gap == 1 and axis.window.step <= axis.window.size and is_run(outputs):
        first, last = axis.window.start(outputs[0]), axis.window.start(outputs[-1]) + axis.window.size
        return tuple(range(max(first, 0), min(last, axis.inputs)))  # windows without a gap between them
    return tuple(sorted({j for i in outputs for j in axis.reads(i)}))


def readers_of(axis: Axis, inputs: Sequence[int]) -> tuple[int, ...]:
    """The outputs that read any of `inputs` (ascending) along `axis`, ascending, each once."""
    if isinstance(axis, Pointwise) or len(inputs) == 1:
        return tuple(inputs) if isinstance(axis, Pointwise) else axis.read_by(inputs[0])
    if isinstance(axis, Sliding) and axis.window.gap == 1 and is_run(inputs):
        w = axis.window
        first = -(-(inputs[0] + w.before - w.size + 1) // w.step)
        return tuple(range(max(first, 0), min((inputs[-1] + w.before) // w.step + 1, axis.outputs)))
    return tuple(sorted({i for j in inputs for i in axis.read_by(j)}))


def is_run(indices: Sequence[int]) -> bool:
    """Whether ascending indices follow each other without a gap.

    >>> is_run((3, 4, 5)), is_run((3, 5)), is_run(())
    (True, False, False)
    """
    return bool(indices) and indices[-1] - indices[0] + 1 == len(indices)


def whole_number(value: object, name: str, least: int) -> int:
    """`value` as an int of at least `least`; anything else is an ArgumentError that names it."""
    try:
        if isinstance(value, bool):
            raise TypeError
        number = index(cast("SupportsIndex", value))
    except TypeError:
        raise ArgumentError(f"{name} must be a whole number, got {value!r}") from None
    if number < least:
        raise ArgumentError(f"{name} must be at least {least}, got {number}")
    if number > MAX_SIZE:
        raise ArgumentError(f"{name} must be at most {MAX_SIZE}, got {number}")
    return number


def entries(value: object) -> tuple[object, ...] | None:
    """The entries of a tuple or list; None for anything else."""
    return tuple(cast("Sequence[object]", value)) if isinstance(value, (tuple, list)) else None


def per_axis(value: object, name: str, rank: int, least: int) -> tuple[int, ...]:
    """An int (the same for every axis) or one int per axis, as a tuple of `rank` ints.

    >>> per_axis(3, "stride", 2, 1), per_axis((1, 2), "stride", 2, 1)
    ((3, 3), (1, 2))
    """
    sizes = entries(value)
    if sizes is None:
        return (whole_number(value, name, least),) * rank
    if len(sizes) != rank:
        raise ArgumentError(
            f"{name} must be one int{f' or {rank} ints' if rank > 1 else ''}, got {len(sizes)}: {sizes!r}"
        )
    return tuple(whole_number(v, name, least) for v in sizes)


def padding_form(value: object, rank: int) -> str | tuple[Pads, ...]:
    """A user's padding as "same" or as one (before, after) pair per axis; "valid" is no padding.

    >>> padding_form(1, 2), padding_form((1, 2), 2), padding_form(((1, 2), (0, 3)), 2), padding_form("same", 2)
    (((1, 1), (1, 1)), ((1, 1), (2, 2)), ((1, 2), (0, 3)), 'same')
    """
    forms = f"{rank} ints, {rank} (before, after) pairs" if rank > 1 else "((before, after),)"
    rule = f"an int, {forms}, 'same' or 'valid'"
    if isinstance(value, str):
        if value not in ("same", "valid"):
            raise ArgumentError(f"padding must be {rule}, got {value!r}")
        return "same" if value == "same" else ((0, 0),) * rank
    given = entries(value)
    if given is None:
        return (pads_of(value, "padding"),) * rank
    if len(given) != rank:
        raise ArgumentError(f"padding must be {rule}, got {len(given)} entries: {given!r}")
    return tuple(pads_of(entry, "padding") for entry in given)


def pads_of(value: object, name: str) -> Pads:
    """An int, the same on both sides, or a (before, after) pair."""
    pair = entries(value)
    if pair is None:
        pair = (value, value)
    if len(pair) != 2:
        raise ArgumentError(f"a pair of {name} is (before, after), got {pair!r}")
    return whole_number(pair[0], name, 0), whole_number(pair[1], name, 0)


def same_pads(inputs: int, size: int, step: int, gap: int) -> Pads:
    """Padding that gives `ceil(inputs/step)` outputs, the odd cell after (TensorFlow's SAME).

    >>> same_pads(64, 4, 1, 1), same_pads(6, 3, 2, 1)
    ((1, 2), (0, 1))
    """
    total = max((-(-inputs // step) - 1) * step + gap * (size - 1) + 1 - inputs, 0)
    return total // 2, total - total // 2


def slide(inputs: int, size: int, step: int, gap: int, pads: Pads | str, ceil: bool = False) -> Sliding:
    """A user's window, resolved to numbers over an axis of `inputs` cells; 0 outputs mean that it does not fit."""
    before, after = same_pads(inputs, size, step, gap) if isinstance(pads, str) else pads
    window = Window(size, step, gap, before, after)
    return Sliding(window, inputs, window.outputs(inputs, ceil))
