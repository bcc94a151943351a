"""Every native kernel on a few sizes: checked against its obvious reference first, then timed.

One line each: error, time, GFLOP/s or GB/s, and the share of the ceiling that was measured in the same run. FLOPs are
those of the direct algorithm, so a kernel that does less work may pass 100 %.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

import common
from simplecell.kernels.native import engine, isa

Numbers = dict[str, int | float]


def conv(n: int, hw: int, c: int, k: int, size: int = 3, stride: int = 1, groups: int = 1) -> Numbers:
    """A padded convolution that keeps the image's size, up to its stride."""
    pad = size // 2
    out = (hw + 2 * pad - size) // stride + 1
    return {
        "n": n, "h": hw, "w": hw, "c": c, "oh": out, "ow": out, "co": k, "kh": size, "kw": size, "sh": stride,
        "sw": stride, "dh": 1, "dw": 1, "top": pad, "left": pad, "groups": groups,
    }  # fmt: skip


def pool(n: int, hw: int, c: int, size: int = 2) -> Numbers:
    """A pool whose windows do not overlap."""
    return {
        "n": n, "h": hw, "w": hw, "c": c, "oh": hw // size, "ow": hw // size, "kh": size, "kw": size, "sh": size,
        "sw": size, "dh": 1, "dw": 1, "top": 0, "left": 0, "bottom": 0, "right": 0, "count_pad": 1,
    }  # fmt: skip


CONVS = [conv(1, 56, 64, 64), conv(8, 56, 64, 64), conv(64, 8, 16, 32), conv(1, 14, 512, 512), conv(1, 224, 3, 64)]
CONVS += [conv(1, 56, 64, 256, 1), conv(1, 28, 128, 128, 3, 2)]
LINEARS: list[Numbers] = [{"n": 64, "i": 512, "o": 10}, {"n": 1, "i": 4096, "o": 4096}, {"n": 64, "i": 1024, "o": 1024}]
LARGE = 1 << 25
POOLS = [pool(8, 112, 64), pool(64, 8, 32)]
ADAPTIVE = [{**pool(8, 56, 256), "oh": 1, "ow": 1}, {**pool(8, 112, 64), "oh": 7, "ow": 7}]
DEPTHWISE = [conv(8, 112, 32, 32, groups=32), conv(8, 56, 144, 144, 3, 2, 144), conv(1, 14, 576, 576, groups=576)]
PIXELS: list[Numbers] = [
    {"pixels": 8 * 112 * 112, "c": 64, "eps": 1e-5, "momentum": 0.1},
    {"pixels": 8 * 49, "c": 2048, "eps": 1e-5, "momentum": 0.1},
]
GROUPS: list[Numbers] = [{"n": 8, "hw": 112 * 112, "c": 64, "groups": 8, "eps": 1e-5}]
ROWS: list[Numbers] = [{"rows": 8 * 784, "f": 1024, "eps": 1e-5}, {"rows": 8, "f": 802816, "eps": 1e-5}]
LRN: list[Numbers] = [{"pixels": 8 * 55 * 55, "c": 96, "size": 5, "alpha": 1e-4, "beta": 0.75, "k": 1.0}]
FUNCTIONS = (
    "relu6",
    "leaky_relu",
    "elu",
    "sigmoid",
    "hardsigmoid",
    "hardswish",
    "tanh",
    "gelu",
    "gelu_tanh",
    "silu",
    "mish",
    "softplus",
)
FUNCTION: Numbers = {
    "count": LARGE, "slope": 0.01, "alpha": 1.0, "scale": 1.0, "input_scale": 1.0, "beta": 1.0, "threshold": 20.0
}  # fmt: skip
UPSAMPLE: Numbers = {
    "n": 8, "h": 56, "w": 56, "c": 64, "oh": 112, "ow": 112, "h_num": 1, "h_den": 2, "w_num": 1, "w_den": 2,
    "aligned": 0,
}  # fmt: skip
LAYOUT: Numbers = {"n": 8, "c": 64, "hw": 112 * 112}

