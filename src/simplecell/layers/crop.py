"""Cutting the rim off an image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from simplecell.errors import ShapeError
from simplecell.geometry import Axis, Pointwise
from simplecell.layers import base, selecting
from simplecell.layers.axes import Picked
from simplecell.layers.base import Layer, Shape, Site


class Crop(selecting.Selecting):
    """Take cells away from the edges of a signal, an image or a volume.

    y[c, i] = x[c, i + before]

    Args:
        margins: an int, one int per spatial axis, or one (before, after) pair per spatial axis, as Conv2d's padding.

    Shapes: x (n, c, h, w) -> y (n, c, h - before - after, w - before - after); signals and volumes likewise.
    Rules: channels stay. What is cut off gets the gradient 0. Pad with the same numbers puts cells back.
    Raises: ShapeError where nothing would be left.
    Source: as PyTorch's ConstantPad with negative padding.

    >>> import numpy as np
    >>> crop = Crop(((1, 0),))
    >>> crop.forward(crop.site((1, 3)), [np.array([[[1., 2., 3.]]])], {}, base.EVALUATION)[0]
    array([[[2., 3.]]])
    """

    kind: ClassVar[str] = "Crop"
    formula: ClassVar[str] = "y[c,i] = x[c, i + before]"

    margins: selecting.Margins

    def __init__(self, margins: selecting.MarginsGiven, *surplus: object, name: str | None = None) -> None:
        base.refuse_surplus(
            "Crop", surplus, "margins, *, name=None",
            "uneven margins go in one tuple of pairs: Crop(((top, bottom), (left, right)))",
        )  # fmt: skip
        self._set(margins=selecting.margins(margins, "margins"), name=base.checked_name(name))

    def site(self, *shapes: Shape) -> Site:
        shape = base.maps_shape(shapes)
        axes: list[Axis] = [Pointwise(shape[0])]
        for n, (before, after) in zip(shape[1:], selecting.margins_of(self.margins, shape, "margins"), strict=True):
            if before + after >= n:
                raise ShapeError(
                    f"margins {before}+{after} leave nothing of an axis of {n} cells in {base.shape_text(shape)}: "
                    f"{n} - {before} - {after} = {n - before - after}"
                )
            axes.append(Picked(n, n - before - after, before, 1))
        return selecting.selected(self, shapes, axes)

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Crop.EXAMPLES = (
    (Crop(1), ((2, 4, 3),)),
    (Crop(((0, 2), (1, 0))), ((1, 4, 3),)),
    (Crop((0,)), ((2, 3),)),
    (Crop((1, 0, (0, 1))), ((1, 3, 2, 2),)),
)
