"""Building graphs, their names and JSON form, and what they say when shapes clash."""

from __future__ import annotations

import json
from typing import Any

import pytest

import simplecell as sc
from simplecell import graph as graphs
from simplecell.layers.base import Value


def residual() -> sc.Model:
    x = sc.Input(3, 9, 8)
    a = sc.Conv2d(4, 3, padding=1, name="a")(x)
    b = sc.Conv2d(4, 3, padding=1)(sc.ReLU()(a))
    return sc.Model(x, [sc.Linear(2, name="fc")(sc.Flatten()(sc.Add()(a, b))), b])


def lenet(**changes: Any) -> list[object]:
    """The chain of the binding error example: a LeNet for 28x28 whose linear layer was written for 32x32."""
    return [
        sc.Input(1, 28, 28),
        sc.Conv2d(6, 5, name="conv1"), sc.MaxPool2d(2, name="pool1"),
        sc.Conv2d(16, 5, name="conv2"), sc.MaxPool2d(2, name="pool2"),
        sc.Flatten(), sc.Linear(120, in_features=400, name="fc1"),
    ]  # fmt: skip


def test_names_are_the_users_or_kind_and_count() -> None:
    assert list(residual().layers) == ["a", "relu_1", "conv2d_2", "add_1", "flatten_1", "fc"]


def test_shapes_and_weights_follow_from_one_walk() -> None:
    net = residual()
    assert net.output_shape == ((2,), (4, 9, 8))
    assert dict(net.graph.weights) == {
        "a.weight": (4, 3, 3, 3), "a.bias": (4,), "conv2d_2.weight": (4, 4, 3, 3), "conv2d_2.bias": (4,),
        "fc.weight": (2, 4 * 9 * 8), "fc.bias": (2,),
    }  # fmt: skip


def test_json_keeps_the_graph() -> None:
    graph = residual().graph
    assert graphs.from_json(json.loads(json.dumps(graphs.to_json(graph)))) == graph


def test_the_message_of_a_clash_says_what_worked_the_arithmetic_and_remedies_that_work() -> None:
    with pytest.raises(sc.ShapeError) as caught:
        sc.Sequential(*lenet())
    text = str(caught.value)
    assert text.startswith("layer 6 'fc1' (Linear): needs 400 inputs, got 256.")
    assert "pool2 gives 16x4x4 -> flatten_1 16*4*4 = 256" in text
    assert "input 1x28x28" in text
    assert "conv2: floor((12 + 2*0 - 1*(5-1) - 1)/1) + 1 = 8" in text
    assert "pool2: floor((8 + 2*0 - 1*(2-1) - 1)/2) + 1 = 4" in text
    assert "leave in_features out, or 256 | input 32x32 (16*5*5 = 400) | conv1 padding=2" in text


@pytest.mark.parametrize(
    "repair",
    [
        lambda p: [sc.Input(1, 32, 32), *p[1:]],
        lambda p: [p[0], sc.Conv2d(6, 5, padding=2, name="conv1"), *p[2:]],
        lambda p: [*p[:-1], sc.Linear(120, name="fc1")],
        lambda p: [*p[:-1], sc.Linear(120, in_features=256, name="fc1")],
    ],
    ids=["input 32x32", "conv1 padding=2", "in_features left out", "in_features 256"],
)
def test_each_offered_remedy_repairs_the_network(repair: Any) -> None:
    assert sc.Sequential(*repair(lenet())).output_shape == (120,)


def test_a_pass_through_a_thousand_layers_needs_no_recursion() -> None:
    net = sc.Sequential(sc.Input(2), *(sc.ReLU() for _ in range(3000)))
    assert len(net.layers) == 3000


def relu_of(x: Value) -> Value:
    return sc.ReLU()(x)


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "no input": (lambda: sc.Sequential(sc.ReLU()), sc.GraphError, "begins with sc.Input"),
    "nothing": (lambda: sc.Sequential(), sc.GraphError, "got nothing"),
    "a class": (lambda: sc.Sequential(sc.Input(1), sc.ReLU), sc.ArgumentError, "write ReLU(...)"),
    "not a layer": (lambda: sc.Sequential(sc.Input(1), 3), sc.ArgumentError, "part 1 is int"),
    "two of one name": (
        lambda: sc.Sequential(sc.Input(1), sc.ReLU(name="a"), sc.ReLU(name="a")),
        sc.GraphError, "two layers are called 'a'",
    ),
    "one input for a sum": (lambda: sc.Model(x := sc.Input(2), sc.Add()(x)), sc.GraphError, "takes at least 2 input"),
    "two inputs for one": (
        lambda: sc.Model([x := sc.Input(2), y := sc.Input(2)], sc.ReLU()(x, y)), sc.GraphError, "takes 1 input",
    ),
    "a stranger": (lambda: sc.Model(sc.Input(2), relu_of(sc.Input(3))), sc.GraphError, "not among the model's inputs"),
    "shared": (
        lambda: (r := sc.ReLU(), x := sc.Input(2), sc.Model(x, r(r(x)))), sc.GraphError, "applied twice",
    ),
    "an array": (lambda: sc.ReLU()(3), sc.ArgumentError, "build it first"),
    "different shapes": (
        lambda: sc.Model(x := sc.Input(1, 8, 8), sc.Add()(x, sc.Conv2d(1, 3)(x))), sc.ShapeError, "1x6x6",
    ),
    "a bad name": (lambda: sc.ReLU(name="a b"), sc.ArgumentError, "letters, digits"),
    "batch in the input": (
        lambda: sc.Sequential(sc.Input(1, 3, 8, 8), sc.Conv2d(2, 3)), sc.ShapeError, "leave the batch out",
    ),
    "no size": (lambda: sc.Input(3, 0, 8), sc.ArgumentError, "at least 1"),
    "a size that overflows": (lambda: sc.Input(2**20, 2**20, 2**20), sc.MemoryLimitError, "bytes"),
    "a third positional argument": (lambda: sc.Conv2d(3, 64, 3), sc.ArgumentError, "Conv2d(64, 3, in_channels=3)"),
    "a cycle in a file": (
        lambda: graphs.from_json(
            {"inputs": {"x": [2]}, "outputs": ["a"], "layers": [
                {"name": "a", "kind": "ReLU", "reads": ["b"], "arguments": {}},
                {"name": "b", "kind": "ReLU", "reads": ["a"], "arguments": {}}]}
        ), sc.GraphError, "reads 'b', which does not stand before it",
    ),
    "an unknown kind in a file": (
        lambda: graphs.from_json(
            {"inputs": {"x": [2]}, "outputs": ["a"], "layers": [
                {"name": "a", "kind": "os.system", "reads": ["x"], "arguments": {}}]}
        ), sc.GraphError, "unknown kind 'os.system'",
    ),
    "an unknown argument in a file": (
        lambda: graphs.from_json(
            {"inputs": {"x": [2]}, "outputs": ["a"], "layers": [
                {"name": "a", "kind": "ReLU", "reads": ["x"], "arguments": {"slope": 1}}]}
        ), sc.GraphError, "slope",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_networks_are_refused_with_a_reason(case: str) -> None:
    build, error, words = WRONG[case]
    with pytest.raises(error) as caught:
        build()
    assert words in str(caught.value)
    assert isinstance(caught.value, sc.SimplecellError)
