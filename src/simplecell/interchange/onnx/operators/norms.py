"""ONNX's normalisations and softmaxes."""

from __future__ import annotations

from functools import partial
from math import prod

import numpy as np

from simplecell.interchange.onnx.call import Call, known
from simplecell.interchange.onnx.operators.activations import Function
from simplecell.interchange.onnx.values import Operand
from simplecell.layers import BatchNorm, Flatten, GroupNorm, InstanceNorm, LayerNorm, LocalResponseNorm
from simplecell.layers.base import Array
from simplecell.layers.logsoftmax import LogSoftmax
from simplecell.layers.softmax import Softmax


def batch_norm(call: Call) -> tuple[Operand, ...]:
    """By the running averages; in training mode, which arrays alone have, by the batch's own."""
    x, scale, bias = call.input(0), call.fixed(1, "scale"), call.fixed(2, "bias")
    mean, variance, eps = call.fixed(3, "mean"), call.fixed(4, "variance"), call.get("epsilon", 1e-5)
    call.one_of("spatial", 1)
    if call.get("training_mode", 0):
        return _training(call, x, (scale, bias, mean, variance), eps)
    layer = BatchNorm(eps=eps, momentum=_momentum(call))
    return (call.apply(layer, x, weight=scale, bias=bias, running_mean=mean, running_var=variance),)


def _momentum(call: Call) -> float:
    """ONNX's momentum is the share that stays."""
    return min(max(round(1 - call.get("momentum", 0.9), 7), 0.0), 1.0)


def _training(call: Call, x: Operand, given: tuple[Array, ...], eps: float) -> tuple[Operand, ...]:
    if not known(x):
        call.refuse("attribute training_mode = 1: export the network in evaluation mode; supported: 0")
    axes, keep = (0, *range(2, x.ndim)), call.get("momentum", 0.9)
    shape = (-1, *(1,) * (x.ndim - 2))
    scale, bias, mean, variance = given
    now, spread = x.mean(axes), x.var(axes)
    y = (x - now.reshape(shape)) / np.sqrt(spread.reshape(shape) + eps) * scale.reshape(shape) + bias.reshape(shape)
    moved = (mean * keep + now * (1 - keep), variance * keep + spread * (1 - keep))
    return (y.astype(x.dtype), *(m.astype(mean.dtype) for m in moved))


def instance_norm(call: Call) -> tuple[Operand, ...]:
    """Each channel of each image by its own mean and variance."""
    layer = InstanceNorm(eps=call.get("epsilon", 1e-5), affine=True)
    return (call.apply(layer, call.input(0), weight=call.fixed(1, "scale"), bias=call.fixed(2, "bias")),)


def group_norm(call: Call) -> tuple[Operand, ...]:
    """Before opset 21 scale and bias were given per group."""
    x, groups = call.input(0), int(call.get("num_groups", 1))
    scale, bias = call.fixed(1, "scale"), call.fixed(2, "bias")
    if call.opset < 21 and scale.size == groups:
        each = call.shape(x)[1] // groups
        scale, bias = np.repeat(scale, each), np.repeat(bias, each)
    layer = GroupNorm(groups, eps=call.get("epsilon", 1e-5))
    return (call.apply(layer, x, weight=scale, bias=bias),)


def layer_norm(call: Call) -> tuple[Operand, ...]:
    """The axes from `axis` on together; arrays are told mean and deviation too."""
    x, eps = call.input(0), call.get("epsilon", 1e-5)
    shape = call.shape(x)
    axis = call.axis(call.get("axis", -1), len(shape))
    scale, bias = call.fixed(1, "scale"), call.fixed_option(2, "bias")
    if known(x):
        return _of_array(x, axis, scale, bias, eps)
    call.inner_axis(x, axis)
    sizes = shape[axis:]
    weights = {"weight": np.broadcast_to(scale, sizes)}
    weights |= {} if bias is None else {"bias": np.broadcast_to(bias, sizes)}
    if len(call.outputs) > 1:
        call.refuse("asks for mean and deviation too; a network gives the normalised values alone")
    return (call.apply(LayerNorm(sizes, eps=eps, bias=bias is not None), x, **weights),)


def _of_array(x: Array, axis: int, scale: Array, bias: Array | None, eps: float) -> tuple[Operand, ...]:
    axes = tuple(range(axis, x.ndim))
    wide = x.astype(np.float64)
    mean = wide.mean(axes, keepdims=True)
    inverse = 1 / np.sqrt(wide.var(axes, keepdims=True) + eps)
    y = (wide - mean) * inverse * scale + (0 if bias is None else bias)
    return y.astype(x.dtype), mean.astype(x.dtype), inverse.astype(x.dtype)


def local_response_norm(call: Call) -> tuple[Operand, ...]:
    """For an even size ONNX has one neighbour more behind than before, PyTorch one more before."""
    x, size = call.input(0), int(call.get("size", 0))
    if size % 2 == 0:
        call.refuse(f"attribute size = {size}; supported: odd sizes")
    numbers = {"alpha": call.get("alpha", 1e-4), "beta": call.get("beta", 0.75), "k": call.get("bias", 1.0)}
    return (call.apply(LocalResponseNorm(size, **numbers), x),)


def _softmax(kind: type[Softmax] | type[LogSoftmax], call: Call) -> tuple[Operand, ...]:
    """Since opset 13 along one axis; before, over all axes from `axis` on together."""
    x = call.input(0)
    shape = call.shape(x)
    axis = call.axis(call.get("axis", -1 if call.opset >= 13 else 1), len(shape))
    if known(x):
        if not x.size:
            return (x,)
        last = axis + 1 if call.opset >= 13 else x.ndim
        rows = x.reshape(prod(shape[:axis]), prod(shape[axis:last]), prod(shape[last:]))
        y = call.apply(kind(), rows)
        return (y.reshape(shape) if known(y) else y,)
    inner = call.inner_axis(x, axis)
    if call.opset < 13 and prod(x.shape[inner + 1 :]) > 1:
        if inner:
            call.refuse(f"attribute axis = {axis} before opset 13 joins axes {axis} and on; supported there: 1")
        return (call.reshaped(call.apply(kind(), call.apply(Flatten(), x)), x.shape),)
    order = [inner, *(i for i in range(len(x.shape)) if i != inner)]
    y = call.apply(kind(), call.permuted(x, order))
    return (y if known(y) else call.permuted(y, np.argsort(order).tolist()),)


OPERATORS: dict[str, Function] = {
    "BatchNormalization": batch_norm,
    "InstanceNormalization": instance_norm,
    "GroupNormalization": group_norm,
    "LayerNormalization": layer_norm,
    "LRN": local_response_norm,
    "Softmax": partial(_softmax, Softmax),
    "LogSoftmax": partial(_softmax, LogSoftmax),
}
