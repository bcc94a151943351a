"""ONNX's Resize and Upsample: along each axis a matrix of shares, output by input."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simplecell.errors import SimplecellError
from simplecell.interchange.onnx.call import Call, known
from simplecell.interchange.onnx.operators.activations import Function
from simplecell.interchange.onnx.values import Operand, Traced
from simplecell.layers import Upsample
from simplecell.layers.axes import Resampled
from simplecell.layers.base import Array

_COORDINATES = (
    "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
)  # fmt: skip
LONGEST = 2**16
"""Cells of a resized axis at most; a few bytes in a file can ask for any number."""
_NEAREST = {
    "round_prefer_floor": lambda p: math.ceil(p - 0.5),
    "round_prefer_ceil": lambda p: math.floor(p + 0.5),
    "floor": math.floor,
    "ceil": math.ceil,
}


def resize(call: Call) -> tuple[Operand, ...]:
    """Another size of some axes; nearest or linear."""
    x = call.input(0)
    shape = call.shape(x)
    mode = call.one_of("mode", "nearest", "linear")
    call.one_of("antialias", 0)
    axes = [call.axis(a, len(shape)) for a in call.get("axes", range(len(shape)))]
    at = 1 if call.opset < 11 else 2
    scales = call.fixed_option(at, "scales")
    sizes = call.fixed_option(3, "sizes") if call.opset >= 11 else None
    if sizes is not None and sizes.size:
        wanted, ratios = _from_sizes(call, [shape[a] for a in axes], [int(s) for s in sizes.ravel()])
    elif scales is not None and scales.size:
        ratios = [float(s) for s in scales.ravel()]
        wanted = [_scaled_size(shape[a], r) for a, r in zip(axes, ratios, strict=True)]
    else:
        call.refuse("needs scales or sizes")
    longest = max((size for a, size in zip(axes, wanted, strict=True) if size != shape[a]), default=0)
    if longest > LONGEST:
        call.refuse(f"gives an axis of {longest}; supported: up to {LONGEST}")
    coordinates = "asymmetric" if call.opset < 11 else call.one_of("coordinate_transformation_mode", *_COORDINATES)
    rounding = "floor" if call.opset < 11 else call.one_of("nearest_mode", *_NEAREST)
    if known(x):
        call.room(wanted)
        for axis, size, ratio in zip(axes, wanted, ratios, strict=True):
            x = np.moveaxis(np.moveaxis(x, axis, -1) @ shares(shape[axis], size, ratio, mode, coordinates, rounding).T
                            .astype(x.dtype), -1, axis)  # fmt: skip
        return (np.ascontiguousarray(x),)
    chosen = {a: (size, ratio) for a, size, ratio in zip(axes, wanted, ratios, strict=True)}
    if any(chosen.get(a, (shape[a],))[0] != shape[a] for a in (0, 1)):
        call.refuse("resizes the batch or the channels; supported: the axes behind them")
    targets = [chosen.get(i, (n, 1.0)) for i, n in enumerate(shape)][2:]
    return (_upsample(call, x, targets, mode, coordinates, rounding),)


def _scaled_size(n: int, ratio: float) -> int:
    """floor(n * ratio), where a ratio that float32 holds a hair too small is not taken literally."""
    exact = n * ratio
    return round(exact) if abs(exact - round(exact)) < 1e-4 else math.floor(exact)


def _from_sizes(call: Call, given: Sequence[int], sizes: Sequence[int]) -> tuple[list[int], list[float]]:
    """Sizes as given, or all by one ratio where the aspect ratio must be kept."""
    policy = call.one_of("keep_aspect_ratio_policy", "stretch", "not_larger", "not_smaller")
    ratios = [s / n for s, n in zip(sizes, given, strict=True)]
    if policy == "stretch":
        return list(sizes), ratios
    ratio = min(ratios) if policy == "not_larger" else max(ratios)
    return [math.floor(n * ratio + 0.5) for n in given], [ratio] * len(given)


def shares(n: int, size: int, ratio: float, mode: str, coordinates: str, rounding: str) -> Array:
    """How much each output of an axis takes of each input, (size, n)."""
    matrix = np.zeros((size, n))
    for i in range(size):
        place = _place(i, n, size, ratio, coordinates)
        if mode == "nearest":
            matrix[i, min(max(_NEAREST[rounding](place), 0), n - 1)] = 1.0
            continue
        low = math.floor(place)
        for cell, share in ((low, 1 - (place - low)), (low + 1, place - low)):
            matrix[i, min(max(cell, 0), n - 1)] += share
    return matrix


def _place(i: int, n: int, size: int, ratio: float, coordinates: str) -> float:
    """Where output i lies among the inputs."""
    if coordinates == "align_corners":
        return i * (n - 1) / (ratio * n - 1) if size > 1 else 0.0
    if coordinates == "asymmetric":
        return i / ratio
    if coordinates == "pytorch_half_pixel" and size == 1:
        return 0.0
    place = (i + 0.5) / ratio - 0.5
    if coordinates == "half_pixel_symmetric":  # the output's own middle stays in the middle
        place += n / 2 * (1 - size / (ratio * n))
    return place


def _upsample(
    call: Call, x: Traced, targets: Sequence[tuple[int, float]], mode: str, coordinates: str, rounding: str
) -> Operand:
    """The Upsample layer whose axes take exactly the same shares; refused where there is none."""
    sizes = tuple(size for size, _ in targets)
    if sizes == x.shape[1:]:
        return x
    names = {1: "linear", 2: "bilinear", 3: "trilinear"}
    wanted = [
        shares(n, size, ratio, mode, coordinates, rounding)
        for n, (size, ratio) in zip(x.shape[1:], targets, strict=True)
    ]
    trials = [("nearest", False)] if mode == "nearest" else [(names.get(len(sizes), ""), c) for c in (False, True)]
    for name, corners in trials:
        try:
            layer = Upsample(size=sizes, mode=name, align_corners=corners)
            axes = layer.site(x.shape).axes[1:]
        except SimplecellError as error:
            call.refuse(str(error))
        if all(_equal(axis, matrix) for axis, matrix in zip(axes, wanted, strict=True)):
            return call.apply(layer, x)
    call.refuse(
        f"mode {mode!r}, coordinate_transformation_mode {coordinates!r}, nearest_mode {rounding!r} from {x.shape[1:]} "
        f"to {sizes}: no Upsample takes the same cells; supported in networks: nearest by floor, linear with "
        "half_pixel or align_corners"
    )


def _equal(axis: object, matrix: Array) -> bool:
    """Whether an axis takes these shares."""
    if not isinstance(axis, Resampled):
        return matrix.shape[0] == matrix.shape[1] and bool(np.array_equal(matrix, np.eye(len(matrix))))
    found = np.zeros(matrix.shape)
    for i in range(axis.outputs):
        for cell, share in axis.taps(i):
            found[i, cell] = share
    return bool(np.allclose(found, matrix, atol=1e-6))


def upsample(call: Call) -> tuple[Operand, ...]:
    """Resize as it was before opset 10; its scales were an attribute before opset 9."""
    x = call.input(0)
    if call.opset < 9:
        scales = np.asarray(call.get("scales", ()), np.float32)
        call = Call(call.op, call.name, call.opset, (x, scales), call.attributes, call.outputs, call.tracer, call.title)
    return resize(call)


OPERATORS: dict[str, Function] = {"Resize": resize, "Upsample": upsample}
