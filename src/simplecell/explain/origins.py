"""Where a NaN or an infinity came into a network: the first value of that kind that a number rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from simplecell.explain.field import sees
from simplecell.explain.layout import exact
from simplecell.explain.passes import Pass
from simplecell.graph import Node
from simplecell.layers.base import Array, Terms, Unit
from simplecell.run.reference import layer_weights
from simplecell.words import say


@dataclass(frozen=True)
class Origin:
    """The first value, in the network's order, that is NaN or infinite.

    node, unit  whose value it is, and which; `value` itself
    count       how many such values of this node count: those that a unit sees, or of a gradient all of the batch
    cause       "given" with the image; "weights" that are NaN or infinite themselves; "arises" from finite numbers, by
                overflow or by what the layer's formula gives
    """

    node: str
    unit: Unit
    value: float
    count: int
    cause: str

    def to_dict(self) -> dict[str, Any]:
        """The origin in values that JSON keeps."""
        about = {"node": self.node, "unit": list(self.unit), "value": exact(self.value)}
        return {**about, "count": self.count, "cause": self.cause}

    def text(self, lang: str) -> str:
        """The origin in a sentence."""
        unit = f"[{', '.join(map(str, self.unit))}]"
        about = {"node": self.node, "unit": unit, "value": str(self.value), "n": self.count}
        return say(f"explain.origin.{self.cause}", lang, **about)


def origin_of(done: Pass, node: Node, unit: Unit, image: int, terms: Terms) -> Origin | None:
    """The first NaN or infinity that a unit of one image sees; None where it and all it is computed from are finite."""
    own = done.values[node.name][(image, *unit)]
    numbers = (terms.inputs[terms.real], terms.weights, [terms.bias or 0.0, terms.value, own])
    if all(np.isfinite(part).all() for part in numbers):
        return None
    before = done.graph.before(node.name)
    for here in done.graph.nodes:
        bad = ~np.isfinite(done.values[here.name][image]) if here.name in before else np.zeros(0, bool)
        if bad.any():
            bad &= sees(done.graph, node.name, unit[1:] or None, unit[0], of=here.name).mask()
        if bad.any():
            return _origin(done, here, done.values[here.name][image], bad)
    return None


def origin_in_batch(done: Pass) -> Origin | None:
    """The first NaN or infinity of a whole batch; its unit has the image in front if there are several."""
    for here in done.graph.nodes:
        bad = ~np.isfinite(done.values[here.name])
        if bad.any():
            values = done.values[here.name]
            return _origin(done, here, *((values[0], bad[0]) if done.images == 1 else (values, bad)))
    return None


def _origin(done: Pass, node: Node, values: Array, bad: Array) -> Origin:
    place = tuple(map(int, np.argwhere(bad)[0]))
    weights = layer_weights(done.weights, node.name).values()
    cause = "given" if node.layer is None else "arises" if all(np.isfinite(w).all() for w in weights) else "weights"
    return Origin(node.name, place, float(values[place]), int(bad.sum()), cause)
