"""Every native kernel on a few sizes: checked against its obvious reference first, then timed.

One line each: error, time, GFLOP/s or GB/s, and the share of the ceiling that was measured in the same run. FLOPs are
those of the direct algorithm, so a kernel that does less work may pass 100 %.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

import common
from kernel_cases import CASES, Numbers
from simplecell.kernels.native import engine, isa

POSITIVE = ("var", "inv", "exp_avg_sq", "square_avg", "step")
"""Operands that are never negative."""
ABOVE_0 = ("log_forward", "log_backward", "power_forward", "power_backward")
"""Kernels whose x is above 0."""
TWICE = {
    "batchnorm_forward": ("x",), "groupnorm_forward": ("x",), "batchnorm_backward": ("x", "dy"),
    "groupnorm_backward": ("x", "dy"),
}  # fmt: skip
"""Operands that beyond the cache must be read twice: statistics come before what they are for."""

Arrays = dict[str, np.ndarray]


def flops(kernel: str, a: Numbers) -> float:
    """FLOPs of the direct algorithm; 0 for kernels that move memory, packers and depthwise convolution among them."""
    if kernel.endswith("_pack"):
        return 0.0
    if kernel.startswith("conv2d"):
        return 2.0 * a["n"] * a["oh"] * a["ow"] * a["co"] * a["kh"] * a["kw"] * a["c"] / a.get("groups", 1)
    if kernel.startswith("expand"):
        return 2.0 * a["n"] * a["e"] * (a["h"] * a["w"] * a["c"] + a["oh"] * a["ow"] * 9)
    if kernel.startswith("winograd"):
        return 2.0 * a["n"] * a["oh"] * a["ow"] * a["co"] * 9 * a["c"]
    return 2.0 * a["n"] * a["i"] * a["o"] if kernel.startswith("linear") else 0.0


def operands(row: dict[str, Any], arguments: Numbers) -> Arrays:
    """Random operands of the sizes that the kernel asks for; outputs hold NaN."""
    generator = np.random.default_rng(0)
    sizes = engine().sizes(row["name"], isa(), arguments, threads=64)
    made: Arrays = {}
    for operand in row["operands"]:
        name, dtype = operand["name"], operand["dtype"]
        if operand["role"] == "scratch" or not sizes[name]:
            continue
        made[name] = array = engine().aligned(sizes[name]).view(dtype)
        if dtype.startswith("int"):
            array[:] = generator.integers(0, arguments.get("c", 1), len(array))
        elif operand["role"] == "out":
            array[:] = np.nan
        else:
            array[:] = generator.standard_normal(len(array), dtype=dtype)
            if name in POSITIVE or (name == "x" and row["name"] in ABOVE_0):
                np.abs(array, out=array)
    if row["name"] == "maxpool2d_backward":
        winners(arguments, made["index"])
    return made


def winners(arguments: Numbers, index: np.ndarray) -> None:
    """The index that a forward pass over random numbers leaves for the backward pass."""
    sizes = engine().sizes("maxpool2d_forward", isa(), arguments)
    x, y = (engine().aligned(sizes[name]).view(np.float32) for name in "xy")
    x[:] = np.random.default_rng(1).standard_normal(len(x), dtype=np.float32)
    engine().run_kernel("maxpool2d_forward", isa(), arguments, {"x": x, "y": y, "index": index})


def pack(kernel: str, a: Numbers, arrays: Arrays, which: str) -> None:
    """Pack the same random weights in the order of an instruction set."""
    name = "conv2d_pack" if kernel.startswith("expand") else kernel.split("_")[0] + "_pack"
    row = next(row for row in engine().kernels() if row["name"] == name)
    known: Numbers = {"co": a.get("e", 0), "kh": 1, "kw": 1, "groups": 1, "transposed": 0, **a}
    filters: Numbers = {key: known[key] for key in row["args"]}
    sizes = engine().sizes(name, which, filters)
    w = np.random.default_rng(1).standard_normal(sizes["w"] // 4, dtype=np.float32)
    arrays["packed"] = engine().aligned(sizes["packed"]).view(np.float32)
    engine().run_kernel(name, which, filters, {"w": w, "packed": arrays["packed"]})


def largest_error(row: dict[str, Any], arguments: Numbers, ours: Arrays, wrote: list[str], threads: int) -> float:
    """Run the kernel and its reference once: the largest difference over the largest value."""
    name, theirs = row["name"], {operand: array.copy() for operand, array in ours.items()}
    if "packed" in wrote:  # each instruction set has an order and a padding of its own: the same numbers, sorted
        theirs["packed"] = engine().aligned(engine().sizes(name, "reference", arguments)["packed"]).view(np.float32)
    elif "packed" in ours:
        pack(name, arguments, ours, isa())
        pack(name, arguments, theirs, "reference")
    engine().run_kernel(name, "reference", arguments, theirs)
    engine().run_kernel(name, isa(), arguments, ours, threads=threads)
    if "packed" in wrote:
        got, want = (np.sort(arrays["packed"][arrays["packed"] != 0]) for arrays in (ours, theirs))
        return float(np.abs(got - want).max() / np.abs(want).max()) if len(got) == len(want) else np.inf
    pairs = [(ours[operand].astype(np.float64), theirs[operand].astype(np.float64)) for operand in wrote]
    return max(float(np.abs(got - want).max() / max(np.abs(want).max(), 1e-30)) for got, want in pairs)


def moved(row: dict[str, Any], arrays: Arrays) -> int:
    """Bytes that must cross the memory bus once: what is updated in place is read and written."""
    twice = {o["name"] for o in row["operands"] if o["role"] == "inout"} | set(TWICE.get(row["name"], ()))
    return sum(array.nbytes * (2 if name in twice else 1) for name, array in arrays.items())


def measure(row: dict[str, Any], arguments: Numbers, args: Any, ceilings: tuple[float, float]) -> dict[str, Any]:
    """Check, then time: the median of as many calls as fill the slot."""
    arguments = {k: v for k, v in arguments.items() if k in row["args"]}
    ours = operands(row, arguments)
    wrote = [o["name"] for o in row["operands"] if o["role"] in ("out", "inout") and o["name"] in ours]
    error = largest_error(row, arguments, ours, wrote, args.threads)
    times: list[float] = []
    end = time.perf_counter() + args.slot
    while len(times) < 3 or time.perf_counter() < end:
        began = time.perf_counter()
        engine().run_kernel(row["name"], isa(), arguments, ours, threads=args.threads)
        times.append(time.perf_counter() - began)
    seconds = float(np.median(times))
    work = flops(row["name"], arguments)
    rate, ceiling, unit = (work, ceilings[0], "GFLOP/s") if work else (moved(row, ours), ceilings[1], "GB/s")
    return {
        "kernel": row["name"], "arguments": arguments, "error": error, "right": error < 1e-4, "ms": seconds * 1e3,
        "rate": rate / seconds / 1e9, "unit": unit, "share": rate / seconds / 1e9 / ceiling,
    }  # fmt: skip


def label(a: Numbers) -> str:
    """The numbers that matter, in short."""
    if "e" in a:
        return f"{a['n']}x{a['h']}x{a['w']}x{a['c']} -> {a['e']}, 3x3 s{a['s']}"
    if "oh" in a and "co" in a:
        kernel = f"{a.get('kh', 3)}x{a.get('kw', 3)} s{a.get('sh', 1)}"
        return f"{a['n']}x{a['h']}x{a['w']}x{a['c']} -> {a['co']}, {kernel}"
    shown = ("n", "i", "o", "co", "h", "c", "hw", "kh", "pixels", "count", "rows", "cols", "transposed")
    return " ".join(f"{k}={v}" for k, v in a.items() if k in shown)


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
