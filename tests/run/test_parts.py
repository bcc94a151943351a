"""Batches in parts: when they are cut, and that nobody can tell from the results."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import simplecell as sc
from simplecell.plan import Training, make_plan
from simplecell.run import parts
from simplecell.run.executable import Executable


def parts_of(net: sc.Model, batch: int, threads: int) -> int:
    with sc.use(threads=threads):
        return parts.divide(make_plan(net.graph, batch))[1]


def test_the_number_of_parts_divides_the_batch_and_needs_as_many_threads() -> None:
    net = sc.zoo.lenet5()
    found = {(n, t): parts_of(net, n, t) for n in (1, 7, 8, 9) for t in (1, 2, 3, 4, 8)}
    assert found == {
        (1, 1): 1, (1, 2): 1, (1, 3): 1, (1, 4): 1, (1, 8): 1,
        (7, 1): 1, (7, 2): 1, (7, 3): 1, (7, 4): 1, (7, 8): 7,
        (8, 1): 1, (8, 2): 2, (8, 3): 2, (8, 4): 4, (8, 8): 8,
        (9, 1): 1, (9, 2): 1, (9, 3): 3, (9, 4): 3, (9, 8): 3,
    }  # fmt: skip


def test_plans_stay_whole_where_parts_do_not_pay_or_cannot_be() -> None:
    assert parts_of(sc.zoo.digits(), 2, 2) == 1  # over before another thread has woken
    assert parts_of(sc.zoo.alexnet(), 8, 2) == 1  # long steps, shared among threads
    net = sc.zoo.lenet5()
    with sc.use(threads=2, algorithm="reference"):
        assert parts.divide(make_plan(net.graph, 8))[1] == 1
    with sc.use(threads=2):
        assert parts.divide(make_plan(net.graph, 8, keep=("conv1",)))[1] == 1
        assert parts.divide(make_plan(net.graph, 8, training=Training("cross_entropy", update=False)))[1] == 1


def branching() -> sc.Model:
    """Two inputs, two outputs, one of them channels last inside."""
    a, b = sc.Input(3, 9, 8), sc.Input(4)
    y = sc.ReLU()(sc.Conv2d(20, 3, padding=1)(a))
    scores = sc.Linear(10)(sc.Concat()(sc.Flatten()(y), b))
    return sc.Model([a, b], [y, sc.Softmax()(scores)])


@pytest.mark.parametrize("make", [branching, sc.zoo.digits, sc.zoo.lenet5, sc.zoo.signs], ids=lambda f: f.__name__)
def test_results_have_the_same_bits_in_any_number_of_parts(
    make: Callable[[], sc.Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one and of two runs on the same arrays, and after the weights have changed."""
    monkeypatch.setattr(parts, "HANDOVER", 1e-9)
    net = make().init(0)
    generator = np.random.default_rng(1)
    given = [generator.random((12, *net.graph[name].shape), np.float32) for name in net.graph.inputs]
    for seed in (0, 1):
        net.init(seed)
        found = set()
        for threads in (1, 2, 3, 4, 8):
            with sc.use(threads=threads):
                found |= {b"".join(y.tobytes() for y in outputs(net, given)) for _ in range(2)}
        assert len(found) == 1
    with sc.use(threads=8):
        assert parts.divide(make_plan(net.graph, 12))[1] == 6


def outputs(net: sc.Model, given: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    found = net(*given)
    return found if isinstance(found, tuple) else (found,)


def test_parts_read_their_own_images_and_write_their_own_results() -> None:
    net = sc.zoo.digits().init(0)
    images = np.random.default_rng(2).random((6, *net.input_shape), np.float32)
    with sc.use(threads=1):
        each = [np.array(net(image[None]))[0] for image in images]
        part = make_plan(net.graph, 2)
    ready = Executable(part, net.weights, parts=3)
    ready.run({net.graph.inputs[0]: images})
    np.testing.assert_array_equal(ready.value(net.graph.outputs[0]), each)
    images[3] = np.nan
    ready.run({net.graph.inputs[0]: images})
    assert np.isnan(ready.value(net.graph.outputs[0])).all(axis=1).tolist() == [i == 3 for i in range(6)]


def test_a_profile_is_of_the_whole_batch_and_says_in_how_many_parts_it_runs() -> None:
    net = sc.zoo.lenet5().init(0)
    with sc.use(threads=2):
        net(np.zeros((8, *net.input_shape), np.float32))
        found = net.profile(np.zeros((8, *net.input_shape), np.float32), runs=1)
        assert (found.batch, found.threads, found.parts) == (8, 2, 2)
        assert all("2" in found.text(lang).splitlines()[-1] for lang in ("en", "zh", "ja"))
        assert "parts" not in net.profile(np.zeros((1, *net.input_shape), np.float32), runs=1).text("en")
