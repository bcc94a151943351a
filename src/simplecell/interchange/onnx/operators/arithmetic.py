"""ONNX's arithmetic between values, with broadcasting."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce

import numpy as np

from simplecell.interchange.onnx.absorbing import absorbed
from simplecell.interchange.onnx.call import Call, known
from simplecell.interchange.onnx.operators.activations import Function
from simplecell.interchange.onnx.patterns import gated, gelu_of, response_norm_of
from simplecell.interchange.onnx.values import Operand, Traced
from simplecell.layers import GELU, Add, Affine, Expand, Maximum, Mul, Power, Rescale
from simplecell.layers.base import Array

Combine = Callable[[Call, Operand, Operand], Operand]


def _aligned(call: Call) -> tuple[Operand, Operand]:
    """The two inputs; before opset 7 the second could say at which axis of the first it begins."""
    a, b = call.input(0), call.input(1)
    if call.opset < 7 and call.get("broadcast") and known(b) and "axis" in call.attributes:
        rank = len(call.shape(a))
        start = call.axis(call.get("axis"), rank)
        b = b.reshape(b.shape + (1,) * (rank - start - b.ndim))
    return a, b


def _binary(combine: Combine, call: Call) -> tuple[Operand, ...]:
    return (combine(call, *_aligned(call)),)


def _folded(combine: Combine, call: Call) -> tuple[Operand, ...]:
    """An operator over any number of inputs, two by two."""
    first, *rest = [call.input(i) for i in range(len(call.inputs))]
    return (reduce(partial(combine, call), rest, first),)


def _constant(call: Call, x: Traced, c: Array) -> Array:
    """A constant as it meets each image: without the batch's axis."""
    if c.dtype.kind != "f":
        call.refuse(f"mixes the network's float32 values with a constant of {c.dtype}")
    if c.ndim == len(x.shape) + 1:
        if len(c) != 1:
            call.refuse(f"a constant of shape {c.shape} differs from image to image of the batch")
        c = c[0]
    if c.ndim > len(x.shape):
        call.refuse(f"a constant of shape {c.shape} has more axes than the network's value {x.shape} has per image")
    return c.reshape((1,) * (len(x.shape) - c.ndim) + c.shape)


def _spread(call: Call, x: Traced, c: Array) -> Traced:
    """The value, repeated along axes where the constant is longer."""
    shape = np.broadcast_shapes(x.shape, c.shape)
    return x if shape == x.shape else _traced(call.apply(Expand(shape), x))


def _traced(x: Operand) -> Traced:
    assert not known(x)
    return x


def _affine(call: Call, x: Traced, scale: Array | None, offset: Array | None) -> Operand:
    """x * scale + offset by constants: into the layer before where that can take it, else a layer of its own; one
    number is an argument, more are weights."""
    given = next(c for c in (scale, offset) if c is not None)
    if given.size == 1:
        factor = 1.0 if scale is None else float(scale.ravel()[0])
        shift = 0.0 if offset is None else float(offset.ravel()[0])
        if not (np.isfinite(factor) and np.isfinite(shift)):
            call.refuse(f"combines the network's values with the constant {float(given.ravel()[0])}")
        if (factor, shift) == (1.0, 0.0) and np.broadcast_shapes(x.shape, given.shape) == x.shape:
            return x
        gelu = gelu_of(call.tracer, x, factor) if shift == 0.0 else None
        if gelu is not None:
            return call.apply(GELU(), gelu)
        return call.apply(Rescale(factor, shift), _spread(call, x, given))
    taken = absorbed(call, x, scale, offset)
    if taken is not None:
        return taken
    x = _spread(call, x, given)
    layer = Affine(given.shape, weight=scale is not None, bias=offset is not None)
    weights = {key: c for key, c in (("weight", scale), ("bias", offset)) if c is not None}
    return call.apply(layer, x, **weights)


def _pair(call: Call, a: Traced, b: Traced) -> tuple[Traced, Traced]:
    """Two values of the network in one shape."""
    if len(a.shape) != len(b.shape):
        call.refuse(f"the values {a.shape} and {b.shape} (batch left out) have different numbers of axes")
    try:
        shape = np.broadcast_shapes(a.shape, b.shape)
    except ValueError:
        call.refuse(f"the values {a.shape} and {b.shape} (batch left out) do not fit by broadcasting")
    stretched = [x if x.shape == shape else _traced(call.apply(Expand(shape), x)) for x in (a, b)]
    return stretched[0], stretched[1]


def _arrays(call: Call, function: Callable[[Array, Array], Array], a: Array, b: Array) -> Array:
    try:
        call.room(np.broadcast_shapes(a.shape, b.shape))
    except ValueError:
        call.refuse(f"the shapes {a.shape} and {b.shape} do not fit by broadcasting")
    with np.errstate(all="ignore"):
        return np.asarray(function(a, b))


def add(call: Call, a: Operand, b: Operand) -> Operand:
    """a + b."""
    if known(a) and known(b):
        return _arrays(call, np.add, a, b)
    if known(a):
        a, b = b, a
    if known(b):
        x = _traced(a)
        return _affine(call, x, None, _constant(call, x, b))
    return call.apply(Add(), *_pair(call, _traced(a), _traced(b)))