CASES: dict[str, list[Numbers]] = {
    "conv2d_forward": [{**c, "zh": 1, "zw": 1, "relu": 1} for c in CONVS],
    "conv2d_backward_weights": CONVS,
    "linear_forward": [{**c, "relu": 0} for c in LINEARS],
    "linear_backward_data": LINEARS,
    "linear_backward_weights": LINEARS,
    "maxpool2d_forward": POOLS,
    "avgpool2d_forward": POOLS,
    "avgpool2d_backward": POOLS,
    "relu_forward": [{"count": LARGE}],
    "relu_backward": [{"count": LARGE}],
    "add": [{"count": LARGE, "relu": 0}],
    "copy": [{"count": LARGE}],
    "nchw_to_nhwc": [LAYOUT],
    "nhwc_to_nchw": [LAYOUT],
    "softmax_forward": [{"rows": 1 << 15, "cols": 1000}],
    **{f"{name}_{way}": [FUNCTION] for name in FUNCTIONS for way in ("forward", "backward")},
    **{f"prelu_{way}": [{"pixels": 8 * 112 * 112, "c": 64, "slopes": 64}] for way in ("forward", "backward")},
    **{f"batchnorm_{way}": PIXELS for way in ("forward", "evaluate", "backward")},
    **{f"groupnorm_{way}": GROUPS for way in ("forward", "backward")},
    **{f"layernorm_{way}": ROWS for way in ("forward", "backward")},
    **{f"lrn_{way}": LRN for way in ("forward", "backward")},
    **{f"adaptive_avgpool2d_{way}": ADAPTIVE for way in ("forward", "backward")},
    **{f"upsample2d_{way}": [{**UPSAMPLE, "linear": linear} for linear in (0, 1)] for way in ("forward", "backward")},
    "mul": [{"count": LARGE}],
    "copy_channels": [{"pixels": 1 << 18, "c": 64, "x_channels": 64, "x_first": 0, "y_channels": 128, "y_first": 64}],
    "pad2d": [{**pool(8, 112, 64), "oh": 114, "ow": 114, "top": 1, "left": 1, "value": 0.0}],
    **{name: [{"n": 8, "h": 112, "w": 112, "c": 16, "r": 2}] for name in ("pixel_shuffle", "pixel_unshuffle")},
    "depthwise_forward": [{**c, "relu": 1, "clip": 6.0} for c in DEPTHWISE],
    "depthwise_backward_data": DEPTHWISE,
    "depthwise_backward_weights": DEPTHWISE,
    "adam": [{"count": LARGE, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 1e-2, "decoupled": 1}],
    "rmsprop": [{"count": LARGE, "alpha": 0.99, "eps": 1e-8, "momentum": 0.9, "weight_decay": 0, "centered": 0}],
    "sgd": [{"count": LARGE, "momentum": 0.9, "nesterov": 0, "weight_decay": 1e-4}],
}


POSITIVE = ("var", "inv", "exp_avg_sq", "square_avg", "step")
"""Operands that are never negative."""
TWICE = {
    "batchnorm_forward": ("x",), "groupnorm_forward": ("x",), "batchnorm_backward": ("x", "dy"),
    "groupnorm_backward": ("x", "dy"), "adam": ("exp_avg", "exp_avg_sq"), "rmsprop": ("square_avg", "momentum_buffer"),
}  # fmt: skip
"""Operands that beyond the cache must be moved twice: statistics come before what they are for; state is updated."""


def flops(kernel: str, a: Numbers) -> float:
    """FLOPs of the direct algorithm; 0 for kernels that move memory, depthwise convolution among them."""
    if kernel.startswith("conv2d"):
        return 2.0 * a["n"] * a["oh"] * a["ow"] * a["co"] * a["kh"] * a["kw"] * a["c"] / a["groups"]
    return 2.0 * a["n"] * a["i"] * a["o"] if kernel.startswith("linear") else 0.0


def operands(row: dict[str, Any], arguments: Numbers) -> dict[str, np.ndarray]:
    """Random operands of the sizes that the kernel asks for; outputs hold NaN."""
    generator = np.random.default_rng(0)
    sizes = engine().sizes(row["name"], isa(), arguments, threads=64)
    made: dict[str, np.ndarray] = {}
    for operand in row["operands"]:
        if operand["role"] == "scratch" or not sizes[operand["name"]]:
            continue
        count = sizes[operand["name"]] // np.dtype(operand["dtype"]).itemsize
        array = engine().aligned(sizes[operand["name"]]).view(operand["dtype"])
        if operand["role"] == "out" and operand["dtype"] == "float32":
            array[:] = np.nan
        elif operand["dtype"] == "float32":
            array[:] = generator.standard_normal(count, dtype=np.float32)
            if operand["name"] in POSITIVE:
                np.abs(array, out=array)
        made[operand["name"]] = array
    return made


