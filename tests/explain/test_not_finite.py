"""NaN and infinities are shown, with where the first arose; names that do not exist are answered with the nearest."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import simplecell as sc
from explain.networks import classifier, images_of, weights_of
from simplecell.explain import Explanation, GradientExplanation, explain
from simplecell.run.engine import EngineValue
from simplecell.words import LANGUAGES


def net() -> sc.Sequential:
    built = sc.Sequential(
        sc.Input(2, 6, 5), sc.Conv2d(4, 3, padding=1, name="conv"), sc.ReLU(name="relu"), sc.Conv2d(3, 3, name="last"),
        sc.Flatten(), sc.Linear(3, name="fc"),
    )  # fmt: skip
    built.init(seed=1)
    return built


def image() -> np.ndarray:
    return np.random.default_rng(2).standard_normal((2, 6, 5)).astype(np.float32)


def told(found: Explanation | GradientExplanation) -> dict[str, Any]:
    """What JSON says of the origin; every page names it."""
    kept = json.loads(json.dumps(found.to_dict(), allow_nan=False))["origin"]
    pages = {found.text(lang) for lang in LANGUAGES}
    assert len(pages) == 3
    assert all("".join(f"{kept['node']}{kept['unit']}".split()) in "".join(page.split()) for page in pages)
    return kept


def test_a_nan_in_the_image_is_shown_and_named_where_it_is_seen() -> None:
    picture = image()
    picture[1, 2, 3], picture[0, 5, 0] = np.nan, np.inf
    found = net().explain(picture, "conv", at=(3, 3), channel=2)
    assert math.isnan(found.value)
    assert math.isnan(found.engine.value if found.engine else 0.0)
    assert told(found) == {"node": "input", "unit": [1, 2, 3], "value": "nan", "count": 1, "cause": "given"}
    wide = net().explain(picture, "fc", channel=1)
    assert told(wide) == {"node": "input", "unit": [0, 5, 0], "value": "inf", "count": 2, "cause": "given"}
    assert net().explain(picture, "conv", at=(0, 0), channel=2).origin is None
    seen = net().watch(picture)
    assert told(seen.explain("last", (0, 2), 0))["unit"] == [1, 2, 3]


def test_a_chain_leads_down_to_the_nan() -> None:
    picture = image()
    picture[1, 2, 3] = np.nan
    with sc.use(precision="exact"):
        led = net().chain(picture, "fc", channel=0)
    assert (led.end, math.isnan(led.value)) == (("input", (1, 2, 3)), True)
    json.dumps(led.to_dict(), allow_nan=False)


def test_weights_and_formulas_are_named_as_the_cause() -> None:
    spoilt = net()
    weights = {name: w.copy() for name, w in spoilt.weights.items()}
    weights["last.weight"][1, 0, 0, 0] = np.inf
    spoilt.load_weights(weights)
    origin = told(spoilt.explain(image(), "fc", channel=0))
    assert (origin["node"], origin["unit"][0], origin["cause"]) == ("last", 1, "weights")
    grown = sc.Sequential(sc.Input(3), sc.Linear(2, bias=False, name="fc"), sc.Exp(name="exp"), sc.Softmax(name="end"))
    grown.load_weights({"fc.weight": np.array([[500, 500, 500], [1, 1, 1]], np.float32)})
    found = grown.explain(np.ones(3, np.float32), "end", channel=1)
    assert told(found) == {"node": "exp", "unit": [0], "value": "inf", "count": 1, "cause": "arises"}


def test_gradients_name_the_origin_of_the_batch() -> None:
    pictures = np.stack([image(), image()])
    pictures[1, 0, 0, 4] = np.nan
    found = net().explain_gradient(pictures, [0, 2], weight=("conv", (0, 0, 1, 1)))
    assert math.isnan(found.value)
    assert told(found) == {"node": "input", "unit": [1, 0, 0, 4], "value": "nan", "count": 1, "cause": "given"}
    assert net().explain_gradient(image(), 1, weight=("conv", (0, 0, 1, 1))).origin is None
    alone = net().explain_gradient(pictures[1], 2, input=(0, 0, 4))
    assert told(alone)["unit"] == [0, 0, 4]


def test_an_engines_tile_that_a_nan_spreads_in_is_explained() -> None:
    graph = classifier()
    (picture,) = images_of(graph)
    record = EngineValue(math.nan, "winograd", "any", True, "")
    found = explain(graph, weights_of(graph), picture, "conv1", (0, 0), 0, engine=record)
    assert "(Winograd)" in found.text("en")
    assert all("Winograd" in found.text(lang) for lang in LANGUAGES)


def test_maps_and_ideas_hold_what_json_can() -> None:
    picture = image()
    picture[1, 2, 3] = np.nan
    model = net()
    for kind in ("saliency", "gradcam", "occlusion"):
        json.dumps(model.heat(kind, picture).to_dict(), allow_nan=False)
    local, moved, kept = model.ideas(picture, "conv", pixel=(0, 5, 0), shift=(1, 0))
    assert (local.numbers["outside"], local.moved, moved.moved) == (0, local.numbers["reached"], 0)
    assert kept.moved > 0
    for idea in (local, moved, kept):
        json.dumps(idea.to_dict(), allow_nan=False)
    assert len({frame.value == frame.value for frame in model.film(picture, "conv", 0).frames}) == 2


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda n: n.explain(image(), "cnov", (0, 0), 0), "there are: input, conv, relu, last.*\n  fix: conv$"),
        (lambda n: sc.zoo.resnet50().sees("layer1.0.conv9"), "there are 176: input, .*fc\n  fix one of: layer1.0.conv"),
        (lambda n: n.explain(image(), 9, (0, 0), 0), "layers are numbered 1 to 5, got 9"),
        (lambda n: n.explain_gradient(image(), 0, weight=("conv.wieght", (0,))), "fix one of: conv.weight | fc.weight"),
        (
            lambda n: n.explain(np.stack([image()] * 2), "fc", channel=0),
            r"got 2x2x6x5.\n  fix one of: one image .* net.wat",
        ),
        (lambda n: n.explain(image()[:, :5], "fc", channel=0), r"needs one image 2x6x5 \(C x H x W\), got 2x5x5"),
        (lambda n: n.show("filters", layer="relu"), r"'relu' \(ReLU\): has no filters .*\n  fix one of: conv | last"),
        (lambda n: n.show("film", image()), "there is no picture 'film'; there are: filters, maps, volumes"),
        (lambda n: n.heat("saliancy", image()), "there is no map 'saliancy'; there are: .*\n  fix: saliency"),
        (lambda n: n.ideas(image(), "conv", pixel=(0, 9, 9)), "in 0..1, 0..5, 0..4, got"),
        (lambda n: n.ideas(image(), "conv", shift=(1,)), "shift is .rows, columns., two whole numbers"),
    ],
)
def test_what_does_not_exist_is_answered_with_what_does(call: Callable[[sc.Sequential], Any], words: str) -> None:
    model = net()
    with pytest.raises(sc.SimplecellError, match=words):
        call(model)
