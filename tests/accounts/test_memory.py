"""Memory: the prediction against the arrays that the engine allocates, PyTorch's part against its saved tensors."""

from __future__ import annotations

import json
import math
import re
from collections import Counter

import numpy as np
import pytest
import torch

import simplecell as sc
from explain.networks import NETWORKS
from simplecell import accounts
from simplecell.graph import Graph
from simplecell.objectives import Optimiser
from simplecell.run.engine import Engine
from simplecell.run.executable import Executable
from simplecell.run.native_stepper import NativeStepper
from simplecell.words import LANGUAGES
from zoo import torch_networks

GRAPHS = {
    "digits": sc.zoo.digits,
    "signs": sc.zoo.signs,
    "resnet20": sc.zoo.resnet20,
    "squeezenet1_0": lambda: sc.zoo.squeezenet1_0(size=63),
    "mobilenet_v2": lambda: sc.zoo.mobilenet_v2(size=32),
}


def allocated(executable: Executable) -> int:
    """Bytes of all arrays that a plan made ready holds, but for the caller's."""
    tensors = executable.plan.tensors
    held = [array for name, array in executable._held.items() if tensors[name].home not in ("input", "target")]
    return executable._memory.nbytes + sum(array.nbytes for array in held)


@pytest.mark.parametrize("batch", [1, 3, 8])
@pytest.mark.parametrize("name", GRAPHS)
def test_inference_takes_what_was_predicted(name: str, batch: int) -> None:
    net = GRAPHS[name]().init(0)
    engine = Engine(net.graph, net.weights)
    assert net.memory(batch).engine == allocated(engine.executable(batch))


@pytest.mark.parametrize("optimizer", [sc.SGD(0.1), sc.SGD(0.1, momentum=0.9), sc.Adam(), sc.RMSprop(momentum=0.5)])
@pytest.mark.parametrize("name", GRAPHS)
def test_a_training_step_takes_what_was_predicted(name: str, optimizer: Optimiser) -> None:
    net = GRAPHS[name]().init(0)
    stepper = net.trainer(optimizer=optimizer).stepper
    assert isinstance(stepper, NativeStepper)
    found = net.memory(4, training=True, optimizer=optimizer)
    assert found.engine == allocated(stepper.executable(4))
    assert found.state == sum(array.nbytes for array in stepper.state().values())
    assert found.arrays == 4 * (4 * math.prod(net.input_shape) + 8)


def test_layers_that_run_on_the_reference_are_named() -> None:
    net = sc.zoo.lenet5()
    assert net.memory(1).reference == ()
    with sc.use(algorithm="reference"):
        found = net.memory(1)
    assert {"conv1", "fc3"} <= set(found.reference)
    assert "arrays that it makes meanwhile are not counted: conv1" in " ".join(found.text("en").split())


def test_an_optimiser_without_a_kernel_keeps_every_gradient() -> None:
    net, optimizer = sc.zoo.digits().init(0), sc.Adam(amsgrad=True)
    stepper = net.trainer(optimizer=optimizer).stepper
    assert isinstance(stepper, NativeStepper)
    found = net.memory(2, training=True, optimizer=optimizer)
    assert found.engine == allocated(stepper.executable(2))
    assert found.arena >= 4 * 9_930


def test_more_images_than_one_pass_takes_are_run_in_parts() -> None:
    net = sc.zoo.digits().init(0)
    engine = Engine(net.graph, net.weights)
    engine.scores([np.zeros((600, 1, 8, 8), np.float32)])
    ready = [allocated(executable) for executable in engine._ready.values()]
    weights = sum(w.nbytes for w in net.weights.values())
    assert net.memory(600).engine == sum(ready) - (len(ready) - 1) * weights
    assert len(ready) == 2


@pytest.mark.parametrize("name", GRAPHS)
def test_the_parts_make_up_the_whole(name: str) -> None:
    net = GRAPHS[name]()
    for found in (net.memory(5), net.memory(5, training=True)):
        assert found.total == sum(found.parts().values()) == found.fixed + 5 * found.per_image
        peak = found.peak
        inside = peak.activations + peak.gradients + peak.weight_gradients + peak.workspace + peak.gaps
        assert inside == found.arena
        assert json.loads(json.dumps(found.to_dict()))["total"] == found.total


def test_what_an_image_adds_is_what_a_larger_batch_takes_more() -> None:
    few, many = (sc.zoo.vgg16().memory(batch, training=True) for batch in (8, 16))
    assert (many.total - few.total) / 8 == pytest.approx(few.per_image, rel=0.05)
    assert few.parameters == 4 * 138_357_544


# PyTorch eager --------------------------------------------------------------------------------------------------


