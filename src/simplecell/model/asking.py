"""What a model can be asked: each method finds what it needs and calls into the room explain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simplecell.errors import DataError, message
from simplecell.layers.base import Array
from simplecell.run.engine import Engine, Layout, checked_inputs

if TYPE_CHECKING:
    from simplecell.explain import Explanation, Field, GradientExplanation, Watched
    from simplecell.explain.chain import Chain
    from simplecell.graph import Graph
    from simplecell.objectives import Loss, Optimiser


class Explains:
    """The half of a model that answers why. It rests on the graph, the weights, the engine, and pictures as images."""

    graph: Graph
    _weights: dict[str, Array]
    _engine: Engine

    def images(self, pictures: object) -> Array:
        raise NotImplementedError

    def _need_weights(self) -> None:
        raise NotImplementedError

    def explain(
        self,
        image: object,
        layer: str | int,
        at: object = None,
        channel: int | None = None,
        *,
        layout: Layout = "NCHW",
    ) -> Explanation:
        """One value of one layer for one picture: the window, every product, the bias, the sum, the engine's value.

        `image` is a picture as `predict` takes it, an array of the input's own shape, or a tuple of these arrays for
        several inputs; with `layout="NHWC"` arrays have their channels last. `at` is (y, x) from 0, or nothing for a
        linear layer; `channel` the filter or feature.
        """
        from simplecell.explain.cell import explain

        self._need_weights()
        inputs = self._one_of_each(image, layout)
        return explain(
            self.graph, self._weights, tuple(x[0] for x in inputs), layer, at, channel,
            engine=lambda node, unit: self._engine.value(inputs, node, unit), group=self._engine.together,
        )  # fmt: skip

    def chain(
        self,
        image: object,
        layer: str | int,
        at: object = None,
        channel: int | None = None,
        *,
        follow: Sequence[int] = (),
        layout: Layout = "NCHW",
    ) -> Chain:
        """One unit, the input behind its largest contribution, and on down to a pixel; `follow` chooses others."""
        return self.watch(image, layout=layout).chain(layer, at, channel, follow=follow)

    def explain_gradient(
        self,
        images: object,
        targets: object,
        *,
        weight: tuple[str, Sequence[int]] | None = None,
        input: Sequence[int] | None = None,
        unit: tuple[str | int, Sequence[int]] | None = None,
        image: int = 0,
        loss: Loss | str = "cross_entropy",
        optimizer: Optimiser | None = None,
        seed: int = 0,
        layout: Layout = "NCHW",
    ) -> GradientExplanation:
        """The gradient of the loss with respect to one number, as the sum it is, in a training step on these images.

        Args:
            images: one image as `explain` takes it, or a batch (n, ...); `targets` its class, or theirs.
            weight: ("conv1", (3, 0, 1, 1)) or ("conv1.bias", (3,)).
            input: (c, y, x) of the network's input; unit: ("relu1", (c, y, x)); both in image number `image`.
            optimizer: shows how it would move the weight in a first step.
            seed: fixes the masks of Dropout, as in `fit`.
            layout: of the images; places are (c, y, x) always.
        """
        from simplecell.explain.batch import Batch, gradient_of
        from simplecell.objectives import choose_loss

        self._need_weights()
        batch = Batch(self.graph, self._weights, self._batch(images, layout), targets, choose_loss(loss), seed)
        return gradient_of(batch, weight=weight, input=input, unit=unit, image=image, optimiser=optimizer)

    def watch(
        self,
        images: object,
        targets: object = None,
        *,
        loss: Loss | str = "cross_entropy",
        layout: Layout = "NCHW",
    ) -> Watched:
        """One pass of the engine that keeps every value, and with `targets` every gradient: any unit of it is then
        explained at once. `images` is one image as `explain` takes it, or a batch."""
        from simplecell.explain.batch import Batch
        from simplecell.explain.watched import watched
        from simplecell.objectives import choose_loss

        self._need_weights()
        batch = Batch(self.graph, self._weights, self._batch(images, layout), targets, choose_loss(loss))
        return watched(batch, self._engine)

    def sees(
        self, layer: str | int, at: object = None, channel: int | None = None, *, of: str | int | None = None
    ) -> Field:
        """The pixels (or units of the earlier layer `of`) that a unit sees: exact, clipped at every layer."""
        from simplecell.explain.field import sees

        return sees(self.graph, layer, at, channel, of=of)

    def seen_by(self, pixel: Sequence[int], layer: str | int, *, of: str | int | None = None) -> Field:
        """The units of a layer that a pixel (c, y, x), or a unit of the earlier layer `of`, reaches: exact."""
        from simplecell.explain.field import seen_by

        return seen_by(self.graph, pixel, layer, of=of)

    def _one_of_each(self, image: object, layout: Layout = "NCHW") -> list[Array]:
        """One image for each input, as the engine takes it: arrays of the inputs' own, or a picture of any size."""
        from simplecell.explain.doors import images_of, turned

        image = turned(image, layout)
        given = image if isinstance(image, tuple) else (image,)
        shapes = [self.graph[name].shape for name in self.graph.inputs]
        drawn = len(shapes) == 1 and len(shapes[0]) == 3 and shapes[0][0] in (1, 3)
        arrays = [x for x in given if isinstance(x, np.ndarray) and (x.dtype.kind == "f" or x.shape in shapes)]
        if not drawn or len(arrays) == len(given):
            return [np.ascontiguousarray(x[None], np.float32) for x in images_of(self.graph, image)]
        images = self.images(image)
        if len(images) != 1:
            remedies = ["images[0]", "net.watch(images).explain(..., image=0)"]
            raise DataError(message("", f"one picture at a time is explained, got {len(images)}.", remedies=remedies))
        return [images]

    def _batch(self, images: object, layout: Layout) -> tuple[Array, ...]:
        """A batch as the engine takes it, from arrays (n, ...) for each input, or one image."""
        from simplecell.explain.doors import turned

        images = turned(images, layout)
        given = images if isinstance(images, tuple) else (images,)
        ranks = [len(self.graph[name].shape) + 1 for name in self.graph.inputs]
        if [x.ndim if isinstance(x, np.ndarray) else 0 for x in given] == ranks:
            return tuple(checked_inputs(self.graph, given, "NCHW"))
        return tuple(self._one_of_each(images))
