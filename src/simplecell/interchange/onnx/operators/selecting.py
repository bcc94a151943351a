"""ONNX's operators that pick, join and move values."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from simplecell.interchange.onnx.call import Call, known
from simplecell.interchange.onnx.operators.activations import Function
from simplecell.interchange.onnx.patterns import adaptive_of
from simplecell.interchange.onnx.values import Operand, Traced
from simplecell.layers import ChannelShuffle, Concat, Crop, Pad, PixelShuffle, Slice, Take
from simplecell.layers.base import Array


def concat(call: Call) -> tuple[Operand, ...]:
    """Values one behind the other along an axis."""
    xs = [call.input(i) for i in range(len(call.inputs))]
    axis = int(call.get("axis", 1))
    arrays = [x for x in xs if known(x)]
    if len(arrays) == len(xs):
        call.axis(axis, arrays[0].ndim)
        try:
            return (np.concatenate(arrays, axis),)
        except ValueError:
            call.refuse(f"the shapes {', '.join(str(a.shape) for a in arrays)} do not fit along axis {axis}")
    traced = next(x for x in xs if not known(x))
    if len(xs) == 1:
        return (traced,)
    inner = call.inner_axis(traced, axis)
    pool = None if arrays else adaptive_of(call.tracer, [x for x in xs if not known(x)], inner)
    return (call.apply(*pool) if pool else call.apply(Concat(axis=inner), *xs),)


def _part(call: Call, x: Traced, axis: int, start: int, stop: int, step: int = 1) -> Operand:
    """x[start:stop:step] along an inner axis; nothing is added for all of it."""
    if (start, step) == (0, 1) and stop >= x.shape[axis]:
        return x
    rank = len(x.shape)
    at = {"start": start, "stop": stop, "step": step}
    ends = {key: tuple(value if i == axis else None for i in range(rank)) for key, value in at.items()}
    return call.apply(Slice.make(ends, None), x)


def split(call: Call) -> tuple[Operand, ...]:
    """Parts of given sizes, or as many equal ones as there are outputs, the last perhaps smaller."""
    x = call.input(0)
    shape = call.shape(x)
    axis = call.axis(int(call.get("axis", 0)), len(shape))
    sizes = call.integers(1, "split", "split")
    if sizes is None:
        count = int(call.get("num_outputs", len(call.outputs)))
        each = -(-shape[axis] // max(count, 1))
        sizes = [min(each, max(shape[axis] - i * each, 0)) for i in range(count)]
    if sum(sizes) != shape[axis] or min(sizes, default=0) < 0 or len(sizes) != len(call.outputs):
        call.refuse(f"sizes {sizes} do not make up the {shape[axis]} along axis {axis} in {len(call.outputs)} outputs")
    ends = list(accumulate(sizes))
    if known(x):
        return tuple(np.split(x, ends[:-1], axis))
    inner = call.inner_axis(x, axis)
    return tuple(_part(call, x, inner, end - size, end) for size, end in zip(sizes, ends, strict=True))


def slices(call: Call) -> tuple[Operand, ...]:
    """x[start:stop:step] along some axes, as in Python."""
    x = call.input(0)
    rank = len(call.shape(x))
    starts, stops = call.integers(1, "starts", "starts"), call.integers(2, "ends", "ends")
    if starts is None or stops is None or len(starts) != len(stops):
        call.refuse(f"needs as many starts as ends, got {starts} and {stops}")
    axes = call.integers(3, "axes", "axes") or list(range(len(starts)))
    steps = call.integers(4, "steps", "steps") or [1] * len(starts)
    if not len(axes) == len(steps) == len(starts) or 0 in steps:
        call.refuse(f"axes {axes} and steps {steps} do not fit {len(starts)} starts")
    if known(x):
        index = [slice(None)] * rank
        for axis, start, stop, step in zip(axes, starts, stops, steps, strict=True):
            end = None if step < 0 and stop < -x.shape[call.axis(axis, rank)] else stop
            index[call.axis(axis, rank)] = slice(start, end, step)
        return (x[tuple(index)],)
    return (_slices_of(call, x, zip(axes, starts, stops, steps, strict=True)),)


def _slices_of(call: Call, x: Traced, parts: object) -> Operand:
    for axis, start, stop, step in parts:  # type: ignore[attr-defined]
        if call.axis(axis, len(x.shape) + 1) == 0 and start == 0 and stop >= call.tracer.batch and step == 1:
            continue
        inner = call.inner_axis(x, axis)
        if step < 0:
            call.refuse(f"steps = {step} along axis {axis}; supported: steps from 1")
        first, last, _ = slice(start, stop, step).indices(x.shape[inner])
        result = _part(call, x, inner, first, last, step)
        assert isinstance(result, Traced)
        x = result
    return x


def gather(call: Call) -> tuple[Operand, ...]:
    """The entries at some indices along an axis."""
    x, indices = call.input(0), call.fixed(1, "indices")
    shape = call.shape(x)
    axis = call.axis(int(call.get("axis", 0)), len(shape))
    size = shape[axis]
    if indices.size and not -size <= indices.min() <= indices.max() < size:
        call.refuse(f"indices {indices.ravel()[:8].tolist()} do not all lie in an axis of {size}")
    if known(x):
        call.room((*shape[:axis], *indices.shape, *shape[axis + 1 :]))
        return (np.asarray(np.take(x, indices, axis)),)
    inner, places = call.inner_axis(x, axis), (indices % size).ravel().tolist()
    if indices.ndim > 1:
        call.refuse(f"indices have the shape {indices.shape}; supported: one index or a row of them")
    taken = call.apply(Take(places, axis=inner), x) if places != list(range(size)) else x
    if indices.ndim:
        return (taken,)
    return (call.reshaped(taken, (*x.shape[:inner], *x.shape[inner + 1 :])),)


_MODES = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


def pad(call: Call) -> tuple[Operand, ...]:
    """Cells around: constant, mirrored, the edge's, or from the other end; negative numbers cut off."""
    x, rank = call.input(0), len(call.shape(call.input(0)))
    mode = call.one_of("mode", "constant", *_MODES)
    flat = call.integers(1, "pads", "pads") or call.get("paddings") or []
    axes = call.integers(3, "axes", "axes")
    where = list(range(rank)) if axes is None else [call.axis(a, rank) for a in axes]
    if len(flat) != 2 * len(where):
        call.refuse(f"pads has {len(flat)} entries for {len(where)} axes")
    pads = [(0, 0)] * rank
    for i, axis in enumerate(where):
        pads[axis] = (int(flat[i]), int(flat[i + len(where)]))
    given = call.fixed_option(2, "value")
    value = call.get("value", 0.0) if given is None else given.ravel()[0] if given.size else 0.0
    if known(x):
        return (_padded(call, x, pads, mode, value),)
    return (_pad_layers(call, x, pads, mode, float(value)),)


