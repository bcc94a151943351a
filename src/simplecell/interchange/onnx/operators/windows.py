"""ONNX's convolutions and pools."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import partial
from math import prod

import numpy as np

from simplecell.geometry import Pads, same_pads
from simplecell.interchange.onnx.call import Call, known
from simplecell.interchange.onnx.operators.activations import Function
from simplecell.interchange.onnx.values import Operand
from simplecell.layers import KINDS, Abs, GlobalAvgPool, GlobalMaxPool, Pad, Power, Rescale
from simplecell.layers.base import Array, Layer

_AUTO = ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")


def _each_axis(call: Call, name: str, rank: int) -> tuple[int, ...]:
    """An attribute with one whole number per spatial axis, 1 where it is left out."""
    value = tuple(int(v) for v in call.get(name, [1] * rank))
    if len(value) != rank or min(value, default=1) < 1:
        call.refuse(f"attribute {name} = {list(value)!r}; supported: {rank} whole numbers from 1")
    return value


def _pads(call: Call, sizes: Sequence[int], kernel: Sequence[int]) -> tuple[Pads, ...]:
    """The cells before and after each spatial axis, in any of the four forms."""
    rank = len(sizes)
    form = call.one_of("auto_pad", "NOTSET", *_AUTO)
    strides, gaps = _each_axis(call, "strides", rank), _each_axis(call, "dilations", rank)
    if form in ("SAME_UPPER", "SAME_LOWER"):
        pads = [same_pads(*each) for each in zip(sizes, kernel, strides, gaps, strict=True)]
        return tuple(pads if form == "SAME_UPPER" else [(after, before) for before, after in pads])
    flat = [int(p) for p in call.get("pads", [0] * 2 * rank)] if form == "NOTSET" else [0] * 2 * rank
    if len(flat) != 2 * rank or min(flat, default=0) < 0:
        call.refuse(f"attribute pads = {flat!r}; supported: {2 * rank} whole numbers from 0")
    return tuple(zip(flat[:rank], flat[rank:], strict=True))


def _spatial(call: Call, x: Operand) -> tuple[int, ...]:
    """The sizes of the one to three spatial axes."""
    sizes = call.shape(x)[2:]
    if not 1 <= len(sizes) <= 3:
        call.refuse(f"works on 1, 2 or 3 spatial axes, got an input of shape {call.shape(x)}")
    return sizes


def _kernel(call: Call, w: Array, rank: int) -> tuple[int, ...]:
    if w.ndim != rank + 2:
        call.refuse(f"its weights need {rank + 2} axes for {rank} spatial ones, got the shape {w.shape}")
    given = tuple(call.get("kernel_shape", w.shape[2:]))
    if given != w.shape[2:]:
        call.refuse(f"attribute kernel_shape = {list(given)!r}, but the weights have the shape {w.shape}")
    return given


def _biased(call: Call) -> dict[str, Operand]:
    bias = call.fixed_option(2, "bias")
    return {} if bias is None else {"bias": bias}


def conv(call: Call) -> tuple[Operand, ...]:
    """A convolution; zeros that a Pad puts before it become its padding."""
    x, w = call.input(0), call.fixed(1, "weight")
    x, earlier = _before_pad(call, x)
    sizes = _spatial(call, x)
    kernel, bias = _kernel(call, w, len(sizes)), _biased(call)
    padded = [n + sum(pair) for n, pair in zip(sizes, earlier, strict=True)] if earlier else sizes
    pads = _pads(call, padded, kernel)
    if earlier:
        pads = tuple((a + c, b + d) for (a, b), (c, d) in zip(pads, earlier, strict=True))
    layer = KINDS[f"Conv{len(sizes)}d"].make({
        "out_channels": w.shape[0], "kernel_size": kernel, "stride": _each_axis(call, "strides", len(sizes)),
        "padding": pads, "dilation": _each_axis(call, "dilations", len(sizes)), "groups": call.get("group", 1),
        "bias": bool(bias),
    }, None)  # fmt: skip
    return (call.apply(layer, x, weight=w, **bias),)


def _before_pad(call: Call, x: Operand) -> tuple[Operand, tuple[Pads, ...]]:
    """What a padding with zeros reads, and its cells, so that the convolution pads by itself."""
    if known(x) or not isinstance(x.layer, Pad) or x.layer.mode != "constant" or x.layer.value != 0:
        return x, ()
    source = call.tracer.traced(x.value.sources[0])
    given = x.layer.padding
    pads = ((given, given),) * (len(source.shape) - 1) if isinstance(given, int) else given
    return source, pads


def conv_transpose(call: Call) -> tuple[Operand, ...]:
    """A transposed convolution; a wanted output shape is turned into padding."""
    x, w = call.input(0), call.fixed(1, "weight")
    sizes = _spatial(call, x)
    rank = len(sizes)
    kernel, bias = _kernel(call, w, rank), _biased(call)
    strides, gaps = _each_axis(call, "strides", rank), _each_axis(call, "dilations", rank)
    form = call.one_of("auto_pad", "NOTSET", *_AUTO)
    extra = [int(v) for v in call.get("output_padding", [0] * rank)]
    wanted = call.get("output_shape")
    if wanted is None and form.startswith("SAME"):
        wanted = [n * s for n, s in zip(sizes, strides, strict=True)]
    if wanted is None:
        pads: Sequence[Pads] = _pads(call, sizes, kernel)
    else:
        pads = []
        for i, size in enumerate(wanted[-rank:]):
            total = strides[i] * (sizes[i] - 1) + extra[i] + gaps[i] * (kernel[i] - 1) + 1 - int(size)
            extra[i] += max(-total, 0)
            small, large = max(total, 0) // 2, max(total, 0) - max(total, 0) // 2
            pads.append((small, large) if form == "SAME_UPPER" else (large, small))
    pads, extra = _outside(pads, extra)
    group = int(call.get("group", 1))
    layer = KINDS[f"ConvTranspose{rank}d"].make({
        "out_channels": w.shape[1] * group, "kernel_size": kernel, "stride": strides, "padding": tuple(pads),
        "output_padding": tuple(extra), "dilation": gaps, "groups": group, "bias": bool(bias),
    }, None)  # fmt: skip
    return (call.apply(layer, x, weight=w, **bias),)


def _outside(pads: Sequence[Pads], extra: Sequence[int]) -> tuple[list[Pads], list[int]]:
    """Cells added behind are first those that the padding after cut off."""
    moved = [min(after, more) for (_, after), more in zip(pads, extra, strict=True)]
    cut = [(before, after - m) for (before, after), m in zip(pads, moved, strict=True)]
    return cut, [more - m for more, m in zip(extra, moved, strict=True)]


def _pool_arguments(call: Call, x: Operand) -> dict[str, object]:
    sizes = _spatial(call, x)
    kernel = tuple(int(k) for k in call.get("kernel_shape", ()))
    if len(kernel) != len(sizes):
        call.refuse(f"attribute kernel_shape = {list(kernel)!r}, but there are {len(sizes)} spatial axes")
    same = call.get("auto_pad", "NOTSET").startswith("SAME")
    return {
        "kernel_size": kernel, "stride": _each_axis(call, "strides", len(sizes)), "padding": _pads(call, sizes, kernel),
        "ceil_mode": bool(call.get("ceil_mode", 0)) and not same,
    }  # fmt: skip


def max_pool(call: Call) -> tuple[Operand, ...]:
    """A max pool, and where its winners stand if that is asked for."""
    x = call.input(0)
    arguments = _pool_arguments(call, x)
    gaps = _each_axis(call, "dilations", len(call.shape(x)) - 2)
    layer = KINDS[f"MaxPool{len(gaps)}d"].make({**arguments, "dilation": gaps}, None)
    y = call.apply(layer, x)
    if len(call.outputs) < 2:
        return (y,)
    if not known(x):
        call.refuse("asks where the winners stand; a network gives the winners alone")
    return y, _winners(call, layer, x)


def _winners(call: Call, layer: Layer, x: Array) -> Array:
    """For each output the place of its winner in the whole input array, the first where several are equal."""
    site = layer.site(x.shape[1:])
    windows = [axis.window for axis in site.windows]
    places = np.arange(x.size, dtype=np.int64).reshape(x.shape)
    if call.get("storage_order"):
        inner = np.arange(prod(x.shape[2:])).reshape(x.shape[2:][::-1]).T
        places = np.arange(x.shape[0] * x.shape[1]).reshape(x.shape[:2] + (1,) * inner.ndim) * inner.size + inner
    best = np.full((*x.shape[:2], *site.output[1:]), -np.inf)
    found = np.zeros(best.shape, np.int64)
    for unit in np.ndindex(*site.output[1:]):
        cells = [w.reads(i, n) for w, i, n in zip(windows, unit, x.shape[2:], strict=True)]
        for place in itertools.product(*cells):
            here, at = (slice(None), slice(None), *place), (slice(None), slice(None), *unit)
            better = x[here] > best[at]
            best[at] = np.where(better, x[here], best[at])
            found[at] = np.where(better, places[here], found[at])
    return found


def average_pool(call: Call) -> tuple[Operand, ...]:
    """A mean over windows; padding counts only where `count_include_pad` says so."""
    x = call.input(0)
    arguments = _pool_arguments(call, x)
    if any(gap > 1 for gap in _each_axis(call, "dilations", len(call.shape(x)) - 2)):
        return (_dilated_average(call, x, arguments),)
    arguments["count_include_pad"] = bool(call.get("count_include_pad", 0))
    return (call.apply(KINDS[f"AvgPool{len(call.shape(x)) - 2}d"].make(arguments, None), x),)


def _dilated_average(call: Call, x: Operand, arguments: dict[str, object]) -> Operand:
    """A mean over a window with holes is a convolution, channel by channel, with equal weights; where padding does not
    count, divided by how many cells there are."""
    if not known(x):
        call.refuse("attribute dilations: an average pool with holes is supported on arrays alone")
    gaps = _each_axis(call, "dilations", x.ndim - 2)
    maximum = KINDS[f"MaxPool{len(gaps)}d"].make({**arguments, "dilation": gaps}, None)
    windows = maximum.site(x.shape[1:]).windows
    total = np.zeros((*x.shape[:2], *(w.outputs for w in windows)), np.float64)
    count = np.zeros(total.shape[2:])
    inside = bool(call.get("count_include_pad", 0))
    for unit in np.ndindex(*count.shape):
        cells = [w.reads(i) for w, i in zip(windows, unit, strict=True)]
        total[(..., *unit)] = x[np.ix_(range(x.shape[0]), range(x.shape[1]), *cells)].sum(axis=tuple(range(2, x.ndim)))
        count[unit] = (
            prod(map(len, cells)) if not inside else prod(_padded(w, i) for w, i in zip(windows, unit, strict=True))
        )
    return (total / count).astype(x.dtype)


def _padded(axis: object, i: int) -> int:
    """Cells of a window inside the padded axis."""
    from simplecell.geometry import Sliding

    assert isinstance(axis, Sliding)
    end = axis.inputs + axis.window.after
    return sum(-axis.window.before <= place < end for place in axis.window.taps(i))


def lp_pool(call: Call) -> tuple[Operand, ...]:
    """y = (sum of |x|**p)**(1/p): a mean over the window times its number of cells, between two powers."""
    x, p = call.input(0), float(call.get("p", 2))
    arguments = _pool_arguments(call, x)
    cells = prod(arguments["kernel_size"])  # type: ignore[arg-type]
    powered = call.each(Power(p), call.each(Abs(), x))
    if known(powered) and (arguments["ceil_mode"] or any(g > 1 for g in call.get("dilations", ()))):
        return (_lp_by_windows(call, powered, arguments, p),)
    if arguments["ceil_mode"] or any(g > 1 for g in call.get("dilations", ())):
        call.refuse("ceil_mode and dilations of LpPool are supported on arrays alone")
    layer = KINDS[f"AvgPool{len(call.shape(x)) - 2}d"].make({**arguments, "count_include_pad": True}, None)
    mean = call.apply(layer, powered)
    return (call.each(Power(1 / p), call.each(Rescale(float(cells)), mean)),)


def _lp_by_windows(call: Call, x: Array, arguments: dict[str, object], p: float) -> Array:
    gaps = _each_axis(call, "dilations", x.ndim - 2)
    windows = KINDS[f"MaxPool{len(gaps)}d"].make({**arguments, "dilation": gaps}, None).site(x.shape[1:]).windows
    total = np.zeros((*x.shape[:2], *(w.outputs for w in windows)))
    for unit in np.ndindex(*total.shape[2:]):
        cells = [w.reads(i) for w, i in zip(windows, unit, strict=True)]
        here = x[np.ix_(range(x.shape[0]), range(x.shape[1]), *cells)]
        total[(..., *unit)] = here.sum(axis=tuple(range(2, x.ndim)))
    return (total ** (1 / p)).astype(x.dtype)


def _over_all(layer: type[GlobalAvgPool] | type[GlobalMaxPool], call: Call) -> tuple[Operand, ...]:
    """A pool over all places; ONNX keeps the axes, of size 1."""
    x = call.input(0)
    rank = len(_spatial(call, x))
    y = call.apply(layer(), x)
    channels = call.shape(x)[1]
    return (call.reshaped(y, (channels, *(1,) * rank)),)


OPERATORS: dict[str, Function] = {
    "Conv": conv,
    "ConvTranspose": conv_transpose,
    "MaxPool": max_pool,
    "AveragePool": average_pool,
    "LpPool": lp_pool,
    "GlobalAveragePool": partial(_over_all, GlobalAvgPool),
    "GlobalMaxPool": partial(_over_all, GlobalMaxPool),
}
