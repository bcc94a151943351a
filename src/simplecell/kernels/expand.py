"""A native 1x1 convolution and the depthwise one behind it in one pass, so that what lies between stays in the cache.

Op "expand_depthwise": `site` is the depthwise convolution's; the 1x1 convolution is told by what is read.
"""

from __future__ import annotations

from simplecell.kernels.conv import forward_numbers
from simplecell.kernels.ir import Call, Op
from simplecell.kernels.simple import site_of
from simplecell.kernels.table import Algorithm, Workshop, always

KIND = "expand_depthwise"


def expands(op: Op) -> bool:
    """Whether a convolution computes each pixel from one pixel, and nothing else."""
    if op.kind != "conv2d" or "add" in op.reads:
        return False
    n = forward_numbers(op, 1)
    whole = (n["top"], n["left"], n["oh"], n["ow"]) == (0, 0, n["h"], n["w"])
    return whole and all(n[key] == 1 for key in ("kh", "kw", "sh", "sw", "groups"))


def follows(op: Op) -> bool:
    """Whether a convolution is a depthwise one that the kernel knows: 3x3, of step 1 or 2, one filter a channel."""
    if op.kind != "conv2d" or "add" in op.reads:
        return False
    n = forward_numbers(op, 1)
    usual = (n["kh"], n["kw"], n["dh"], n["dw"]) == (3, 3, 1, 1) and n["sh"] == n["sw"] <= 2
    return usual and n["groups"] == n["c"] == n["co"] > 1 and 0 <= n["top"] <= 2 and 0 <= n["left"] <= 2


def _numbers(op: Op, batch: int) -> dict[str, int]:
    n = forward_numbers(op, batch)
    sizes = {key: n[key] for key in ("n", "h", "w", "oh", "ow", "top", "left")}
    told = {key: int(op.attributes[key]) for key in ("c", "expand_relu", "relu")}
    return sizes | told | {"e": n["co"], "s": n["sh"]}


def _lower(op: Op, shop: Workshop) -> tuple[Call, ...]:
    n = _numbers(op, shop.batch)
    points = {"co": n["e"], "c": n["c"], "kh": 1, "kw": 1, "groups": 1, "transposed": 0}
    taps = {"c": n["e"], "co": n["e"], "kh": 3, "kw": 3}
    calls: list[Call] = []
    packed: dict[str, str] = {}
    for kernel, role, filters, form in (
        ("conv2d_pack", "expand_weight", points, "forward"),
        ("depthwise_pack", "weight", taps, "depthwise"),
    ):
        w = op.reads[role]
        packed[role], once = shop.packed(w, form, shop.need(kernel, filters, "packed"))
        calls.append(Call(kernel, filters, {"w": w, "packed": packed[role]}, prologue=once))
    operands = {
        "x": op.reads["x"], "packed": packed["expand_weight"], "expand_bias": op.reads.get("expand_bias"),
        "filters": packed["weight"], "bias": op.reads.get("bias"), "y": op.writes["y"],
        "scratch": shop.scratch(shop.need("expand_depthwise_forward", n, "scratch")),
    }  # fmt: skip
    return (*calls, Call("expand_depthwise_forward", n, operands))


def _work(op: Op, batch: int) -> tuple[float, float]:
    """Without what lies between, which no memory sees."""
    n = _numbers(op, batch)
    flops = 2.0 * batch * n["h"] * n["w"] * n["c"] * n["e"] + 2.0 * batch * site_of(op).cost.macs
    values = batch * (n["h"] * n["w"] * n["c"] + n["oh"] * n["ow"] * n["e"])
    return flops, 4.0 * (values + n["e"] * (n["c"] + 9))


ALGORITHMS = (Algorithm("banded", KIND, always, _work, 0.7, _lower),)
