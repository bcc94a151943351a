"""PyTorch's own files, read by PyTorch in a child process that may do no harm.

Such a file is a pickle, and a pickle can name any code. PyTorch's restricted reader (`weights_only=True`) admits
tensors alone; it runs in a process of its own with a limit on memory and time, and hands over a safetensors file, which
is read with the usual checks.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from simplecell import files
from simplecell.errors import FileError, MissingExtra
from simplecell.layers.base import Array

_LONGEST = 600
"""Seconds after which a file is given up."""
_OWN_MEMORY = 8 << 30
"""Addresses that PyTorch itself may take, before any weights."""
_WRAPPERS = ("state_dict", "model")
"""Under these names checkpoints keep the weights beside other things."""


def read_torch(path: str | os.PathLike[str]) -> dict[str, Array]:
    """The tensors of a file of `torch.save(net.state_dict())`, or of a checkpoint that holds one.

    Raises: MissingExtra without PyTorch; FileError in one line for anything but a mapping of names to tensors.
    """
    if find_spec("torch") is None:
        raise MissingExtra("torch", "torch", "reading PyTorch's own files")
    place, threads = os.fspath(path), {"OMP_NUM_THREADS": "1"}
    try:
        with open(path, "rb"):
            pass
    except OSError as cause:
        raise FileError(f"{place}: cannot be read: {cause.strerror}") from cause
    with tempfile.TemporaryDirectory(prefix="simplecell-") as folder:
        handed_over = str(Path(folder, "weights.safetensors"))
        try:
            done = subprocess.run(
                [sys.executable, "-m", __name__, place, handed_over],
                capture_output=True, text=True, timeout=_LONGEST, env=os.environ | threads, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise FileError(f"{place}: not read within {_LONGEST} seconds") from None
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or [f"the reader ended with {done.returncode}"])[-1]
            raise FileError(f"{place}: no weights could be read: {reason}")
        return files.read(handed_over).tensors


def _main(path: str, handed_over: str) -> None:
    """The child: read, check, hand over. One line on stderr and exit code 2 for a refusal."""
    limit = _OWN_MEMORY + 4 * os.path.getsize(path)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        files.write(handed_over, tensors_of(path), {})
    except Exception as error:
        print((str(error).strip().splitlines() or [type(error).__name__])[0], file=sys.stderr)
        sys.exit(2)


def tensors_of(path: str | os.PathLike[str]) -> dict[str, Array]:
    """The tensors of a state_dict, or of a checkpoint that holds one, in this process; ValueError for anything else."""
    content = _loaded(path)
    for name in _WRAPPERS:
        if isinstance(content, dict) and isinstance(content.get(name), dict):
            content = content[name]
    return {name: _array(name, tensor, os.path.getsize(path)) for name, tensor in _entries(content)}


def _loaded(path: str | os.PathLike[str]) -> Any:
    """What PyTorch's restricted reader finds."""
    import torch

    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except MemoryError:
        raise
    except Exception as error:
        what = f"damaged, or it holds more than tensors ({type(error).__name__})"
        raise ValueError(f"{what}; in PyTorch, torch.save(net.state_dict(), path) writes tensors alone") from error


def _entries(content: Any) -> list[tuple[str, Any]]:
    """The names and tensors of a state_dict."""
    import torch

    if not isinstance(content, dict) or not content:
        raise ValueError(f"a mapping of names to tensors is needed, found {type(content).__name__}")
    for name, tensor in content.items():
        if not isinstance(name, str) or not isinstance(tensor, torch.Tensor):
            raise ValueError(f"{name!r} is {type(tensor).__name__}, not a tensor; save net.state_dict() alone")
    return list(content.items())


def _array(name: str, tensor: Any, size: int) -> Array:
    """A tensor as an array. One that claims more than the file holds (a view that repeats cells) is refused."""
    if tensor.numel() * tensor.element_size() > size:
        raise ValueError(f"{name!r} claims {tensor.numel():,} values, more than the file holds")
    return np.asarray(tensor.detach().float() if tensor.is_floating_point() else tensor.detach())


if __name__ == "__main__":
    _main(*sys.argv[1:])
