"""Keras's convolutions and pools."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from simplecell.interchange.keras.activations import activated
from simplecell.interchange.keras.stage import Stage
from simplecell.interchange.onnx.values import Traced
from simplecell.layers import KINDS, GlobalAvgPool, GlobalMaxPool
from simplecell.layers.base import Array


def _out_in(kernel: Array) -> Array:
    """A kernel (places, in, out) as (out, in, places)."""
    return np.moveaxis(kernel, (-1, -2), (0, 1))


def _channel_by_channel(kernel: Array) -> Array:
    """A depthwise kernel (places, in, multiplier) as (in * multiplier, 1, places)."""
    return np.moveaxis(kernel.reshape(*kernel.shape[:-2], -1), -1, 0)[:, None]


def _window(a: Stage) -> dict[str, Any]:
    """Strides, dilations and padding as ONNX has them; causal padding stands before alone."""
    form = a.only("padding", "valid", "same", "causal")
    gaps = a.each("dilation_rate")
    found: dict[str, Any] = {"strides": a.each("strides"), "dilations": gaps}
    if form == "causal":
        kernel = a.each("kernel_size")
        return {**found, "pads": [gap * (k - 1) for gap, k in zip(gaps, kernel, strict=True)] + [0] * len(gaps)}
    return {**found, "auto_pad": {"same": "SAME_UPPER", "valid": "VALID"}[form]}


def _names(a: Stage, *kernels: str) -> tuple[str, ...]:
    return (*kernels, "bias") if a.get("use_bias", True) else kernels


def _conv(rank: int, a: Stage) -> Traced:
    a.places(rank)
    weights = a.weights(*_names(a, "kernel"))
    groups = int(a.get("groups", 1))
    return activated(
        a, a.onnx("Conv", a.x, _out_in(weights["kernel"]), weights.get("bias"), group=groups, **_window(a))
    )


def _depthwise(rank: int, a: Stage) -> Traced:
    a.places(rank)
    weights, channels = a.weights(*_names(a, "kernel")), a.x.shape[0]
    kernel = _channel_by_channel(weights["kernel"])
    return activated(a, a.onnx("Conv", a.x, kernel, weights.get("bias"), group=channels, **_window(a)))


def _separable(rank: int, a: Stage) -> Traced:
    """A depthwise convolution, then one over the channels alone."""
    a.places(rank)
    weights, channels = a.weights(*_names(a, "depthwise", "pointwise")), a.x.shape[0]
    kernel, title = _channel_by_channel(weights["depthwise"]), f"{a.name}_depthwise"
    between = a.onnx("Conv", a.x, kernel, title=title, group=channels, **_window(a))
    return activated(a, a.onnx("Conv", between, _out_in(weights["pointwise"]), weights.get("bias")))


def _transposed(rank: int, a: Stage) -> Traced:
    """Of what the whole spread takes, so much is cut off (or added behind) that Keras's size is left."""
    a.places(rank)
    weights = a.weights(*_names(a, "kernel"))
    same = a.only("padding", "valid", "same") == "same"
    strides, gaps, kernel = a.each("strides"), a.each("dilation_rate"), a.each("kernel_size")
    extra = [None] * rank if a.get("output_padding") is None else a.each("output_padding")
    before, after, added = [], [], []
    for size, step, gap, k, more in zip(a.x.shape[1:], strides, gaps, kernel, extra, strict=True):
        span = (k - 1) * gap + 1
        whole = (size - 1) * step + span
        if more is None:
            wanted = size * step if same else (size - 1) * step + max(span, step)
        else:
            wanted = (size - 1) * step + (span % 2 if same else span) + more
        before.append(max(whole - wanted, 0) // 2)
        after.append(max(whole - wanted, 0) - before[-1])
        added.append(max(wanted - whole, 0))
    kernel_in_out = _out_in(weights["kernel"])  # Keras's last axis but one is what comes out
    return activated(a, a.onnx(
        "ConvTranspose", a.x, kernel_in_out, weights.get("bias"), strides=strides, dilations=gaps,
        pads=before + after, output_padding=added,
    ))  # fmt: skip


def _pool(op: str, rank: int, a: Stage) -> Traced:
    a.places(rank)
    size = a.each("pool_size", 2)
    strides = a.each("strides") if a.get("strides") is not None else size
    form = {"same": "SAME_UPPER", "valid": "VALID"}[a.only("padding", "valid", "same")]
    return a.onnx(op, a.x, kernel_shape=size, strides=strides, auto_pad=form)


def _over_all(kind: type[GlobalAvgPool] | type[GlobalMaxPool], rank: int, a: Stage) -> Traced:
    a.places(rank)
    pooled = a.layer(kind(), a.x)
    return pooled if a.get("keepdims", False) else a.reshaped(pooled, pooled.shape[:1])


def _adaptive(rank: int, a: Stage) -> Traced:
    a.places(rank)
    return a.layer(KINDS[f"AdaptiveAvgPool{rank}d"].make({"output_size": a.each("output_size")}, None), a.x)


OPERATORS = {
    **{f"Conv{r}D": partial(_conv, r) for r in (1, 2, 3)},
    **{f"DepthwiseConv{r}D": partial(_depthwise, r) for r in (1, 2)},
    **{f"SeparableConv{r}D": partial(_separable, r) for r in (1, 2)},
    **{f"Conv{r}DTranspose": partial(_transposed, r) for r in (1, 2, 3)},
    **{f"MaxPooling{r}D": partial(_pool, "MaxPool", r) for r in (1, 2, 3)},
    **{f"AveragePooling{r}D": partial(_pool, "AveragePool", r) for r in (1, 2, 3)},
    **{f"GlobalAveragePooling{r}D": partial(_over_all, GlobalAvgPool, r) for r in (1, 2, 3)},
    **{f"GlobalMaxPooling{r}D": partial(_over_all, GlobalMaxPool, r) for r in (1, 2, 3)},
    **{f"AdaptiveAveragePooling{r}D": partial(_adaptive, r) for r in (1, 2, 3)},
}
