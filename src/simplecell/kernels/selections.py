"""Native choices of channels and places: shuffled channels, picked channels, values spread over an image."""

from __future__ import annotations

import math

from simplecell.geometry import Pointwise
from simplecell.kernels.ir import Call, Op
from simplecell.kernels.simple import moving, site_of
from simplecell.kernels.table import Algorithm, Workshop, always
from simplecell.layers.axes import Picked
from simplecell.layers.base import Site
from simplecell.layers.channelshuffle import ChannelShuffle

MOST_RUNS = 16
"""Channels are copied run by run; a choice of more runs of neighbours is not worth a kernel."""


def _pixels(op: Op, shop: Workshop) -> int:
    return shop.batch * math.prod(site_of(op).output[1:])


def _shuffle(op: Op, shop: Workshop) -> tuple[Call, ...]:
    """Each pixel's channels are a matrix (groups, c/groups), which is turned; the gradient turns it back."""
    layer = site_of(op).layer
    assert isinstance(layer, ChannelShuffle)
    numbers = {"n": _pixels(op, shop), "c": layer.groups, "hw": site_of(op).output[0] // layer.groups}
    if op.kind.endswith(".dx"):
        return (Call("nhwc_to_nchw", numbers, {"x": op.reads["dy"], "y": op.writes["dx"]}),)
    return (Call("nchw_to_nhwc", numbers, {"x": op.reads["x"], "y": op.writes["y"]}),)


def _runs(site: Site) -> list[tuple[int, int, int]]:
    """(first input channel, first output channel, how many) of neighbours that stay neighbours."""
    runs: list[tuple[int, int, int]] = []
    for i in range(site.output[0]):
        (j,) = site.axes[0].reads(i)
        if runs and sum(runs[-1][::2]) == j:
            runs[-1] = (*runs[-1][:2], runs[-1][2] + 1)
        else:
            runs.append((j, i, 1))
    return runs


def _channels_alone(op: Op) -> str | None:
    channels, *spatial = site_of(op).axes
    whole = all(isinstance(axis, Pointwise) or axis == Picked(axis.inputs, axis.inputs, 0, 1) for axis in spatial)
    if not whole or any(len(channels.reads(i)) != 1 for i in range(channels.outputs)):
        return "the kernel picks channels of whole images"
    runs = len(_runs(site_of(op)))
    return None if runs <= MOST_RUNS else f"the channels lie in {runs} runs, more than {MOST_RUNS}"


def _distinct_channels(op: Op) -> str | None:
    channels = site_of(op).axes[0]
    if any(len(channels.read_by(j)) > 1 for j in range(channels.inputs)):
        return "a channel is picked twice, and its gradient is a sum"
    return _channels_alone(op)


def _pick(op: Op, shop: Workshop) -> tuple[Call, ...]:
    site = site_of(op)
    return tuple(
        Call(
            "copy_channels",
            {"pixels": _pixels(op, shop), "c": c, "x_channels": site.inputs[0][0], "x_first": first,
             "y_channels": site.output[0], "y_first": place},
            {"x": op.reads["x"], "y": op.writes["y"]},
        )
        for first, place, c in _runs(site)
    )  # fmt: skip


def _unpick(op: Op, shop: Workshop) -> tuple[Call, ...]:
    """Channels that were not picked get 0."""
    site, dx = site_of(op), op.writes["dx"]
    clear = Call("fill", {"count": shop.batch * math.prod(site.inputs[0]), "value": 0.0}, {"y": dx})
    copies = (
        Call(
            "copy_channels",
            {"pixels": _pixels(op, shop), "c": c, "x_channels": site.output[0], "x_first": place,
             "y_channels": site.inputs[0][0], "y_first": first},
            {"x": op.reads["dy"], "y": dx},
        )
        for first, place, c in _runs(site)
    )  # fmt: skip
    return (clear, *copies)


def _over_an_image(op: Op) -> str | None:
    small, large = site_of(op).inputs[0], site_of(op).output
    if not 2 <= len(large) <= 3 or small[0] != large[0]:
        return "the kernel spreads values over the rows and columns of their channel"
    return None


def _spread(op: Op, shop: Workshop) -> tuple[Call, ...]:
    """An axis of size 1 is scaled up by a step of 0 cells: every output reads cell 0."""
    (c, *small), (_, *large) = site_of(op).inputs[0], site_of(op).output
    (h, w), (oh, ow) = ((1,) * (2 - len(small)) + tuple(sizes) for sizes in (small, large))
    numbers = {
        "n": shop.batch, "h": h, "w": w, "c": c, "oh": oh, "ow": ow, "h_num": int(h == oh), "h_den": 1,
        "w_num": int(w == ow), "w_den": 1, "linear": 0, "aligned": 0,
    }  # fmt: skip
    kernel = "upsample2d_backward" if op.kind.endswith(".dx") else "upsample2d_forward"
    return (Call(kernel, numbers, {**op.reads, **op.writes}),)


ALGORITHMS = (
    Algorithm("direct", "channelshuffle", always, moving, 1.0, _shuffle),
    Algorithm("direct", "channelshuffle.dx", always, moving, 1.0, _shuffle),
    Algorithm("direct", "take", _channels_alone, moving, 1.0, _pick),
    Algorithm("direct", "take.dx", _distinct_channels, moving, 1.0, _unpick),
    Algorithm("channels", "pad", _channels_alone, moving, 1.0, _pick),
    Algorithm("channels", "pad.dx", _distinct_channels, moving, 1.0, _unpick),
    Algorithm("direct", "expand", _over_an_image, moving, 1.0, _spread),
    Algorithm("direct", "expand.dx", _over_an_image, moving, 1.0, _spread),
)