def _padded(call: Call, x: Array, pads: Sequence[tuple[int, int]], mode: str, value: object) -> Array:
    """Cut first, then put around."""
    index = tuple(slice(max(-before, 0), n - max(-after, 0)) for n, (before, after) in zip(x.shape, pads, strict=True))
    cells = [(max(before, 0), max(after, 0)) for before, after in pads]
    call.room([n + a + b for n, (a, b) in zip(x.shape, cells, strict=True)])
    if mode == "constant":
        return np.pad(x[index], cells, constant_values=value)  # type: ignore[arg-type]
    return np.pad(x[index], cells, mode=mode)  # type: ignore[call-overload]


def _pad_layers(call: Call, x: Traced, pads: Sequence[tuple[int, int]], mode: str, value: float) -> Operand:
    if any(pads[0]) or any(pads[1]):
        call.refuse(f"pads the batch or the channels by {pads[0]} and {pads[1]}; supported: the axes behind them")
    y: Operand = x
    cut = tuple((max(-a, 0), max(-b, 0)) for a, b in pads[2:])
    put = tuple((max(a, 0), max(b, 0)) for a, b in pads[2:])
    if any(map(any, cut)):
        y = call.apply(Crop(cut), y)
    if any(map(any, put)):
        y = call.apply(Pad(put, mode=_MODES[mode], value=value if mode == "constant" else 0.0), y)
    return y


def tile(call: Call) -> tuple[Operand, ...]:
    """An array repeated along its axes."""
    x, repeats = call.fixed(0, "its input"), call.fixed(1, "repeats").ravel().tolist()
    if len(repeats) != x.ndim:
        call.refuse(f"repeats {repeats} do not fit {x.ndim} axes")
    call.room([n * r for n, r in zip(x.shape, repeats, strict=True)])
    return (np.tile(x, repeats),)


def depth_to_space(call: Call) -> tuple[Operand, ...]:
    """Channels become pixels: "CRD" counts them as PixelShuffle does, "DCR" the blocks first."""
    x, block = call.input(0), int(call.get("blocksize", 0))
    if block < 1:
        call.refuse(f"attribute blocksize = {block}; supported: from 1")
    if call.one_of("mode", "DCR", "CRD") == "DCR" and block > 1:
        x = call.apply(ChannelShuffle(block * block), x)
    return (call.apply(PixelShuffle(block), x),)


def space_to_depth(call: Call) -> tuple[Operand, ...]:
    """Pixels become channels."""
    x, b = call.fixed(0, "its input"), int(call.get("blocksize", 1))
    n, c, h, w = x.shape
    if h % b or w % b:
        call.refuse(f"blocksize {b} does not divide {h}x{w}")
    order = (0, 3, 5, 1, 2, 4) if call.one_of("mode", "DCR", "CRD") == "DCR" else (0, 1, 3, 5, 2, 4)
    blocks = x.reshape(n, c, h // b, b, w // b, b).transpose(order)
    return (blocks.reshape(n, c * b * b, h // b, w // b),)


OPERATORS: dict[str, Function] = {
    "Concat": concat,
    "Split": split,
    "Slice": slices,
    "Gather": gather,
    "Pad": pad,
    "Tile": tile,
    "DepthToSpace": depth_to_space,
    "SpaceToDepth": space_to_depth,
}
