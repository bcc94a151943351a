"""What is fast: the table of native algorithms, and the door to the compiled engine."""

from __future__ import annotations

from simplecell.kernels import (
    activations,
    conv,
    depthwise,
    expand,
    linear,
    narrow,
    norms,
    selections,
    simple,
    transposed,
    updates,
    winners,
    winograd,
    wiring,
)
from simplecell.kernels.ir import Call, Candidate, Op, Tensor
from simplecell.kernels.planar import planar
from simplecell.kernels.table import Algorithm, Workshop
from simplecell.kernels.updates import update_numbers
from simplecell.kernels.wiring import gate

ALGORITHMS: tuple[Algorithm, ...] = (
    *winograd.ALGORITHMS,
    *winners.ALGORITHMS,
    *depthwise.ALGORITHMS,
    *expand.ALGORITHMS,
    *narrow.ALGORITHMS,
    *conv.ALGORITHMS,
    *transposed.ALGORITHMS,
    *linear.ALGORITHMS,
    *activations.ALGORITHMS,
    *norms.ALGORITHMS,
    *wiring.ALGORITHMS,
    *selections.ALGORITHMS,
    *simple.ALGORITHMS,
    *updates.ALGORITHMS,
)
"""Every algorithm, in the order in which they are considered."""


KEPT: dict[str, tuple[tuple[str, ...], bool]] = {
    **{kind: ((kept,), True) for kind, (_, _, kept) in activations.FUNCTIONS.items()},
    "softmax": (("y",), True),
    "logsoftmax": (("y",), True),
    "localresponsenorm": (("x",), True),
    "dropout": ((), True),
    "maxpool2d": (("index",), False),
    "avgpool2d": ((), False),
    "adaptiveavgpool2d": ((), False),
    "pad": ((), False),
    "upsample": ((), False),
    "pixelshuffle": ((), False),
    "channelshuffle": ((), False),
    "take": ((), False),
    "expand": ((), False),
}
"""Of each kind without weights: what backward reads besides dy, and whether its result may lie over dy."""


def algorithms(kind: str) -> tuple[Algorithm, ...]:
    """Those that compute one kind of op."""
    return tuple(a for a in ALGORITHMS if a.kind == kind)


def backward_kinds(kind: str) -> tuple[str, ...]:
    """The kinds of ops that a kind's gradients need of their own: "conv2d.dx", "conv2d.dw", ..."""
    return tuple(dict.fromkeys(a.kind for a in ALGORITHMS if a.kind.startswith(f"{kind}.")))


__all__ = [
    "ALGORITHMS",
    "KEPT",
    "Algorithm",
    "Call",
    "Candidate",
    "Op",
    "Tensor",
    "Workshop",
    "algorithms",
    "backward_kinds",
    "gate",
    "planar",
    "update_numbers",
]