def multiply(call: Call, a: Operand, b: Operand) -> Operand:
    """a * b."""
    if known(a) and known(b):
        return _arrays(call, np.multiply, a, b)
    if known(a):
        a, b = b, a
    if known(b):
        x = _traced(a)
        return _affine(call, x, _constant(call, x, b), None)
    x, y = _traced(a), _traced(b)
    for value, gate in ((x, y), (y, x)):
        activation = gated(call.tracer, value, gate)
        if activation is not None:
            return call.apply(activation, value)
    if len(x.shape) == len(y.shape) and np.broadcast_shapes(x.shape, y.shape) in (x.shape, y.shape):
        return call.apply(Mul(), x, y)
    return call.apply(Mul(), *_pair(call, x, y))


def subtract(call: Call, a: Operand, b: Operand) -> Operand:
    """a - b."""
    if known(a) and known(b):
        return _arrays(call, np.subtract, a, b)
    if known(b):
        return add(call, a, np.asarray(-b))
    return add(call, a, call.each(Rescale(-1.0), b))


def _quotient(a: Array, b: Array) -> Array:
    """Whole numbers divide towards 0, as in C."""
    if a.dtype.kind == "f":
        return a / b
    whole = np.abs(a) // np.maximum(np.abs(b), 1)
    return (np.sign(a) * np.sign(b) * whole).astype(a.dtype)


def divide(call: Call, a: Operand, b: Operand) -> Operand:
    """a / b."""
    if known(a) and known(b):
        return _arrays(call, _quotient, a, b)
    if known(b):
        with np.errstate(divide="ignore"):
            return multiply(call, a, np.asarray(1 / b, b.dtype))
    if not known(a) and (norm := response_norm_of(call.tracer, a, b)) is not None:
        return call.apply(norm, a)
    return multiply(call, a, call.each(Power(-1.0), b))


def _power(call: Call, a: Operand, b: Operand) -> Operand:
    """a to the power b, in the type of a."""
    if known(a) and known(b):
        kind = a.dtype
        return _arrays(call, lambda x, y: np.power(x.astype(np.result_type(x, y)), y).astype(kind), a, b)
    if not known(b) or b.size != 1:
        call.refuse("the exponent must be one number that is known when the network is built")
    exponent = float(b.ravel()[0])
    if exponent == 1.0:
        return a
    if exponent == 2.0:
        return call.apply(Mul(), a, a)
    return call.each(Power(exponent), a)


def _larger(call: Call, a: Operand, b: Operand) -> Operand:
    if known(a) and known(b):
        return _arrays(call, np.maximum, a, b)
    if known(a) or known(b):
        call.refuse("a maximum with a constant is supported as Clip or Relu")
    return call.apply(Maximum(), *_pair(call, a, b))


def _smaller(call: Call, a: Operand, b: Operand) -> Operand:
    """min(a, b) = -max(-a, -b)."""
    if known(a) and known(b):
        return _arrays(call, np.minimum, a, b)
    turned = [np.asarray(-x) if known(x) else call.each(Rescale(-1.0), x) for x in (a, b)]
    return call.each(Rescale(-1.0), _larger(call, turned[0], turned[1]))


def _mean(call: Call) -> tuple[Operand, ...]:
    (total,) = _folded(add, call)
    return (divide(call, total, np.asarray(len(call.inputs), np.float32)),)


def _modulo(call: Call) -> tuple[Operand, ...]:
    """The sign is the divisor's, or the dividend's with fmod."""
    a, b = call.fixed(0, "its input"), call.fixed(1, "its divisor")
    return (_arrays(call, np.fmod if call.get("fmod") else np.mod, a, b),)


def _compare(function: Callable[[Array, Array], Array], call: Call) -> tuple[Operand, ...]:
    """A comparison or connective of arrays."""
    return (_arrays(call, function, call.fixed(0, "its input"), call.fixed(1, "its input")),)


def _where(call: Call) -> tuple[Operand, ...]:
    """Where a condition is known and the same everywhere, the branch it takes."""
    condition = call.fixed(0, "its condition")
    a, b = call.input(1), call.input(2)
    if known(a) and known(b):
        return (np.where(condition, a, b),)
    if condition.all() or not condition.any():
        chosen, other = (a, b) if condition.all() else (b, a)
        shapes = [call.shape(x) for x in (chosen, other)]
        if not known(chosen) and np.broadcast_shapes(*shapes, condition.shape) == shapes[0]:
            return (chosen,)
    call.refuse("chooses between values of the network place by place; supported: a constant choice for all")


def _reciprocal(call: Call) -> tuple[Operand, ...]:
    x = call.input(0)
    if known(x):
        with np.errstate(divide="ignore"):
            return (np.asarray(1 / x, x.dtype),)
    return (call.each(Power(-1.0), x),)


OPERATORS: dict[str, Function] = {
    "Add": partial(_binary, add),
    "Sub": partial(_binary, subtract),
    "Mul": partial(_binary, multiply),
    "Div": partial(_binary, divide),
    "Pow": partial(_binary, _power),
    "Reciprocal": _reciprocal,
    "Sum": partial(_folded, add),
    "Max": partial(_folded, _larger),
    "Min": partial(_folded, _smaller),
    "Mean": _mean,
    "Mod": _modulo,
    "Where": _where,
    "Equal": partial(_compare, np.equal),
    "Less": partial(_compare, np.less),
    "LessOrEqual": partial(_compare, np.less_equal),
    "Greater": partial(_compare, np.greater),
    "GreaterOrEqual": partial(_compare, np.greater_equal),
    "And": partial(_compare, np.logical_and),
    "Or": partial(_compare, np.logical_or),
    "Xor": partial(_compare, np.logical_xor),
}
