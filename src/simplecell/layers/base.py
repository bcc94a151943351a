"""What every kind of layer must know about itself.

A layer is immutable: its parameters, in the form in which JSON keeps them. Where it stands in a network is a `Site`:
the layer met its input shapes and every number is resolved. A kind states, from its parameters, shapes and NumPy
arrays alone:

    site        the output's shape, the axes (which inputs each output reads), the weights, the cost
    forward     the reference: -> y and what backward needs; any float dtype, float64 in tests
    backward    the reference gradients of the inputs and the weights
    terms       one output value, opened: inputs, weights, products, bias
    sentence    the catalogue key and the numbers of the sentence that explains one value
    input_slopes, weight_slopes
                one gradient, opened: how each output moves with one input or one learned number
    EXAMPLES    layers with input shapes, over which the contract test runs

Shapes leave out the batch; arrays in `forward` and `backward` have it in front (n, c, h, w) or (n, f); arrays in
`terms` are one image's, without it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import FrozenInstanceError, dataclass, fields
from numbers import Real
from typing import Any, ClassVar, NamedTuple, Self, cast

import numpy as np

from simplecell.errors import ArgumentError, MemoryLimitError, ShapeError
from simplecell.geometry import MAX_SIZE, Axis, Sliding, readers_of, reads_of, whole_number
from simplecell.layers.terms import Array, Cell, Slopes, Terms, Unit, grid, in_image

Shape = tuple[int, ...]
Box = tuple[tuple[int, ...], ...]
"""A set of units: the product of one set of indices per axis, each ascending."""


class Cost(NamedTuple):
    """Work of one image. `macs` counts every tap as the definition writes it; `padding_macs` are those of them
    whose input is padding, or whose product falls on padding that is cut off. 1 MAC = 1 multiplication + 1 addition =
    2 FLOPs."""

    macs: int = 0
    padding_macs: int = 0


class Mode(NamedTuple):
    """How a forward pass runs. `seed`, `step` and `stream` (the layer's number) fix a random mask in training."""

    training: bool = False
    seed: int = 0
    step: int = 0
    stream: int = 0


EVALUATION = Mode()


@dataclass(frozen=True)
class Site:
    """A layer where it stands: its parameters met its input shapes, and every number is resolved.

    `axes` has one `Axis` per axis of the output (channel, row, column), those of the first input where inputs are read
    differently (see `Layer.axes`). `buffers` names those of the weights that are not learned: running averages, which a
    training pass moves (see `Layer.updated`).
    """

    layer: Layer
    inputs: tuple[Shape, ...]
    output: Shape
    axes: tuple[Axis, ...]
    weights: Mapping[str, Shape]
    cost: Cost
    buffers: tuple[str, ...] = ()

    @property
    def windows(self) -> tuple[Sliding, ...]:
        """The axes over which a window slides: rows and columns of a convolution or pool over images."""
        return tuple(a for a in self.axes if isinstance(a, Sliding))

    @property
    def units(self) -> int:
        """Number of output values of one image."""
        return math.prod(self.output)

    @property
    def parameters(self) -> int:
        """Number of weights and biases that are learned."""
        return sum(math.prod(shape) for shape in self.learned.values())

    @property
    def learned(self) -> Mapping[str, Shape]:
        """The weights without the buffers."""
        return {key: shape for key, shape in self.weights.items() if key not in self.buffers}


class Value:
    """What a layer gives where it is applied in a functional network: `y = sc.ReLU()(x)`."""

    def __init__(self, layer: Layer | None, sources: tuple[Value, ...]) -> None:
        self.layer = layer
        self.sources = sources


class Input(Value):
    """The door of a network: the shape of one image, without the batch: (c, h, w); (c, length) for signals,
    (c, d, h, w) for volumes, (f,) for plain features.

    >>> Input(3, 64, 64).shape
    (3, 64, 64)
    """

    def __init__(self, *shape: int | Sequence[int], name: str | None = None) -> None:
        super().__init__(None, ())
        given = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], Sequence) else shape
        if not 1 <= len(given) <= 4:
            raise ArgumentError(
                f"Input takes C, H, W (or C, L; C, D, H, W; the number of features), got {len(given)} sizes "
                f"{tuple(given)!r}" + (": leave the batch out" if len(given) == 5 else "")
            )
        self.shape = checked_shape(given, "Input")
        self.name = checked_name(name)


