"""A part of a value, by start, stop and step along each axis."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import ClassVar, SupportsIndex

from simplecell.errors import ArgumentError, ShapeError
from simplecell.geometry import MAX_SIZE, entries, whole_number
from simplecell.layers import base, selecting
from simplecell.layers.axes import Picked
from simplecell.layers.base import Layer, Shape, Site

Ends = tuple[int | None, ...]


class Slice(selecting.Selecting):
    """Take every step-th value from start up to stop along each axis, channels included.

    y[i] = x[start + i*step],  i = 0 .. ceil((stop - start)/step) - 1, along each axis

    Args:
        start, stop: one number or None per axis, channels first; negative ones count from the end, None is the axis's
            own end, as in Python's slices.
        step: one number from 1, or None for 1, per axis.

    Shapes: any; x (n, a, b, ...) -> y (n, a', b', ...) with as many axes.
    Rules: what is left out gets the gradient 0. Ends beyond the axis are its ends, as in Python.
    Raises: ArgumentError for no number, or arguments of different lengths; ShapeError where nothing would be left.
    Source: as slices in Python and PyTorch.

    >>> import numpy as np
    >>> part = Slice(start=(0, 1), stop=(1, None), step=(1, 2))
    >>> part.forward(part.site((2, 5)), [np.arange(10.).reshape(1, 2, 5)], {}, base.EVALUATION)[0]
    array([[[1., 3.]]])
    """

    kind: ClassVar[str] = "Slice"
    formula: ClassVar[str] = "y[i] = x[start + i*step] along each axis"

    start: Ends | None
    stop: Ends | None
    step: Ends | None

    def __init__(
        self,
        *surplus: object,
        start: Sequence[int | None] | None = None,
        stop: Sequence[int | None] | None = None,
        step: Sequence[int | None] | None = None,
        name: str | None = None,
    ) -> None:
        base.refuse_surplus(
            "Slice", surplus, "*, start=None, stop=None, step=None, name=None",
            "x[:, 1:-1] is Slice(start=(None, 1), stop=(None, -1)), one entry per axis, channels first",
        )  # fmt: skip
        given = {"start": _ends(start, "start"), "stop": _ends(stop, "stop"), "step": _steps(step)}
        lengths = {name: len(ends) for name, ends in given.items() if ends is not None}
        if not lengths or len(set(lengths.values())) > 1:
            said = ", ".join(f"{name} has {length}" for name, length in lengths.items()) or "nothing is given"
            raise ArgumentError(f"start, stop and step have one entry per axis, channels first; {said}")
        self._set(**given, name=base.checked_name(name))

    def site(self, *shapes: Shape) -> Site:
        shape = base.only_shape(shapes)
        rank = next(len(ends) for ends in (self.start, self.stop, self.step) if ends is not None)
        if rank != len(shape):
            raise ShapeError(f"has {rank} entries per argument, but {base.shape_text(shape)} has {len(shape)} axes")
        none: Ends = (None,) * rank
        axes: list[Picked] = []
        for n, *ends in zip(shape, self.start or none, self.stop or none, self.step or none, strict=True):
            places = range(n)[slice(*ends)]
            if not places:
                raise ShapeError(
                    f"start {ends[0]}, stop {ends[1]}, step {ends[2]} take nothing from an axis of {n} values in "
                    f"{base.shape_text(shape)}"
                )
            axes.append(Picked(n, len(places), places.start, places.step))
        return selecting.selected(self, shapes, axes)

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


def _ends(value: object, name: str) -> Ends | None:
    """Numbers and Nones, one per axis."""
    given = _per_axis(value, name)
    return None if given is None else tuple(None if end is None else _number(end, name) for end in given)


def _steps(value: object) -> Ends | None:
    given = _per_axis(value, "step")
    return None if given is None else tuple(None if step is None else whole_number(step, "step", 1) for step in given)


def _per_axis(value: object, name: str) -> tuple[object, ...] | None:
    given = entries(value)
    if value is not None and given is None:
        raise ArgumentError(f"{name} must be a tuple with one number or None per axis, channels first, got {value!r}")
    return given


def _number(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, SupportsIndex) or abs(index(value)) > MAX_SIZE:
        raise ArgumentError(f"{name} must hold whole numbers of at most {MAX_SIZE}, or None, got {value!r}")
    return index(value)


Slice.EXAMPLES = (
    (Slice(start=(1, None, 0), stop=(None, -1, 9)), ((3, 3, 2),)),
    (Slice(step=(2, 3)), ((3, 7),)),
    (Slice(start=(-2,), stop=(4,)), ((5,),)),
    (Slice(stop=(1, 2, 3, 4), step=(None, None, 2, 3)), ((2, 2, 3, 5),)),
)
