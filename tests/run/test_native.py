"""The native engine against the reference in float64: every kind, random networks, every instruction set, threads."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import simplecell as sc
from domains import POSITIVE
from simplecell.graph import Graph
from simplecell.kernels.native import engine
from simplecell.layers import KINDS
from simplecell.objectives import CrossEntropy, MeanSquaredError
from simplecell.plan import Machine, Training, make_plan
from simplecell.plan.differentiate import TARGET
from simplecell.plan.lower import SEED
from simplecell.run import reference
from simplecell.run.executable import Executable
from simplecell.run.native_stepper import NativeStepper
from simplecell.run.reference_stepper import ReferenceStepper
from tolerances import elementary, two_sums

ISAS = engine().isas()
EXAMPLES = [(kind, i) for kind, layer in KINDS.items() for i in range(len(layer.EXAMPLES))]
GRADIENTS = Training("mse", "sgd", {"momentum": 0.0, "nesterov": 0, "weight_decay": 0.0}, (), update=False)


def draw(shapes: Sequence[tuple[int, ...]], batch: int, seed: int) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    return [generator.normal(size=(batch, *shape)).astype(np.float32) for shape in shapes]


def depth(graph: Graph) -> int:
    """The longest sum behind an output value, as a bound on rounding: fan-ins multiplied along the graph add up."""
    return sum(max(1, site.cost.macs // max(site.units, 1)) for _, _, site in graph.sites)


def close(got: np.ndarray, exact: np.ndarray, terms: int, operations: int) -> None:
    scale = max(float(np.abs(exact).max(initial=0.0)), 1.0)
    bound = (two_sums(np.float32, terms) + elementary(np.float32, operations)) * scale
    np.testing.assert_allclose(got, exact, rtol=0, atol=bound)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_each_kind_alone_forward_and_backward(kind: str, example: int, isa: str) -> None:
    """A layer's gradients from the engine: of its weights, and of its input by one that mixes channels before."""
    layer, shapes = KINDS[kind].EXAMPLES[example]
    doors = [sc.Input(*shape) for shape in shapes]
    mixes = {1: sc.Linear, 2: sc.Conv1d, 3: sc.Conv2d, 4: sc.Conv3d}
    before = [mixes[len(s)](s[0], *[1] * (len(s) > 1))(x) for s, x in zip(shapes, doors, strict=True)]
    if kind in POSITIVE:
        before = [sc.Softplus()(value) for value in before]
    net = sc.Model(doors, layer(*before)).init(1)
    inputs = draw(shapes, 3, example)
    weights = {name: np.array(w) for name, w in net.weights.items()}
    exact = {name: w.astype(np.float64) for name, w in weights.items()}
    target = np.random.default_rng(9).normal(size=(3, *net.graph[net.graph.outputs[0]].shape)).astype(np.float32)

    plan = make_plan(net.graph, 3, training=GRADIENTS, keep=net.graph.outputs, machine=Machine(isa))
    ready = Executable(plan, weights)
    if SEED in plan.tensors:
        ready.scalar(SEED)[:] = 5, 2
    ready.run({**dict(zip(net.graph.inputs, inputs, strict=True)), TARGET: target})

    mode = reference.Mode(True, 5, 2, 0)
    trace = reference.forward(net.graph, [x.astype(np.float64) for x in inputs], exact, mode)
    scores = trace.values[net.graph.outputs[0]]
    seeds = {net.graph.outputs[0]: MeanSquaredError().gradient(scores, target.astype(np.float64))}
    gradients = reference.backward(net.graph, trace, exact, seeds)[1]
    terms = depth(net.graph)
    close(ready.value(net.graph.outputs[0]), scores, terms, 20)
    for name, gradient in gradients.items():
        close(ready.tensor(f"d:{name}"), gradient, terms * scores.size, 40)


