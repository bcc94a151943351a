"""Names of layers from names in ONNX files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def title_of(node: str, op: str, inputs: Sequence[str]) -> str:
    """What the layer of a node should be called: by its weights (`conv1.weight` -> conv1), else by the node's own name
    (`/features/features.0/Conv` -> features.features.0); "" leaves it to the layer's kind."""
    for name in inputs[1:]:
        stem, dot, key = name.rpartition(".")
        if dot and key in ("weight", "bias", "running_mean", "running_var"):
            return cleaned(stem)
    parts = [part for part in node.split("/") if part]
    if len(parts) > 1 and parts[-1].rstrip("_0123456789") == op:
        parts = parts[:-1]
    return cleaned(".".join(parts))


def cleaned(name: str) -> str:
    """A name of letters, digits, '_', '-' and '.', at most 100 of them."""
    return "".join(c if c.isalnum() or c in "_-." else "_" for c in name)[:100].strip(".")


def unique(names: Iterable[str]) -> list[str]:
    """Names that come once each: the second `relu` is `relu_2`."""
    taken: set[str] = set()
    found: list[str] = []
    for name in names:
        free, number = name, 2
        while free in taken:
            free, number = f"{name}_{number}", number + 1
        taken.add(free)
        found.append(free)
    return found
