"""Keras in."""

from __future__ import annotations

from simplecell.interchange.keras.reading import read_keras

__all__ = ["read_keras"]
