"""What each kind of layer is in PyTorch: a module if it has weights or changes in training, and a call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from simplecell.geometry import Pads, Sliding
from simplecell.layers import selecting
from simplecell.layers.axes import Picked
from simplecell.layers.base import Site


@dataclass(frozen=True)
class Form:
    """The source of the module ("" for none), and of the call: {x}, {0}, {1} are inputs, {all} all of them, {module}
    the module."""

    call: str = "{module}({x})"
    module: str = ""


def _pads(site: Site) -> list[Pads]:
    return [(a.window.before, a.window.after) for a in site.axes if isinstance(a, Sliding)]


def _flat(pads: Sequence[Pads]) -> str:
    """PyTorch's order: the last axis first."""
    return repr(tuple(cell for pair in reversed(pads) for cell in pair))


def _conv(rank: int, site: Site) -> Form:
    """Uneven padding is put around before."""
    layer: Any = site.layer
    pads = _pads(site)
    even = all(before == after for before, after in pads)
    padding = tuple(before for before, _ in pads) if even else 0
    module = (
        f"nn.Conv{rank}d({site.inputs[0][0]}, {layer.out_channels}, {layer.kernel_size}, stride={layer.stride}, "
        f"padding={padding}, dilation={layer.dilation}, groups={layer.groups}, bias={layer.bias})"
    )
    return Form("{module}({x})" if even else f"{{module}}(F.pad({{x}}, {_flat(pads)}))", module)


def _conv_transpose(rank: int, site: Site) -> Form:
    """What uneven padding cuts off more on one side is cut off behind."""
    layer: Any = site.layer
    least = [min(pair) for pair in layer.padding]
    rest = [(before - m, after - m) for (before, after), m in zip(layer.padding, least, strict=True)]
    module = (
        f"nn.ConvTranspose{rank}d({site.inputs[0][0]}, {layer.out_channels}, {layer.kernel_size}, "
        f"stride={layer.stride}, padding={tuple(least)}, output_padding={layer.output_padding}, "
        f"groups={layer.groups}, bias={layer.bias}, dilation={layer.dilation})"
    )
    cut = _flat([(-before, -after) for before, after in rest])
    return Form(f"F.pad({{module}}({{x}}), {cut})" if any(map(any, rest)) else "{module}({x})", module)


