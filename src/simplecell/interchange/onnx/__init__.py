"""ONNX in and out."""

from __future__ import annotations

from simplecell.interchange.onnx.reading import Network, read_onnx

__all__ = ["Network", "read_onnx"]
