"""Every ONNX operator that is understood, by name: a closed table."""

from __future__ import annotations

from simplecell.interchange.onnx.operators import (
    activations,
    arithmetic,
    norms,
    products,
    reductions,
    resizing,
    selecting,
    shapes,
    windows,
)

OPERATORS: dict[str, activations.Function] = {
    **windows.OPERATORS,
    **products.OPERATORS,
    **norms.OPERATORS,
    **activations.OPERATORS,
    **arithmetic.OPERATORS,
    **reductions.OPERATORS,
    **shapes.OPERATORS,
    **selecting.OPERATORS,
    **resizing.OPERATORS,
}
