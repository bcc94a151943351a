"""What a model can show as pictures and measurements: the calls behind `net.show`, `net.film`, `net.ideas`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from simplecell.errors import ArgumentError, message, unknown
from simplecell.layers.base import Array, Mode, Unit
from simplecell.model.asking import Explains
from simplecell.plan import use

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from simplecell.data import Dataset
    from simplecell.explain.figures import Maps
    from simplecell.explain.film import Back, Film
    from simplecell.explain.looking import Patches
    from simplecell.explain.maps import Heat, Idea
    from simplecell.graph import Node
    from simplecell.objectives import Loss

Kind = Literal["saliency", "gradcam", "occlusion", "field"]
KINDS: tuple[str, ...] = get_args(Kind)
SHOWN = ("filters", "maps", "volumes", "pyramid", "column", "slice", *KINDS)


class Shows(Explains):
    """The half of a model that draws."""

    def show(
        self,
        what: Literal["filters", "maps", "volumes", "pyramid", "column", "slice"] | Kind,
        image: object = None,
        *,
        layer: str | int | None = None,
        at: object = None,
        channel: int | None = None,
        maps: str | int | None = None,
        size: int | None = None,
        lang: str | None = None,
    ) -> Figure:
        """A picture, as matplotlib's figure.

        "filters"    the weights of a convolution (`layer`, the first unless given)
        "maps"       what `layer` makes of the image, one tile per channel; every layer with maps without it
        "volumes"    the shapes of the network, from its input on, as boxes
        "pyramid"    the image with what the middle unit of every layer sees of it
        "column"     the values of `layer` (the input unless given) at the place `at` (the middle), one per channel
        "slice"      one `channel` (the first) of `layer` (the input)
        "saliency", "gradcam", "occlusion", "field"  see `heat`

        Raises: MissingExtra without matplotlib.
        """
        from simplecell.explain import figures, looking, plates

        if what == "volumes":
            return plates.volumes(looking.volumes(self.graph), lang=lang)
        if what == "pyramid":
            picture = self._one(image)
            return plates.pyramid(picture, looking.pyramid(self.graph, picture), lang=lang)
        if what in ("column", "slice"):
            return self._part(what, self._one(image), layer, at, channel, lang)
        if what == "filters":
            node = self._convolution(layer)
            weights = self._weights
            bias = weights.get(f"{node}.bias")
            return figures.filters(weights[f"{node}.weight"], bias, node, lang=lang)
        if what not in ("maps", *KINDS):
            raise ArgumentError(unknown("there is no picture", what, SHOWN))
        if what == "maps":
            picture = self._one(image)
            return figures.feature_maps(picture, self._maps(picture, layer), lang=lang)
        return self.heat(what, image, layer=layer, at=at, channel=channel, maps=maps, size=size).figure(lang)

    def heat(
        self,
        what: Kind,
        image: object = None,
        *,
        layer: str | int | None = None,
        at: object = None,
        channel: int | None = None,
        maps: str | int | None = None,
        size: int | None = None,
    ) -> Heat:
        """A map of what matters to one value: of `layer` (the scores before a closing softmax unless given), and there
        of the highest unit unless `channel` is given.

        "saliency"   the magnitude of its gradient, pixel by pixel
        "gradcam"    where the maps of layer `maps` (the last that has maps) speak for it
        "occlusion"  by how much it falls when a square of `size` pixels (a quarter of the image) is covered
        "field"      the effective receptive field of a unit, mean over 8 images of noise unless an image is given
        """
        from simplecell.explain import maps as found

        if what not in KINDS:
            raise ArgumentError(unknown("there is no map", what, KINDS))
        self._need_weights()
        shape = self.graph[self.graph.inputs[0]].shape
        if len(self.graph.inputs) != 1 or len(shape) != 3:
            raise ArgumentError(f"maps are drawn over one image (c, h, w); this network takes {shape}")
        node = self._layer(layer if layer is not None else self._scores_layer())
        if what == "field":
            noise = np.random.default_rng(0).standard_normal((8, *shape)).astype(np.float32)
            images = noise if image is None else self._one(image)[None]
            return found.effective_field(self.graph, self._weights, node.name, at, channel, images)
        picture = self._one(image)
        unit = self._unit(picture, node.name, at, channel)
        if what == "saliency":
            return found.saliency(self.graph, self._weights, picture, node.name, unit)
        if what == "gradcam":
            last = [n.name for n, _, _ in self.graph.sites if len(n.shape) == 3 and n.number < node.number]
            if maps is None and not last:
                raise ArgumentError(message(node.place, "no layer before it has maps."))
            return found.gradcam(
                self.graph, self._weights, picture, node.name, unit, last[-1] if maps is None else maps
            )  # fmt: skip
        square = max(1, min(shape[1:]) // 4) if size is None else size
        return found.occlusion(
            lambda x: self._values(x, node.name), picture, node.name, unit, square, max(1, square // 2)
        )  # fmt: skip

    def film(
        self,
        image: object,
        layer: str | int,
        channel: int = 0,
        *,
        back: Back | None = None,
        target: object = None,
        loss: Loss | str = "cross_entropy",
    ) -> Film:
        """The window of a convolution or pool slid over one image, position by position; with `back` the way back of
        the loss's gradient to its "inputs" or "weights", for which `target` is given."""
        from simplecell.explain.batch import Batch
        from simplecell.explain.film import film
        from simplecell.explain.passes import forward, forward_and_back
        from simplecell.objectives import choose_loss

        self._need_weights()
        inputs = tuple(self._one_of_each(image))
        if back is None or target is None:
            return film(forward(self.graph, self._weights, inputs), layer, channel, back=back)
        batch = Batch(self.graph, self._weights, inputs, target, choose_loss(loss))
        mode = Mode(training=True)
        done = forward_and_back(self.graph, self._weights, inputs, batch.checked_targets(), batch.loss, mode)
        return film(done, layer, channel, back=back)

    def ideas(
        self, image: object, layer: str | int, *, pixel: Sequence[int] | None = None, shift: Sequence[int] = (1, 1)
    ) -> tuple[Idea, ...]:
        """Locality, equivariance and invariance of one layer, measured on an image: one pixel (the middle one) is
        changed; the image is moved by `shift` rows and columns."""
        from simplecell.explain.maps import equivariance, invariance, locality
        from simplecell.explain.units import unit_of

        self._need_weights()
        picture, name = self._one(image), self._layer(layer).name
        middle = tuple(n // 2 for n in picture.shape) if pixel is None else pixel
        middle = unit_of(self.graph[self.graph.inputs[0]], middle)
        if len(shift) != 2 or not all(isinstance(step, int) for step in shift):
            raise ArgumentError(f"shift is (rows, columns), two whole numbers, got {shift!r}")

        def values(x: Array) -> Array:
            with use(precision="exact"):  # Winograd's tiles carry rounding beyond the windows
                return self._values(x, name)

        found = [locality(self.graph, values, picture, name, middle)]
        if len(self.graph[name].shape) == 3:
            found += [
                equivariance(self.graph, values, picture, name, shift), invariance(values, picture, name, shift)
            ]  # fmt: skip
        return tuple(found)

    def patches(self, data: Dataset, layer: str | int, channels: Sequence[int] | None = None, top: int = 8) -> Patches:
        """The patches of a data set that excite the units of a layer most: for each of `channels` (the first 16 unless
        given) the `top` places in different images where its value is largest, and what the unit sees there."""
        from simplecell.explain import looking

        self._need_weights()
        node = self._layer(layer)
        shape = self.graph[self.graph.inputs[0]].shape
        if tuple(data.shape) != shape or len(shape) != 3:
            raise ArgumentError(f"patches: the images are {tuple(data.shape)}, the network takes {shape}")
        chosen = range(min(16, node.shape[0])) if channels is None else channels
        return looking.patches(self.graph, lambda x: self._values(x, node.name), data, node, tuple(chosen), top)

    def _part(
        self, what: str, picture: Array, layer: str | int | None, at: object, channel: int | None, lang: str | None
    ) -> Figure:
        """A depth column or a depth slice of what a layer makes of the picture, or of the picture itself."""
        from simplecell.explain import plates
        from simplecell.explain.units import box_of

        node = self.graph[self.graph.inputs[0]] if layer is None else self._layer(layer)
        if len(node.shape) != 3:
            raise ArgumentError(message(node.place, "has no maps (c, h, w)."))
        values = picture if node.layer is None else self._values(picture[None], node.name)[0]
        middle = (node.shape[1] // 2, node.shape[2] // 2)
        (depth, *_), (_, (y, *_), (x, *_)) = box_of(node, None, channel or 0), box_of(node, at or middle, None)
        if what == "column":
            return plates.column(values, node.name, (y, x), lang=lang)
        return plates.plane(values, node.name, depth[0], lang=lang)

    def _values(self, images: Array, name: str) -> Array:
        return self._engine.values([np.ascontiguousarray(images, np.float32)], [name])[name]

    def _layer(self, layer: str | int) -> Node:
        from simplecell.explain.passes import layer_of

        return layer_of(self.graph, layer)

    def _one(self, image: object) -> Array:
        return self._one_of_each(image)[0][0]

    def _unit(self, picture: Array, name: str, at: object, channel: int | None) -> Unit:
        from simplecell.explain.units import one_unit

        node = self.graph[name]
        if channel is None and len(node.shape) == 1:
            channel = int(self._values(picture[None], name)[0].argmax())
        return one_unit(node, at, channel)

    def _scores_layer(self) -> str:
        last = self.graph[self.graph.outputs[0]]
        return last.sources[0] if last.layer is not None and last.layer.kind == "Softmax" else last.name

    def _convolution(self, layer: str | int | None) -> str:
        """A layer with weights of a Conv2d: the one asked for, or the first."""
        if layer is not None:
            node = self._layer(layer)
            if len(self.graph.weights.get(f"{node.name}.weight", ())) != 4:
                filters = [n.name for n, _, site in self.graph.sites if len(site.weights.get("weight", ())) == 4]
                raise ArgumentError(message(node.place, "has no filters that could be drawn.", remedies=filters[:3]))
            return node.name
        first = next((n.name for n, kind, _ in self.graph.sites if kind.kind == "Conv2d"), None)
        if first is None:
            raise ArgumentError("this network has no Conv2d whose filters could be drawn")
        return first

    def _maps(self, picture: Array, layer: str | int | None) -> list[Maps]:
        from simplecell.explain.figures import Maps

        sites = [(n, k) for n, k, _ in self.graph.sites if len(n.shape) == 3]
        if layer is not None:
            sites = [(n, k) for n, k in sites if n.name == self._layer(layer).name]
        seen = self._engine.watched([picture[None]])
        return [Maps(n.name, k.kind, seen[n.name][0]) for n, k in sites]
