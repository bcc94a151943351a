"""Cells around an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from simplecell.errors import ArgumentError, ShapeError
from simplecell.geometry import Axis, Pointwise
from simplecell.layers import base, selecting
from simplecell.layers.axes import Bordered, Picked
from simplecell.layers.base import Array, Layer, Shape, Site, Terms, Unit

MODES = ("constant", "reflect", "replicate", "circular")


class Pad(selecting.Selecting):
    """Put cells around a signal, an image or a volume: a constant, or a continuation of its own values.

    y[c, i] = x[c, i - before] inside;  outside value, or x mirrored, its edge, or x from its other end

    Args:
        padding: an int, one int per spatial axis, or one (before, after) pair per spatial axis, as Conv2d's.
        mode: "constant" (value), "reflect" (mirrored, the edge cell not repeated: 2 1 | 0 1 2), "replicate" (the edge
            cell repeated) or "circular" (from the other end).
        value: what a constant padding holds.

    Shapes: x (n, c, h, w) -> y (n, c, before + h + after, before + w + after); signals and volumes likewise.
    Rules: a cell that is repeated gets the gradients of all its copies.
    Raises: ArgumentError for negative padding (Crop takes away); ShapeError where reflect would need more cells than
    lie behind the edge, or circular more than there are.
    Source: as PyTorch's ConstantPad, ReflectionPad, ReplicationPad and CircularPad.

    >>> import numpy as np
    >>> pad = Pad(((2, 1),), mode="reflect")
    >>> pad.forward(pad.site((1, 3)), [np.array([[[1., 2., 3.]]])], {}, base.EVALUATION)[0]
    array([[[3., 2., 1., 2., 3., 2.]]])
    """

    kind: ClassVar[str] = "Pad"
    formula: ClassVar[str] = "y[c,i] = x[c, i - before]; outside: value, mirrored, edge or other end"

    padding: selecting.Margins
    mode: str
    value: float

    def __init__(
        self,
        padding: selecting.MarginsGiven,
        *surplus: object,
        mode: str = "constant",
        value: float = 0.0,
        name: str | None = None,
    ) -> None:
        base.refuse_surplus(
            "Pad", surplus, "padding, *, mode='constant', value=0.0, name=None",
            "uneven padding goes in one tuple of pairs: Pad(((top, bottom), (left, right)))",
        )  # fmt: skip
        if mode not in MODES:
            raise ArgumentError(f"mode must be one of {', '.join(map(repr, MODES))}, got {mode!r}")
        if mode != "constant" and value != 0:
            raise ArgumentError(f"value={value!r} is what a constant padding holds; mode is {mode!r}")
        self._set(
            padding=selecting.margins(padding, "padding"),
            mode=mode,
            value=base.checked_number(value, "value"),
            name=base.checked_name(name),
        )

    @property
    def fill(self) -> float:
        return self.value

    def site(self, *shapes: Shape) -> Site:
        shape = base.maps_shape(shapes)
        pads = selecting.margins_of(self.padding, shape, "padding")
        axes: list[Axis] = [Pointwise(shape[0])]
        for n, (before, after) in zip(shape[1:], pads, strict=True):
            most = {"reflect": n - 1, "circular": n}.get(self.mode, before + after)
            if max(before, after) > most:
                raise ShapeError(
                    f"{self.mode} padding of {before}+{after} needs an axis of at least "
                    f"{max(before, after) + (self.mode == 'reflect')} cells, got {n} in {base.shape_text(shape)}"
                )
            constant = self.mode == "constant"
            axes.append(
                Picked(n, before + n + after, -before, 1) if constant else Bordered(n, before, after, self.mode)
            )
        return selecting.selected(self, shapes, axes)

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        if all(axis.reads(i) for axis, i in zip(site.axes, unit, strict=True)):
            return super().terms(site, xs, weights, unit)
        pads = selecting.margins_of(self.padding, site.inputs[0], "padding")
        outside = (unit[0], *(i - before for i, (before, _) in zip(unit[1:], pads, strict=True)))
        return base.moved_term(outside, self.value, real=False)

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        if terms.real[0]:
            return super().sentence(site, unit, terms)
        return "layers.pad.outside", {"unit": unit, "value": terms.value}

    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()


Pad.EXAMPLES = (
    (Pad(1), ((2, 2, 3),)),
    (Pad(((1, 0), (0, 2)), value=-2.0), ((1, 2, 2),)),
    (Pad((2, (1, 0)), mode="reflect"), ((2, 3, 2),)),
    (Pad(((0, 2),), mode="replicate"), ((2, 3),)),
    (Pad((1, 0, (2, 1)), mode="circular"), ((1, 2, 1, 2),)),
)
