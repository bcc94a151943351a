"""The memory of a network: the bytes of the very plan that would run, by what they are for."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

from simplecell.accounts.eager import Eager, eager
from simplecell.accounts.memory_text import memory_text
from simplecell.geometry import whole_number
from simplecell.graph import Graph
from simplecell.objectives import CrossEntropy, Loss, MeanSquaredError, Optimiser, choose_optimizer
from simplecell.plan import Plan, make_plan
from simplecell.plan.memory import lifetimes
from simplecell.run.engine import LARGEST_BATCH
from simplecell.run.native_stepper import training_of
from simplecell.run.parts import divide
from simplecell.words.layout import preformatted


@dataclass(frozen=True)
class Peak:
    """The arena at the step where most of it is in use, in bytes.

    step, label       its number in the plan, from 1, and its layers
    activations       values of layers, and what they keep for the way back (winners of pools, statistics)
    gradients         gradients of these values, in flight
    weight_gradients  gradients of weights; each is used and gone as soon as it is there
    workspace         of the kernels: repacked weights, tiles
    gaps              bytes that lie free between them
    growing           of activations and gradients, what has one part for each image
    """

    step: int
    label: str
    activations: int
    gradients: int
    weight_gradients: int
    workspace: int
    gaps: int
    growing: int


@dataclass(frozen=True, repr=False)
class Memory:
    """What running a network takes, in bytes: the arrays that the engine allocates, and the caller's.

    parameters   learned weights and biases; `buffers` are running averages beside them
    state        of the optimiser
    packed       weights in the kernels' own order (inference)
    arena        everything else: values, gradients, workspace, placed so that what is not needed at the same time
                 shares its bytes; `peak` tells what it is made of
    scalars      learning rate, loss and the like
    arrays       images and targets that the caller gives; in inference the outputs that come back
    eager        what PyTorch eager keeps for the backward pass of the same network; None in inference
    """

    batch: int
    training: bool
    optimizer: str
    parameters: int
    buffers: int
    state: int
    packed: int
    arena: int
    scalars: int
    arrays: int
    peak: Peak
    eager: Eager | None
    plans: tuple[Plan, ...]

    @cached_property
    def engine(self) -> int:
        """What the engine allocates: all but the caller's arrays."""
        return self.total - self.arrays

    @cached_property
    def total(self) -> int:
        """Everything."""
        return sum(self.parts().values())

    @cached_property
    def fixed(self) -> int:
        """The part that does not grow with the batch: weights, optimiser, workspace, gaps."""
        return self.total - self.per_image * self.batch

    @cached_property
    def per_image(self) -> int:
        """What each image of the batch adds: its arrays, and its values and gradients at the arena's peak."""
        return (self.peak.growing + self.arrays) // self.batch

    @cached_property
    def reference(self) -> tuple[str, ...]:
        """Layers that run by their NumPy definition: the arrays that it makes meanwhile are not in these figures."""
        return tuple(dict.fromkeys(op.label for p in self.plans for op in p.ops if op.algorithm == "reference"))

    def parts(self) -> dict[str, int]:
        """The parts of the total by name."""
        names = ("parameters", "buffers", "state", "packed", "arena", "scalars", "arrays")
        return {name: getattr(self, name) for name in names}

    def to_dict(self) -> dict[str, Any]:
        """Everything in values that JSON keeps."""
        return {
            "batch": self.batch, "training": self.training, "optimizer": self.optimizer or None, **self.parts(),
            "engine": self.engine, "total": self.total, "fixed": self.fixed, "per_image": self.per_image,
            "peak": asdict(self.peak), "reference": list(self.reference),
            "eager": self.eager.to_dict() if self.eager else None,
        }  # fmt: skip

    def text(self, lang: str | None = None) -> str:
        """The account in English, Chinese or Japanese."""
        return memory_text(self, lang)

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return preformatted(self.text())


