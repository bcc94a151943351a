"""One node of an ONNX graph as an operator's function sees it: its inputs, its attributes, and how it answers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from simplecell.errors import GraphError, SimplecellError
from simplecell.interchange.onnx.patterns import reshaping
from simplecell.interchange.onnx.values import Operand, Traced, Tracer, run_layer
from simplecell.layers import Permute
from simplecell.layers.base import Array, Layer, Shape

if TYPE_CHECKING:
    from typing_extensions import TypeIs

MOST_VALUES = 2**28
"""Values of one array that is computed while a graph is read; a few bytes in a file can ask for any number."""


def known(operand: Operand | None) -> TypeIs[Array]:
    """Whether an operand is an array, computed already."""
    return isinstance(operand, np.ndarray)


@dataclass(frozen=True)
class Call:
    """A node: operator, name, opset, inputs (None where one is left out), attributes, names of the outputs."""

    op: str
    name: str
    opset: int
    inputs: tuple[Operand | None, ...]
    attributes: Mapping[str, Any]
    outputs: tuple[str, ...]
    tracer: Tracer
    title: str = ""
    """The name that its layer should have."""

    @property
    def place(self) -> str:
        """How messages speak of this node."""
        return f"node {self.name!r} ({self.op})"

    def refuse(self, what: str) -> NoReturn:
        """What this node asks for is not supported."""
        raise GraphError(f"{self.place}: {what}")

    # Inputs and attributes -------------------------------------------------------------------------------------

    def get(self, name: str, default: Any = None) -> Any:
        """An attribute, or its default."""
        return self.attributes.get(name, default)

    def one_of(self, name: str, default: Any, *supported: Any) -> Any:
        """An attribute of which only some values are supported."""
        value = self.get(name, default)
        if value not in (default, *supported):
            self.refuse(
                f"attribute {name} = {value!r}; supported: {', '.join(map(repr, dict.fromkeys((default, *supported))))}"
            )
        return value

    def input(self, index: int) -> Operand:
        """An input that must be there."""
        if index >= len(self.inputs) or (x := self.inputs[index]) is None:
            self.refuse(f"input {index} is missing")
        return x

    def option(self, index: int) -> Operand | None:
        """An input that may be left out."""
        return self.inputs[index] if index < len(self.inputs) else None

    def fixed(self, index: int, what: str) -> Array:
        """An input that must be known when the network is built."""
        x = self.input(index)
        if not known(x):
            self.refuse(f"{what} must be known when the network is built, but it depends on the network's input")
        return x

    def fixed_option(self, index: int, what: str) -> Array | None:
        """As `fixed`, for an input that may be left out."""
        return None if self.option(index) is None else self.fixed(index, what)

    def integers(self, index: int, what: str, attribute: str) -> list[int] | None:
        """Whole numbers that newer opsets give as an input and older ones as an attribute; None if left out."""
        given = self.fixed_option(index, what)
        if given is not None:
            return [int(v) for v in given.ravel().tolist()]
        value = self.get(attribute)
        return None if value is None else [int(v) for v in np.atleast_1d(value).tolist()]

    def traced(self, index: int) -> Traced:
        """An input that is a value of the network."""
        x = self.input(index)
        if known(x):
            self.refuse(f"input {index} must be computed from the network's input, it is a constant")
        return x

    def shape(self, x: Operand) -> Shape:
        """The shape as ONNX counts it, the batch in front."""
        return x.shape if known(x) else (self.tracer.batch, *x.shape)

    def axis(self, axis: int, rank: int) -> int:
        """An axis counted from 0; one that does not exist is refused."""
        if not -rank <= axis < rank:
            self.refuse(f"axis {axis} does not exist in {rank} axes")
        return axis % rank if rank else 0

    def inner_axis(self, x: Traced, axis: int) -> int:
        """An axis of a network's value, counted without the batch; the batch's own is refused."""
        found = self.axis(axis, len(x.shape) + 1)
        if found == 0:
            self.refuse("works along axis 0, the batch; an image's result may not depend on the others of its batch")
        return found - 1

    def room(self, shape: Sequence[int]) -> None:
        """Refuse to compute an array of more values than a graph's constants reasonably have."""
        if any(s < 0 for s in shape) or math.prod(shape) > MOST_VALUES:
            self.refuse(f"its result would have the shape {tuple(shape)}; at most {MOST_VALUES:,} values are computed")

    # Answers ---------------------------------------------------------------------------------------------------

    def apply(self, layer: Layer, *xs: Operand, **weights: Operand | None) -> Operand:
        """A layer on values: run at once on arrays, added to the network otherwise."""
        fixed = {key: w for key, w in weights.items() if known(w)}
        if len(fixed) != len(weights):
            missing = next(key for key in weights if key not in fixed)
            self.refuse(f"its {missing} must be known when the network is built, but it depends on the network's input")
        try:
            if all(known(x) for x in xs):
                arrays = [x for x in xs if known(x)]
                self.room(layer.site(*(x.shape[1:] for x in arrays)).output)
                return run_layer(layer, arrays, fixed)
            traced = [x for x in xs if not known(x)]
            if len(traced) != len(xs):
                self.refuse(f"reads a constant where {layer.kind} reads only what comes from the network's input")
            return self.tracer.apply(layer, traced, fixed, self.title)
        except GraphError:
            raise
        except SimplecellError as error:
            raise GraphError(f"{self.place}: {error}") from None

    def each(self, layer: Layer, x: Operand) -> Operand:
        """A function of each value alone, for arrays of any rank."""
        if not known(x):
            return self.apply(layer, x)
        result = self.apply(layer, x.reshape(1, -1)) if x.size else x
        assert known(result)
        return result.reshape(x.shape)

    def reshaped(self, x: Operand, shape: Sequence[int]) -> Operand:
        """A value with other inner axes; nothing is added where they are the same."""
        if known(x):
            return x.reshape(len(x), *shape)
        if not shape:
            self.refuse("gives one number per image without an axis; a network's value has at least one")
        if x.shape == tuple(shape):
            return x
        layer, read = reshaping(self.tracer, x, tuple(shape))
        return read if read.shape == tuple(shape) and layer.kind == "Reshape" else self.apply(layer, read)

    def permuted(self, x: Traced, order: Sequence[int]) -> Traced:
        """A network's value with its inner axes in another order; nothing is added for the same."""
        if tuple(order) == tuple(range(len(order))):
            return x
        result = self.apply(Permute(tuple(order)), x)
        assert isinstance(result, Traced)
        return result