@dataclass(init=False, repr=False, eq=False)
class Layer:
    """Base of all kinds; a kind is a frozen data class whose fields are its arguments. What `dataclass` would compile
    for each kind anew, most of a millisecond every time, is written here once."""

    kind: ClassVar[str]
    formula: ClassVar[str]
    arity: ClassVar[tuple[int, int | None]] = (1, 1)
    starts: ClassVar[Mapping[str, float]] = {"bias": 0.0}
    """Weights that begin at a fixed value; the others are drawn."""
    EXAMPLES: ClassVar[Sequence[tuple[Layer, tuple[Shape, ...]]]] = ()

    name: str | None

    def __init_subclass__(cls) -> None:
        dataclass(init=False, repr=False, eq=False)(cls)

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}: a layer is immutable, make another one")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}: a layer is immutable")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._values() == cast("Layer", other)._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{f.name}={getattr(self, f.name)!r}' for f in fields(self))})"

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, f.name) for f in fields(self))

    def _set(self, **values: object) -> None:
        """Fill the frozen fields, once, from __init__."""
        for key, value in values.items():
            object.__setattr__(self, key, value)

    def __call__(self, *sources: Value) -> Value:
        """Apply the layer to values of a functional network."""
        for source in sources:
            if not isinstance(cast("object", source), Value):
                raise ArgumentError(
                    f"{self.kind} is applied to sc.Input(...) or another layer's output, got {type(source).__name__}; "
                    "to run a network on arrays build it first: net = sc.Model(x, y); net(images)"
                )
        return Value(self, sources)

    def arguments(self) -> dict[str, Any]:
        """The arguments (without the name) in a form that JSON keeps; `KIND(**arguments)` gives an equal layer."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "name"}

    def renamed(self, name: str) -> Self:
        """The same layer under another name."""
        return type(self).make(self.arguments(), name)

    @classmethod
    def make(cls, arguments: Mapping[str, Any], name: str | None) -> Self:
        """A layer of this kind from what `arguments` gave (or JSON's form of it). TypeError for an unknown one."""
        build = cast("Callable[..., Self]", cls)
        return build(**arguments, name=name)

    # What a kind must state ------------------------------------------------------------------------------------

    def site(self, *shapes: Shape) -> Site:
        """Meet the input shapes: every number resolved. Raises ShapeError with the rule and the numbers, one clause
        ("needs 400 inputs, got 256"); the graph puts the place before it and the remedies after."""
        raise NotImplementedError

    def forward(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode) -> tuple[Array, Any]:
        """The reference definition -> (y, what `backward` needs). Nothing is written in place; y may be a view of x."""
        raise NotImplementedError

    def backward(
        self, site: Site, dy: Array, saved: Any, xs: Sequence[Array], weights: Mapping[str, Array]
    ) -> tuple[tuple[Array, ...], dict[str, Array]]:
        """The reference gradients -> (one per input, one per learned weight); they may be views of `dy`."""
        raise NotImplementedError

    def terms(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], unit: Unit) -> Terms:
        """One output value of one image, opened."""
        raise NotImplementedError

    def sentence(self, site: Site, unit: Unit, terms: Terms) -> tuple[str, dict[str, object]]:
        """Key of the catalogue's sentence about this value, and the numbers in it."""
        raise NotImplementedError

    def weight_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, key: str, place: Unit
    ) -> Slopes:
        """How every output of a batch moves with the entry `place` of the learned weight `key`."""
        raise NotImplementedError

    def updated(self, site: Site, saved: Any, weights: Mapping[str, Array]) -> dict[str, Array]:
        """New values of the buffers after a training pass, from what `forward` kept; nothing for most kinds."""
        return {}

    # What follows from the axes, unless a kind says otherwise --------------------------------------------------

    def input_slopes(
        self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array], mode: Mode, cell: Cell
    ) -> Slopes:
        """How every output of a batch moves with one value of an input; as it does, where it is read, for kinds that
        pass values on unchanged or add them."""
        at = self.readers(site, cell)
        return in_image(cell.image, at, np.ones(len(at)), "one")

    def readers(self, site: Site, cell: Cell) -> Array:
        """The outputs (t, rank) of the cell's image that read it."""
        boxes = self.read_by(site, tuple((i,) for i in cell.unit), cell.source)
        return np.concatenate([np.empty((0, len(site.output)), np.int64), *(grid(*box) for box in boxes)])

    def surrogate(self, site: Site, xs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        """A map with exactly the declared reads through which a NaN always passes; kinds that can stop a NaN (max,
        ReLU) state a linear one here. It is what the contract test probes."""
        return self.forward(site, xs, weights, EVALUATION)[0]

    def axes(self, site: Site, source: int) -> tuple[Axis, ...]:
        """How the output's axes read input number `source`: as the site says, for kinds that read all inputs alike."""
        del source
        return site.axes

    def reads(self, site: Site, box: Box) -> tuple[tuple[Box, ...], ...]:
        """What the output units in `box` read: for each input, boxes that together are exactly the set."""
        found: list[tuple[Box, ...]] = []
        for source in range(len(site.inputs)):
            axes = self.axes(site, source)
            read = tuple(reads_of(axis, indices) for axis, indices in zip(axes, box, strict=True))
            found.append((read,) if all(read) else ())
        return tuple(found)

    def read_by(self, site: Site, box: Box, source: int = 0) -> tuple[Box, ...]:
        """Which output units read any unit in `box` of input number `source`: boxes that together are the set."""
        readers = tuple(readers_of(axis, indices) for axis, indices in zip(self.axes(site, source), box, strict=True))
        return (readers,) if all(readers) else ()


# Checks and small tools shared by the kinds --------------------------------------------------------------------


def checked_name(name: object) -> str | None:
    """A name that weights and JSON can carry: letters, digits, '_', '-' and '.', at most 128, or None."""
    if name is None:
        return None
    if not isinstance(name, str) or not 0 < len(name) <= 128 or not all(c.isalnum() or c in "_-." for c in name):
        raise ArgumentError(f"a layer's name is made of letters, digits, '_', '-' and '.', at most 128, got {name!r}")
    return name


def checked_shape(shape: Sequence[object], what: str) -> Shape:
    """A shape of whole numbers from 1 whose product stays under 2**40 values."""
    sizes = tuple(whole_number(size, f"{what}: a size of {tuple(shape)!r}", 1) for size in shape)
    check_bytes(sizes, what)
    return sizes


def checked_flag(value: object, name: str) -> bool:
    """`value` as a bool; anything but True and False is an ArgumentError that names it."""
    if not isinstance(value, bool):
        raise ArgumentError(f"{name} must be True or False, got {value!r}")
    return value


def checked_number(value: object, name: str, least: float | None = None, above: float | None = None) -> float:
    """`value` as a finite float, at least `least` or above `above`; anything else is an ArgumentError that names it."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ArgumentError(f"{name} must be a number, got {value!r}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ArgumentError(f"{name} must be a finite number, got {value!r}")
    if least is not None and number < least:
        raise ArgumentError(f"{name} must be at least {least:g}, got {value!r}")
    if above is not None and number <= above:
        raise ArgumentError(f"{name} must be above {above:g}, got {value!r}")
    return number


def check_bytes(shape: Shape, what: str) -> None:
    """Refuse a shape whose axes or product cannot be held: nothing is allocated from it."""
    count = math.prod(shape)
    if count > 2**40 or any(s > MAX_SIZE for s in shape):
        text = "x".join(map(str, shape))
        raise MemoryLimitError(
            f"{what}: {text} = {count:,} values = {4 * count:,} bytes in float32; the limit is 2**42"
        )


def refuse_surplus(kind: str, surplus: tuple[object, ...], signature: str, remedy: str) -> None:
    """Refuse positional arguments after the allowed ones, and say what was probably meant."""
    if surplus:
        raise ArgumentError(
            f"{kind}({signature}): {len(surplus)} positional argument(s) too many: {surplus!r}; {remedy}"
        )


def moved_term(unit: Unit, x: float, real: bool = True) -> Terms:
    """The terms of a value that is one value of the input, unchanged; not `real` where it is padding."""
    source, value = np.zeros(1, np.int64), np.array([x])
    return Terms("sum", source, np.array([unit]), np.array([real]), value, np.ones(1), value, None, x)


def only_shape(shapes: Sequence[Shape]) -> Shape:
    """The input shape of a layer with one input."""
    if len(shapes) != 1:
        raise ShapeError(f"needs one input, got {len(shapes)}: {', '.join(map(shape_text, shapes)) or 'none'}")
    if 0 in shapes[0]:
        raise ShapeError(f"needs at least one value along every axis, got {shape_text(shapes[0])}")
    return shapes[0]


def image_shape(shapes: Sequence[Shape]) -> Shape:
    """The input shape of a layer that works on one image, checked to be (c, h, w)."""
    return spatial_shape(shapes, 2)


FORMS = {1: ("a signal", "C x L"), 2: ("an image", "C x H x W"), 3: ("a volume", "C x D x H x W")}
"""What an input with so many spatial axes is called, and the order of its axes."""


def spatial_shape(shapes: Sequence[Shape], rank: int) -> Shape:
    """The input shape of a layer that works on channels with `rank` spatial axes."""
    shape = only_shape(shapes)
    if len(shape) != rank + 1:
        hint = {1: ": it belongs before Flatten", rank + 2: ": leave the batch out of the input's shape"}
        raise ShapeError(f"needs {' '.join(FORMS[rank])}, got {shape_text(shape)}{hint.get(len(shape), '')}")
    return shape


def maps_shape(shapes: Sequence[Shape]) -> Shape:
    """The input shape of a layer that works on channels with one, two or three spatial axes."""
    return spatial_shape(shapes, min(max(len(only_shape(shapes)) - 1, 1), 3))


def shape_text(shape: Shape) -> str:
    """A shape in array order, as error messages write it: 3x64x64."""
    return "x".join(map(str, shape))
