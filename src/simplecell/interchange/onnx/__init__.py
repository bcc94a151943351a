"""ONNX in and out."""

from __future__ import annotations

from simplecell.interchange.onnx.reading import read_onnx

__all__ = ["read_onnx"]
