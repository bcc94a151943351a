"""ONNX in and out."""

from __future__ import annotations

from simplecell.interchange.onnx.reading import read_onnx
from simplecell.interchange.onnx.writing import write_onnx

__all__ = ["read_onnx", "write_onnx"]