def _fits(pads: Sequence[Pads], kernel: Sequence[int]) -> bool:
    """Whether PyTorch's pools take the padding themselves: even, at most half the kernel."""
    return all(before == after <= k // 2 for (before, after), k in zip(pads, kernel, strict=True))


def _max_pool(rank: int, site: Site) -> Form:
    layer: Any = site.layer
    pads = _pads(site)
    fits = _fits(pads, layer.kernel_size)
    x = "{x}" if fits else f"F.pad({{x}}, {_flat(pads)}, value=-torch.inf)"
    padding = tuple(before for before, _ in pads) if fits else 0
    return Form(
        f"F.max_pool{rank}d({x}, {layer.kernel_size}, {layer.stride}, {padding}, {layer.dilation}, {layer.ceil_mode})"
    )


def _average_pool(rank: int, site: Site) -> Form:
    """Padding that PyTorch does not take is put around before; where it does not count, by the share of real cells."""
    layer: Any = site.layer
    pads = _pads(site)
    window = f"{layer.kernel_size}, {layer.stride}"
    if _fits(pads, layer.kernel_size):
        padding = tuple(before for before, _ in pads)
        return Form(f"F.avg_pool{rank}d({{x}}, {window}, {padding}, {layer.ceil_mode}, {layer.counts_padding})")
    flat, tail = _flat(pads), f"{window}, 0, {layer.ceil_mode}"
    mean = f"F.avg_pool{rank}d(F.pad({{x}}, {flat}), {tail})"
    if layer.counts_padding:
        return Form(mean)
    real = f"F.avg_pool{rank}d(F.pad(torch.ones_like({{x}}), {flat}), {tail})"
    return Form(f"{mean} / {real}.clamp(min=1e-12)")


def _adaptive(function: str, site: Site) -> Form:
    return Form(f"F.{function}({{x}}, {tuple(site.output[1:])})")


def _linear(site: Site) -> Form:
    layer: Any = site.layer
    return Form(module=f"nn.Linear({site.inputs[0][0]}, {layer.out_features}, bias={layer.bias})")


def _batch_norm(site: Site) -> Form:
    layer: Any = site.layer
    rank = {1: 1, 2: 1, 3: 2, 4: 3}[len(site.output)]
    return Form(
        module=f"nn.BatchNorm{rank}d({site.output[0]}, eps={layer.eps}, momentum={layer.momentum}, "
        f"affine={layer.affine})"
    )


def _instance_norm(site: Site) -> Form:
    layer: Any = site.layer
    return Form(
        module=f"nn.InstanceNorm{len(site.output) - 1}d({site.output[0]}, eps={layer.eps}, affine={layer.affine})"
    )


def _group_norm(site: Site) -> Form:
    layer: Any = site.layer
    return Form(module=f"nn.GroupNorm({layer.groups}, {site.output[0]}, eps={layer.eps}, affine={layer.affine})")


def _layer_norm(site: Site) -> Form:
    layer: Any = site.layer
    sizes = tuple(layer.normalized_shape or site.inputs[0])
    return Form(
        module=f"nn.LayerNorm({sizes}, eps={layer.eps}, elementwise_affine={layer.elementwise_affine}, "
        f"bias={layer.bias})"
    )


def _local_response_norm(site: Site) -> Form:
    layer: Any = site.layer
    return Form(f"F.local_response_norm({{x}}, {layer.size}, alpha={layer.alpha}, beta={layer.beta}, k={layer.k})")


def _affine(site: Site) -> Form:
    """A small module of two parameters."""
    layer: Any = site.layer
    parts = [f"'{key}': nn.Parameter(torch.empty({layer.shape}))" for key in site.weights]
    product, bias = "{x} * {module}['weight']" if layer.weight else "{x}", " + {module}['bias']" if layer.bias else ""
    return Form(product + bias, f"nn.ParameterDict({{{', '.join(parts)}}})")


def _call(text: str, site: Site) -> Form:
    """A call with arguments of the layer in it, `@name@`."""
    for name, value in site.layer.arguments().items():
        text = text.replace(f"@{name}@", repr(value))
    return Form(text)


def _module(text: str, site: Site) -> Form:
    return Form(module=_call(text, site).call)


def _rescale(site: Site) -> Form:
    layer: Any = site.layer
    product = "{x}" if layer.scale == 1 else f"{{x}} * {layer.scale!r}"
    return Form(f"{product} + {layer.offset!r}" if layer.offset or layer.scale == 1 else product)


def _prelu(site: Site) -> Form:
    layer: Any = site.layer
    return Form(module=f"nn.PReLU({layer.num_parameters})")


def _reshape(site: Site) -> Form:
    return Form(f"{{x}}.reshape(-1, {', '.join(map(str, site.output))})")


def _permute(site: Site) -> Form:
    layer: Any = site.layer
    return Form(f"{{x}}.permute(0, {', '.join(str(d + 1) for d in layer.dims)})")


def _pad(site: Site) -> Form:
    layer: Any = site.layer
    pads = selecting.margins_of(layer.padding, site.inputs[0], "padding")
    value = f", value={layer.value!r}" if layer.mode == "constant" else ""
    return Form(f"F.pad({{x}}, {_flat(pads)}, {layer.mode!r}{value})")


def _slice(site: Site) -> Form:
    def part(axis: Any) -> str:
        if not isinstance(axis, Picked) or (axis.start, axis.outputs) == (0, axis.inputs):
            return ":"
        stop = axis.start + (axis.outputs - 1) * axis.step + 1
        return f"{axis.start}:{stop}" + (f":{axis.step}" if axis.step > 1 else "")

    return Form(f"{{x}}[:, {', '.join(part(axis) for axis in site.axes)}]")


def _upsample(site: Site) -> Form:
    layer: Any = site.layer
    size = f"size={tuple(site.output[1:])}" if layer.scale_factor is None else f"scale_factor={layer.scale_factor}"
    corners = f", align_corners={layer.align_corners}" if layer.mode != "nearest" else ""
    return Form(f"F.interpolate({{x}}, {size}, mode={layer.mode!r}{corners})")


def _expand(site: Site) -> Form:
    return Form(f"{{x}}.expand(-1, {', '.join(map(str, site.output))})")


def _take(site: Site) -> Form:
    layer: Any = site.layer
    return Form(f"{{x}}[{':, ' * (layer.axis + 1)}{list(layer.indices)}]")


def _chain(operator: str, site: Site) -> Form:
    return Form(f" {operator} ".join(f"{{{i}}}" for i in range(len(site.inputs))))


def _maximum(site: Site) -> Form:
    text = "{0}"
    for i in range(1, len(site.inputs)):
        text = f"torch.maximum({text}, {{{i}}})"
    return Form(text)


def _concat(site: Site) -> Form:
    layer: Any = site.layer
    return Form(f"torch.cat(({{all}}), {layer.axis + 1})")


FORMS: dict[str, Callable[[Site], Form]] = {
    **{f"Conv{r}d": partial(_conv, r) for r in (1, 2, 3)},
    **{f"ConvTranspose{r}d": partial(_conv_transpose, r) for r in (1, 2, 3)},
    **{f"MaxPool{r}d": partial(_max_pool, r) for r in (1, 2, 3)},
    **{f"AvgPool{r}d": partial(_average_pool, r) for r in (1, 2, 3)},
    **{f"AdaptiveAvgPool{r}d": partial(_adaptive, f"adaptive_avg_pool{r}d") for r in (1, 2, 3)},
    "AdaptiveMaxPool2d": partial(_adaptive, "adaptive_max_pool2d"),
    "GlobalAvgPool": lambda site: Form(f"{{x}}.mean({tuple(range(2, len(site.output) + 1))}, keepdim=True)"),
    "GlobalMaxPool": lambda site: Form(f"{{x}}.amax({tuple(range(2, len(site.output) + 1))}, keepdim=True)"),
    "Linear": _linear,
    "BatchNorm": _batch_norm,
    "InstanceNorm": _instance_norm,
    "GroupNorm": _group_norm,
    "LayerNorm": _layer_norm,
    "LocalResponseNorm": _local_response_norm,
    "Affine": _affine,
    "Rescale": _rescale,
    "ReLU": partial(_call, "F.relu({x})"),
    "ReLU6": partial(_call, "F.relu6({x})"),
    "LeakyReLU": partial(_call, "F.leaky_relu({x}, @negative_slope@)"),
    "PReLU": _prelu,
    "ELU": partial(_call, "F.elu({x}, @alpha@)"),
    "SELU": partial(_call, "F.selu({x})"),
    "CELU": partial(_call, "F.celu({x}, @alpha@)"),
    "Sigmoid": partial(_call, "torch.sigmoid({x})"),
    "HardSigmoid": partial(_call, "F.hardsigmoid({x})"),
    "HardSwish": partial(_call, "F.hardswish({x})"),
    "Tanh": partial(_call, "torch.tanh({x})"),
    "GELU": partial(_call, "F.gelu({x}, approximate=@approximate@)"),
    "SiLU": partial(_call, "F.silu({x})"),
    "Mish": partial(_call, "F.mish({x})"),
    "Softplus": partial(_call, "F.softplus({x}, @beta@, @threshold@)"),
    "Softsign": partial(_call, "F.softsign({x})"),
    "Threshold": partial(_call, "F.threshold({x}, @threshold@, @fill@)"),
    "Clip": partial(_call, "{x}.clamp(@least@, @most@)"),
    "Abs": partial(_call, "{x}.abs()"),
    "Exp": partial(_call, "{x}.exp()"),
    "Log": partial(_call, "{x}.log()"),
    "Erf": partial(_call, "torch.erf({x})"),
    "Power": partial(_call, "{x}.pow(@exponent@)"),
    "Softmax": partial(_call, "F.softmax({x}, 1)"),
    "LogSoftmax": partial(_call, "F.log_softmax({x}, 1)"),
    "Dropout": partial(_module, "nn.Dropout(@p@)"),
    "Dropout2d": partial(_module, "nn.Dropout2d(@p@)"),
    "Flatten": partial(_call, "{x}.flatten(1)"),
    "Reshape": _reshape,
    "Permute": _permute,
    "PixelShuffle": partial(_call, "F.pixel_shuffle({x}, @upscale_factor@)"),
    "ChannelShuffle": partial(_call, "F.channel_shuffle({x}, @groups@)"),
    "Pad": _pad,
    "Crop": _slice,
    "Slice": _slice,
    "Upsample": _upsample,
    "Expand": _expand,
    "Take": _take,
    "Add": partial(_chain, "+"),
    "Mul": partial(_chain, "*"),
    "Maximum": _maximum,
    "MatMul": partial(_chain, "@"),
    "Concat": _concat,
}
"""The form of each kind."""
