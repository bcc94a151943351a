"""Initialisers: the values that weights begin with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from simplecell.geometry import whole_number
from simplecell.layers.base import Shape
from simplecell.objectives.records import Array, Record, kind_named


@dataclass(frozen=True)
class Initialiser(Record):
    """Base of the initialisers."""

    def draw(self, shape: Shape, fan_in: int, fan_out: int, generator: np.random.Generator) -> Array:
        """Values in float64: fan_in is the number of inputs of a unit, fan_out that of the units an input feeds."""
        raise NotImplementedError

    def sentence(self, fan_in: int, fan_out: int) -> tuple[str, dict[str, object]]:
        """Key of the catalogue's sentence about where the values come from, and the numbers in it."""
        raise NotImplementedError


@dataclass(frozen=True)
class He(Initialiser):
    """Normal values with mean 0, so wide that ReLU layers keep the size of their signals.

    w ~ Normal(0, std),  std = sqrt(2 / fan_in)

    Source: He et al., Delving deep into rectifiers, 2015, equation 10.

    >>> import numpy as np
    >>> He().draw((2, 3), 3, 2, np.random.default_rng(0)).shape
    (2, 3)
    """

    kind: ClassVar[str] = "he"
    formula: ClassVar[str] = "w ~ Normal(0, sqrt(2/fan_in))"

    def draw(self, shape: Shape, fan_in: int, fan_out: int, generator: np.random.Generator) -> Array:
        return generator.normal(0.0, math.sqrt(2 / fan_in), shape)

    def sentence(self, fan_in: int, fan_out: int) -> tuple[str, dict[str, object]]:
        return "layers.initialiser.he", {"fan_in": fan_in, "std": math.sqrt(2 / fan_in)}


@dataclass(frozen=True)
class Xavier(Initialiser):
    """Evenly spread values around 0, so wide that signals keep their size forward and gradients backward.

    w ~ Uniform(-a, a),  a = sqrt(6 / (fan_in + fan_out)); its standard deviation is sqrt(2 / (fan_in + fan_out))

    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010,
    equation 16.

    >>> import numpy as np
    >>> float(abs(Xavier().draw((100,), 3, 3, np.random.default_rng(0))).max()) <= 1.0
    True
    """

    kind: ClassVar[str] = "xavier"
    formula: ClassVar[str] = "w ~ Uniform(-a, a), a = sqrt(6/(fan_in + fan_out))"

    def draw(self, shape: Shape, fan_in: int, fan_out: int, generator: np.random.Generator) -> Array:
        limit = math.sqrt(6 / (fan_in + fan_out))
        return generator.uniform(-limit, limit, shape)

    def sentence(self, fan_in: int, fan_out: int) -> tuple[str, dict[str, object]]:
        limit = math.sqrt(6 / (fan_in + fan_out))
        return "layers.initialiser.xavier", {"fan_in": fan_in, "fan_out": fan_out, "limit": limit}


@dataclass(frozen=True)
class Zeros(Initialiser):
    """All zero: how biases begin. Weights that begin so would all learn the same.

    w = 0

    >>> import numpy as np
    >>> Zeros().draw((2,), 1, 1, np.random.default_rng(0))
    array([0., 0.])
    """

    kind: ClassVar[str] = "zeros"
    formula: ClassVar[str] = "w = 0"

    def draw(self, shape: Shape, fan_in: int, fan_out: int, generator: np.random.Generator) -> Array:
        return np.zeros(shape)

    def sentence(self, fan_in: int, fan_out: int) -> tuple[str, dict[str, object]]:
        return "layers.initialiser.zeros", {}


INITIALISERS: dict[str, type[Initialiser]] = {kind.kind: kind for kind in (He, Xavier, Zeros)}
"""Every initialiser by name."""

He.EXAMPLES, Xavier.EXAMPLES, Zeros.EXAMPLES = (He(),), (Xavier(),), (Zeros(),)


def fans(shape: Shape) -> tuple[int, int]:
    """(fan_in, fan_out) of a weight (out, in/groups, *kernel): inputs per unit, and filters times kernel.

    As PyTorch counts them; with groups fan_out is that of all groups together.

    >>> fans((16, 3, 5, 5)), fans((10, 400))
    ((75, 400), (400, 10))
    """
    field = math.prod(shape[2:])
    return shape[1] * field, shape[0] * field


def initialise(name: str, shape: Shape, fan_in: int, fan_out: int, generator: np.random.Generator) -> Array:
    """The values of one weight in float32, by the initialiser of that name."""
    return kind_named(INITIALISERS, name, "initialiser")().draw(shape, fan_in, fan_out, generator).astype(np.float32)


def initial_weights(
    shapes: Mapping[str, Shape], scheme: str = "he", seed: int = 0, starts: Mapping[str, float] | None = None
) -> dict[str, Array]:
    """The values that all weights of a network begin with, in float32: those in `starts` at their fixed value, other
    vectors (biases) at zero, the rest drawn by `scheme`.

    Rules: each weight has a generator of its own, seeded with [seed, its index], so that changing one layer's shape
    leaves the others' values as they were.
    Raises: ArgumentError for an unknown scheme or a seed that is not a whole number from 0.

    >>> {name: w.shape for name, w in initial_weights({"fc.weight": (2, 3), "fc.bias": (2,)}).items()}
    {'fc.weight': (2, 3), 'fc.bias': (2,)}
    """
    seed = whole_number(seed, "seed", 0)
    kind_named(INITIALISERS, scheme, "initialiser")
    weights: dict[str, Array] = {}
    for index, (name, shape) in enumerate(shapes.items()):
        if name in (starts or {}):
            weights[name] = np.full(shape, (starts or {})[name], np.float32)
            continue
        generator = np.random.Generator(np.random.PCG64([seed, index]))
        vector = len(shape) < 2
        weights[name] = initialise(
            "zeros" if vector else scheme, shape, *((1, 1) if vector else fans(shape)), generator
        )
    return weights
