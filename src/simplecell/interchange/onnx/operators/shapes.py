"""ONNX's operators about shapes and types. On arrays they are the shape arithmetic that exporters write around a
network; it is computed while the graph is read and none of it is left."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from simplecell.interchange.onnx.call import Call, known
from simplecell.interchange.onnx.operators.activations import Function
from simplecell.interchange.onnx.values import BATCH, Operand, Traced
from simplecell.layers import Dropout, Expand
from simplecell.layers.base import Shape

TYPES: dict[int, type[Any]] = {
    1: np.float32, 2: np.uint8, 3: np.int8, 5: np.int16, 6: np.int32, 7: np.int64, 9: np.bool_, 10: np.float16,
    11: np.float64, 12: np.uint32, 13: np.uint64, 4: np.uint16,
}  # fmt: skip
"""ONNX's numbers of the types that arrays here can have."""


def reshape(call: Call) -> tuple[Operand, ...]:
    """Another shape; 0 stands for the input's size there (unless `allowzero`), -1 for what is left over."""
    x, wanted = call.input(0), call.integers(1, "shape", "shape")
    if wanted is None:
        call.refuse("its shape is missing")
    given = call.shape(x)
    if not call.get("allowzero", 0):
        wanted = [given[i] if size == 0 and i < len(given) else size for i, size in enumerate(wanted)]
    if not known(x):
        return (call.reshaped(x, _per_image(call, x, wanted)),)
    try:
        return (x.reshape(wanted),)
    except ValueError:
        call.refuse(f"{x.size} values of shape {x.shape} do not fill the shape {tuple(wanted)}")


