"""From a score down to a pixel, what a fused step does, who came second, and how spreadsheets get there again."""

from __future__ import annotations

import csv
import io
import json
import math
import re

import numpy as np
import pytest

import simplecell as sc
from simplecell.explain import Explanation
from simplecell.words import LANGUAGES


def trained() -> tuple[sc.Sequential, np.ndarray]:
    """A network with a batch norm whose averages have moved, and images."""
    net = sc.Sequential(
        sc.Input(2, 8, 7), sc.Conv2d(5, 3, padding=1, name="conv"), sc.BatchNorm(name="bn"), sc.ReLU(name="relu"),
        sc.MaxPool2d(2, name="pool"), sc.Conv2d(3, 2, bias=False, name="conv2"), sc.Flatten(name="flat"),
        sc.Linear(4, name="fc"), sc.Softmax(name="last"),
    )  # fmt: skip
    net.init(seed=4)
    images = np.random.default_rng(6).standard_normal((6, 2, 8, 7)).astype(np.float32)
    step = net.trainer(optimizer=sc.SGD(0.05))
    for _ in range(3):
        step(images, np.arange(6) % 4)
    return net, images


def test_a_chain_leads_from_a_score_to_a_pixel_by_the_largest_contributions() -> None:
    net, images = trained()
    seen, found = net.watch(images[0]), net.chain(images[0], "last", channel=2)
    assert [link.unit.layer for link in found.links] == [*reversed(net.layers)]
    assert found.end[0] == "input_1" or found.end[0] in net.graph.inputs
    assert found.value == images[(0, *found.end[1])]
    for link, after in zip(found.links, found.links[1:], strict=False):
        name, at = link.unit.behind(link.term)
        assert (name, at) == (after.unit.layer, after.unit.unit)
        assert float(link.unit.terms.inputs[link.term]) == float(seen.value(name)[(0, *at)])
        products = np.abs(link.unit.terms.products)
        assert link.unit.terms.winner in (link.term, None)
        assert link.unit.terms.winner is not None or products[link.term] == products.max()
    other = net.chain(images[0], "fc", channel=0, follow=(3,))
    ranked = np.sort(np.abs(other.links[0].unit.terms.products))[::-1]
    assert abs(other.links[0].unit.terms.products[other.links[0].term]) == ranked[3]
    kept = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert kept["end"]["value"] == found.value
    pages = {lang: found.text(lang) for lang in LANGUAGES}
    assert len(set(pages.values())) == 3
    assert all(len(line) <= 100 for page in pages.values() for line in page.splitlines())
    with pytest.raises(sc.SimplecellError, match=r"fc \[0\] has the contributions 0..17, got 18"):
        net.chain(images[0], "fc", channel=0, follow=(18,))


def test_a_chain_can_end_in_padding() -> None:
    net = sc.Sequential(sc.Input(1, 3, 3), sc.Conv2d(1, 3, padding=1, name="conv")).init(0)
    found = net.chain(np.zeros((1, 3, 3), np.float32), "conv", (0, 0), 0)
    assert found.padded
    assert found.value == 0
    assert "padding" in found.text("en")


def test_a_fused_step_is_taken_apart_and_is_the_same() -> None:
    net, images = trained()
    e = net.explain(images[1], "conv", (3, 2), 4)
    assert e.fused is not None
    assert [stage.layer for stage in e.fused.stages] == ["conv", "bn", "relu"]
    w = net.weights
    scale = float(w["bn.weight"][4]) / math.sqrt(float(w["bn.running_var"][4]) + 1e-5)
    shift = float(w["bn.bias"][4]) - float(w["bn.running_mean"][4]) * scale
    conv, bn, relu = (stage.value for stage in e.fused.stages)
    assert conv == e.value
    assert bn == pytest.approx(conv * scale + shift, rel=1e-12)
    assert relu == max(bn, 0.0)
    folded = e.fused.folded
    assert folded is not None
    assert (folded.scale, folded.shift) == pytest.approx((scale, shift), rel=1e-12)
    x = np.pad(images[1].astype(float), ((0, 0), (1, 1), (1, 1)))[:, 3:6, 2:5]
    again = float((x * (w["conv.weight"][4].astype(float) * scale)).sum()) + folded.bias
    assert folded.value == pytest.approx(again, rel=1e-12)
    assert folded.value == pytest.approx(bn, rel=1e-12)
    assert e.fused.engine is not None
    assert e.fused.engine.own_bits
    assert e.fused.engine.value == pytest.approx(relu, abs=1e-5)
    assert net.explain(images[1], "relu", (3, 2), 4).fused is None
    page = e.text("en")
    assert page.splitlines()[0] in net.explain(images[1], "conv", (3, 2), 4)._repr_html_()
    assert "In the running network one step does conv, bn, relu" in page
    assert f"{folded.scale}" in page
    assert json.loads(json.dumps(e.to_dict()))["fused"]["stages"][2]["value"] == relu


