"""Model: a graph with weights and preprocessing. Each method is a few lines that call into a room."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from simplecell import graph as graphs
from simplecell.errors import DataError, WeightsError
from simplecell.graph import Graph
from simplecell.layers.base import Array, Layer, Shape, Value
from simplecell.model.showing import Shows
from simplecell.model.trainer import Trainer
from simplecell.plan import Plan, make_plan, use
from simplecell.run.engine import Engine, Layout, checked_inputs

if TYPE_CHECKING:
    from simplecell.accounts import Count, Memory, Summary
    from simplecell.data import DataLike, Dataset, Preprocessing
    from simplecell.objectives import Loss, Metric, Optimiser, Schedule
    from simplecell.prediction import Prediction
    from simplecell.run.profile import Profile
    from simplecell.train import Callback, History


class Model(Shows):
    """A network: `Model(inputs, outputs)` of values that layers gave, or `Sequential(...)`.

    >>> from simplecell.layers import Flatten, Input, Linear, ReLU
    >>> x = Input(1, 4, 4)
    >>> net = Model(x, Linear(2)(ReLU()(Flatten()(x))))
    >>> net.input_shape, net.output_shape, list(net.layers)
    ((1, 4, 4), (2,), ['flatten_1', 'relu_1', 'linear_1'])
    """

    def __init__(self, inputs: Value | Sequence[Value], outputs: Value | Sequence[Value]) -> None:
        given = (inputs,) if isinstance(inputs, Value) else tuple(inputs)
        wanted = (outputs,) if isinstance(outputs, Value) else tuple(outputs)
        self._begin(graphs.functional(given, wanted))

    @classmethod
    def from_graph(cls, graph: Graph) -> Model:
        """A model of a graph that is there already."""
        model = cls.__new__(cls)
        model._begin(graph)
        return model

    def _begin(self, graph: Graph) -> None:
        self.graph = graph
        self.preprocessing: Preprocessing | None = None
        self.classes: tuple[str, ...] = ()
        self._weights: dict[str, Array] = {}
        self._engine = Engine(graph, self._weights)

    def __repr__(self) -> str:
        shapes = ["x".join(map(str, self.graph[name].shape)) for name in (*self.graph.inputs, *self.graph.outputs)]
        count = sum(site.parameters for _, _, site in self.graph.sites)
        return f"<Model {' -> '.join(shapes)}: {len(self.graph.sites)} layers, {count:,} parameters>"

    # What it is ------------------------------------------------------------------------------------------------

    @property
    def input_shape(self) -> Shape | tuple[Shape, ...]:
        """Shape of an input, without the batch, (c, h, w); a tuple of them if there are several."""
        shapes = tuple(self.graph[name].shape for name in self.graph.inputs)
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def output_shape(self) -> Shape | tuple[Shape, ...]:
        """Shape of an output, without the batch; a tuple of them if there are several."""
        shapes = tuple(self.graph[name].shape for name in self.graph.outputs)
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def layers(self) -> dict[str, Layer]:
        """The layers by name, in order."""
        return {node.name: layer for node, layer, _ in self.graph.sites}

    @property
    def weights(self) -> dict[str, Array]:
        """Every weight by name (`conv1.weight`), as float32 views that cannot be written; `load_weights` changes them.

        Raises WeightsError if there are none yet.
        """
        self._need_weights()
        views = {name: w.view() for name, w in self._weights.items()}
        for view in views.values():
            view.flags.writeable = False
        return views

    # Weights ---------------------------------------------------------------------------------------------------

    def init(self, seed: int = 0, scheme: str = "he") -> Model:
        """Draw new weights ("he" or "xavier"; biases 0) and return the model."""
        from simplecell.objectives import initial_weights

        self._set_weights(initial_weights(self.graph.weights, scheme, seed, self.graph.starts), given_away=True)
        return self

    def load_weights(
        self, source: str | os.PathLike[str] | Mapping[str, Array], *, layout: Literal["OIHW", "HWIO"] = "OIHW"
    ) -> Model:
        """Take weights from a safetensors file, a PyTorch file (with simplecell[torch]) or a mapping, names as in
        `weights`.

        With `layout="HWIO"` (TensorFlow) convolution kernels are (h, w, in, out) and linear ones (in, out).
        Raises WeightsError that lists every missing, extra and wrongly shaped entry; nothing is changed then.
        """
        from simplecell.weights.matching import matched

        if isinstance(source, Mapping):
            self._set_weights(matched(self.graph, source, layout))
        else:
            from simplecell.weights.reading import read_weights

            self._set_weights(matched(self.graph, read_weights(source), layout), given_away=True)
        return self

    def _set_weights(self, weights: dict[str, Array], *, given_away: bool = False) -> None:
        """Take the values out of `weights`, one after the other, so that few are there twice; arrays that are
        `given_away`, which nobody else holds, are not copied where they own their memory."""
        for name in [*weights]:
            w = weights.pop(name)
            if name in self._weights:
                self._weights[name][...] = w
            else:
                self._weights[name] = w if given_away and w.flags.owndata else np.array(w, np.float32, order="C")
        self._engine.weights_changed()

    def _need_weights(self) -> None:
        if len(self._weights) != len(self.graph.weights):
            raise WeightsError(
                "the network has no weights yet: net.init(seed=0) draws them, net.load_weights(path) reads them, "
                "net.fit(...) does the first by itself"
            )

    # Running ---------------------------------------------------------------------------------------------------

    def __call__(self, *images: object, layout: Layout = "NCHW") -> Array | tuple[Array, ...]:
        """The outputs for a batch: arrays (n, c, h, w) or (n, f), one per input -> (n, ...) float32, one per output.

        With `layout="NHWC"` images are given as (n, h, w, c). n may be 0.
        """
        self._need_weights()
        outputs = self._engine.again(images) if layout == "NCHW" else None
        if outputs is None:
            outputs = self._engine.scores(checked_inputs(self.graph, images, layout))
        return outputs[0] if len(outputs) == 1 else outputs

    def predict(self, pictures: object) -> list[Prediction]:
        """What the network says about pictures: a path, a PIL picture, a uint8 array (h, w) or (h, w, c), a float array
        (c, h, w), or a list of these; any picture size, through the model's preprocessing."""
        from simplecell.prediction import predictions

        scores = self(self.images(pictures))
        if isinstance(scores, tuple) or scores.ndim != 2:
            raise DataError(f"predict needs one output of scores, this gives {self.output_shape}; use net(images)")
        last = self.graph[self.graph.outputs[0]].layer
        return predictions(scores, self.classes, last is not None and last.kind == "Softmax")

    def images(self, pictures: object) -> Array:
        """Pictures of any kind as the network reads them: float32 (n, c, h, w)."""
        return self._preprocessing().pictures(pictures)

    def _preprocessing(self) -> Preprocessing:
        from simplecell.data import Preprocessing

        if self.preprocessing is not None:
            return self.preprocessing
        shape = self.graph[self.graph.inputs[0]].shape
        if len(self.graph.inputs) != 1 or len(shape) != 3 or shape[0] not in (1, 3):
            raise DataError(f"pictures have 1 or 3 channels, this network takes {self.input_shape}; call net(array)")
        return Preprocessing(*shape)

    # Training --------------------------------------------------------------------------------------------------

    def fit(
        self,
        train: DataLike,
        *,
        validation: DataLike | None = None,
        epochs: int,
        batch: int = 64,
        optimizer: Optimiser | None = None,
        schedule: Schedule | str | None = None,
        loss: Loss | str | None = None,
        seed: int = 0,
        callbacks: Sequence[Callback] = (),
        threads: int | None = None,
        per: Literal["epoch", "step"] = "epoch",
        workers: int | None = None,
        processes: bool = False,
        clip: float | None = None,
        accumulate: int = 1,
        frozen: Sequence[str] = (),
        resume: str | os.PathLike[str] | None = None,
    ) -> History:
        """Train on a data set, or on (images, targets), or on any iterable of pairs, and return the history.

        Weights are drawn from `seed` if there are none. The optimiser defaults to SGD(lr=0.1, momentum=0.9), the loss
        to cross-entropy for class targets and mean squared error for values. Classes and preprocessing of the data
        set become the model's. The same seed gives the same weights on any number of threads and of workers.

        The schedule goes `per` epoch or step; `workers` threads, or `processes`, prepare batches ahead; `clip` bounds
        the length of all gradients together; `accumulate` runs a batch in so many parts; layers named in `frozen` keep
        their weights. `resume` goes on from a checkpoint of the same training, bit for bit as if never interrupted.
        """
        from simplecell import train as training
        from simplecell.data import as_dataset
        from simplecell.objectives import choose_optimizer, choose_schedule
        from simplecell.weights.model_file import about

        train, validation = as_dataset(train), None if validation is None else as_dataset(validation)
        chosen = self._loss(train, loss)
        optimizer = choose_optimizer(optimizer)
        self.classes = tuple(train.classes)
        self.preprocessing = getattr(train, "preprocessing", None) or self.preprocessing
        how: dict[str, Any] = {"clip": clip, "accumulate": accumulate, "frozen": frozen, "seed": seed}
        with use(threads=threads) if threads is not None else nullcontext():
            return training.fit(
                self.trainer(optimizer=optimizer, loss=chosen, **how).stepper, train, validation, epochs=epochs,
                batch=batch, optimizer=optimizer, schedule=choose_schedule(schedule), per=per, seed=seed,
                callbacks=callbacks, evaluate=partial(self.evaluate, loss=chosen), workers=workers, processes=processes,
                about=about(self.graph, self.preprocessing, self.classes), save_model=self.save, resume=resume,
            )  # fmt: skip

    def trainer(
        self,
        *,
        optimizer: Optimiser | None = None,
        loss: Loss | str = "cross_entropy",
        batch: int | None = None,
        seed: int = 0,
        clip: float | None = None,
        accumulate: int = 1,
        frozen: Sequence[str] = (),
    ) -> Trainer:
        """For a training loop of one's own: `step = net.trainer(...); loss = step(x, y)`.

        With `batch` the plan for that batch size is made now instead of at the first step; the others as in `fit`.
        """
        from simplecell.objectives import choose_loss, choose_optimizer
        from simplecell.run.native_stepper import NativeStepper

        if not self._weights:
            self.init(seed)
        optimizer = choose_optimizer(optimizer)
        stepper = NativeStepper(
            self.graph, self._weights, optimizer, choose_loss(loss), seed=seed, frozen=frozen, clip=clip,
            accumulate=accumulate, changed=self._engine.weights_changed,
        )  # fmt: skip
        if batch is not None:
            stepper.executable(batch)
        return Trainer(self.graph, stepper, optimizer.lr)

    def evaluate(
        self, data: DataLike, *, loss: Loss | str | None = None, metrics: Sequence[Metric | str] = ()
    ) -> dict[str, float]:
        """Loss and accuracy over a whole data set, or the regression errors; and `metrics`, by name or as they are."""
        from simplecell import train as training
        from simplecell.data import as_dataset

        self._need_weights()
        data = as_dataset(data)
        rule = self._loss(data, loss)
        return training.evaluate(partial(self._scores, closing=rule.closing), data, rule, metrics)

    def _loss(self, data: Dataset, loss: Loss | str | None) -> Loss:
        from simplecell.objectives import choose_loss

        return choose_loss(loss if loss is not None else "cross_entropy" if data.classes else "mse")

    def _scores(self, images: Array, closing: str) -> Array:
        """Scores for evaluation: before a last layer of the kind `closing`, which the loss has in itself."""
        last = self.graph[self.graph.outputs[0]]
        node = last.sources[0] if last.layer is not None and last.layer.kind == closing else last.name
        return self._engine.values(checked_inputs(self.graph, [images], "NCHW"), [node])[node]

    # Files -----------------------------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one safetensors file: weights, graph, preprocessing, classes, with a checksum, in one step."""
        from simplecell.weights.model_file import write_model

        self._need_weights()
        write_model(path, self.graph, self._weights, self.preprocessing, self.classes)

    def to_onnx(
        self, path: str | os.PathLike[str], *, preprocessing: bool = False, fold: bool = False, batch: int | None = None
    ) -> None:
        """Write the network as an ONNX file, checked, with names and weights as they are and the batch free.

        With `preprocessing` its input is pixels from 0 to 255; with `fold` batch norms go into the weights before them.
        """
        from simplecell.interchange.onnx import write_onnx

        pictures = self._preprocessing() if preprocessing else None
        write_onnx(path, self.graph, self.weights, preprocessing=pictures, fold=fold, batch=batch)

    def to_torch(self) -> Any:
        """The network as a PyTorch module in evaluation mode; its `state_dict` has the names of `weights`."""
        from simplecell.interchange.torch import module_of

        return module_of(self.graph, self.weights)

    def to_torch_source(self) -> str:
        """The source of that module: a class `Network` of plain PyTorch."""
        from simplecell.interchange.torch import source_of

        return source_of(self.graph)

    # Accounts --------------------------------------------------------------------------------------------------

    def summary(self, batch: int = 1, *, lang: str | None = None) -> Summary:
        """Shapes, windows, receptive fields, units, parameters, MACs, memory; prints itself."""
        from simplecell import accounts

        return accounts.summary(self.graph, batch=batch, lang=lang)

    def count(self) -> Count:
        """Parameters, weights, biases, units, MACs and connections, of one image."""
        from simplecell import accounts

        return accounts.count(self.graph)

    def memory(self, batch: int = 1, *, training: bool = False, optimizer: Optimiser | str | None = None) -> Memory:
        """Bytes of a pass over a batch, or of a training step: those of the plan that would run; prints itself."""
        from simplecell import accounts

        return accounts.memory(self.graph, batch, training=training, optimizer=optimizer)

    def max_batch(self, size: int | str, *, training: bool = False, optimizer: Optimiser | str | None = None) -> int:
        """The largest batch that fits into `size`, such as "24 GB" or a number of bytes; MemoryLimitError, with what
        would hold it, when not even one image does."""
        from simplecell import accounts

        return accounts.max_batch(self.graph, size, training=training, optimizer=optimizer).batch

    def plan(self, batch: int = 1, *, training: bool = False, optimizer: Optimiser | None = None) -> Plan:
        """How the engine would run it: `print(net.plan().table())`."""
        if not training:
            return make_plan(self.graph, batch)
        from simplecell.objectives import choose_loss, choose_optimizer
        from simplecell.run.native_stepper import training_of

        chosen = choose_optimizer(optimizer)
        return make_plan(self.graph, batch, training=training_of(chosen, choose_loss("cross_entropy")))

    def profile(self, *images: object, layout: Layout = "NCHW", runs: int = 20) -> Profile:
        """Where the time of one pass goes: time, GFLOP/s, bytes and share of the roofline, step by step."""
        from simplecell.run.profile import profile

        self._need_weights()
        arrays = checked_inputs(self.graph, images, layout)
        executable = self._engine.undivided(len(arrays[0]))
        return profile(executable, dict(zip(self.graph.inputs, arrays, strict=True)), runs)


class Sequential(Model):
    """A chain: `Sequential(sc.Input(1, 8, 8), sc.Conv2d(16, 3), ...)`, or one list of these."""

    def __init__(self, *parts: object) -> None:
        given = parts[0] if len(parts) == 1 and isinstance(parts[0], list | tuple) else parts
        self._begin(graphs.sequential(tuple(given)))  # type: ignore[arg-type]


def load(path: str | os.PathLike[str]) -> Model:
    """Read a model that `save` wrote. Raises FileError in one line for anything else, damaged files too."""
    from simplecell.weights.model_file import read_model

    graph, weights, preprocessing, classes = read_model(path)
    model = Model.from_graph(graph)
    model._set_weights(weights, given_away=True)
    model.preprocessing, model.classes = preprocessing, classes
    return model