def measure(row: dict[str, Any], arguments: Numbers, args: Any, ceilings: tuple[float, float]) -> dict[str, Any]:
    """Check, then time: the median of as many calls as fill the slot."""
    arguments = {k: v for k, v in arguments.items() if k in row["args"]}
    ours = operands(row, arguments)
    wrote = [o["name"] for o in row["operands"] if o["role"] in ("out", "inout") and o["name"] in ours]
    if "packed" in ours:
        pack(row["name"], arguments, ours, isa())
    theirs = {name: array.copy() for name, array in ours.items()}
    if "packed" in ours:
        pack(row["name"], arguments, theirs, "reference")
    engine().run_kernel(row["name"], "reference", arguments, theirs)
    engine().run_kernel(row["name"], isa(), arguments, ours, threads=args.threads)
    error = max(float(np.abs(ours[n] - theirs[n]).max() / max(np.abs(theirs[n]).max(), 1e-30)) for n in wrote)
    times: list[float] = []
    end = time.perf_counter() + args.slot
    while len(times) < 3 or time.perf_counter() < end:
        began = time.perf_counter()
        engine().run_kernel(row["name"], isa(), arguments, ours, threads=args.threads)
        times.append(time.perf_counter() - began)
    seconds = float(np.median(times))
    moved = sum(a.nbytes for name, a in ours.items() if name != "packed") + sum(
        ours[n].nbytes for n in wrote if n in "wv"
    )
    moved += sum(ours[n].nbytes for n in TWICE.get(row["name"], ()))
    work = flops(row["name"], arguments)
    rate, ceiling, unit = (work, ceilings[0], "GFLOP/s") if work else (moved, ceilings[1], "GB/s")
    return {
        "kernel": row["name"], "arguments": arguments, "error": error, "right": error < 1e-4, "ms": seconds * 1e3,
        "rate": rate / seconds / 1e9, "unit": unit, "share": rate / seconds / 1e9 / ceiling,
    }  # fmt: skip


def pack(kernel: str, a: Numbers, arrays: dict[str, np.ndarray], which: str) -> None:
    """Pack the same random weights in the order of an instruction set."""
    name, keys = ("linear_pack", ["i", "o"])
    if kernel.startswith("conv2d"):
        name, keys = "conv2d_pack", ["co", "c", "kh", "kw", "groups"]
    if kernel.startswith("depthwise"):
        name, keys = "depthwise_pack", ["co", "c", "kh", "kw"]
    filters: Numbers = {key: a[key] for key in keys} | ({"transposed": 0} if name == "conv2d_pack" else {})
    sizes = engine().sizes(name, which, filters)
    w = np.random.default_rng(1).standard_normal(sizes["w"] // 4, dtype=np.float32)
    arrays["packed"] = engine().aligned(sizes["packed"]).view(np.float32)
    engine().run_kernel(name, which, filters, {"w": w, "packed": arrays["packed"]})


def label(a: Numbers) -> str:
    """The numbers that matter, in short."""
    if "co" in a:
        return f"{a['n']}x{a['h']}x{a['w']}x{a['c']} -> {a['co']}, {a['kh']}x{a['kw']} s{a['sh']}"
    return " ".join(
        f"{k}={v}" for k, v in a.items() if k in ("n", "i", "o", "h", "c", "hw", "kh", "count", "rows", "cols")
    )


def main() -> None:
    args = common.arguments(__doc__, slot={"type": float, "default": 0.2}, only={"default": ""})
    peak, copy = common.peak(args.threads), max(engine().bandwidth(args.threads, 1 << 28, 0.3)[1] for _ in range(3))
    print(f"{isa()}, {args.threads} threads; ceilings measured now: {peak:.0f} GFLOP/s, {copy:.1f} GB/s copying")
    rows = []
    table = {row["name"]: row for row in engine().kernels()}
    for kernel, cases in CASES.items():
        for arguments in cases if args.only in kernel else []:
            r = measure(table[kernel], arguments, args, (peak, copy))
            rate = f"{r['ms']:9.4f} ms {r['rate']:8.1f} {r['unit']:7} {r['share']:6.1%}"
            wrong = "" if r["right"] else "  WRONG"
            print(f"{kernel:24} {label(r['arguments']):36} {rate} error {r['error']:.1e}{wrong}")
            rows.append(r)
    untimed = sorted(set(table) - set(CASES))
    print(f"not timed here: {', '.join(untimed)}")
    common.keep(args.json, rows, args.threads)


if __name__ == "__main__":
    main()
