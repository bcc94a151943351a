"""Weights from a file: safetensors or PyTorch's."""

from __future__ import annotations

import os

from simplecell import files
from simplecell.layers.base import Array

TORCH = (".pth", ".pt", ".bin", ".ckpt")
"""Endings of PyTorch's own files."""


def read_weights(path: str | os.PathLike[str]) -> dict[str, Array]:
    """The tensors of a safetensors file, ours or another program's, or of a PyTorch file."""
    if os.fspath(path).lower().endswith(TORCH):
        from simplecell.weights.torch_file import read_torch

        return read_torch(path)
    return files.read(path, foreign=True).tensors
