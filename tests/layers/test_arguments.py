"""Impossible arguments and shapes, kind by kind: the error's type, and what its message must say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest

from layers import refusals_activations, refusals_elementary, refusals_norms, refusals_windows, refusals_wiring
from simplecell.errors import ArgumentError, MemoryLimitError, ShapeError, SimplecellError
from simplecell.layers import KINDS, Add, AvgPool2d, Conv2d, Dropout, Flatten, Input, Linear, MaxPool2d, ReLU, Softmax
from simplecell.layers.base import Layer, Shape

LARGE = 2**31

ARGUMENTS: list[tuple[Callable[..., Layer], tuple[Any, ...], dict[str, Any], list[str]]] = [
    *refusals_windows.ARGUMENTS,
    *refusals_activations.ARGUMENTS,
    *refusals_norms.ARGUMENTS,
    *refusals_wiring.ARGUMENTS,
    *refusals_elementary.ARGUMENTS,
    (Conv2d, (3, 64, 3), {}, ["1 positional", "(3,)", "Conv2d(64, 3, in_channels=3)"]),
    (Conv2d, (0, 3), {}, ["out_channels", "at least 1", "got 0"]),
    (Conv2d, (4, 0), {}, ["kernel_size", "at least 1", "got 0"]),
    (Conv2d, (4, -2), {}, ["kernel_size", "got -2"]),
    (Conv2d, (4, 3), {"stride": 0}, ["stride", "at least 1", "got 0"]),
    (Conv2d, (4, 3), {"stride": (1, 0)}, ["stride", "got 0"]),
    (Conv2d, (4, 3), {"dilation": 0}, ["dilation", "got 0"]),
    (Conv2d, (4, 3), {"padding": -1}, ["padding", "at least 0", "got -1"]),
    (Conv2d, (4, 3), {"padding": "full"}, ["padding", "'same' or 'valid'", "'full'"]),
    (Conv2d, (4, 3), {"padding": (1, 2, 3)}, ["padding", "got 3", "(1, 2, 3)"]),
    (Conv2d, (4, 3), {"padding": ((1, 2, 3), 0)}, ["(before, after)", "(1, 2, 3)"]),
    (Conv2d, (4, (3, 3, 3)), {}, ["kernel_size", "2 ints", "got 3", "(3, 3, 3)"]),
    (Conv2d, (4, True), {}, ["kernel_size", "whole number", "True"]),
    (Conv2d, (4, 3.0), {}, ["kernel_size", "whole number", "3.0"]),
    (Conv2d, (4, "3"), {}, ["kernel_size", "whole number", "'3'"]),
    (Conv2d, (None, 3), {}, ["out_channels", "whole number", "None"]),
    (Conv2d, (4, np.array([3, 3])), {}, ["kernel_size", "whole number", "array([3, 3])"]),
    (Conv2d, (4, LARGE), {}, ["kernel_size", "at most 2147483647", "2147483648"]),
    (Conv2d, (4, 3), {"groups": 3}, ["groups must divide", "4 % groups 3 = 1"]),
    (Conv2d, (4, 3), {"groups": 0}, ["groups", "got 0"]),
    (Conv2d, (4, 3), {"bias": "no"}, ["bias", "True or False", "'no'"]),
    (Conv2d, (4, 3), {"in_channels": 0}, ["in_channels", "got 0"]),
    (Conv2d, (4, 3), {"name": "a b"}, ["name", "'a b'"]),
    (Conv2d, (4, 3), {"name": ""}, ["name", "''"]),
    (Conv2d, (4, 3), {"name": "n" * 129}, ["name", "128"]),
    (MaxPool2d, (3, 2), {}, ["(2,)", "MaxPool2d(3, stride=2)"]),
    (MaxPool2d, (3, 2, 1), {}, ["2 positional", "(2, 1)"]),
    (MaxPool2d, (0,), {}, ["kernel_size", "got 0"]),
    (MaxPool2d, (2,), {"stride": 0}, ["stride", "got 0"]),
    (MaxPool2d, (2,), {"dilation": 0}, ["dilation", "got 0"]),
    (MaxPool2d, (2,), {"ceil_mode": 1}, ["ceil_mode", "True or False", "got 1"]),
    (AvgPool2d, (3, 2), {}, ["(2,)", "AvgPool2d(3, stride=2)"]),
    (AvgPool2d, (2,), {"stride": 0}, ["stride", "got 0"]),
    (AvgPool2d, (2,), {"padding": (0, -3)}, ["padding", "got -3"]),
    (AvgPool2d, (2,), {"count_include_pad": None}, ["count_include_pad", "None"]),
    (Linear, (400, 120), {}, ["(120,)", "Linear(120, in_features=400)"]),
    (Linear, (0,), {}, ["out_features", "got 0"]),
    (Linear, (2.5,), {}, ["out_features", "whole number", "2.5"]),
    (Linear, (2,), {"in_features": -1}, ["in_features", "got -1"]),
    (Linear, (2,), {"bias": 0}, ["bias", "True or False", "got 0"]),
    (ReLU, (True,), {}, ["ReLU", "(True,)", "no arguments"]),
    (Softmax, (1,), {}, ["Softmax", "(1,)", "over the channels"]),
    (Flatten, (1,), {}, ["Flatten", "(1,)", "all but the batch"]),
    (Add, (1, 2), {}, ["Add", "(1, 2)", "sc.Add()(a, b)"]),
    (Dropout, (0.5, True), {}, ["Dropout", "(True,)"]),
    (Dropout, (1,), {}, ["below 1", "got 1"]),
    (Dropout, (-0.1,), {}, ["at least 0", "got -0.1"]),
    (Dropout, (float("nan"),), {}, ["at least 0", "got nan"]),
    (Dropout, ("0.5",), {}, ["must be a number", "'0.5'"]),
]

SHAPES: list[tuple[Layer, tuple[Shape, ...], type[SimplecellError], list[str]]] = [
    *refusals_windows.SHAPES,
    *refusals_activations.SHAPES,
    *refusals_norms.SHAPES,
    *refusals_wiring.SHAPES,
    *refusals_elementary.SHAPES,
    (Conv2d(1, 3), ((5,),), ShapeError, ["image C x H x W", "got 5", "before Flatten"]),
    (Conv2d(1, 3), ((1, 3, 8, 8),), ShapeError, ["image C x H x W", "got 1x3x8x8", "batch"]),
    (Conv2d(1, 3), ((1, 8, 8), (1, 8, 8)), ShapeError, ["one input", "got 2", "1x8x8"]),
    (Conv2d(1, 3), (), ShapeError, ["one input", "got 0"]),
    (
        Conv2d(1, 5, padding=(0, 1)), ((1, 4, 4),), ShapeError,
        ["rows 4 + padding 0+0 = 4 < 5", "floor((4 + 2*0 - 1*(5-1) - 1)/1) + 1 = 0"],
    ),
    (
        Conv2d(1, 3, dilation=(1, 4), padding=((0, 0), (1, 2))), ((1, 5, 5),), ShapeError,
        ["columns 5 + padding 1+2 = 8 < 9 = 4*(3-1) + 1", "floor((5 + 1+2 - 4*(3-1) - 1)/1) + 1 = 0"],
    ),
    (Conv2d(4, 1, groups=2), ((3, 2, 2),), ShapeError, ["groups must divide", "3 % groups 2 = 1"]),
    (Conv2d(4, 1, in_channels=4), ((3, 2, 2),), ShapeError, ["needs 4 input channels, got 3", "3x2x2"]),
    (Conv2d(4, 1, in_channels=3), ((224, 224, 3),), ShapeError, ["needs 3", "got 224", "H x W x C"]),
    (Conv2d(2**20, 1), ((1, 2**11, 2**11),), MemoryLimitError, ["output", "1048576x2048x2048", "4,398,046,511,104"]),
    (Conv2d(2**30, 1), ((2**30, 1, 1),), MemoryLimitError, ["weight", "1073741824x1073741824"]),
    (
        Conv2d(1, 1, stride=2**30, padding=2**30), ((1, 1, 1),), MemoryLimitError,
        ["padded input", "2147483649"],
    ),
    (MaxPool2d(2), ((7,),), ShapeError, ["image C x H x W", "got 7"]),
    (MaxPool2d(3), ((1, 5, 2),), ShapeError, ["columns 2 + padding 0+0 = 2 < 3"]),
    (MaxPool2d(2, padding=2), ((1, 4, 4),), ShapeError, ["only padding", "output 0", "rows", "-2, -1"]),
    (MaxPool2d(2, padding=((0, 0), (0, 3)), stride=1), ((1, 4, 4),), ShapeError, ["output 5", "columns", "5, 6"]),
    (MaxPool2d(2, dilation=9, padding=4), ((1, 4, 4),), ShapeError, ["output 0", "-4, 5", "0 .. 3"]),
    (AvgPool2d(4), ((1, 3, 8),), ShapeError, ["rows 3 + padding 0+0 = 3 < 4"]),
    (Linear(3), ((16, 4, 4),), ShapeError, ["got 16x4x4", "sc.Flatten()", "16*4*4 = 256"]),
    (Linear(3, in_features=400), ((256,),), ShapeError, ["needs 400 inputs, got 256"]),
    (Linear(2**21), ((2**20,),), MemoryLimitError, ["2097152x1048576"]),
    (ReLU(), ((3,), (3,)), ShapeError, ["one input", "got 2"]),
    (Softmax(), ((3,), (3,)), ShapeError, ["one input", "got 2"]),
    (Dropout(), (), ShapeError, ["one input", "got 0"]),
    (Flatten(), ((3,), (4,)), ShapeError, ["one input", "got 2: 3, 4"]),
    (Add(), ((3,),), ShapeError, ["two or more inputs", "got 1"]),
    (Add(), ((3, 4, 4), (3, 4, 5)), ShapeError, ["equal shape", "3x4x4 and 3x4x5"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "positional", "named", "says"), ARGUMENTS)
def test_impossible_arguments(kind: Any, positional: tuple[Any, ...], named: dict[str, Any], says: list[str]) -> None:
    with pytest.raises(ArgumentError) as caught:
        kind(*positional, **named)
    assert [part for part in says if part not in str(caught.value)] == []


@pytest.mark.parametrize(("layer", "shapes", "error", "says"), SHAPES)
def test_impossible_shapes(layer: Layer, shapes: tuple[Shape, ...], error: type[Exception], says: list[str]) -> None:
    with pytest.raises(error) as caught:
        layer.site(*shapes)
    assert [part for part in says if part not in str(caught.value)] == []


def test_every_kind_is_in_both_tables() -> None:
    assert {kind.__name__ for kind, *_ in ARGUMENTS} == set(KINDS)
    assert {layer.kind for layer, *_ in SHAPES} == set(KINDS)


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ((1, 3, 4, 4, 4), ["5 sizes", "leave the batch out"]),
        ((3, 0, 4), ["(3, 0, 4)", "at least 1", "got 0"]),
        ((3, 4.0, 4), ["whole number", "4.0"]),
        ((True,), ["whole number", "True"]),
        ((), ["0 sizes"]),
    ],
)
def test_an_impossible_input(shape: tuple[Any, ...], says: list[str]) -> None:
    with pytest.raises(ArgumentError) as caught:
        Input(*shape)
    assert [part for part in says if part not in str(caught.value)] == []


def test_an_input_too_large_for_any_memory() -> None:
    with pytest.raises(MemoryLimitError, match="1048576x1024x1025"):
        Input(2**20, 2**10, 2**10 + 1)


def test_a_layer_is_applied_to_values_not_arrays() -> None:
    with pytest.raises(ArgumentError, match="ndarray"):
        ReLU()(np.zeros((1, 3)))  # type: ignore[arg-type]


def test_huge_but_possible_geometry_is_counted_without_walking_it() -> None:
    site = Conv2d(1, 1, bias=False).site((1, 1, 2**31 - 1))
    assert site.cost.macs == 2**31 - 1
    pool = MaxPool2d((1, 2**28), padding=((0, 0), (2**28 - 1, 2**28 - 1)), stride=1, dilation=(1, 2))
    with pytest.raises(ShapeError, match="output 0 along the columns"):
        pool.site((1, 1, 1))
    even = pool.make(pool.arguments() | {"padding": ((0, 0), (2**29 - 2, 2**29 - 2)), "stride": 2}, None)
    assert even.site((1, 1, 1)).output == (1, 1, 2**28)
    wide = Conv2d(1, (1, 2**30), padding=((0, 0), (5, 0)), bias=False).site((1, 1, 2**30))
    assert wide.cost.padding_macs == 5 + 4 + 3 + 2 + 1


def test_a_layer_is_a_value() -> None:
    layer = Conv2d(4, (3, 5), padding=1, name="a")
    assert layer == Conv2d(4, [3, 5], padding=1, name="a")
    assert len({layer, Conv2d(4, (3, 5), padding=1, name="a"), Conv2d(4, (3, 5), padding=1, name="b")}) == 2
    assert layer not in (Conv2d(4, (5, 3), padding=1, name="a"), "a")
    assert MaxPool2d(2) != AvgPool2d(2)
    assert repr(ReLU(name="r")) == "ReLU(name='r')"


def test_a_layer_cannot_be_changed() -> None:
    layer = Linear(10)
    with pytest.raises(FrozenInstanceError, match=r"out_features.*make another one"):
        layer.out_features = 11
    with pytest.raises(FrozenInstanceError, match="out_features"):
        del layer.out_features
    assert layer == Linear(10)
