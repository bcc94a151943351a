"""Layers as the kernels see them: signals are images of one row, and several kinds are one kind of work.

A native kernel works on images (n, h, w, c). A signal (c, l) is an image of one row; a global pool is a pool whose one
window, or region, is all of its channel. `planar` gives the kind of op that computes a layer and the site in that form;
what it does not know stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from simplecell.geometry import Adaptive, Axis, Sliding, Transposed, Whole, Window
from simplecell.layers.base import Shape, Site

KIND_OF = {
    "conv1d": "conv2d",
    "convtranspose1d": "convtranspose2d",
    "maxpool1d": "maxpool2d",
    "avgpool1d": "avgpool2d",
    "adaptiveavgpool1d": "adaptiveavgpool2d",
    "globalavgpool": "adaptiveavgpool2d",
    "globalmaxpool": "maxpool2d",
    "instancenorm": "groupnorm",
    "crop": "pad",
    "slice": "pad",
}
"""Kinds of layers that another kind's kernels compute."""

PLANAR = frozenset(("conv2d", "convtranspose2d", "maxpool2d", "avgpool2d", "adaptiveavgpool2d", "pad", "upsample"))
"""Kinds of ops whose sites must have rows and columns."""


def planar(site: Site) -> tuple[str, Site]:
    """The kind of op that computes a layer, and its site with rows and columns."""
    kind = site.layer.kind.lower()
    op = KIND_OF.get(kind, kind)
    if kind in ("globalavgpool", "globalmaxpool"):
        return op, _whole(site, sliding=kind == "globalmaxpool")
    if op in PLANAR and len(site.output) == 2:
        return op, _of_one_row(site)
    return op, site


def gate(shapes: tuple[Shape, ...]) -> int | None:
    """Which of two inputs is a gate for each channel of the other: (c, 1, 1) beside (c, h, w)."""
    for i, (small, large) in enumerate((shapes, shapes[::-1]) if len(shapes) == 2 else ()):
        if small[0] == large[0] and math.prod(small[1:]) == 1 and math.prod(large[1:]) > 1:
            return i
    return None


def _of_one_row(site: Site) -> Site:
    """A signal's site as that of an image of one row."""
    from fractions import Fraction

    from simplecell.layers.axes import Picked, Resampled

    channels, along = site.axes
    row: Axis = Sliding(Window(1), 1, 1)
    if isinstance(along, Transposed):
        row = Transposed(Window(1), 1, 1)
    elif isinstance(along, Adaptive):
        row = Adaptive(1, 1)
    elif isinstance(along, Picked):
        row = Picked(1, 1, 0, 1)
    elif isinstance(along, Resampled):
        row = replace(along, inputs=1, outputs=1, ratio=Fraction(1))
    inputs = tuple(_row(shape) for shape in site.inputs)
    weights = {key: (*s[:2], 1, *s[2:]) if len(s) == 3 else s for key, s in site.weights.items()}
    return replace(site, inputs=inputs, output=_row(site.output), axes=(channels, row, along), weights=weights)


def _row(shape: Shape) -> Shape:
    return (shape[0], 1, *shape[1:])


def _whole(site: Site, sliding: bool) -> Site:
    """A global pool's site over an image; the slices of a volume lie one below the other."""
    c, *sizes = site.inputs[0]
    h, w = math.prod(sizes[:-1]), sizes[-1]
    axes: Sequence[Axis] = [Sliding(Window(n, n), n, 1) if sliding else Whole(n, 1) for n in (h, w)]
    return replace(site, inputs=((c, h, w),), output=(c, 1, 1), axes=(site.axes[0], *axes))
