"""One layer of a Keras model as its function sees it: configuration, inputs, weights, and how it answers.

Values stand as everywhere in simplecell, channels before places, whatever the order in the file; an axis of the file is
turned into ours at one place, `Stage.axis`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, NoReturn

import numpy as np

from simplecell.interchange.onnx.call import Call, known
from simplecell.interchange.onnx.operators import OPERATORS
from simplecell.interchange.onnx.values import Operand, Traced, Tracer
from simplecell.layers.base import Array, Layer, Shape, Value

OPSET = 21
"""Whose rules the operators follow that Keras's layers are turned into."""


@dataclass
class Room:
    """What all layers of a model share: the network being built, its weights, and whether the file's images have their
    channels first. `flattened` remembers, for a value in Keras's order, the same in ours, and its shape before."""

    tracer: Tracer
    weights: Mapping[str, Array]
    first: bool
    flattened: dict[Value, tuple[Traced, Shape]] = field(default_factory=dict[Value, tuple[Traced, Shape]])


@dataclass(frozen=True)
class Stage:
    """A layer where it is applied. `path` is where its weights stand in the file."""

    kind: str
    name: str
    config: Mapping[str, Any]
    inputs: tuple[Operand, ...]
    path: str
    room: Room

    # What it is ------------------------------------------------------------------------------------------------

    def __getitem__(self, key: str) -> Any:
        return self.config[key]

    def get(self, key: str, default: Any = None) -> Any:
        """A setting that the file may leave out."""
        return self.config.get(key, default)

    def refuse(self, what: str) -> NoReturn:
        """What this layer asks for is not supported."""
        self.call(self.kind).refuse(what)

    def only(self, key: str, *supported: Any) -> Any:
        """A setting of which only some values are supported, the first where it is left out."""
        value = self.get(key, supported[0])
        if value not in supported:
            self.refuse(f"{key} = {value!r}; supported: {', '.join(map(repr, supported))}")
        return value

    def each(self, key: str, default: Any = 1) -> list[int]:
        """A setting with one whole number per spatial axis."""
        given, rank = self.get(key, default), len(self.x.shape) - 1
        numbers = [int(n) for n in given] if isinstance(given, list) else [int(given)] * rank
        if len(numbers) != rank:
            self.refuse(f"{key} = {given!r}; supported: one whole number per spatial axis, of which there are {rank}")
        return numbers

    def places(self, rank: int) -> None:
        """Refuse an input that does not have so many spatial axes."""
        if len(self.x.shape) != rank + 1:
            self.refuse(f"works on {rank} spatial axes, got an input of shape {self.x.shape} (channels first)")

    @property
    def x(self) -> Traced:
        """Its only input."""
        return self.only_traced(self.inputs)

    def only_traced(self, given: Sequence[Operand]) -> Traced:
        """The one value among the inputs."""
        if len(given) != 1 or known(given[0]):
            self.refuse(f"has {len(given)} inputs; one, computed from the network's input, is needed")
        return given[0]

    @property
    def values(self) -> list[Traced]:
        """Its inputs, all of them values of the network."""
        return [self.only_traced([x]) for x in self.inputs]

    def weights(self, *names: str) -> dict[str, Array]:
        """The layer's weights, in the order in which Keras keeps them, under the given names."""
        start = f"{self.path}/vars/"
        found = {key.removeprefix(start): w for key, w in self.room.weights.items() if key.startswith(start)}
        if set(found) != {str(i) for i in range(len(names))}:
            self.refuse(f"needs {len(names)} weights ({', '.join(names)}), the file has {len(found)} at {self.path!r}")
        return {name: np.asarray(found[str(i)], np.float32) for i, name in enumerate(names)}

    def axis(self, axis: int, rank: int | None = None) -> int:
        """An axis of the file, with the batch, as the same axis of ours."""
        rank = len(self.inputs[0].shape) + 1 if rank is None else rank
        found = self.call(self.kind).axis(axis, rank)
        if self.room.first or found == 0:
            return found
        return 1 if found == rank - 1 else found + 1

    # Answers ---------------------------------------------------------------------------------------------------

    def call(self, op: str, *inputs: Operand | None, title: str | None = None, **attributes: Any) -> Call:
        """The same as a node of ONNX."""
        given = {key: value for key, value in attributes.items() if value is not None}
        return Call(
            op, self.name, OPSET, inputs, given, ("y",), self.room.tracer, self.name if title is None else title
        )

    def onnx(self, op: str, *inputs: Operand | None, title: str | None = None, **attributes: Any) -> Traced:
        """The value that an ONNX operator gives."""
        return self.only_traced(OPERATORS[op](self.call(op, *inputs, title=title, **attributes))[:1])

    def layer(self, layer: Layer, x: Traced, **weights: Operand) -> Traced:
        """The value that a layer gives."""
        return self.only_traced([self.call(self.kind).apply(layer, x, **weights)])

    def reshaped(self, x: Traced, shape: Sequence[int]) -> Traced:
        """The same values in another shape."""
        return self.only_traced([self.call(self.kind).reshaped(x, shape)])

    def permuted(self, x: Traced, order: Sequence[int], title: str = "") -> Traced:
        """The axes in another order; axes of size 1 move without moving any value."""
        call = self.call(self.kind, title=title)
        long = [i for i in order if x.shape[i] > 1]
        if long == sorted(long):
            return self.only_traced([call.reshaped(x, [x.shape[i] for i in order])])
        return call.permuted(x, order)

    def to_keras(self, x: Traced) -> Traced:
        """A value with its axes in the file's order."""
        rank = len(x.shape)
        return x if self.room.first else self.permuted(x, [*range(1, rank), 0])

    def from_keras(self, x: Traced) -> Traced:
        """A value in the file's order with its axes in ours."""
        rank = len(x.shape)
        return x if self.room.first else self.permuted(x, [rank - 1, *range(rank - 1)])

    def weight_from_keras(self, w: Array) -> Array:
        """The same for a weight that has the axes of a value, the channels among them."""
        return w if self.room.first or w.ndim < 2 else np.moveaxis(w, -1, 0)

    def per_channel(self, numbers: Array) -> Array:
        """One number per channel, as it meets each image; a single number stays one."""
        return numbers if numbers.size == 1 else numbers.reshape(-1, *(1,) * (len(self.x.shape) - 1))

    def flatten(self, x: Traced) -> Traced:
        """All values in one row, the channels of each place together, whatever the file's order; a Dense behind takes
        them in ours."""
        row = self.reshaped(x, (prod(x.shape),))
        turned = self.reshaped(self.permuted(x, [*range(1, len(x.shape)), 0]), (prod(x.shape),))
        if turned.value is not row.value:
            self.room.flattened[turned.value] = row, x.shape
        return turned
