"""simplecell as an ONNX backend: `prepare`, `run_model`, `run_node`, `supports_device`, as onnx.backend.base has them.

A model whose inputs are batches of float32 becomes a network and runs on the native engine as one plan. Any other
(whose weights are inputs, whose arrays are whole numbers, which works along the batch) is run node by node, by the same
definitions: what simplecell has a layer for on the engine, shape arithmetic in NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from simplecell.errors import SimplecellError
from simplecell.interchange import Network
from simplecell.interchange.onnx.program import Program, feeds_of, onnx_package
from simplecell.interchange.onnx.reading import network_of
from simplecell.interchange.onnx.values import Tracer
from simplecell.layers.base import Array
from simplecell.run.engine import Engine


class Representation:
    """A model made ready; `run` gives its outputs for its inputs in order. `network` is None where it runs node by
    node, and `reason` says why."""

    def __init__(self, model: Any) -> None:
        self.program = Program(model)
        self.network: Network | None = None
        self.reason = ""
        try:
            self.network = network_of(self.program, {})
            self._engine = Engine(self.network.graph, self.network.weights)
        except SimplecellError as error:
            self.reason = str(error)

    def run(self, inputs: Sequence[Any], **options: Any) -> tuple[Array, ...]:
        """The outputs, in the order of the graph."""
        arrays = [np.asarray(x) for x in inputs]
        if self.network is not None and all(x.dtype == np.float32 for x in arrays):
            shapes = [self.network.graph[name].shape for name in self.network.graph.inputs]
            if [x.shape[1:] for x in arrays] == shapes:
                return self._engine.scores([np.ascontiguousarray(x) for x in arrays])
        outputs = self.program.run(feeds_of(self.program, arrays), Tracer())
        return tuple(x for x in outputs if isinstance(x, np.ndarray))


def prepare(model: Any, device: str = "CPU", **options: Any) -> Representation:
    """A model, checked and made ready to run."""
    return Representation(model)


def run_model(model: Any, inputs: Sequence[Any], device: str = "CPU", **options: Any) -> tuple[Array, ...]:
    """The outputs of a model."""
    return prepare(model, device, **options).run(inputs)


def run_node(
    node: Any, inputs: Sequence[Any], device: str = "CPU", outputs_info: Any = None, **options: Any
) -> tuple[Array, ...]:
    """The outputs of one node."""
    helper = onnx_package().helper
    arrays = [np.asarray(x) for x in inputs]
    described = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(x.dtype), x.shape)
        for name, x in zip([name for name in node.input if name], arrays, strict=True)
    ]
    results = [helper.make_empty_tensor_value_info(name) for name in node.output if name]
    return run_model(helper.make_model(helper.make_graph([node], "node", described, results)), arrays, device)


def supports_device(device: str) -> bool:
    """Only the CPU is."""
    return device == "CPU"


def is_compatible(model: Any, device: str = "CPU", **options: Any) -> bool:
    """Whether a model's operators are all understood."""
    try:
        Program(model)
    except SimplecellError:
        return False
    return supports_device(device)