def random_network(generator: np.random.Generator) -> sc.Model:
    """A chain with skips: convolutions of all arguments, rectifiers, pools, dropout, a linear end."""
    c, size = int(generator.integers(1, 6)), int(generator.integers(7, 20))
    x: Any = sc.Input(c, size, size + int(generator.integers(0, 4)))
    door, channels = x, c
    for _ in range(int(generator.integers(2, 5))):
        groups = channels if generator.random() < 0.2 else 1
        k = int(generator.integers(1, 4))
        channels = groups * int(generator.integers(1, 7))
        x = sc.Conv2d(
            channels, k, stride=int(generator.integers(1, 3)),
            padding="same" if generator.random() < 0.5 else k // 2 + 1,
            dilation=int(generator.integers(1, 3)), groups=groups, bias=bool(generator.random() < 0.7),
        )(x)  # fmt: skip
        if generator.random() < 0.8:
            x = (sc.ReLU6 if groups > 1 else sc.ReLU)()(x)
        if generator.random() < 0.5:
            branch = sc.Conv2d(channels, 3, padding=1)(x)
            x = sc.ReLU()(sc.Add()(branch, x)) if generator.random() < 0.5 else sc.Add()(x, branch, x)
        if generator.random() < 0.4:
            pool = sc.MaxPool2d if generator.random() < 0.5 else sc.AvgPool2d
            x = pool(3, stride=2, padding=1, ceil_mode=bool(generator.random() < 0.5))(x)
    x = sc.Dropout(0.3)(sc.Flatten()(x))
    return sc.Model(door, sc.Softmax()(sc.Linear(5)(x)))


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("seed", range(40))
def test_random_networks_infer_and_train_like_the_reference(
    seed: int, isa: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = np.random.default_rng(seed)
    net = random_network(generator).init(seed)
    monkeypatch.setattr("simplecell.plan.isa", lambda: isa)
    batch = int(generator.integers(1, 6))
    (images,) = draw([net.graph[net.graph.inputs[0]].shape], batch, seed)
    targets = generator.integers(0, 5, batch)
    start = {name: w.astype(np.float64) for name, w in net.weights.items()}

    exact = reference.forward(net.graph, [images.astype(np.float64)], start).values[net.graph.outputs[0]]
    close(np.asarray(net(images)), exact, depth(net.graph), 40)

    # Where windows see nothing but zeros a rectifier's input is 0, whose slope Winograd's rounding would decide.
    oracle = ReferenceStepper(net.graph, start, sc.SGD(0.02, momentum=0.9), CrossEntropy(), seed=seed)
    step = net.trainer(optimizer=sc.SGD(0.02, momentum=0.9), seed=seed)
    for _ in range(3):
        with sc.use(precision="exact"):
            loss = step(images, targets)
        result = oracle.step(images.astype(np.float64), targets, 0.02)
        assert loss == pytest.approx(result.loss, rel=2e-3, abs=1e-6)
    for name, w in net.weights.items():
        np.testing.assert_allclose(w, start[name], rtol=0, atol=2e-3 * max(1.0, float(np.abs(start[name]).max())))


def trained_hash(threads: int, steps: int, images: np.ndarray, targets: np.ndarray) -> str:
    x = sc.Input(3, 17, 13)
    a = sc.ReLU()(sc.Conv2d(8, 3, padding=1)(x))
    b = sc.ReLU()(sc.Add()(sc.Conv2d(8, 3, padding=1)(a), a))
    p = sc.AvgPool2d(3, stride=2)(sc.MaxPool2d(3, stride=1, padding=1)(b))
    net = sc.Model(x, sc.Linear(5)(sc.Dropout(0.2)(sc.Flatten()(p)))).init(4)
    digest = hashlib.sha256()
    with sc.use(threads=threads):
        step = net.trainer(optimizer=sc.SGD(0.02, momentum=0.9, weight_decay=1e-4), seed=1)
        for i in range(steps):
            rows = slice(i % 4 * 32, i % 4 * 32 + 32)
            digest.update(np.float64(step(images[rows], targets[rows])).tobytes())
        digest.update(np.asarray(net(images)).tobytes())
    for w in net.weights.values():
        digest.update(w.tobytes())
    return digest.hexdigest()


def test_two_hundred_steps_give_the_same_bits_on_any_number_of_threads() -> None:
    (images,) = draw([(3, 17, 13)], 128, 0)
    targets = np.random.default_rng(1).integers(0, 5, 128)
    assert len({trained_hash(threads, 200, images, targets) for threads in (1, 2, 3, 4, 8)}) == 1


def test_an_optimiser_without_a_kernel_moves_the_weights_by_its_own_rule() -> None:
    """SGD itself, driven through the reference rule, gives what its kernel gives."""

    class Slow(sc.SGD):
        kind = "not a kernel"

    net = sc.zoo.digits().init(0)
    train, _ = sc.data.digits()
    weights = [{k: np.array(w) for k, w in net.weights.items()} for _ in range(2)]
    for optimizer, w in zip((sc.SGD(0.1, momentum=0.9), Slow(0.1, momentum=0.9)), weights, strict=True):
        stepper = NativeStepper(net.graph, w, optimizer, CrossEntropy())
        for i in range(10):
            stepper.step(train.images[i * 32 : i * 32 + 32], train.targets[i * 32 : i * 32 + 32], 0.1)
    for name in weights[0]:
        np.testing.assert_allclose(weights[0][name], weights[1][name], rtol=0, atol=1e-5)


def test_what_has_no_kernel_runs_on_the_reference_and_the_plan_says_so() -> None:
    net = sc.zoo.digits().init(0)
    train, _ = sc.data.digits()
    native = np.asarray(net(train.images[:8]))
    with sc.use(algorithm="reference"):
        assert {op.algorithm for op in net.plan(8).ops} == {"reference"}
        np.testing.assert_allclose(net(train.images[:8]), native, rtol=1e-5, atol=1e-5)


def test_new_weights_are_seen_by_plans_that_were_made_before() -> None:
    net = sc.zoo.digits().init(0)
    _, test = sc.data.digits()
    before = np.array(net(test.images[:4]))
    net.init(1)
    with sc.use(algorithm="reference"):
        fresh = net(test.images[:4])
    assert not np.allclose(before, fresh)
    np.testing.assert_allclose(net(test.images[:4]), fresh, rtol=1e-5, atol=1e-5)


def test_a_call_that_repeats_the_last_gives_the_same_bits_and_outputs_of_its_own() -> None:
    """Arrays that lie as the plan has them take the short way; all others the one that checks and converts."""
    net = sc.zoo.digits().init(0)
    x, other = np.random.default_rng(1).normal(size=(2, 3, 1, 8, 8)).astype(np.float32)
    first, second = np.asarray(net(x)), net(other)
    kept = first.copy()
    for same in (x, np.moveaxis(np.moveaxis(x, 0, 3).copy(), 3, 0), x.astype(np.float64), x.tolist(), x.astype(">f4")):
        np.testing.assert_array_equal(net(same), kept)
    np.testing.assert_array_equal(net(x.reshape(3, 8, 8, 1), layout="NHWC"), kept)
    np.testing.assert_array_equal(first, kept)  # no later call writes into an earlier one's outputs
    np.testing.assert_array_equal(net(other), second)
    with sc.use(algorithm="reference"):
        np.testing.assert_allclose(net(x), kept, rtol=0, atol=2e-5)
    with pytest.raises(sc.DataError, match="batch is missing"):
        net(x[0])
    net(x)
    assert net._engine.again((x,)) is not None
    assert net._engine.again((x[:, :, ::-1],)) is None


def test_no_images_give_no_outputs_and_many_are_run_in_parts() -> None:
    net = sc.zoo.digits().init(0)
    train, _ = sc.data.digits()
    assert np.asarray(net(train.images[:0])).shape == (0, 10)
    with sc.use(precision="exact"):  # else the batch may decide between Winograd and direct
        whole = np.asarray(net(train.images[:600]))
        single = np.concatenate([np.asarray(net(train.images[i : i + 1])) for i in (0, 299, 599)])
    np.testing.assert_array_equal(whole[[0, 299, 599]], single)


WRONG_INPUT: dict[str, tuple[tuple[int, ...], str]] = {
    "one image": ((1, 8, 8), r"images\[None\]"),
    "channels last": ((4, 8, 8, 1), "layout='NHWC'"),
    "another size": ((4, 1, 9, 8), "resize the images"),
    "rank 5": ((1, 1, 1, 8, 8), "rank must be 4"),
}


@pytest.mark.parametrize("case", WRONG_INPUT)
def test_wrong_inputs_are_refused_with_the_remedy(case: str) -> None:
    shape, words = WRONG_INPUT[case]
    with pytest.raises(sc.DataError, match=words):
        sc.zoo.digits().init(0)(np.zeros(shape, np.float32))


def test_text_and_a_wrong_number_of_inputs_are_refused() -> None:
    net = sc.zoo.digits().init(0)
    with pytest.raises(sc.DataError, match="numbers"):
        net([["a"]])
    with pytest.raises(sc.DataError, match=r"1 input\(s\)"):
        net(np.zeros((1, 1, 8, 8)), np.zeros((1, 1, 8, 8)))


def test_a_network_without_weights_says_how_to_get_them() -> None:
    with pytest.raises(sc.WeightsError, match=r"net\.init"):
        sc.zoo.digits()(np.zeros((1, 1, 8, 8), np.float32))


def test_threads_of_the_caller_may_run_one_network_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    net = sc.zoo.digits().init(0)
    _, test = sc.data.digits()
    alone = [np.array(net(test.images[i : i + 8])) for i in range(0, 200, 8)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda i: np.array(net(test.images[i : i + 8])), range(0, 200, 8)))
    for a, b in zip(alone, together, strict=True):
        np.testing.assert_array_equal(a, b)
