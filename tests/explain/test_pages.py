"""The text of explanations and fields: readable, aligned, the same numbers in three languages."""

from __future__ import annotations

import doctest
import re
from collections import Counter

import numpy as np
import pytest
from rich.cells import cell_len

from explain.networks import NETWORKS, images_of, weights_of
from simplecell.explain import Explanation, explain, layout, seen_by, sees
from simplecell.graph import Graph, sequential
from simplecell.layers import Conv2d, Flatten, Input, Linear, MaxPool2d, ReLU
from simplecell.run.engine import EngineValue
from simplecell.words import LANGUAGES

NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?|-?inf|nan")
ENGINE = EngineValue(0.125, "direct", "avx2", False, "conv1 + relu1")


def numbers(text: str) -> Counter[str]:
    """The numbers of a page; Japanese says "1 つ" where English says "one"."""
    text = text.replace("1 つ", "")
    return Counter(found.rstrip(",") for found in NUMBER.findall(text))


def pages(graph: Graph) -> list[Explanation]:
    weights, images = weights_of(graph), images_of(graph)
    return [
        explain(graph, weights, images, node.name, tuple(n - 1 for n in node.shape[1:]) or None, 0, engine=ENGINE)
        for node, _, _ in graph.sites
    ]


def test_the_examples_in_the_docstrings() -> None:
    assert doctest.testmod(layout).failed == 0


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("top", [None, 2])
def test_three_languages_hold_the_same_numbers_within_a_hundred_columns(name: str, top: int | None) -> None:
    for e in pages(NETWORKS[name]()):
        texts = {lang: e.text(lang, top=top) for lang in LANGUAGES}
        assert numbers(texts["en"]) == numbers(texts["zh"]) == numbers(texts["ja"])
        for text in texts.values():
            assert max(map(cell_len, text.splitlines())) <= 100, text


def picture_of_ones(kernel: int, depth: int, size: int = 9) -> Explanation:
    graph = sequential(
        [Input(depth, size, size), Conv2d(1, kernel, padding=1, bias=True, name="conv"), ReLU(name="on")]
    )
    weights = {"conv.weight": np.full((1, depth, kernel, kernel), 0.5), "conv.bias": np.array([0.25])}
    image = np.arange(depth * size * size, dtype=np.float64).reshape(depth, size, size)
    return explain(graph, weights, image, "conv", (0, 0), 0)


def test_a_window_reads_like_a_textbook() -> None:
    """A 2x2 window at the upper edge of [[0, 1, 2], ...] with padding 1: two taps in padding, then the pixels 0 and 1;
    0*3 + 1*(-4.5) + 0.25 = -4.25."""
    graph = sequential([Input(1, 3, 3), Conv2d(1, 2, padding=1, name="conv"), ReLU(name="on")])
    weights = {"conv.weight": np.array([[[[1.0, 2.0], [3.0, -4.5]]]]), "conv.bias": np.array([0.25])}
    e = explain(graph, weights, np.arange(9.0).reshape(1, 3, 3), "conv", (0, 1), 0)
    assert e.text("en").splitlines()[11:17] == [
        "channel 0     0   1        0    1",
        "  row -1    (0) (0)      1.0  2.0      (0)  (0)",
        "  row 0       0   1  x   3.0 -4.5  =     0 -4.5",
        "                          sum -4.5, so far -4.5",
        "",
        "  sum of the 4 products                 -4.5",
    ]


@pytest.mark.parametrize("kernel", [1, 3, 5, 9, 15])
@pytest.mark.parametrize("depth", [1, 2, 40])
def test_every_term_is_on_the_page_or_in_the_sum_of_the_rest(kernel: int, depth: int) -> None:
    e = picture_of_ones(kernel, depth, size=16)
    for lang in LANGUAGES:
        text = e.text(lang)
        assert max(map(cell_len, text.splitlines())) <= 100
        assert str(e.value).removesuffix(".0") in text
    assert ("by magnitude" in e.text("en")) == (len(e.terms.products) > 512 or kernel == 15)
    assert "by magnitude" not in e.text("en", top=len(e.terms.products))


def test_top_shows_the_largest_and_the_rest_as_one_sum() -> None:
    e = picture_of_ones(3, 2)
    text = e.text("en", top=2)
    products = sorted(e.terms.products.tolist(), key=abs, reverse=True)
    assert "The 2 largest of 18 contributions" in text
    assert f"The other 16 together: {sum(products[2:])}" in text


def test_a_large_linear_layer_shows_its_channels() -> None:
    graph = sequential([Input(3, 10, 10), Flatten(), Linear(2, name="fc")])
    e = explain(graph, weights_of(graph), images_of(graph), "fc", None, 1)
    text = e.text("en")
    assert "The 24 largest of 300 contributions" in text
    assert "Partial sums, input channel by input channel" in text
    assert re.search(r"^  2 +100 ", text, re.MULTILINE)


def test_padding_and_the_maximum_are_marked() -> None:
    graph = sequential([Input(1, 4, 4), MaxPool2d(3, padding=1, name="pool")])
    e = explain(graph, {}, np.arange(16.0).reshape(1, 4, 4), "pool", (0, 0), 0)
    text = e.text("en")
    assert "[5]" in text
    assert text.count("(-inf)") == 5


def test_the_engine_and_what_follows_are_named() -> None:
    graph = NETWORKS["classifier"]()
    weights, image = weights_of(graph), images_of(graph)
    fused = explain(graph, weights, image, "conv1", (0, 0), 0, engine=ENGINE)
    assert "fuses this layer into conv1 + relu1" in fused.text("en")
    assert "The ReLU that comes next (relu1) is not part of this value." in fused.text("en")
    assert "relu1" in fused.text("zh")
    kept = explain(graph, weights, image, "conv1", (0, 0), 0, engine=EngineValue(0.5, "direct", "avx512", True, ""))
    assert "the very bits" in kept.text("en")
    assert "engine" not in explain(graph, weights, image, "conv1", (0, 0), 0).text("en")


@pytest.mark.parametrize("name", NETWORKS)
def test_fields_say_the_same_in_three_languages(name: str) -> None:
    graph = NETWORKS[name]()
    last = graph[graph.outputs[0]]
    at = tuple(0 for _ in last.shape[1:]) or None
    forward = seen_by(graph, tuple(0 for _ in graph["input"].shape), last.name)
    for field in (sees(graph, last.name, at, 0), sees(graph, last.name), forward):
        texts = [field.text(lang) for lang in LANGUAGES]
        assert numbers(texts[0]) == numbers(texts[1]) == numbers(texts[2])
        assert all(cell_len(line) <= 100 for text in texts for line in text.splitlines())
        assert f"{field.view().region.size:,}" in texts[0]


def test_a_pixel_that_nothing_sees() -> None:
    graph = sequential([Input(1, 4, 4), Conv2d(1, 1, stride=2, name="conv")])
    field = seen_by(graph, (0, 1, 1), "conv")
    assert field.size == 0
    assert "none." in field.text("en")
    assert "没有" in field.text("zh")
