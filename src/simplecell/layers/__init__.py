"""What each kind of layer is: one file per kind, and KINDS, the closed table of them."""

from __future__ import annotations

from simplecell.layers.base import Input, Layer, Value
from simplecell.layers.conv2d import Conv2d
from simplecell.layers.relu import ReLU

KINDS: dict[str, type[Layer]] = {
    kind.kind: kind
    for kind in (
        Conv2d,
        ReLU,
    )
}
"""Every kind by name. A file or a configuration chooses from this table and never imports by name."""

__all__ = ["KINDS", "Input", "Layer", "Value", *KINDS]
