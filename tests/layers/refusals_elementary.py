"""What the kinds that other programs' networks bring refuse: the error's type and what it must say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simplecell.errors import MemoryLimitError, ShapeError, SimplecellError
from simplecell.layers import (
    Abs,
    Affine,
    Clip,
    Erf,
    Exp,
    Expand,
    Log,
    MatMul,
    Maximum,
    Power,
    Rescale,
    Softsign,
    Take,
    Threshold,
)
from simplecell.layers.base import Layer, Shape

NAN = float("nan")

ARGUMENTS: list[tuple[Callable[..., Layer], tuple[Any, ...], dict[str, Any], list[str]]] = [
    *((kind, (1,), {}, [kind.__name__, "(1,)", "no arguments"]) for kind in (Abs, Exp, Log, Erf, Softsign)),
    (Clip, (), {}, ["least, most or both"]),
    (Clip, (1.0, 0.0), {}, ["least must not be above most", "1.0 and 0.0"]),
    (Clip, (0, 1, 2), {}, ["(2,)", "two bounds"]),
    (Clip, (NAN,), {}, ["least must be a finite number"]),
    (Threshold, (1, 0, True), {}, ["(True,)", "inplace"]),
    (Threshold, ("1",), {}, ["threshold must be a number", "'1'"]),
    (Power, (2, 3), {}, ["(3,)", "only argument"]),
    (Power, (0,), {}, ["exponent must not be 0"]),
    (Rescale, (1, 2, 3), {}, ["(3,)", "two numbers"]),
    (Rescale, (NAN,), {}, ["scale must be a finite number"]),
    (Affine, ((2,), (2,)), {}, ["((2,),)", "one tuple"]),
    (Affine, (2,), {}, ["shape must be a tuple", "got 2"]),
    (Affine, ((2,),), {"weight": False, "bias": False}, ["weight, bias or both"]),
    (Affine, ((2,),), {"bias": 1}, ["bias must be True or False", "1"]),
    (Maximum, (1,), {}, ["(1,)", "sc.Maximum()(a, b)"]),
    (MatMul, (1,), {}, ["(1,)", "sc.MatMul()(a, b)"]),
    (Expand, (2, 3), {}, ["(3,)", "one tuple"]),
    (Expand, (2,), {}, ["shape must be a tuple", "got 2"]),
    (Expand, ((0,),), {}, ["a size of shape", "at least 1"]),
    (Take, (1, 2), {}, ["(2,)", "one tuple"]),
    (Take, ((),), {}, ["at least one whole number"]),
    (Take, ((-1,),), {}, ["an index", "at least 0"]),
]

SHAPES: list[tuple[Layer, tuple[Shape, ...], type[SimplecellError], list[str]]] = [
    *(
        (layer, ((3,), (3,)), ShapeError, ["one input", "got 2: 3, 3"])
        for layer in (Abs(), Exp(), Log(), Erf(), Softsign(), Clip(0, 1), Threshold(1), Power(2), Rescale(2))
    ),
    (Affine((2, 1)), ((3, 4),), ShapeError, ["2x1", "3x4"]),
    (Affine((2,)), ((2, 4),), ShapeError, ["its shape 2", "2x4"]),
    (Maximum(), ((3,),), ShapeError, ["two or more inputs", "got 1"]),
    (Maximum(), ((3,), (4,)), ShapeError, ["equal shape", "3 and 4"]),
    (MatMul(), ((2, 3),), ShapeError, ["two inputs", "got 1"]),
    (MatMul(), ((2, 3), (2, 3)), ShapeError, ["2x3 and 2x3"]),
    (Expand((2, 2)), ((3, 1),), ShapeError, ["3x1 does not spread over 2x2"]),
    (Expand((2**31 - 1, 2**31 - 1)), ((1, 1),), MemoryLimitError, ["Expand output"]),
    (Take((3,)), ((3, 2),), ShapeError, ["index 3 does not exist", "3x2 has 3 along axis 0"]),
    (Take((0,), axis=2), ((3, 2),), ShapeError, ["axis 2", "3x2 with 2 axes"]),
]
