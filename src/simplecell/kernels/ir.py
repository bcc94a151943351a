"""What kernels work on: tensors, operations, native calls. All immutable; each prints.

A `Tensor` is a piece of memory with a meaning. An `Op` is a piece of work between tensors, at first without saying how
it is done; the pass `choose` gives it an algorithm and the calls that do it; the pass `memory` gives tensors their
places.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, NamedTuple

from simplecell.layers.base import Shape, Site

Home = Literal["arena", "input", "target", "weight", "state", "scalar", "packed"]
Layout = Literal["nchw", "nhwc", "plain"]

ITEM_BYTES = {"float32": 4, "int32": 4, "int64": 8, "float64": 8}


class Tensor(NamedTuple):
    """A piece of memory.

    shape    with the batch in front, in the graph's order: (n, c, h, w) or (n, f); weights as PyTorch has them
    layout   how it lies: nhwc for images inside the engine, nchw at the door, plain for the rest
    home     arena (placed by lifetime), input and target (the caller's array), weight, state (the optimiser's),
             scalar (learning rate, loss, ...), packed (weights in a kernel's order, made when weights change)
    node     the node of the graph whose value, gradient or weight it is
    nbytes   may exceed the shape's own need where a kernel asks for more (packed weights, scratch)
    alias    the tensor in whose memory it lies, read in another shape
    """

    name: str
    shape: Shape
    layout: Layout = "plain"
    home: Home = "arena"
    dtype: str = "float32"
    node: str = ""
    nbytes: int = -1
    alias: str = ""

    @property
    def bytes(self) -> int:
        """Size in memory."""
        return self.nbytes if self.nbytes >= 0 else math.prod(self.shape) * ITEM_BYTES[self.dtype]


class Call(NamedTuple):
    """One call of a native kernel: its name, its resolved numbers, its operands by role. `prologue` calls depend on
    weights alone and run when these change."""

    kernel: str
    arguments: Mapping[str, int | float]
    operands: Mapping[str, str | None]
    prologue: bool = False


class Op(NamedTuple):
    """A piece of work. `reads` and `writes` name tensors by role.

    kind        what is computed: "conv2d", "conv2d.dx", "conv2d.dw", "sgd", ...; the key of the algorithms' table
    nodes       the nodes of the graph whose values it computes, the last one's being what it writes
    site        the layer's resolved numbers (of the first node where several are fused)
    attributes  numbers that are not the site's: relu=1 when a rectifier is fused, 6 for ReLU6
    shares      (written role, read role): the two may lie in the same place when the read one is not needed later
    algorithm   chosen by the pass `choose`; with `calls` that do it, or none where the reference runs
    """

    kind: str
    nodes: tuple[str, ...]
    reads: Mapping[str, str]
    writes: Mapping[str, str]
    site: Site | None = None
    attributes: Mapping[str, int | float] = {}
    shares: tuple[str, str] | None = None
    algorithm: str = ""
    calls: tuple[Call, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    @property
    def label(self) -> str:
        """How tables call it: `conv1+relu_1`."""
        return "+".join(self.nodes) or self.kind


class Candidate(NamedTuple):
    """An algorithm that was considered for an op: its estimated time, or the reason why it cannot."""

    name: str
    seconds: float
    reason: str | None = None
