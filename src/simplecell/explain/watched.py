"""One pass of the engine with every value kept: explanations that read only what they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simplecell.errors import ArgumentError
from simplecell.explain.batch import Batch, asked
from simplecell.explain.cell import Explanation, opened
from simplecell.explain.chain import Chain, chain
from simplecell.explain.gradient import GradientExplanation, value_gradient, weight_gradient
from simplecell.explain.passes import Judged, Pass, layer_of, scores_of
from simplecell.explain.units import one_unit
from simplecell.layers.base import Array, Mode
from simplecell.run.engine import Engine
from simplecell.run.gradients import Gradients, gradients

if TYPE_CHECKING:
    from simplecell.objectives import Optimiser


@dataclass(frozen=True)
class Watched:
    """The values of one pass, in float32 as the engine computed them, and with targets their gradients.

    What is explained here is a layer's definition in float64 on the inputs that the engine had: the difference is this
    layer's own rounding alone.
    """

    done: Pass
    engine: Engine
    back: Gradients | None

    def value(self, layer: str | int) -> Array:
        """A layer's values (n, ...)."""
        return self.done.values[self.done.graph.layer(layer).name]

    def explain(
        self, layer: str | int, at: object = None, channel: int | None = None, *, image: int = 0
    ) -> Explanation:
        """As `Model.explain`, for image number `image`."""
        node = layer_of(self.done.graph, layer)
        unit = one_unit(node, at, channel)
        self._check(image)
        value = float(self.done.values[node.name][(image, *unit)])
        record = None
        if self.back is None:
            record = self.engine.record(self.done.images, node, value, self.engine.every_layer)
        return opened(self.done, self.done.graph, node, unit, image, record)

    def chain(
        self,
        layer: str | int,
        at: object = None,
        channel: int | None = None,
        *,
        image: int = 0,
        follow: Sequence[int] = (),
    ) -> Chain:
        """As `Model.chain`."""
        graph = self.done.graph
        node = layer_of(graph, layer)
        unit = one_unit(node, at, channel)
        self._check(image)
        return chain(graph, lambda name, u: opened(self.done, graph, graph[name], u, image), node.name, unit, follow)

    def explain_gradient(
        self,
        *,
        weight: tuple[str, Sequence[int]] | None = None,
        input: Sequence[int] | None = None,
        unit: tuple[str | int, Sequence[int]] | None = None,
        image: int = 0,
        optimizer: Optimiser | None = None,
    ) -> GradientExplanation:
        """As `Model.explain_gradient`. ArgumentError where the pass was watched without targets."""
        if self.back is None:
            raise ArgumentError("no gradients were watched: net.watch(images, targets)")
        name, place = asked(self.done.graph, weight, input, unit)
        if weight is None:
            return value_gradient(self.done, name, place, image, self.back.value)
        return weight_gradient(self.done, str(name), place, self.back.value, optimizer)

    def _check(self, image: int) -> None:
        if not 0 <= image < self.done.images:
            raise ArgumentError(f"the batch has the images 0..{self.done.images - 1}, got {image}")


def watched(batch: Batch, engine: Engine) -> Watched:
    """Run a batch and keep everything; with targets as a training step that moves nothing."""
    graph = batch.graph
    if batch.targets is None:
        return Watched(Pass(graph, batch.weights, engine.watched(batch.inputs)), engine, None)
    targets, scores = batch.checked_targets(), scores_of(graph, batch.loss)
    nodes = [node.name for node in graph.nodes]
    back = gradients(graph, batch.weights, batch.loss, batch.inputs, targets, nodes, seed=batch.seed)
    judged = Judged(batch.loss, back.loss, targets, scores)
    return Watched(
        Pass(graph, batch.weights, back.values, Mode(True, batch.seed), judged, back.gradients), engine, back
    )  # fmt: skip
