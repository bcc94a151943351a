"""Which units a question means: checks of `layer`, `at`, `channel` and pixels against the shapes they meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from simplecell.errors import ArgumentError, ShapeError, message
from simplecell.geometry import whole_number
from simplecell.graph import Node
from simplecell.layers.base import FORMS, Box, Unit, shape_text

_AXES = {1: ("position",), 2: ("row", "column"), 3: ("slice", "row", "column")}
_LETTERS = {1: "x", 2: "(y, x)", 3: "(z, y, x)"}


def box_of(node: Node, at: object, channel: int | None) -> Box:
    """The units of `node` at the place `at` (row and column of an image, one position of a signal) and of feature
    `channel`; what is left out means all of them.

    Raises: ArgumentError for what is no index at all; ShapeError, with the numbers, for one outside the layer.
    """
    if len(node.shape) == 1:
        if at is not None:
            raise ShapeError(
                message(
                    node.place,
                    f"gives {node.shape[0]} features, which have no rows and columns; at={at!r}.",
                    remedies=[f"leave at out, channel=0..{node.shape[0] - 1}"],
                )
            )
        return (_chosen(node, "channel", channel, 0),)
    return (_chosen(node, "channel", channel, 0), *_position(node, at))


def one_unit(node: Node, at: object, channel: int | None) -> Unit:
    """As `box_of`, but exactly one unit must be meant: a layer with more than one place needs `at`, and every layer
    with more than one channel needs `channel`."""
    box = box_of(node, at, channel)
    sizes = [len(indices) for indices in box]
    needs: list[str] = []
    if max(sizes[1:], default=1) > 1:
        limits = (f"{letter} in 0..{n - 1}" for letter, n in zip("zyx"[-len(sizes) + 1 :], sizes[1:], strict=True))
        needs.append(f"at={_LETTERS[len(sizes) - 1]} with {', '.join(limits)}")
    if sizes[0] > 1:
        needs.append(f"channel in 0..{sizes[0] - 1}")
    if needs:
        text = f"gives {shape_text(node.shape)} units; one is explained at a time."
        raise ArgumentError(message(node.place, text, remedies=[", ".join(needs)]))
    return tuple(indices[0] for indices in box)


def unit_of(node: Node, unit: Sequence[int]) -> Unit:
    """A pixel (c, y, x) or a feature (f,) of `node`, checked.

    Raises: ShapeError with the numbers; it says so where (y, x, c) was meant.
    """
    given = tuple(whole_number(i, "an index", 0) for i in unit)
    form = f"(channel, {', '.join(_AXES[len(node.shape) - 1])})" if len(node.shape) > 1 else "(feature,)"
    fits = len(given) == len(node.shape) and all(i < n for i, n in zip(given, node.shape, strict=True))
    if fits:
        return given
    last_first = len(given) == 3 == len(node.shape) and all(
        i < n for i, n in zip((given[2], *given[:2]), node.shape, strict=True)
    )
    remedies = [f"{(given[2], *given[:2])!r}, if {given!r} was (row, column, channel)"] if last_first else []
    limits = ", ".join(f"0..{n - 1}" for n in node.shape)
    raise ShapeError(message(node.place, f"has units {form} in {limits}, got {given!r}.", remedies=remedies))


def _position(node: Node, at: object) -> Box:
    if at is None:
        return tuple(tuple(range(n)) for n in node.shape[1:])
    rank = len(node.shape) - 1
    given = tuple(cast("Sequence[int]", at)) if isinstance(at, tuple | list) else (cast("int", at),)
    if len(given) != rank:
        names = " and ".join(f"a {name}" for name in _AXES[rank])
        raise ArgumentError(message(node.place, f"at is {_LETTERS[rank]}, {names}, got {at!r}."))
    axes = zip(_AXES[rank], given, strict=True)
    return tuple(_chosen(node, name, index, axis) for axis, (name, index) in enumerate(axes, start=1))


def _chosen(node: Node, what: str, index: int | None, axis: int) -> tuple[int, ...]:
    """The index along one axis, or all."""
    size = node.shape[axis]
    if index is None:
        return tuple(range(size))
    number = whole_number(index, f"{node.place}: {what}", 0)
    if number >= size:
        raise ShapeError(message(node.place, f"{what} {number} is outside 0..{size - 1}; it gives {_said(node)}."))
    return (number,)


def _said(node: Node) -> str:
    """A node's shape and the order of its axes."""
    rank = len(node.shape) - 1
    return shape_text(node.shape) + (f" ({FORMS[rank][1]})" if rank else "")
