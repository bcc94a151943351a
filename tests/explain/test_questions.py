"""What people ask, answered for the networks they ask about: the numbers of the sources, in three languages."""

from __future__ import annotations

import json
from typing import Any

import pytest

import simplecell as sc
from simplecell.explain.questions import QUESTIONS, ask
from simplecell.words import LANGUAGES


def answer(net: sc.Model, question: str, layer: str | None = None, **which: Any) -> dict[str, Any]:
    found = ask(net.graph, question, layer, lambda: net.memory(batch=1, training=True), **which)
    texts = {lang: found.text(lang) for lang in LANGUAGES}
    assert len(set(texts.values())) == 3
    json.dumps(found.to_dict(), allow_nan=False)
    return dict(found.numbers)


def has(found: dict[str, Any], **wanted: object) -> None:
    assert {name: found[name] for name in wanted} == wanted


def test_the_photograph_of_s0_and_its_ten_filters() -> None:
    net = sc.Sequential(sc.Input(3, 512, 512), sc.Conv2d(10, 5, name="one"), sc.Conv2d(10, 5, name="two"))
    has(answer(net, "maps"), filters=10, depth=3, map="508x508")
    has(answer(net, "weights"), each=75, bias=10, total=760)
    has(answer(net, "weights", "two"), each=250, total=2510)
    has(answer(net, "neurons"), filters=10, units=2_580_640, values=786_432)
    has(answer(net, "slide"), filter="5x5x3", count=508 * 508, step="1x1")


def test_the_worked_example_of_s1() -> None:
    net = sc.Sequential(sc.Input(3, 5, 5), sc.Conv2d(2, 3, stride=2, padding=1), sc.MaxPool2d(2))
    found = answer(net, "size")
    assert found["rows"] == "floor((5 + 2*1 - 1*(3-1) - 1)/2) + 1 = 3"
    has(found, output="3x3x2")
    has(answer(net, "stride"), now="3x3", one="5x5", share=9 / 25)
    has(answer(net, "padding"), now="3x3", bare="2x2", axes=2)
    has(answer(net, "gradient"), filter="3x3x3", count=9, used=2)
    has(answer(net, "gradient_pool"), cells=4, others=3, used=1, overlap=0)


def test_the_signs_of_s3() -> None:
    net = sc.zoo.signs()
    has(answer(net, "neurons", "conv1"), units=64 * 64 * 8, values=12_288)
    has(answer(net, "padding", "conv1"), now="64x64", bare="61x61", pads="1+2, 1+2")
    has(answer(net, "sees", "conv1", at=(63, 63)), top=62, bottom=63, left=62, right=63, size=12)
    has(answer(net, "seen_by", "conv1", pixel=(0, 17, 20)), size=128, units=32_768)
    has(answer(net, "relate", "conv1"), count=4096, filters=8, units=32_768)
    has(answer(net, "quantised"), low_q=0, high_q=106, unclamped=-55)


def test_the_depths_of_s4_and_the_memory_of_s1() -> None:
    has(answer(sc.zoo.alexnet(), "depth"), input=3, filter=3, own=96, network=8)
    found = answer(sc.zoo.lenet5(), "memory")
    assert found["total"] == found["fixed"] + found["image"]
    assert found["fit"] == (24_000_000_000 - found["fixed"]) // found["image"]


def test_every_question_has_its_words_and_wrong_ones_are_refused() -> None:
    net = sc.zoo.digits()
    for question in QUESTIONS.values():
        assert len({question.text(lang) for lang in LANGUAGES}) == 3
    for call, words in (
        (lambda: answer(net, "why"), "unknown question 'why'; there are: slide, maps"),
        (lambda: answer(net, "maps", "fc"), "has no filters; maps asks about them.\n  fix one of: conv1 | conv2"),
        (lambda: answer(sc.Sequential(sc.Input(3), sc.Linear(2)), "maps"), "this network has no layer with filters"),
    ):
        with pytest.raises(sc.SimplecellError) as caught:
            call()
        assert words in str(caught.value)
