"""ONNX's matrix products."""

from __future__ import annotations

import numpy as np

from simplecell.interchange.onnx.call import Call, known
from simplecell.interchange.onnx.operators.activations import Function
from simplecell.interchange.onnx.operators.arithmetic import add
from simplecell.interchange.onnx.values import Operand, Traced
from simplecell.layers import KINDS, Linear, MatMul
from simplecell.layers.base import Array


def gemm(call: Call) -> tuple[Operand, ...]:
    """y = alpha * A @ B + beta * C: a linear layer; what is not one per column of C is added behind it."""
    a, b, c = call.input(0), call.fixed(1, "B"), call.option(2)
    alpha, beta = call.get("alpha", 1.0), call.get("beta", 1.0)
    if call.get("transA", 0):
        a = a.T if known(a) else call.refuse("attribute transA = 1 turns the batch; supported: 0")
    weight = b if call.get("transB", 0) else b.T
    if alpha != 1.0:
        weight = (weight * np.asarray(alpha, weight.dtype)).astype(weight.dtype)
    bias = None if c is None else _scaled(call, c, beta)
    if bias is not None and known(bias) and bias.size in (1, len(weight)) and bias.shape[-1:] in ((), bias.shape[-1:]):
        row = bias.ndim < 2 or bias.shape[0] == 1
        if row and (bias.size == len(weight) or bias.size == 1):
            full = np.ascontiguousarray(np.broadcast_to(bias.ravel(), (len(weight),)))
            return (call.apply(Linear(len(weight)), a, weight=weight, bias=full),)
    y = call.apply(Linear(len(weight), bias=False), a, weight=weight)
    return (y if bias is None else add(call, y, bias),)


def _scaled(call: Call, c: Operand, beta: float) -> Operand:
    """beta * C."""
    if beta == 1.0:
        return c
    if not known(c):
        call.refuse(f"attribute beta = {beta} with a C that depends on the network's input; supported: 1.0")
    return (c * np.asarray(beta, c.dtype)).astype(c.dtype)


def matmul(call: Call) -> tuple[Operand, ...]:
    """A @ B: with a known matrix B a linear layer, or a convolution of kernel 1 where A has places too."""
    a, b = call.input(0), call.input(1)
    if known(a) and known(b):
        if a.ndim == b.ndim == 2 and a.dtype == b.dtype == np.float32 and a.size and b.size:
            return (call.apply(Linear(b.shape[1], bias=False), a, weight=b.T),)
        try:
            return (np.asarray(np.matmul(a, b)),)
        except ValueError:
            call.refuse(f"the shapes {a.shape} and {b.shape} do not fit")
    if known(a):
        call.refuse("multiplies a constant with the network's value; supported: the constant on the right")
    if not known(b):
        return (call.apply(MatMul(), a, b),)
    if b.ndim != 2:
        call.refuse(f"a constant factor has the shape {b.shape}; supported: a matrix")
    return (times_matrix(call, a, b.T, None),)


def times_matrix(call: Call, a: Traced, weight: Array, bias: Array | None) -> Operand:
    """The last axis times a matrix, weight (out, in), and a bias."""
    rank, outputs = len(a.shape), len(weight)
    weights = {"weight": weight} | ({} if bias is None else {"bias": bias})
    if rank == 1:
        return call.apply(Linear(outputs, bias=bias is not None), a, **weights)
    turned = call.permuted(a, [rank - 1, *range(rank - 1)])
    kernel = (1,) * (rank - 1)
    form = {"out_channels": outputs, "kernel_size": kernel, "bias": bias is not None}
    weights["weight"] = weight.reshape(*weight.shape, *kernel)
    y = call.apply(KINDS[f"Conv{rank - 1}d"].make(form, None), turned, **weights)
    assert isinstance(y, Traced)
    return call.permuted(y, [*range(1, rank), 0])


OPERATORS: dict[str, Function] = {"Gemm": gemm, "MatMul": matmul}
