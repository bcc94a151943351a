"""Everything that explanations say as JSON has the published form."""

from __future__ import annotations

import json
from typing import Any

import fastjsonschema
import numpy as np
import pytest

import simplecell as sc
from explain.networks import NETWORKS
from simplecell.explain.questions import QUESTIONS, ask
from simplecell.explain.schemas import schema

CHECK = {
    name: fastjsonschema.compile({**schema(), "anyOf": [{"$ref": f"#/definitions/{name}"}]})
    for name, form in schema()["definitions"].items()
    if "schema" in form.get("properties", {})
}


def check(document: dict[str, Any]) -> str:
    """The form that a document names, which it has."""
    kept = json.loads(json.dumps(document, allow_nan=False))
    name = kept["schema"].removeprefix("simplecell.").removesuffix("/1")
    CHECK[name](kept)
    return name


def net() -> sc.Sequential:
    built = sc.Sequential(
        sc.Input(1, 8, 8), sc.Conv2d(4, 3, padding=1, name="conv"), sc.BatchNorm(name="bn"), sc.ReLU(name="relu"),
        sc.MaxPool2d(2, name="pool"), sc.LocalResponseNorm(3, name="norm"), sc.Flatten(name="flat"),
        sc.Linear(3, name="fc"), sc.Softmax(name="end"),
    )  # fmt: skip
    built.init(seed=1)
    return built


def test_every_form_of_a_network_is_the_published_one() -> None:
    model, image = net(), np.random.default_rng(0).standard_normal((1, 8, 8)).astype(np.float32)
    poisoned = image.copy()
    poisoned[0, 4, 4] = np.nan
    data = sc.data.arrays(np.stack([image, -image]), np.array([0, 1]))
    documents: list[Any] = []
    for picture in (image, poisoned):
        for node, _, _ in model.graph.sites:
            documents.append(model.explain(picture, node.name, tuple(n // 2 for n in node.shape[1:]) or None, 1))
        documents += [model.chain(picture, "fc", channel=2), model.heat("saliency", picture)]
        asked: list[dict[str, Any]] = [{"weight": ("conv", (1, 0, 1, 1))}, {"unit": ("fc", (1,))}, {"input": (0, 4, 4)}]
        documents += [model.explain_gradient(picture, 1, optimizer=sc.Adam(), **which) for which in asked]
        documents += [model.film(picture, "conv", 2), model.film(picture, "pool", 0, back="inputs", target=1)]
        documents += model.ideas(picture, "pool")
    seen = model.watch(np.stack([image, image]), [0, 2])
    documents += [seen.explain("conv", (0, 0), 0), seen.explain_gradient(weight=("bn", (2,)))]
    documents += [model.sees("pool", (1, 1), 0), model.seen_by((0, 0, 0), "fc"), model.patches(data, "pool", top=1)]
    documents += [ask(model.graph, name, None, lambda: model.memory(training=True)) for name in QUESTIONS]
    assert {check(document.to_dict()) for document in documents} == set(CHECK)


@pytest.mark.parametrize("name", ["two_inputs", "signal", "volume", "regional", "wired", "joined", "two_jumps"])
def test_networks_of_other_shapes_have_the_same_forms(name: str) -> None:
    model = sc.Model.from_graph(NETWORKS[name]()).init(seed=0)
    generator = np.random.default_rng(1)
    images = tuple(generator.standard_normal(model.graph[i].shape).astype(np.float32) for i in model.graph.inputs)
    seen = model.watch(images if len(images) > 1 else images[0][None])
    for node, _, _ in model.graph.sites:
        assert check(seen.explain(node.name, tuple(0 for _ in node.shape[1:]) or None, 0).to_dict()) == "explanation"
        assert check(model.sees(node.name).to_dict()) == "field"


def test_another_form_is_not_taken_for_it() -> None:
    found = net().sees("pool", (1, 1), 0).to_dict()
    for wrong in ({**found, "more": 1}, {**found, "direction": "hears"}, {**found, "number": "one"}):
        with pytest.raises(fastjsonschema.JsonSchemaException):
            CHECK["field"](wrong)