def saved_by_pytorch(peer: torch.nn.Module, x: torch.Tensor, target: torch.Tensor) -> tuple[int, int]:
    """Bytes of floats and of indices that autograd saves, each array once, weights and running averages not counted."""
    own = {t.untyped_storage().data_ptr() for t in [*peer.parameters(), *peer.buffers(), target]}
    floats: dict[int, int] = {}
    indices: dict[int, int] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own and tensor.numel() > 1:
            (indices if tensor.dtype == torch.int64 else floats)[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        loss = torch.nn.functional.cross_entropy(peer(x), target)
    assert loss.requires_grad
    return sum(floats.values()), sum(indices.values())


@pytest.mark.parametrize(
    ("name", "size"),
    [("digits", 8), ("lenet5", 32), ("resnet20", 32), ("vgg11_32", 32), ("squeezenet1_0", 63), ("mobilenet_v2", 32),
     ("alexnet_2014", 95), ("resnet50", 32)],
)  # fmt: skip
def test_what_pytorch_eager_keeps_is_what_it_saves(name: str, size: int) -> None:
    net = sc.zoo.NETWORKS[name](size=size)
    with torch.device("meta"):
        peer = torch_networks.NETWORKS[name]().train()
    peer, x = peer.to_empty(device="cpu"), torch.rand(4, *net.input_shape)
    floats, indices = saved_by_pytorch(peer, x, torch.arange(4) % net.output_shape[0])
    found = net.memory(4, training=True).eager
    assert found is not None
    assert (found.floats, found.indices, found.unknown) == (floats, indices, ())


def test_vgg16_keeps_the_sources_61_megabytes() -> None:
    """15,237,608 values, the scores' softmax in place of the scores; masks of two dropouts and what they gave, beside;
    12.24 MB of indices. Not 93 MB."""
    found = accounts.eager(sc.zoo.vgg16().graph, 1)
    assert found.floats == 4 * (15_237_608 + 4 * 4096)
    assert found.indices == 8 * sum(d * s * s for d, s in ((64, 112), (128, 56), (256, 28), (512, 14), (512, 7)))


def test_layers_whose_habits_are_unknown_are_named() -> None:
    net = sc.Sequential(sc.Input(2, 4, 4), sc.Conv2d(4, 3), sc.PixelShuffle(2, name="shuffle"))
    assert accounts.eager(net.graph, 1).unknown == ("shuffle",)


# A given memory -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["700 kB", "3 MB", 50_000_000, "100 MiB"])
@pytest.mark.parametrize("training", [False, True])
def test_the_largest_batch_fits_and_one_more_does_not(size: int | str, training: bool) -> None:
    net, limit = sc.zoo.digits(), accounts.bytes_of(size)
    batch = net.max_batch(size, training=training)
    assert net.memory(batch, training=training).total <= limit < net.memory(batch + 1, training=training).total


def test_a_memory_that_holds_no_image_says_what_would() -> None:
    net = sc.zoo.lenet5()
    needs = net.memory(1, training=True, optimizer="adam").total
    with pytest.raises(sc.MemoryLimitError, match="do not hold even one image: a training step with adam takes"):
        net.max_batch(needs - 1, training=True, optimizer="adam")
    assert net.max_batch(needs, training=True, optimizer="adam") == 1


@pytest.mark.parametrize(
    ("text", "size"),
    [("24 GB", 24 * 10**9), ("24GiB", 24 * 2**30), ("1.5 MiB", 3 * 2**19), (" 800 kb ", 800_000), (12, 12)],
)
def test_sizes_of_memory(text: int | str, size: int) -> None:
    assert accounts.bytes_of(text) == size


@pytest.mark.parametrize("text", ["24", "GB", "-1 GB", "24 GBs", "1,5 GB", "", "1e3 MB", "nan GB"])
def test_what_is_no_size_is_refused_with_examples(text: str) -> None:
    with pytest.raises(sc.ArgumentError, match=r"(?s)is not a number with one of B, kB.*'24 GB'"):
        sc.zoo.digits().max_batch(text)


def test_an_unknown_optimiser_is_refused() -> None:
    with pytest.raises(sc.ArgumentError, match="unknown optimizer 'adagrad'; known: sgd, adam"):
        sc.zoo.digits().memory(1, training=True, optimizer="adagrad")


@pytest.mark.parametrize("training", [False, True])
def test_three_languages_hold_the_same_numbers(training: bool) -> None:
    graph: Graph = NETWORKS["classifier"]()
    texts = [accounts.memory(graph, 3, training=training).text(lang) for lang in LANGUAGES]
    numbers = [Counter(re.findall(r"\d[\d,.]*\d|\d", text)) for text in texts]
    assert numbers[0] == numbers[1] == numbers[2]