def memory(
    graph: Graph,
    batch: int = 1,
    *,
    training: bool = False,
    optimizer: Optimiser | str | None = None,
    loss: Loss | None = None,
) -> Memory:
    """The memory of one pass over a batch, or of one training step on it, under the settings in force.

    Rules: nothing is allocated: the figures are those of the plan. Inference runs more than 256 images one part after
    the other, whose plans are kept beside each other; parts that threads run at once have an arena each. The optimiser
    is SGD with momentum unless said otherwise, the loss cross-entropy for scores and mean squared error for images.
    Raises: ArgumentError for a batch below 1 or an unknown optimiser.

    >>> from simplecell.graph import sequential
    >>> from simplecell.layers import Conv2d, Input
    >>> m = memory(sequential([Input(1, 8, 8), Conv2d(4, 3)]), batch=2)
    >>> m.parameters, m.arrays
    (160, 1664)
    """
    images = whole_number(batch, "batch", 1)
    rule = choose_optimizer(optimizer)
    if training:
        classes = all(len(graph[name].shape) == 1 for name in graph.outputs)
        usual = CrossEntropy() if classes else MeanSquaredError()
        made = [(make_plan(graph, images, training=training_of(rule, loss or usual)), 1)]
    else:
        rest = images % LARGEST_BATCH if images > LARGEST_BATCH else images
        sizes = [LARGEST_BATCH] * (images > LARGEST_BATCH) + [rest] * (rest > 0)
        made = [divide(make_plan(graph, size)) for size in sizes]
    plans = tuple(plan for plan, _ in made)
    weights = sum(map(math.prod, graph.weights.values())) * 4
    learned = sum(map(math.prod, graph.learned.values())) * 4
    outputs = 0 if training else sum(math.prod(graph[o].shape) for o in graph.outputs) * 4 * images
    shapes = sum(math.prod(graph[name].shape) for name in graph.inputs) * 4 * images
    return Memory(
        images, training, rule.kind if training else "", learned, weights - learned, _home(plans, "state"),
        _home(plans, "packed"), sum(parts * plan.arena for plan, parts in made), _home(plans, "scalar"),
        shapes + outputs + _home(plans, "target"), _peak(*made[0]), eager(graph, images) if training else None, plans,
    )  # fmt: skip


def _home(plans: tuple[Plan, ...], home: str) -> int:
    return sum(t.bytes for plan in plans for t in plan.tensors.values() if t.home == home and not t.alias)


def _peak(plan: Plan, parts: int) -> Peak:
    """The op at which most bytes of the arena are alive, and what they are, in all parts that run side by side."""
    lives = lifetimes(plan)
    alive = [0] * (len(plan.ops) + 2)
    for life in lives.values():
        alive[life.first] += life.nbytes
        alive[life.last + 1] -= life.nbytes
    totals = [*accumulate(alive)][: len(plan.ops)] or [0]
    at = totals.index(max(totals))
    sums = {"activations": 0, "gradients": 0, "weight_gradients": 0, "workspace": 0}
    growing = 0
    for name, life in lives.items():
        if life.first <= at <= life.last:
            part = _part(plan, name)
            sums[part] += parts * life.nbytes
            growing += parts * life.nbytes if part in ("activations", "gradients") and _batched(plan, name) else 0
    gaps = parts * (plan.arena - totals[at])
    return Peak(at + 1, plan.ops[at].label if plan.ops else "", **sums, gaps=gaps, growing=growing)


def _part(plan: Plan, name: str) -> str:
    tensor = plan.tensors[name]
    if not tensor.node:
        return "workspace"
    if not name.startswith("d:"):
        return "activations"
    site = plan.graph[tensor.node].site
    weights = tuple(f"d:{tensor.node}.{key}" for key in (site.weights if site else ()))
    return "weight_gradients" if name.startswith(weights) else "gradients"


def _batched(plan: Plan, name: str) -> bool:
    """Whether a value has one part for each image (statistics over the batch do not)."""
    tensor = plan.tensors[name]
    whole = math.prod(tensor.shape) == plan.batch * math.prod(plan.graph[tensor.node].shape)
    return tensor.shape[0] == plan.batch and (plan.batch > 1 or whole)
