"""What is fast: the table of native algorithms, and the door to the compiled engine."""

from __future__ import annotations

import importlib
from functools import cache

from simplecell.kernels.activations import FUNCTIONS
from simplecell.kernels.ir import Call, Candidate, Op, Tensor
from simplecell.kernels.planar import gate, planar
from simplecell.kernels.table import Algorithm, Workshop
from simplecell.kernels.updates import UPDATES, update_numbers

FAMILIES: dict[str, tuple[str, ...]] = {
    "winograd": ("conv2d",),
    "winners": ("winners",),
    "depthwise": ("conv2d",),
    "expand": ("expand_depthwise",),
    "narrow": ("conv2d",),
    "conv": ("conv2d",),
    "transposed": ("convtranspose2d",),
    "linear": ("linear",),
    "activations": (*FUNCTIONS, "prelu"),
    "norms": ("batchnorm", "affine", "fold", "groupnorm", "layernorm", "localresponsenorm"),
    "wiring": ("concat", "mul", "maximum", "gate", "pad", "upsample", "pixelshuffle"),
    "selections": ("channelshuffle", "take", "pad", "expand"),
    "simple": (
        "maxpool2d", "avgpool2d", "adaptiveavgpool2d", "add", "dropout", "to_nhwc", "to_nchw", "softmax", "logsoftmax",
        "cross_entropy", "mse",
    ),
    "updates": UPDATES,
}  # fmt: skip
"""The modules with algorithms, in the order in which these are considered, and the kinds of ops they compute; a module
is loaded when one of its kinds is first named, so that a network pays for the kinds it has."""


KEPT: dict[str, tuple[tuple[str, ...], bool]] = {
    **{kind: ((kept,), True) for kind, (_, _, kept) in FUNCTIONS.items()},
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


def family(name: str) -> tuple[Algorithm, ...]:
    """The algorithms of one module."""
    return importlib.import_module(f"{__name__}.{name}").ALGORITHMS


@cache
def _computing(kind: str) -> tuple[Algorithm, ...]:
    """Those of a kind of op and of its gradients."""
    found = (a for name, kinds in FAMILIES.items() if kind in kinds for a in family(name))
    return tuple(a for a in found if a.kind.partition(".")[0] == kind)


@cache
def algorithms(kind: str) -> tuple[Algorithm, ...]:
    """Those that compute one kind of op."""
    return tuple(a for a in _computing(kind.partition(".")[0]) if a.kind == kind)


def backward_kinds(kind: str) -> tuple[str, ...]:
    """The kinds of ops that a kind's gradients need of their own: "conv2d.dx", "conv2d.dw", ..."""
    return tuple(dict.fromkeys(a.kind for a in _computing(kind) if a.kind != kind))


__all__ = [
    "FAMILIES",
    "KEPT",
    "Algorithm",
    "Call",
    "Candidate",
    "Op",
    "Tensor",
    "Workshop",
    "algorithms",
    "backward_kinds",
    "family",
    "gate",
    "planar",
    "update_numbers",
]
