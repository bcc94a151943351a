"""The textbook's receptive fields: the hull of all windows from the image to each layer, before clipping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simplecell.geometry import Axis, Pointwise, Sliding, Window
from simplecell.graph import Graph
from simplecell.layers.axes import Picked

Hull = tuple[Window, ...]
"""One window per spatial axis (rows, columns): unit i covers the input's cells `i*step - before` .. `+ size - 1`."""


def hulls(graph: Graph) -> dict[str, Hull | None]:
    """The hull of every node over the network's inputs; None where rows and columns are lost on the way, or where
    branches of different jumps meet.

    >>> from simplecell.graph import sequential
    >>> from simplecell.layers import Conv2d, Input, MaxPool2d
    >>> hulls(sequential([Input(1, 8, 8), Conv2d(1, 3), MaxPool2d(2, name="pool")]))["pool"][0]
    Window(size=4, step=2, gap=1, before=0, after=0)
    """
    found: dict[str, Hull | None] = {}
    for node in graph.nodes:
        if node.site is None:
            found[node.name] = (Window(1),) * (len(node.shape) - 1) or None
            continue
        layer, site = node.site.layer, node.site
        reached = [_behind(layer.axes(site, number), found[source]) for number, source in enumerate(node.sources)]
        hull = reached[0]
        for other in reached[1:]:
            hull = _both(hull, other)
        found[node.name] = hull
    return found


def _behind(axes: Sequence[Axis], hull: Hull | None) -> Hull | None:
    """The hull of a layer from the hull of what it reads."""
    if hull is None or len(axes) != len(hull) + 1:
        return None
    windows = [_through(axis, window) for axis, window in zip(axes[1:], hull, strict=True)]
    return None if None in windows else tuple(w for w in windows if w is not None)


def _through(axis: Axis, window: Window) -> Window | None:
    if isinstance(axis, Pointwise):
        return window
    return window.then(axis.window) if isinstance(axis, Sliding | Picked) else None


def _both(a: Hull | None, b: Hull | None) -> Hull | None:
    """The hull of two hulls that move by the same jump."""
    if a is None or b is None or any(v.step != w.step for v, w in zip(a, b, strict=True)):
        return None
    return tuple(_around(v, w) for v, w in zip(a, b, strict=True))


def _around(v: Window, w: Window) -> Window:
    before = max(v.before, w.before)
    end = max(v.extent - v.before, w.extent - w.before)
    return Window(before + end, v.step, 1, before, max(v.after, w.after))


def first_centre(window: Window) -> float:
    """Where the field of the first unit has its centre, in cells of the input; before 0 it lies in the padding."""
    return (window.extent - 1) / 2 - window.before


def unbroken(graph: Graph, found: Mapping[str, Hull | None]) -> dict[str, bool]:
    """Whether a unit away from the border sees all of its hull: no holes from strides or dilation, and where branches
    meet, one of them sees all that the others do. Then the hull is exact.

    >>> from simplecell.graph import sequential
    >>> from simplecell.layers import Conv2d, Input
    >>> net = sequential([Input(1, 9, 9), Conv2d(1, 1, stride=2, name="a"), Conv2d(1, 3, name="b")])
    >>> unbroken(net, hulls(net))
    {'input': True, 'a': True, 'b': False}
    """
    whole: dict[str, bool] = {}
    for node in graph.nodes:
        hull = found[node.name]
        if node.site is None or hull is None:
            whole[node.name] = hull is not None
            continue
        axes = [node.site.layer.axes(node.site, number) for number in range(len(node.sources))]
        sources = [found[source] for source in node.sources]
        filled = all(whole[source] for source in node.sources) and all(map(_filled, axes, sources))
        reached = [_behind(read, before) for read, before in zip(axes, sources, strict=True)]
        whole[node.name] = filled and any(other == hull for other in reached)
    return whole


def _filled(axes: Sequence[Axis], hull: Hull | None) -> bool:
    """Whether the hulls of the units under one window lie without holes between them."""
    return hull is not None and all(
        axis.window.size == 1 or axis.window.gap * window.step <= window.extent
        for axis, window in zip(axes[1:], hull, strict=True)
        if isinstance(axis, Sliding)
    )
