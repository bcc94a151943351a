"""What this process takes in memory; a module of its own, so that workers start with nothing else."""

from __future__ import annotations

import ctypes
import gc
from pathlib import Path


def resident(field: str) -> int:
    """A field of /proc/self/status in bytes: VmRSS now, VmHWM the peak."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/self/status has no {field}")


def forget_peak() -> None:
    """Begin to count the peak anew, without what is free."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
