"""What the backward walk over a plan makes: gradient tensors, the ops that fill them, the weights' updates."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from simplecell.kernels import Op, Tensor
from simplecell.plan.plan import Plan

HYPER = "hyper"
"""The scalars that an update reads when it runs: the learning rate."""


@dataclass
class Tape:
    """What the backward walk has made so far. `gradients`: for each value's tensor, where its gradient lies."""

    plan: Plan
    ops: list[Op] = field(default_factory=list[Op])
    tensors: dict[str, Tensor] = field(default_factory=dict[str, Tensor])
    gradients: dict[str, str] = field(default_factory=dict[str, str])

    def tensor(self, name: str) -> Tensor:
        return self.tensors.get(name) or self.plan.tensors[name]

    def new(self, like: str, name: str | None = None) -> str:
        """A gradient tensor of the shape of the tensor `like`, under a name of its own."""
        made = name or f"d:{like}"
        serial = 2
        while made in self.tensors:
            made = f"{name or f'd:{like}'}:{serial}"
            serial += 1
        source = self.tensor(like)
        self.tensors[made] = Tensor(made, source.shape, source.layout, node=source.node)
        return made

    def give(self, value: str, gradient: str) -> None:
        """One more part of a value's gradient: the first is it, further ones are added into a new tensor."""
        before = self.gradients.get(value)
        if before is not None:
            total = self.new(value)
            node = self.tensor(value).node
            self.ops.append(Op("add", (node,), {"a": before, "b": gradient}, {"y": total}, shares=("y", "a")))
            gradient = total
        self.gradients[value] = gradient

    def wanted(self, value: str) -> bool:
        """Whether a value's gradient is of use: where weights that move lie in the layer that gave it or before it, or
        where it is to be kept."""
        tensor = self.tensor(value)
        if tensor.alias:
            return self.wanted(tensor.alias)
        if tensor.node in self.plan.graph.inputs:
            return tensor.node in self.plan.keep
        return tensor.home == "arena" and tensor.node in self._moved

    def moves(self, weight: str) -> bool:
        """Whether training changes a weight."""
        assert self.plan.training is not None
        return weight not in self.plan.training.frozen

    @cached_property
    def _moved(self) -> set[str]:
        """The nodes whose values change with the weights that move, or with a value that is kept."""
        found = set(self.plan.keep)
        for node, _, site in self.plan.graph.sites:
            own = any(self.moves(f"{node.name}.{key}") for key in site.learned)
            if own or not found.isdisjoint(node.sources):
                found.add(node.name)
        return found

    def update(self, weight: str, gradient: str) -> None:
        """The optimiser's rule on one weight, in place."""
        training = self.plan.training
        assert training is not None
        if not training.update or not self.moves(weight):
            return
        reads = {"weight": weight, "gradient": gradient, "hyper": HYPER}
        for key in training.state:
            name = f"{weight}:{key}"
            shape = () if key in training.scalars else self.tensor(weight).shape
            self.tensors[name] = Tensor(name, shape, home="state", node=self.tensor(weight).node)
            reads[key] = name
        node = self.tensor(weight).node
        self.ops.append(Op(training.optimizer, (node,), reads, {}, attributes=training.numbers))
