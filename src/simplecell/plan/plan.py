"""A plan: when and where a graph is computed, as one immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from simplecell.graph import Graph
from simplecell.kernels.ir import Op, Tensor
from simplecell.plan.settings import Machine, Settings

if TYPE_CHECKING:
    from simplecell.objectives import Loss


class Training(NamedTuple):
    """What makes a plan a training plan: the names of the loss and the optimiser's kernel, and its fixed numbers.

    `state` names what the optimiser keeps of each weight, `scalars` those of it that are one number. With `update`
    False the weights' gradients are kept instead of used. `loss_arguments` are those of the loss; with any but its
    defaults it runs by its reference definition. `frozen` names the weights that stay as they are.
    """

    loss: str
    optimizer: str = "sgd"
    numbers: Mapping[str, int | float] = {}
    state: tuple[str, ...] = ()
    update: bool = True
    scalars: tuple[str, ...] = ()
    loss_arguments: Mapping[str, Any] = {}
    frozen: tuple[str, ...] = ()

    @property
    def rule(self) -> Loss:
        """The loss, defined."""
        from simplecell.objectives import LOSSES, kind_named

        return kind_named(LOSSES, self.loss, "loss").make(self.loss_arguments)


@dataclass(frozen=True)
class Plan:
    """When and where a graph is computed for one batch size.

    ops         in the order in which they run
    tensors     by name
    values      which tensor holds a node's value (several nodes may share one: flatten without a move)
    scores      for training: the node on which the loss stands
    keep        nodes whose values must still be there at the end; in training their gradients too
    gradients   for training: which tensor holds the gradient of each value's tensor
    places      byte offset in the arena of each of its tensors, from the pass `memory`
    arena       bytes of the arena
    """

    graph: Graph
    batch: int
    machine: Machine
    settings: Settings
    training: Training | None = None
    keep: tuple[str, ...] = ()
    ops: tuple[Op, ...] = ()
    tensors: Mapping[str, Tensor] = field(default_factory=dict[str, Tensor])
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    scores: str = ""
    gradients: Mapping[str, str] = field(default_factory=dict[str, str])
    places: Mapping[str, int] = field(default_factory=dict[str, int])
    arena: int = 0
    done: tuple[str, ...] = ()

    def table(self, lang: str | None = None, *, why: bool = False) -> str:
        """The plan as text: a line per step, the memory; with `why` the algorithms that were considered."""
        from simplecell.plan.table import plan_text

        return plan_text(self, lang, why)

    def to_dict(self) -> dict[str, object]:
        """The plan as data that JSON keeps."""
        from simplecell.plan.table import plan_dict

        return plan_dict(self)
