"""Images as explanations take them: one per input of the network, in float64, checked."""

from __future__ import annotations

import numpy as np

from simplecell.errors import ArgumentError, DataError, message
from simplecell.graph import Graph, Node
from simplecell.layers.base import FORMS, Array, Shape, shape_text


def turned(images: object, layout: str) -> object:
    """Arrays as (c, h, w) or (n, c, h, w): with `layout` "NHWC" those whose channels stand last are turned.

    Raises: ArgumentError for another layout.
    """
    if layout not in ("NCHW", "NHWC"):
        raise ArgumentError(f"layout is 'NCHW' or 'NHWC', got {layout!r}")
    if layout == "NCHW":
        return images
    if isinstance(images, tuple):
        return tuple(turned(part, layout) for part in images)
    array = np.asarray(images)
    return np.moveaxis(array, -1, -3) if array.ndim in (3, 4) else images


def images_of(graph: Graph, image: object) -> tuple[Array, ...]:
    """One array per input of the graph, each in its input's shape.

    Raises: DataError with place, numbers and remedy for a wrong count, type, rank, shape or order of the axes. NaN and
    infinities are let in: an explanation says where the first one arose.
    """
    given = image if isinstance(image, tuple) else (image,)
    if len(given) != len(graph.inputs):
        raise DataError(
            message(
                f"the network has {len(graph.inputs)} input(s)",
                f"got {len(given)}.",
                [", ".join(f"{name} {shape_text(graph[name].shape)}" for name in graph.inputs)],
                ["a tuple with one array per input, in this order"] if len(graph.inputs) > 1 else ["one array"],
            )
        )
    return tuple(_image(graph[name], x) for name, x in zip(graph.inputs, given, strict=True))


def _image(node: Node, image: object) -> Array:
    array = np.asarray(image)
    array = array[0] if array.shape == (1, *node.shape) else array
    if array.dtype.kind not in "fiu":
        raise DataError(message(node.place, f"needs numbers, got an array of {array.dtype}."))
    if array.shape != node.shape:
        form = f" ({FORMS[len(node.shape) - 1][1]})" if len(node.shape) > 1 else ""
        what = f"needs one image {shape_text(node.shape)}{form}, got {shape_text(array.shape) or 'one number'}."
        raise DataError(message(node.place, what, remedies=_remedies(array.shape, node.shape)))
    return array.astype(np.float64)


def _remedies(got: Shape, wanted: Shape) -> list[str]:
    """What was probably meant by a wrong shape."""
    if len(got) == len(wanted) + 1 and got[1:] == wanted:
        return ["one image of the batch: images[0]", "net.watch(images).explain(..., image=0)"]
    if len(wanted) == 3 and got == (*wanted[1:], wanted[0]):
        return ["this is H x W x C: image.transpose(2, 0, 1)"]
    if len(wanted) == 3 and wanted[0] == 1 and got == wanted[1:]:
        return ["the depth is missing: image[None]"]
    return []
