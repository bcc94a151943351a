"""What one step of the engine does for several layers, taken apart for one unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simplecell.explain.layout import exact, total
from simplecell.explain.passes import Pass
from simplecell.layers.base import Array, Terms, Unit
from simplecell.run.reference import layer_weights

if TYPE_CHECKING:
    from simplecell.run.engine import EngineValue


@dataclass(frozen=True)
class Stage:
    """One layer of a fused step at the unit: its value, in float64."""

    layer: str
    kind: str
    value: float


@dataclass(frozen=True)
class Folded:
    """A batch norm taken into the layer before it: every weight times `scale`, the bias times it plus `shift`, and
    what the unit's products with these weights then sum to, the bias too."""

    layer: str
    scale: float
    shift: float
    bias: float
    value: float


@dataclass(frozen=True)
class Fused:
    """The layers that one step does, their values at one unit, and what the engine has at its end."""

    stages: tuple[Stage, ...]
    folded: Folded | None
    engine: EngineValue | None

    def to_dict(self) -> dict[str, Any]:
        """Everything, in values that JSON keeps."""
        return {
            "stages": [{"layer": s.layer, "kind": s.kind, "value": exact(s.value)} for s in self.stages],
            "folded": self.folded
            and {"layer": self.folded.layer}
            | {key: exact(getattr(self.folded, key)) for key in ("scale", "shift", "bias", "value")},
            "engine": self.engine and {"value": exact(self.engine.value), "algorithm": self.engine.algorithm},
        }


def fused(done: Pass, group: Sequence[str], unit: Unit, terms: Terms, engine: EngineValue | None, image: int) -> Fused:
    """Take a fused step apart. `group` are its layers in order, of which the first has these terms; `engine` is the
    engine's value of the last."""
    nodes = [done.graph[name] for name in group]
    stages = tuple(
        Stage(n.name, n.layer.kind, float(done.values[n.name][(image, *unit)])) for n in nodes if n.layer is not None
    )
    norm = next((n for n in nodes[1:2] if n.layer is not None and n.layer.kind == "BatchNorm"), None)
    return Fused(stages, None if norm is None else _folded(done, norm.name, unit, terms, image), engine)


def _folded(done: Pass, name: str, unit: Unit, terms: Terms, image: int) -> Folded:
    norm = done.graph[name]
    assert norm.layer is not None
    assert norm.site is not None
    xs: list[Array] = [x[image] for x in done.inputs_of(norm)]
    named = norm.layer.terms(norm.site, xs, layer_weights(done.weights, name), unit).named
    scale, shift = named["scale"], named["shift"]
    bias = (terms.bias or 0.0) * scale + shift
    return Folded(name, scale, shift, bias, total([*(terms.products * scale).tolist(), bias]))
