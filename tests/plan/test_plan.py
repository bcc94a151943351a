"""Plans: what is fused, what lies where, and that the verifier notices what is wrong."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

import simplecell as sc
from plan.training import SGD
from simplecell.plan import Training, make_plan
from simplecell.plan.memory import lifetimes, root
from simplecell.plan.verify import verify


def branched() -> sc.Model:
    x = sc.Input(3, 12, 10)
    a = sc.ReLU(name="r1")(sc.Conv2d(8, 3, padding=1, name="c1")(x))
    b = sc.Conv2d(8, 3, padding=1, name="c2")(a)
    s = sc.ReLU(name="r2")(sc.Add(name="sum")(b, a))
    p = sc.MaxPool2d(2, name="pool")(s)
    f = sc.Dropout(0.5, name="drop")(sc.Flatten(name="flat")(p))
    return sc.Model(x, sc.Softmax(name="soft")(sc.Linear(4, name="fc")(f)))


def test_inference_fuses_bias_sum_and_rectifier_and_reads_the_image_as_it_is_given() -> None:
    ops = [(op.kind, op.nodes) for op in branched().plan(2).ops]
    assert ops == [
        ("conv2d", ("c1", "r1")),
        ("conv2d", ("c2", "sum", "r2")),
        ("maxpool2d", ("pool",)),
        ("to_nchw", ("flat",)),
        ("linear", ("fc",)),
        ("softmax", ("soft",)),
    ]


def test_a_rectifier_that_ends_at_six_is_fused_and_trained_through_like_one_that_does_not() -> None:
    x = sc.Input(3, 12, 10)
    a = sc.ReLU6()(sc.Conv2d(8, 3, padding=1)(x))
    b = sc.ReLU6()(sc.Add()(sc.ReLU6()(sc.Conv2d(8, 3, groups=8, padding=1)(a)), a))
    net = sc.Model(x, sc.Linear(4)(sc.ReLU6()(sc.Linear(5)(sc.Flatten()(b)))))
    fused = [(op.kind, op.attributes["relu"]) for op in net.plan(2).ops if op.attributes.get("relu")]
    assert fused == [("conv2d", 6), ("conv2d", 6), ("add", 6), ("linear", 6)]
    kinds = [op.kind for op in make_plan(net.graph, 2, training=SGD).ops]
    assert (kinds.count("relu6"), kinds.count("relu6.dx")) == (0, 4)


def shortcut() -> sc.Model:
    x = sc.Input(3, 12, 10)
    a = sc.ReLU(name="r1")(sc.Conv2d(8, 3, padding=1, name="c1")(x))
    b = sc.ReLU(name="r2")(sc.Conv2d(8, 3, padding=1, name="c2")(a))
    c = sc.Conv2d(8, 3, padding=1, name="c3")(b)
    return sc.Model(x, sc.Linear(4, name="fc")(sc.Flatten(name="flat")(sc.ReLU(name="r3")(sc.Add(name="sum")(c, a)))))


@pytest.mark.parametrize(("keep", "shared"), [((), True), (("r1",), False)])
def test_a_sum_lies_where_its_shortcut_lay_unless_that_is_asked_for(keep: tuple[str, ...], shared: bool) -> None:
    plan = make_plan(shortcut().graph, 2, keep=keep)
    (op,) = (op for op in plan.ops if "add" in op.reads)
    assert op.nodes == ("c3", "sum", "r3")
    assert (root(plan.tensors, op.writes["y"]) == root(plan.tensors, op.reads["add"])) is shared


def test_a_shortcut_that_the_layer_reads_too_stays_where_it_is() -> None:
    plan = branched().plan(2)
    (op,) = (op for op in plan.ops if "add" in op.reads)
    assert root(plan.tensors, op.writes["y"]) != root(plan.tensors, op.reads["add"])


def test_a_value_that_is_asked_for_is_not_fused_away() -> None:
    plan = make_plan(branched().graph, 1, keep=("c1", "sum"))
    assert plan.values["c1"] == "c1"
    assert plan.values["sum"] == "sum"
    assert ("relu", ("r1",)) in [(op.kind, op.nodes) for op in plan.ops]


def test_images_of_one_channel_or_one_pixel_are_never_moved() -> None:
    net = sc.Sequential(sc.Input(1, 4, 4), sc.Conv2d(5, 4), sc.Flatten(), sc.Linear(2))
    assert [op.kind for op in net.plan(3).ops] == ["conv2d", "linear"]


def test_what_no_output_needs_is_not_computed() -> None:
    x = sc.Input(2)
    wanted, spare = sc.Linear(3, name="wanted")(x), sc.Linear(4, name="spare")(x)
    both = sc.Model(x, [wanted, spare])
    one = replace(both.graph, outputs=("wanted",))
    assert [op.nodes for op in make_plan(one, 1).ops] == [("wanted",)]


def test_training_stands_on_the_scores_before_a_closing_softmax() -> None:
    plan = make_plan(branched().graph, 4, training=SGD)
    assert plan.scores == "fc"
    assert not any("soft" in op.nodes for op in plan.ops)


def test_the_input_gets_no_gradient_and_each_weight_one_update() -> None:
    plan = make_plan(branched().graph, 4, training=SGD)
    assert not any(op.kind == "conv2d.dx" and op.nodes == ("c1",) for op in plan.ops)
    updates = [op.reads["weight"] for op in plan.ops if op.kind in ("sgd", "linear.update")]
    assert sorted(updates) == sorted(plan.graph.weights)


@pytest.mark.parametrize("training", [None, SGD], ids=["inference", "training"])
def test_two_tensors_that_live_at_one_time_share_no_byte(training: Training | None) -> None:
    plan = make_plan(branched().graph, 4, training=training)
    lives = lifetimes(plan)
    for a, b in combinations(lives, 2):
        together = lives[a].first <= lives[b].last and lives[b].first <= lives[a].last
        start = max(plan.places[a], plan.places[b])
        end = min(plan.places[a] + lives[a].nbytes, plan.places[b] + lives[b].nbytes)
        assert not (together and start < end), (a, b)
        assert plan.places[a] % 64 == 0


def test_a_long_chain_needs_two_buffers_not_one_per_layer() -> None:
    layers = [sc.Conv2d(8, 3, padding=1) for _ in range(20)]
    plan = sc.Sequential(sc.Input(8, 16, 16), *layers).plan(1)
    one = 8 * 16 * 16 * 4
    scratch = max(t.bytes for name, t in plan.tensors.items() if name.endswith(":scratch"))
    assert plan.arena <= 3 * one + scratch


def test_the_verifier_notices_a_read_before_its_write() -> None:
    plan = branched().plan(1)
    with pytest.raises(sc.EngineError, match="before it is written"):
        verify(replace(plan, ops=plan.ops[::-1], places={}))


def test_the_verifier_notices_an_overlap() -> None:
    plan = branched().plan(1)
    with pytest.raises(sc.EngineError, match="overlap while both are needed"):
        verify(replace(plan, places=dict.fromkeys(plan.places, 0)))


def test_the_verifier_notices_an_arena_that_is_too_small() -> None:
    plan = branched().plan(1)
    with pytest.raises(sc.EngineError, match="behind the arena"):
        verify(replace(plan, arena=plan.arena - 64))


def test_training_a_network_of_two_outputs_is_refused() -> None:
    x = sc.Input(2)
    net = sc.Model(x, [sc.Linear(3, name="a")(x), sc.Linear(3, name="b")(x)])
    with pytest.raises(sc.GraphError, match="one output, this one has 2: a, b"):
        net.trainer(batch=1)


def test_cross_entropy_on_an_image_is_refused() -> None:
    with pytest.raises(sc.GraphError, match=r"sc\.Flatten"):
        sc.Sequential(sc.Input(1, 4, 4), sc.Conv2d(2, 3)).trainer(batch=1)


def test_settings_are_checked_and_put_back() -> None:
    from simplecell.plan import settings

    with sc.use(threads=3, precision="exact"):
        assert (settings().thread_count(), settings().precision) == (3, "exact")
    assert settings().precision == "fast"
    for wrong in ({"threads": 0}, {"threads": 65}, {"threads": 1.5}, {"precision": "double"}):
        with pytest.raises(sc.ArgumentError), sc.use(**wrong):
            pass
    with sc.use(algorithm="quantum"), pytest.raises(sc.ArgumentError, match="known are"):
        branched().plan(1)


def test_threads_from_the_environment_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    from simplecell.plan import settings

    monkeypatch.setenv("SIMPLECELL_THREADS", "3")
    assert settings().thread_count() == 3
    monkeypatch.setenv("SIMPLECELL_THREADS", "many")
    with pytest.raises(sc.ArgumentError, match="SIMPLECELL_THREADS"):
        settings().thread_count()


def test_shared_places_do_not_change_results() -> None:
    """The arena's sharing is only right if outputs equal the reference, on data where every step matters."""
    net = branched().init(3)
    images = np.random.default_rng(0).normal(size=(4, 3, 12, 10)).astype(np.float32)
    with sc.use(algorithm="reference"):
        reference = net(images)
    np.testing.assert_allclose(net(images), reference, rtol=1e-5, atol=1e-6)