def _per_image(call: Call, x: Traced, wanted: list[int]) -> Shape:
    """A wanted shape without the batch, which must stay what it is; an exporter that saw one image may say 1."""
    values = prod(x.shape)
    first, rest = (wanted[0], wanted[1:]) if wanted else (1, [])
    if -1 in rest:
        known_sizes = -prod(rest)
        rest = [values // known_sizes if size == -1 and known_sizes else size for size in rest]
    if first not in (-1, 1, call.tracer.batch) or prod(rest) != values or min(rest, default=1) < 1:
        free = "n" if call.tracer.batch == BATCH else str(call.tracer.batch)
        said = tuple("n" if size == BATCH else size for size in wanted)
        call.refuse(f"makes {said} of (n = {free}, {', '.join(map(str, x.shape))}): the batch must stay the first axis")
    return tuple(rest)


def flatten(call: Call) -> tuple[Operand, ...]:
    """Two axes: those before `axis` joined, and the rest."""
    x, axis = call.input(0), int(call.get("axis", 1))
    shape = call.shape(x)
    if not -len(shape) <= axis <= len(shape):
        call.refuse(f"axis {axis} does not exist in {len(shape)} axes")
    axis += len(shape) if axis < 0 else 0
    if known(x):
        return (x.reshape(prod(shape[:axis]), prod(shape[axis:])),)
    if axis < 1 or prod(shape[1:axis]) != 1:
        call.refuse(f"attribute axis = {axis} joins the batch with other axes; supported: 1")
    return (call.reshaped(x, (prod(x.shape),)),)


def transpose(call: Call) -> tuple[Operand, ...]:
    """Another order of the axes."""
    x = call.input(0)
    rank = len(call.shape(x))
    order = [int(i) for i in call.get("perm", range(rank)[::-1])]
    if sorted(order) != list(range(rank)):
        call.refuse(f"attribute perm = {order!r}; supported: the axes 0 to {rank - 1} in some order")
    if known(x):
        return (x.transpose(order),)
    if order[0] != 0:
        call.refuse(f"attribute perm = {order!r} moves the batch from the first axis")
    return (call.permuted(x, [i - 1 for i in order[1:]]),)


def squeeze(call: Call) -> tuple[Operand, ...]:
    """Axes of size 1 away."""
    x, axes = call.input(0), call.integers(1, "axes", "axes")
    shape = call.shape(x)
    if axes is None:
        gone = {i for i, size in enumerate(shape) if size == 1 and (known(x) or i)}
    else:
        gone = {call.axis(a, len(shape)) for a in axes}
    if any(shape[i] != 1 for i in gone):
        call.refuse(f"squeezes the axes {sorted(gone)} of {shape}; only axes of size 1 can go")
    kept = [size for i, size in enumerate(shape) if i not in gone]
    if known(x):
        return (x.reshape(kept),)
    if 0 in gone:
        call.refuse("takes axis 0, the batch, away")
    return (call.reshaped(x, kept[1:]),)


def unsqueeze(call: Call) -> tuple[Operand, ...]:
    """New axes of size 1."""
    x, axes = call.input(0), call.integers(1, "axes", "axes") or []
    shape = call.shape(x)
    rank = len(shape) + len(axes)
    new = {call.axis(a, rank) for a in axes}
    if len(new) != len(axes):
        call.refuse(f"names an axis twice: {axes}")
    sizes = iter(shape)
    wanted = [1 if i in new else next(sizes) for i in range(rank)]
    if known(x):
        return (x.reshape(wanted),)
    if 0 in new:
        call.refuse("puts an axis before the batch")
    return (call.reshaped(x, wanted[1:]),)


def expand(call: Call) -> tuple[Operand, ...]:
    """Values repeated along axes of size 1, and new axes before."""
    x, wanted = call.input(0), [int(v) for v in call.fixed(1, "shape").ravel()]
    try:
        shape = np.broadcast_shapes(call.shape(x), tuple(wanted))
    except ValueError:
        call.refuse(f"the shapes {call.shape(x)} and {tuple(wanted)} do not fit by broadcasting")
    if known(x):
        call.room(shape)
        return (np.broadcast_to(x, shape).copy(),)
    if len(shape) != len(x.shape) + 1 or shape[0] != call.tracer.batch:
        call.refuse("puts axes before the batch, or repeats the images")
    return (x if shape[1:] == x.shape else call.apply(Expand(shape[1:]), x),)


def shape_of(call: Call) -> tuple[Operand, ...]:
    """The sizes; BATCH stands for a batch that is free."""
    return (np.array(call.shape(call.input(0))[call.get("start", 0) : call.get("end")], np.int64),)


def size_of(call: Call) -> tuple[Operand, ...]:
    return (np.array(call.fixed(0, "its input").size, np.int64),)


def identity(call: Call) -> tuple[Operand, ...]:
    return (call.input(0),)


def dropout(call: Call) -> tuple[Operand, ...]:
    """Nothing outside training, in which its layer stays; its mask is all ones."""
    x, given, training = call.input(0), call.fixed_option(1, "ratio"), call.fixed_option(2, "training_mode")
    ratio = call.get("ratio", 0.5) if given is None else float(str(given.reshape(())))  # 0.2 as it was written
    if training is not None and bool(training) and ratio > 0:
        call.refuse("training_mode = True with a ratio above 0 draws random numbers; supported: False")
    if len(call.outputs) < 2:
        return (x if known(x) else call.apply(Dropout(ratio), x),)
    if not known(x):
        call.refuse("asks for the mask; a network gives the values alone")
    return x, np.ones(x.shape, bool if call.opset >= 7 else x.dtype)


def constant(call: Call) -> tuple[Operand, ...]:
    """The value in the file, in any of its forms."""
    forms = {"value": None, "value_float": np.float32, "value_floats": np.float32, "value_int": np.int64,
             "value_ints": np.int64}  # fmt: skip
    for name, kind in forms.items():
        if name in call.attributes:
            return (np.asarray(call.get(name), kind),)
    call.refuse(f"has no value of a supported form; supported: {', '.join(forms)}")


def constant_of_shape(call: Call) -> tuple[Operand, ...]:
    """One value, as often as the shape says."""
    shape = [int(v) for v in call.fixed(0, "shape").ravel()]
    call.room(shape)
    value = np.asarray(call.get("value", np.zeros(1, np.float32)))
    return (np.full(shape, value.ravel()[0], value.dtype),)


def _cast_to(call: Call, x: Operand, kind: type[Any]) -> Operand:
    if known(x):
        with np.errstate(all="ignore"):
            return x.astype(kind)
    if kind is not np.float32:
        call.refuse(f"turns the network's float32 values into {np.dtype(kind)}; they stay float32 here")
    return x


def cast(call: Call) -> tuple[Operand, ...]:
    """Another type; what a network computes is float32 and stays it."""
    to = call.get("to")
    if to not in TYPES:
        call.refuse(f"attribute to = {to!r}; supported: {', '.join(map(str, sorted(TYPES)))}")
    return (_cast_to(call, call.input(0), TYPES[to]),)


def cast_like(call: Call) -> tuple[Operand, ...]:
    """The type of another value."""
    like = call.input(1)
    return (_cast_to(call, call.input(0), like.dtype.type if known(like) else np.float32),)


def sequence(call: Call) -> tuple[Operand, ...]:
    """start, start + delta, ... below limit."""
    start, limit, delta = (_scalar(call, i) for i in range(3))
    if delta == 0:
        call.refuse("delta is 0")
    call.room([max(int(np.ceil((limit - start) / delta)), 0)])
    return (np.arange(start, limit, delta, dtype=start.dtype),)


def _scalar(call: Call, index: int) -> Any:
    return call.fixed(index, "its bounds").reshape(-1)[0]


OPERATORS: dict[str, Function] = {
    "Reshape": reshape,
    "Flatten": flatten,
    "Transpose": transpose,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Expand": expand,
    "Shape": shape_of,
    "Size": size_of,
    "Identity": identity,
    "Dropout": dropout,
    "Constant": constant,
    "ConstantOfShape": constant_of_shape,
    "Cast": cast,
    "CastLike": cast_like,
    "Range": sequence,
}
