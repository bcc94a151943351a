"""PyTorch's own files, read by PyTorch in a process of its own.

Such a file is a pickle, and a pickle can name any code. PyTorch's restricted reader (`weights_only=True`) admits
tensors alone.
"""

from __future__ import annotations

import io
import os
from importlib.util import find_spec
from typing import Any

import numpy as np

from simplecell.errors import MissingExtra
from simplecell.files import write_atomically
from simplecell.files.apart import read_apart, serve
from simplecell.layers.base import Array

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
    return read_apart(__name__, path)


def write_torch(path: str | os.PathLike[str], module: Any) -> None:
    """Write the weights of a PyTorch module as `torch.save(module.state_dict(), path)` does.

    Raises: FileError with the path and the cause.
    """
    import torch

    content = io.BytesIO()
    torch.save(module.state_dict(), content)
    write_atomically(path, [content.getvalue()])


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
    serve(tensors_of, _OWN_MEMORY)
