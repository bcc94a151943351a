"""Counts and the summary table: against published counts, arithmetic on paper, and the walk back of single units."""

from __future__ import annotations

import csv
import doctest
import importlib
import json
import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.cells import cell_len

from explain.networks import NETWORKS
from simplecell import accounts
from simplecell.accounts.hulls import hulls
from simplecell.accounts.table import window_text
from simplecell.errors import ArgumentError
from simplecell.explain import sees
from simplecell.geometry import Window
from simplecell.graph import Graph, sequential
from simplecell.layers import Conv2d, Dropout, Flatten, Input, Linear, MaxPool2d, ReLU
from simplecell.words import LANGUAGES

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def vgg16() -> Graph:
    parts: list[object] = [Input(3, 224, 224)]
    for count, depth in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        for _ in range(count):
            parts += [Conv2d(depth, 3, padding=1), ReLU()]
        parts.append(MaxPool2d(2))
    parts += [Flatten(), Linear(4096), ReLU(), Dropout(), Linear(4096), ReLU(), Dropout(), Linear(1000)]
    return sequential(parts)


@pytest.mark.parametrize("module", ["count", "hulls", "summary", "table"])
def test_the_examples_in_the_docstrings(module: str) -> None:
    tried = doctest.testmod(importlib.import_module(f"simplecell.accounts.{module}"))
    assert (tried.failed, tried.attempted > 0) == (0, True)


def test_connections_are_lecuns() -> None:
    """LeCun et al. 1998: C1 has 156 trainable parameters and 122,304 connections; C5 48,120; F6 10,164."""
    c1 = accounts.count(sequential([Input(1, 32, 32), Conv2d(6, 5)]))
    assert (c1.parameters, c1.connections, c1.units) == (156, 122_304, 4_704)
    c5 = accounts.count(sequential([Input(16, 5, 5), Conv2d(120, 5)]))
    assert (c5.parameters, c5.connections) == (48_120, 48_120)
    assert accounts.count(sequential([Input(120), Linear(84)])).parameters == 10_164


def test_vgg16_has_its_published_counts() -> None:
    count = accounts.count(vgg16())
    assert (count.parameters, count.weights, count.biases) == (138_357_544, 138_344_128, 13_416)
    assert count.macs == 15_470_264_320


def test_padding_taps_are_counted_apart() -> None:
    """3x3 over 8x8 with a ring of zeros: of 24 taps per row of windows 22 are real, on each axis."""
    count = accounts.count(sequential([Input(1, 8, 8), Conv2d(16, 3, padding=1, bias=False)]))
    assert (count.macs, count.macs - count.padding_macs) == (16 * 24 * 24, 16 * 22 * 22)
    assert count.connections == count.macs


def test_a_layer_without_weights_has_no_connections() -> None:
    count = accounts.count(sequential([Input(1, 8, 8), MaxPool2d(2), ReLU(), Flatten()]))
    assert (count.parameters, count.connections, count.units) == (0, 0, 48)


@pytest.mark.parametrize("name", NETWORKS)
def test_hulls_are_those_of_the_walk_back_from_single_units(name: str) -> None:
    graph = NETWORKS[name]()
    for node, hull in hulls(graph).items():
        if graph[node].layer is None or len(graph[node].shape) == 1:
            continue
        views = [v for v in sees(graph, node, (0,) * (len(graph[node].shape) - 1), 0).views if v.reach is not None]
        for axis in range(len(graph[node].shape) - 1):
            reach = [v.reach[axis] for v in views if v.reach is not None]
            jumps = {r.jump for r in reach}
            if hull is None:
                assert jumps <= {None}
                continue
            assert jumps == {hull[axis].step}
            assert min(r.first for r in reach) == -hull[axis].before
            assert max(r.last for r in reach) == hull[axis].extent - hull[axis].before - 1


def test_totals_are_the_sums_of_the_rows() -> None:
    summary = accounts.summary(vgg16(), batch=3)
    kept = json.loads(json.dumps(summary.to_dict()))
    for key, total in kept["total"].items():
        assert total == sum(row[key] for row in kept["rows"]), key
    assert kept["rows"][0]["bytes"] == 3 * 4 * 3 * 224 * 224
    assert [row["field"] for row in kept["rows"] if row["name"] == "maxpool2d_5"] == [
        [{"size": 212, "jump": 32, "centre": 15.5}] * 2
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NETWORKS)
def test_the_table_is_aligned_in_every_language(name: str, lang: str) -> None:
    graph = NETWORKS[name]()
    lines = accounts.summary(graph, lang=lang).text().splitlines()
    rule = lines[1]
    assert set(rule) == {"-"}
    body = [line for line in lines[2 : lines.index("")] if line != rule]
    assert len(body) == len(graph.nodes) + 1
    assert {cell_len(line) for line in body} == {len(rule)}


@pytest.mark.parametrize("name", NETWORKS)
def test_three_languages_hold_the_same_numbers(name: str) -> None:
    summary = accounts.summary(NETWORKS[name](), batch=32)
    texts = [summary.text(lang) for lang in LANGUAGES]
    numbers = [Counter(NUMBER.findall(text)) for text in texts]
    assert numbers[0] == numbers[1] == numbers[2]


def test_the_digits_table() -> None:
    graph = sequential([Input(1, 8, 8), Conv2d(16, 3, padding=1, name="conv1"), Flatten(), Linear(10, name="fc")])
    assert str(accounts.summary(graph, batch=2)).splitlines()[:7] == [
        "#  layer      kind     output  window  field  jump  units  parameters    MACs  not in padding   bytes",
        "-----------------------------------------------------------------------------------------------------",
        "   input      Input    8x8x1                                                                      512",
        "1  conv1      Conv2d   8x8x16  3x3 p1    3x3     1  1,024         160   9,216           7,744   8,192",
        "2  flatten_1  Flatten  1024                         1,024                                       8,192",
        "3  fc         Linear   10                              10      10,250  10,240          10,240      80",
        "-----------------------------------------------------------------------------------------------------",
    ]


def test_windows_in_short() -> None:
    assert window_text([Window(3, 2, 2, 1, 1), Window(3, 2, 2, 1, 1)]) == "3x3 s2 p1 d2"
    assert window_text([Window(4, 1, 1, 1, 2), Window(2, 2)]) == "4x2 s1,2 p1-2,0"
    assert window_text([]) == ""


def test_csv_has_a_line_per_node_and_the_totals(tmp_path: Path) -> None:
    summary = accounts.summary(vgg16())
    text = summary.to_csv(tmp_path / "vgg.csv")
    rows = list(csv.DictReader(text.splitlines()))
    assert (tmp_path / "vgg.csv").read_text() == text
    assert len(rows) == len(summary.rows) + 1
    assert (rows[1]["output"], rows[1]["window"], rows[2]["field"]) == ("224x224x64", "3x3", "3x3")
    assert (rows[-1]["name"], rows[-1]["parameters"]) == ("total", "138357544")


def test_html_is_well_formed_and_has_every_row() -> None:
    summary = accounts.summary(NETWORKS["classifier"]())
    tree = ElementTree.fromstring(f"<div>{summary._repr_html_().replace('<br>', '<br/>')}</div>")
    assert len(tree.findall(".//tr")) == len(summary.rows) + 2


def test_a_batch_is_at_least_one() -> None:
    with pytest.raises(ArgumentError, match="batch must be at least 1, got 0"):
        accounts.summary(NETWORKS["classifier"](), batch=0)