def test_the_runners_up_of_a_maximum_are_in_order() -> None:
    net = sc.Sequential(sc.Input(1, 3, 3), sc.MaxPool2d(3, padding=1, stride=2, name="pool")).init(0)
    image = np.array([[[3.0, 9.0, 1.0], [7.0, 7.5, 0.0], [0.0, 0.0, 0.0]]], np.float32)
    e = net.explain(image, "pool", (0, 0), 0)
    assert [float(e.terms.inputs[i]) for i in e.runners_up] == [7.5, 7.0, 3.0]
    assert "7.5 at row 1, column 1 (1.5 less); 7 at row 1, column 0 (2 less); 3 at" in " ".join(e.text("en").split())


CALCULATED = [
    (sc.Conv2d(2, 3, padding=1, name="it"), (1, 4, 0)), (sc.MaxPool2d(2, name="it"), (1, 1, 0)),
    (sc.AvgPool2d(3, padding=1, name="it"), (0, 0, 0)), (sc.Softmax(name="it"), (1, 2, 2)),
    (sc.LogSoftmax(name="it"), (0, 1, 1)), (sc.LocalResponseNorm(3, alpha=0.5, k=2, name="it"), (1, 2, 3)),
    (sc.LayerNorm(4, name="it"), (0, 2, 3)),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "unit"), CALCULATED, ids=lambda v: getattr(v, "kind", ""))
def test_a_spreadsheet_comes_to_the_same_value(layer: sc.layers.Layer, unit: tuple[int, ...]) -> None:
    net = sc.Sequential(sc.Input(2, 5, 4), layer).init(seed=2)
    e = net.explain(np.random.default_rng(1).standard_normal((2, 5, 4)).astype(np.float32), "it", unit[1:], unit[0])
    assert spreadsheet(e) == pytest.approx(e.value, rel=1e-12)


def spreadsheet(e: Explanation) -> float:
    """What a spreadsheet computes in the last cell: the few functions that the formulas use, over the cells."""
    cells: dict[str, object] = {}
    for line, row in enumerate(csv.reader(io.StringIO(e.to_csv())), start=1):
        cells |= {f"{letter}{line}": text for letter, text in zip("ABCDEFGH", row, strict=True)}

    def value(cell: str) -> float:
        column, line = cell[0], cell[1:]
        formula = str(cells[f"H{line}"])
        return computed(formula) if column == "G" and formula else float(str(cells[cell]))

    def span(text: str) -> list[float]:
        ends = [int(part[1:]) for part in text.replace("$", "").split(":")]
        inside = [f"{text[0]}{line}" for line in range(ends[0], ends[-1] + 1)]
        return [v for v in map(value, inside) if math.isfinite(v)]  # "-inf" is text to a spreadsheet

    def computed(formula: str) -> float:
        body = re.sub(r"[A-H]\$?\d+:[A-H]\$?\d+", lambda found: f"span('{found[0]}')", formula[1:]).replace("^", "**")
        body = re.sub(r"(?<![A-Za-z'$\d:])[A-H]\d+(?!['\d:])", lambda found: f"value('{found[0]}')", body)
        functions = {"SUM": math.fsum, "MAX": max, "EXP": math.exp, "LN": math.log, "PRODUCT": math.prod}
        return float(eval(body, functions | {"span": span, "value": value}))

    return computed(str(cells[f"H{line}"]))
