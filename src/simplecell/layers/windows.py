"""Tools of the kinds that slide a window over signals, images and volumes: resolving the axes, padding, walking over
the taps."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import numpy as np

from simplecell.errors import ShapeError
from simplecell.geometry import Pads, Sliding, slide
from simplecell.layers.base import Array, Shape, Unit, check_bytes
from simplecell.layers.terms import grid

AXES = {1: ("positions",), 2: ("rows", "columns"), 3: ("slices", "rows", "columns")}
"""What the spatial axes of a signal, an image and a volume are called."""


def sliding_axes(
    shape: Shape,
    kernel_size: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
    padding: str | tuple[Pads, ...],
    ceil: bool = False,
) -> tuple[Sliding, ...]:
    """The spatial axes of `shape` (c, ...) under a user's window, resolved to numbers.

    Raises: ShapeError with the arithmetic where the window does not fit; MemoryLimitError where the padded image is
    too large.
    """
    pads = [padding] * len(kernel_size) if isinstance(padding, str) else padding
    axes = tuple(
        slide(n, k, s, d, p, ceil) for n, k, s, d, p in zip(shape[1:], kernel_size, stride, dilation, pads, strict=True)
    )
    for name, axis in zip(AXES[len(axes)], axes, strict=True):
        if axis.outputs < 1:
            w = axis.window
            raise ShapeError(
                f"the window does not fit: {name} {axis.inputs} + padding {w.before}+{w.after} = "
                f"{axis.inputs + w.before + w.after} < {w.extent} = {w.gap}*({w.size}-1) + 1;  "
                f"{w.arithmetic(axis.inputs, ceil)}"
            )
    check_bytes((shape[0], *(sum(margins(a)) + a.inputs for a in axes)), "padded input")
    return axes


def margins(axis: Sliding) -> Pads:
    """Cells to put before and after an axis so that every tap of every output lies inside."""
    return axis.window.before, max(0, axis.window.taps(axis.outputs - 1)[-1] + 1 - axis.inputs)


def padded(x: Array, axes: Sequence[Sliding], fill: float) -> Array:
    """`x` (n, c, ...) with `fill` around it, so that every tap of every output lies inside.

    Cells that no window reaches stay; output i's tap t is then at index i*step + t*gap.
    """
    return np.pad(x, [(0, 0), (0, 0), *(margins(a) for a in axes)], constant_values=fill)


def through_tap(axes: Sequence[Sliding], taps: tuple[int, ...]) -> tuple[slice, ...]:
    """The cells of a padded array that all outputs see through one tap (one number per axis)."""
    windows = [(a.window, a.outputs, t * a.window.gap) for a, t in zip(axes, taps, strict=True)]
    cells = (slice(first, first + (outputs - 1) * w.step + 1, w.step) for w, outputs, first in windows)
    return (slice(None), slice(None), *cells)


def unpadded(dx: Array, axes: Sequence[Sliding]) -> Array:
    """The inverse of `padded` for gradients: the part that is image."""
    return dx[(slice(None), slice(None), *(slice(a.window.before, a.window.before + a.inputs) for a in axes))]


def taps_of(axes: Sequence[Sliding]) -> Iterator[tuple[int, ...]]:
    """All taps of a window in row-major order."""
    return iter(np.ndindex(*(a.window.size for a in axes)))


def tap_sums(x: Array, axes: Sequence[Sliding]) -> Array:
    """The sum over each window of `x` (n, c, ...), padding counted as 0."""
    image = padded(x, axes, 0.0)
    y = np.zeros((*x.shape[:2], *(a.outputs for a in axes)), x.dtype)
    for tap in taps_of(axes):
        y += image[through_tap(axes, tap)]
    return y


def window_terms(
    x: Array, axes: Sequence[Sliding], unit: Unit, channels: Sequence[int], fill: float
) -> tuple[Array, Array, Array]:
    """What one unit's window covers in `x` (c, ...): (at (t, rank), real (t,), values (t,)), channel by channel, then
    row-major; padding has `fill`."""
    taps = (a.window.taps(i) for a, i in zip(axes, unit[1:], strict=True))
    at = grid(channels, *taps)
    real = np.all((at >= 0) & (at < x.shape), axis=1)
    values = np.full(len(at), fill, dtype=np.float64)
    values[real] = x[tuple(at[real].T)]
    return at, real, values


def inside_taps(axis: Sliding) -> int:
    """Taps over all outputs of an axis that fall on real inputs, not on padding."""
    return axis.window.inside(axis.inputs, axis.outputs)


def blind_output(axis: Sliding) -> int | None:
    """An output none of whose taps falls on a real input, or None; found without walking over all.

    Where the gap is not wider than the axis only the first or the last output can be blind. Where it is, no output
    has two taps inside, so the first blind one is where the first i+1 outputs have fewer than i+1 taps inside.
    """
    window, inputs = axis.window, axis.inputs
    if window.gap <= inputs:
        return next((i for i in (0, axis.outputs - 1) if not window.reads(i, inputs)), None)
    if window.inside(inputs, axis.outputs) == axis.outputs:
        return None
    return bisect_left(range(axis.outputs), True, key=lambda i: window.inside(inputs, i + 1) < i + 1)
