"""What the normalising kinds refuse: arguments and shapes, the error's type and what it must say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simplecell.errors import ShapeError, SimplecellError
from simplecell.layers import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, LocalResponseNorm
from simplecell.layers.base import Layer, Shape

NAN = float("nan")

ARGUMENTS: list[tuple[Callable[..., Layer], tuple[Any, ...], dict[str, Any], list[str]]] = [
    (BatchNorm, (64,), {}, ["(64,)", "PyTorch's BatchNorm2d(64) is BatchNorm()", "counted from the input"]),
    (BatchNorm, (), {"eps": 0}, ["eps", "above 0", "got 0"]),
    (BatchNorm, (), {"momentum": None}, ["momentum must be a number", "None"]),
    (BatchNorm, (), {"momentum": -0.1}, ["momentum", "at least 0", "got -0.1"]),
    (BatchNorm, (), {"momentum": 1.5}, ["momentum", "at most 1", "got 1.5"]),
    (BatchNorm, (), {"affine": 1}, ["affine", "True or False", "got 1"]),
    (InstanceNorm, (64,), {}, ["(64,)", "PyTorch's InstanceNorm2d(64) is InstanceNorm()"]),
    (InstanceNorm, (), {"eps": -1e-5}, ["eps", "above 0", "got -1e-05"]),
    (InstanceNorm, (), {"affine": "yes"}, ["affine", "True or False", "'yes'"]),
    (GroupNorm, (8, 64), {}, ["(64,)", "PyTorch's GroupNorm(8, 64) is GroupNorm(8)"]),
    (GroupNorm, (0,), {}, ["groups", "at least 1", "got 0"]),
    (GroupNorm, (2.0,), {}, ["groups", "whole number", "2.0"]),
    (GroupNorm, (2,), {"eps": "small"}, ["eps must be a number", "'small'"]),
    (GroupNorm, (2,), {"affine": None}, ["affine", "True or False", "None"]),
    (LayerNorm, (10, 1e-5), {}, ["(1e-05,)", "LayerNorm(10, eps=1e-5)", "one tuple"]),
    (LayerNorm, (0,), {}, ["normalized_shape", "at least 1", "got 0"]),
    (LayerNorm, ((),), {}, ["normalized_shape", "one to four sizes", "()"]),
    (LayerNorm, ((3, "4"),), {}, ["normalized_shape", "whole number", "'4'"]),
    (LayerNorm, (), {"eps": NAN}, ["eps must be a finite number", "nan"]),
    (LayerNorm, (), {"elementwise_affine": 0}, ["elementwise_affine", "True or False", "got 0"]),
    (LayerNorm, (), {"bias": "no"}, ["bias", "True or False", "'no'"]),
    (LocalResponseNorm, (5, 1e-4), {}, ["(0.0001,)", "LocalResponseNorm(5, alpha=1e-4)"]),
    (LocalResponseNorm, (0,), {}, ["size", "at least 1", "got 0"]),
    (LocalResponseNorm, (5,), {"alpha": -1}, ["alpha", "at least 0", "got -1"]),
    (LocalResponseNorm, (5,), {"beta": NAN}, ["beta must be a finite number", "nan"]),
    (LocalResponseNorm, (5,), {"k": "2"}, ["k must be a number", "'2'"]),
]

SHAPES: list[tuple[Layer, tuple[Shape, ...], type[SimplecellError], list[str]]] = [
    (BatchNorm(), ((3,), (3,)), ShapeError, ["one input", "got 2"]),
    (BatchNorm(), ((3, 4, 0),), ShapeError, ["at least one value along every axis", "3x4x0"]),
    (InstanceNorm(), ((3,),), ShapeError, ["more than one value per channel and image", "got 1 (3)", "LayerNorm"]),
    (InstanceNorm(), ((3, 1, 1),), ShapeError, ["more than one value per channel", "got 1 (3x1x1)", "variance"]),
    (GroupNorm(4), ((6, 2, 2),), ShapeError, ["groups must divide the channels", "6 % groups 4 = 2"]),
    (GroupNorm(8), ((4,),), ShapeError, ["groups must divide the channels", "4 % groups 8 = 4"]),
    (LayerNorm(3), ((3, 4, 4),), ShapeError, ["normalized_shape 3", "got 3x4x4"]),
    (LayerNorm((3, 4, 4)), ((4, 4),), ShapeError, ["normalized_shape 3x4x4", "got 4x4"]),
    (LocalResponseNorm(5), ((400,),), ShapeError, ["channels with places", "400 plain features", "before Flatten"]),
]
