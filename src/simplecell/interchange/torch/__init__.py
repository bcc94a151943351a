"""PyTorch in and out."""

from __future__ import annotations

from simplecell.interchange.torch.reading import read_torch
from simplecell.interchange.torch.writing import module_of, source_of

__all__ = ["module_of", "read_torch", "source_of"]
