"""Those who compute the same networks: one class each, with what it needs and what it can do.

`prepare(folder, batch, train)` loads a network from the file in its own format (see files.py) and gives back a call:
inference returns the outputs, a `TrainingStep` its loss. Every peer has the same weights and inputs.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Work = Callable[[], Any]
LR, MOMENTUM = 0.01, 0.9


def inputs(folder: Path, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Images in 0..1 and class targets, the same for every peer."""
    facts = json.loads((folder / "facts.json").read_text())
    generator = np.random.default_rng(7)
    images = generator.random((batch, *facts["input"]), dtype=np.float32)
    return images, generator.integers(0, facts["classes"], batch)


@dataclass(frozen=True)
class TrainingStep:
    """A step on one batch, which returns its loss; after the first, `gradients` gives those of every weight by name."""

    step: Callable[[], float]
    gradients: Callable[[], Mapping[str, np.ndarray]]

    def __call__(self) -> float:
        return self.step()


def gradients_file(folder: Path, name: str) -> Path:
    """Where a peer leaves the gradients of its first step."""
    return folder / f"{name}.npz"


class Peer:
    """A peer: the package it needs, the modes it has."""

    name = ""
    needs: tuple[str, ...] = ()
    trains = False

    def __init__(self, threads: int) -> None:
        self.threads = threads

    def prepare(self, folder: Path, batch: int, train: bool) -> Work:
        raise NotImplementedError


class Simplecell(Peer):
    """Through the public face."""

    name, needs, trains = "simplecell", ("simplecell",), True

    def prepare(self, folder: Path, batch: int, train: bool) -> Work:
        import simplecell as sc

        net = sc.load(folder / "model.safetensors")
        x, y = inputs(folder, batch)
        if not train:
            return lambda: net(x)
        step = net.trainer(optimizer=sc.SGD(lr=LR, momentum=MOMENTUM), batch=batch)

        def gradients() -> Mapping[str, np.ndarray]:  # after one step the momentum is the gradient
            return {name.removesuffix(":momentum_buffer"): g for name, g in step.stepper.state().items()}

        return TrainingStep(lambda: step(x, y), gradients)


class Torch(Peer):
    """PyTorch eager, channels first, as people write it."""

    name, needs, trains = "torch", ("torch",), True
    last, compiled, double = False, False, False

    def prepare(self, folder: Path, batch: int, train: bool) -> Work:
        import torch

        torch.set_num_threads(self.threads)
        dtype = torch.float64 if self.double else torch.float32
        form = torch.channels_last if self.last else torch.contiguous_format
        x_, y_ = inputs(folder, batch)
        module = load_module(folder).train(train).to(dtype).to(memory_format=form)
        x, y = torch.from_numpy(x_).to(dtype).to(memory_format=form), torch.from_numpy(y_)
        call = torch.compile(module) if self.compiled else module
        if train:
            return self._step(module, call, x, y)

        def infer() -> np.ndarray:
            with torch.inference_mode():
                return call(x).numpy()

        return infer

    @staticmethod
    def _step(module: Any, call: Any, x: Any, y: Any) -> TrainingStep:
        import torch

        optimizer = torch.optim.SGD(module.parameters(), lr=LR, momentum=MOMENTUM)

        def gradients() -> Mapping[str, np.ndarray]:
            return {name: weight.grad.numpy() for name, weight in module.named_parameters()}

        def step() -> float:
            optimizer.zero_grad(set_to_none=True)
            loss = torch.nn.functional.cross_entropy(call(x), y)
            loss.backward()
            optimizer.step()
            return float(loss.detach())

        return TrainingStep(step, gradients)


class TorchChannelsLast(Torch):
    """PyTorch eager in its own faster layout."""

    name, last = "torch channels-last", True


class TorchCompiled(Torch):
    """torch.compile, channels last."""

    name, last, compiled = "torch compiled", True, True


class TorchDouble(Torch):
    """What the others are checked against: float64."""

    name, double = "torch float64", True


class OnnxRuntime(Peer):
    """ONNX Runtime's CPU provider on the exported network."""

    name, needs = "onnxruntime", ("onnxruntime",)

    def prepare(self, folder: Path, batch: int, train: bool) -> Work:
        import onnxruntime

        x, _ = inputs(folder, batch)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self.threads, 1
        model = str(folder / "model.onnx")
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        entrance = session.get_inputs()[0].name
        return lambda: session.run(None, {entrance: x})[0]


class OpenVino(Peer):
    """OpenVINO's CPU plugin, held to float32: its own default may be bfloat16."""

    name, needs = "openvino", ("openvino",)

    def prepare(self, folder: Path, batch: int, train: bool) -> Work:
        import openvino

        x, _ = inputs(folder, batch)
        settings = {
            "INFERENCE_NUM_THREADS": self.threads,
            "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY",
        }
        core = openvino.Core()
        model = core.read_model(folder / "model.onnx")
        model.reshape(list(x.shape))
        request = core.compile_model(model, "CPU", settings).create_infer_request()
        return lambda: request.infer([x], share_inputs=True, share_outputs=True)[0]


class Ncnn(Peer):
    """ncnn with Winograd, in float32. It has no batch axis: a batch is a loop over its images."""

    name, needs = "ncnn", ("ncnn",)

    def prepare(self, folder: Path, batch: int, train: bool) -> Work:
        import ncnn

        x, _ = inputs(folder, batch)
        model = ncnn.Net()
        model.opt.num_threads, model.opt.use_winograd_convolution = self.threads, True
        for narrow in ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage"):
            setattr(model.opt, f"use_{narrow}", False)
        model.load_param(str(folder / "model.param"))
        model.load_model(str(folder / "model.bin"))
        (entrance,), (exit_,) = model.input_names(), model.output_names()

        def infer() -> np.ndarray:
            rows = []
            for image in x:
                extractor = model.create_extractor()
                extractor.input(entrance, ncnn.Mat(image))
                rows.append(np.array(extractor.extract(exit_)[1]).reshape(-1))
            return np.stack(rows)

        return infer


def load_module(folder: Path) -> Any:
    """The module of the generated source, with its weights."""
    import torch

    spec = importlib.util.spec_from_file_location("model", folder / "model.py")
    assert spec
    assert spec.loader
    source = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(source)
    module = source.Network()
    module.load_state_dict(torch.load(folder / "model.pt", weights_only=True))
    return module


PEERS: dict[str, type[Peer]] = {
    peer.name: peer
    for peer in (Simplecell, Torch, TorchChannelsLast, TorchCompiled, TorchDouble, OnnxRuntime, OpenVino, Ncnn)
}
REFERENCE, YARDSTICKS = TorchDouble.name, (Torch.name, TorchChannelsLast.name)
"""What the others are checked against, and those whose own distance from it says what float32 can do."""


def missing(name: str) -> list[str]:
    """The packages that a peer needs and that are not installed."""
    return [package for package in PEERS[name].needs if importlib.util.find_spec(package) is None]
