"""What the activations refuse: arguments and shapes, the error's type and what it must say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simplecell.errors import ShapeError, SimplecellError
from simplecell.layers import (
    CELU,
    ELU,
    GELU,
    SELU,
    HardSigmoid,
    HardSwish,
    LeakyReLU,
    LogSoftmax,
    Mish,
    PReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
)
from simplecell.layers.base import Layer, Shape

NAN, INFINITY = float("nan"), float("inf")

ARGUMENTS: list[tuple[Callable[..., Layer], tuple[Any, ...], dict[str, Any], list[str]]] = [
    *((kind, (True,), {}, [kind.__name__, "(True,)", "no arguments"]) for kind in (ReLU6, SELU, Sigmoid, HardSigmoid)),
    *((kind, (True,), {}, [kind.__name__, "(True,)", "no arguments"]) for kind in (HardSwish, Tanh, SiLU, Mish)),
    (Tanh, (), {"name": "a b"}, ["name", "'a b'"]),
    (LeakyReLU, (0.1, True), {}, ["LeakyReLU", "(True,)", "only argument"]),
    (LeakyReLU, ("0.1",), {}, ["negative_slope must be a number", "'0.1'"]),
    (LeakyReLU, (True,), {}, ["negative_slope must be a number", "True"]),
    (LeakyReLU, (NAN,), {}, ["negative_slope must be a finite number", "nan"]),
    (LeakyReLU, (10**400,), {}, ["negative_slope must be a finite number"]),
    (PReLU, (8, 0.25), {}, ["(0.25,)", "PReLU(8)", "begin at 0.25"]),
    (PReLU, (0,), {}, ["num_parameters", "at least 1", "got 0"]),
    (PReLU, (1.0,), {}, ["num_parameters", "whole number", "1.0"]),
    (ELU, (1.0, True), {}, ["ELU", "(True,)"]),
    (ELU, (-1.0,), {}, ["alpha", "at least 0", "got -1.0"]),
    (ELU, (None,), {}, ["alpha must be a number", "None"]),
    (CELU, (1.0, True), {}, ["CELU", "(True,)"]),
    (CELU, (0,), {}, ["alpha", "above 0", "got 0"]),
    (CELU, (INFINITY,), {}, ["alpha must be a finite number", "inf"]),
    (GELU, ("tanh", 1), {}, ["GELU", "(1,)"]),
    (GELU, ("erf",), {}, ["approximate", "'none' (exact) or 'tanh'", "'erf'"]),
    (GELU, (), {"approximate": True}, ["approximate", "True"]),
    (Softplus, (1, 20), {}, ["(20,)", "Softplus(1, threshold=20)"]),
    (Softplus, (0,), {}, ["beta", "above 0", "got 0"]),
    (Softplus, (1,), {"threshold": NAN}, ["threshold must be a finite number", "nan"]),
    (LogSoftmax, (1,), {}, ["LogSoftmax", "(1,)", "over the channels"]),
]

SHAPES: list[tuple[Layer, tuple[Shape, ...], type[SimplecellError], list[str]]] = [
    *(
        (layer, ((3,), (3,)), ShapeError, ["one input", "got 2: 3, 3"])
        for layer in (ReLU6(), LeakyReLU(), ELU(), SELU(), CELU(), Sigmoid(), HardSigmoid(), HardSwish(), Tanh())
    ),
    *(
        (layer, ((3, 0, 4),), ShapeError, ["at least one value along every axis", "3x0x4"])
        for layer in (GELU(), SiLU(), Mish(), Softplus(), LogSoftmax(), PReLU())
    ),
    (PReLU(2), ((3, 4, 4),), ShapeError, ["one slope or one per channel", "num_parameters 2", "3x4x4", "3 channels"]),
]
