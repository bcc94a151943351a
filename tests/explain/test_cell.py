"""Explanations: the terms sum to the reference for every kind, JSON is complete, bad questions are refused."""

from __future__ import annotations

import csv
import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import tolerances
from explain.networks import NETWORKS, classifier, images_of, residual, two_inputs, weights_of
from simplecell.errors import ArgumentError, DataError, FileError, GraphError, ShapeError, WeightsError
from simplecell.explain import Explanation, explain
from simplecell.graph import Graph, Node, functional, sequential
from simplecell.layers import KINDS, Conv2d, Flatten, Input, Linear, MaxPool2d, ReLU
from simplecell.layers.base import Layer, Shape
from simplecell.run import reference
from simplecell.run.engine import EngineValue

CASES = [
    pytest.param(layer, shapes, id=f"{kind.kind}-{number}")
    for kind in KINDS.values()
    for number, (layer, shapes) in enumerate(kind.EXAMPLES)
]


def ask(graph: Graph, layer: str, unit: tuple[int, ...], **given: Any) -> Explanation:
    return explain(graph, weights_of(graph), images_of(graph), layer, unit[1:] or None, unit[0], **given)


def some_units(shape: Shape) -> list[tuple[int, ...]]:
    """Every corner and the middle."""
    return [*itertools.product(*(sorted({0, n // 2, n - 1}) for n in shape))]


@pytest.mark.parametrize(("layer", "shapes"), CASES)
def test_terms_and_bias_sum_to_the_reference_for_every_kind(layer: Layer, shapes: tuple[Shape, ...]) -> None:
    inputs = [Input(*shape, name=f"x{i}") for i, shape in enumerate(shapes)]
    graph = functional(inputs, [layer.renamed("it")(*inputs)])
    weights = {k: w.astype(np.float64) for k, w in weights_of(graph).items()}
    images = [x[None].astype(np.float64) for x in images_of(graph)]
    wanted = reference.forward(graph, images, weights).values["it"][0]
    for unit in some_units(graph["it"].shape):
        e = ask(graph, "it", unit)
        np.testing.assert_equal(e.value, wanted[unit])  # a logarithm of what is negative is NaN both times
        assert np.isnan(e.value) or abs(e.combined - e.value) <= tolerances.TERMS * e.magnitude
        assert not e.inherits


@pytest.mark.parametrize("name", NETWORKS)
def test_the_sum_recomputed_from_json_alone_is_the_value(name: str) -> None:
    graph = NETWORKS[name]()
    for node, _, _ in graph.sites:
        for unit in some_units(node.shape):
            kept = json.loads(json.dumps(ask(graph, node.name, unit).to_dict(), allow_nan=False))
            products = [float(t["product"]) for t in kept["terms"]]
            if kept["rule"] == "sum":
                value = math.fsum([*products, float(kept["bias"] or 0)])
                for t in kept["terms"]:
                    assert math.isclose(t["product"], t["input"] * t["weight"], rel_tol=2**-51)
            elif kept["rule"] == "max":
                real = [float(t["input"]) for t in kept["terms"] if not t["padding"]]
                value = max(real)
                assert float(kept["terms"][kept["winner"]]["input"]) == value
            elif kept["rule"] in ("product", "function"):
                value = products[-1]
                assert kept["rule"] == "function" or value == math.prod(t["input"] for t in kept["terms"])
            else:
                value = products[kept["winner"]] / sum(products)
            assert abs(value - kept["value"]) <= tolerances.TERMS * max(kept["magnitude"], 1e-300)
            assert kept["sentence"]["numbers"]["value"] == kept["value"]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_inputs_of_the_terms_are_what_the_layer_reads_and_within_its_field(name: str) -> None:
    graph = NETWORKS[name]()
    weights = {k: w.astype(np.float64) for k, w in weights_of(graph).items()}
    values = reference.forward(graph, [x[None].astype(np.float64) for x in images_of(graph)], weights).values
    for node, layer, site in graph.sites:
        unit = some_units(node.shape)[-1]
        e = ask(graph, node.name, unit)
        read = layer.reads(site, tuple((i,) for i in unit))
        cells = [{c for box in boxes for c in itertools.product(*box)} for boxes in read]
        found: list[set[tuple[int, ...]]] = [set() for _ in node.sources]
        for t in e.to_dict()["terms"]:
            source = [s.name for s in e.sources].index(t["source"])
            if not t["padding"]:
                assert float(t["input"]) == values[t["source"]][(0, *t["at"])]
                found[source].add(tuple(t["at"]))
        names = [s.name for s in e.sources]
        merged = [set().union(*(c for n, c in zip(names, cells, strict=True) if n == name)) for name in names]
        seen = [set().union(*(f for n, f in zip(names, found, strict=True) if n == name)) for name in names]
        assert seen == merged


def test_a_convolution_agrees_with_pytorch() -> None:
    graph = classifier()
    weights, (image,) = weights_of(graph), images_of(graph)
    names = ("conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias")
    w1, b1, w2, b2 = (torch.from_numpy(weights[n]).double() for n in names)
    x = torch.from_numpy(image).double()[None]
    y = torch.conv2d(torch.conv2d(x, w1, b1, padding=1).relu(), w2, b2)
    for unit in itertools.product(*map(range, graph["conv2"].shape)):
        e = ask(graph, "conv2", unit)
        assert abs(e.value - float(y[(0, *unit)])) <= tolerances.two_sums(np.float64, 28) * e.magnitude
        assert e.inherits
    assert [s.name for s in e.sources] == ["relu1"]
    assert e.window == ((3, 4, 5), (3, 4, 5))


def test_partial_sums_go_channel_by_channel() -> None:
    e = ask(classifier(), "conv2", (1, 0, 2))
    assert [p.channel for p in e.partials] == [0, 1, 2]
    assert [p.terms for p in e.partials] == [9, 9, 9]
    for p in e.partials:
        mine = e.terms.at[:, 0] == p.channel
        assert p.sum == math.fsum(e.terms.products[mine])
        assert p.so_far == math.fsum(e.terms.products[e.terms.at[:, 0] <= p.channel])
    assert abs(e.partials[-1].so_far + (e.terms.bias or 0) - e.value) <= tolerances.TERMS * e.magnitude


def test_a_linear_layer_knows_the_map_behind_its_features() -> None:
    graph = sequential([Input(2, 2, 3), Flatten(name="flat"), Linear(2, name="fc")])
    e = ask(graph, "fc", (1,))
    assert [p.channel for p in e.partials] == [0, 1]
    assert [t["origin"] for t in e.to_dict()["terms"]][4:7] == [[0, 1, 1], [0, 1, 2], [1, 0, 0]]
    plain = ask(sequential([Input(4), Linear(2, name="fc")]), "fc", (1,))
    assert [(p.channel, p.terms) for p in plain.partials] == [(None, 4)]


def test_padding_is_marked_and_counts_as_nothing() -> None:
    e = ask(classifier(), "conv1", (0, 0, 5))
    assert [t["padding"] for t in e.to_dict()["terms"]] == [True] * 3 + [False, False, True] * 2
    assert {t["product"] for t in e.to_dict()["terms"] if t["padding"]} == {0.0}
    pool = sequential([Input(1, 4, 4), MaxPool2d(3, padding=1, name="pool")])
    terms = ask(pool, "pool", (0, 0, 0)).to_dict()["terms"]
    assert {t["input"] for t in terms if t["padding"]} == {"-inf"}
    assert float("-inf") == float(terms[0]["input"])


def test_the_bound_holds_for_float32_and_the_engine_stands_beside() -> None:
    """PyTorch's own float32 convolution of the first layer stays within the stated bound of the reference."""
    graph = sequential([Input(8, 9, 9), Conv2d(16, 3, padding=1, name="conv"), ReLU(name="relu")])
    weights, (image,) = weights_of(graph), images_of(graph)
    w, b = torch.from_numpy(weights["conv.weight"]), torch.from_numpy(weights["conv.bias"])
    y = torch.conv2d(torch.from_numpy(image)[None], w, b, padding=1)[0].numpy()

    def engine(node: Node, unit: tuple[int, ...]) -> EngineValue:
        assert node.name == "conv"
        return EngineValue(float(y[unit]), "torch", "any", True, "")

    for unit in itertools.product((0, 7, 15), (0, 4, 8), (0, 4, 8)):
        e = ask(graph, "conv", unit, engine=engine)
        assert e.engine is not None
        assert e.difference == float(y[unit]) - e.value
        assert abs(e.difference) <= e.bound
        products = [abs(t["product"]) for t in e.to_dict()["terms"]]
        wanted = 2 * 2**-23 * math.sqrt(73) * (math.fsum(products) + abs(float(b[unit[0]])))
        assert math.isclose(e.bound, wanted, rel_tol=1e-12)
        assert e.to_dict()["engine"] == {
            "value": float(y[unit]), "algorithm": "torch", "isa": "any", "own_bits": True, "note": "",
        }  # fmt: skip
    assert e.followers == ("relu",)
    record = EngineValue(e.value, "any", "any", False, "conv + relu")
    assert ask(graph, "conv", (0, 0, 0), engine=record).engine is record


def test_a_maximum_does_not_round() -> None:
    e = ask(classifier(), "pool", (0, 0, 0))
    assert e.bound == 0
    assert e.partials == ()
    assert e.value == e.combined == e.terms.inputs[e.terms.winner]


def test_the_field_is_that_of_sees() -> None:
    e = ask(residual(), "last", (1, 2, 3))
    view = e.field.view()
    assert view.of == "input"
    assert e.to_dict()["field"]["views"][0]["size"] == view.region.size > 0


def test_several_inputs_are_told_apart() -> None:
    e = ask(two_inputs(), "sum", (2, 1, 1))
    assert [s.name for s in e.sources] == ["a", "b"]
    assert [t["source"] for t in e.to_dict()["terms"]] == ["a", "b"]
    assert {v.of: bool(v.region.boxes) for v in e.field.views} == {"input": True, "second": True}


def test_csv_has_every_term(tmp_path: Path) -> None:
    e = ask(classifier(), "conv2", (1, 0, 2))
    path = tmp_path / "terms.csv"
    assert e.to_csv(path) == path.read_text()
    *rows, bias, value = csv.DictReader(path.read_text().splitlines())
    assert len(rows) == 27
    assert (float(bias["product"]), float(value["product"])) == (e.terms.bias, e.combined)
    assert value["formula"] == "=SUM(G2:G28)+G29"
    assert {row["formula"] for row in rows} == {f"=E{line}*F{line}" for line in range(2, 29)}
    assert math.fsum([*(float(r["product"]) for r in rows), e.terms.bias or 0.0]) == e.combined
    with pytest.raises(FileError, match="cannot be written"):
        e.to_csv(tmp_path / "no" / "terms.csv")


def test_infinite_weights_do_not_break_json() -> None:
    graph = sequential([Input(1, 2, 2), Conv2d(1, 2, name="conv")])
    weights = {"conv.weight": np.full((1, 1, 2, 2), np.inf), "conv.bias": np.zeros(1)}
    e = explain(graph, weights, np.array([[[1.0, -1.0], [1.0, 1.0]]]), "conv", (0, 0), 0)
    kept = json.loads(json.dumps(e.to_dict(), allow_nan=False))
    assert [t["product"] for t in kept["terms"]] == ["inf", "-inf", "inf", "inf"]
    assert kept["value"] == "nan"
    assert "nan" in e.text("en")


def test_wrong_questions_are_answered_with_the_numbers() -> None:
    graph = classifier()
    weights, (image,) = weights_of(graph), images_of(graph)

    def refused(error: type[Exception], pattern: str, *where: Any, picture: Any = image, **given: Any) -> None:
        with pytest.raises(error, match=pattern):
            explain(graph, given.pop("weights", weights), picture, *where, **given)

    refused(GraphError, "no layer is called 'conv7'; there are: input, conv1", "conv7", (0, 0), 0)
    refused(GraphError, "layers are numbered 1 to 11, got 13", 13, (0, 0), 0)
    refused(ArgumentError, "input 'input': is given, not computed", "input", (0, 0), 0)
    refused(ShapeError, r"layer 3 'conv2' \(Conv2d\): column 4 is outside 0..3; it gives 4x4x4", "conv2", (0, 4), 0)
    refused(
        ArgumentError, r"one is explained at a time.\n  fix: at=\(y, x\) with y in 0..3, x in 0..3", "conv2", None, 0
    )
    refused(ArgumentError, r"fix: channel in 0..3", "conv2", (0, 0))
    refused(ArgumentError, r"at=\(y, x\) with y in 0..5, x in 0..5, channel in 0..2", "conv1")
    refused(ArgumentError, "channel must be a whole number, got 1.5", "conv1", (0, 0), 1.5)
    refused(WeightsError, r"2 of 7 weights: are not there yet: conv1.weight, conv1.bias.\n  fix one of: net.init",
            "conv1", (0, 0), 0, weights={k: w for k, w in weights.items() if "conv1" not in k})  # fmt: skip


def test_images_that_cannot_be_used_are_refused_with_the_numbers() -> None:
    graph = sequential([Input(3, 4, 5), Conv2d(1, 1, name="conv")])
    weights = weights_of(graph)

    def refused(pattern: str, picture: object) -> None:
        with pytest.raises(DataError, match=pattern):
            explain(graph, weights, picture, "conv", (0, 0), 0)

    refused(
        r"needs one image 3x4x5 \(C x H x W\), got 4x5x3.\n  fix: this is H x W x C: image.transpose",
        np.ones((4, 5, 3)),
    )
    refused(r"got 2x3x4x5.\n  fix one of: one image of the batch: images\[0\]", np.ones((2, 3, 4, 5)))
    refused(r"got 7x7.$", np.ones((7, 7)))
    refused("got one number", 3.0)
    refused(r"needs numbers, got an array of <U3", "cat")
    refused(r"the network has 1 input\(s\): got 2.\n  input 3x4x5\n  fix: one array", (np.ones((3, 4, 5)),) * 2)
    grey = sequential([Input(1, 4, 5), Conv2d(1, 1, name="conv")])
    with pytest.raises(DataError, match=r"the depth is missing: image\[None\]"):
        explain(grey, weights_of(grey), np.ones((4, 5)), "conv", (0, 0))
