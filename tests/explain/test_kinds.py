"""Every kind that has weights of no window can be asked why: pages, JSON and CSV of norms and activations."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

import simplecell as sc
from simplecell.words import LANGUAGES

UNITS: list[tuple[sc.layers.Layer, str]] = [
    (sc.BatchNorm(), "sum"), (sc.GroupNorm(2), "sum"), (sc.InstanceNorm(), "sum"), (sc.LayerNorm(4), "sum"),
    (sc.LocalResponseNorm(3, alpha=0.5), "divisive"), (sc.LogSoftmax(), "log_ratio"), (sc.Softmax(), "ratio"),
    (sc.LeakyReLU(), "sum"), (sc.PReLU(4), "sum"), (sc.ReLU6(), "function"), (sc.ELU(), "function"),
    (sc.SELU(), "function"), (sc.CELU(), "function"), (sc.Sigmoid(), "function"), (sc.HardSigmoid(), "function"),
    (sc.HardSwish(), "function"), (sc.Tanh(), "function"), (sc.GELU(), "function"), (sc.GELU("tanh"), "function"),
    (sc.SiLU(), "function"), (sc.Mish(), "function"), (sc.Softplus(), "function"),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "rule"), UNITS, ids=lambda v: getattr(v, "kind", ""))
def test_a_unit_is_opened_down_to_the_engines_value(layer: sc.layers.Layer, rule: str) -> None:
    net = sc.Sequential(sc.Input(2, 5, 4), sc.Conv2d(4, 3, padding=1, name="conv"), layer.renamed("it")).init(seed=3)
    image = np.random.default_rng(5).standard_normal((2, 5, 4)).astype(np.float32)
    for channel in range(4):
        found = net.explain(image, "it", at=(2, 3), channel=channel)
        assert found.terms.rule == rule
        assert found.combined == pytest.approx(found.value, rel=1e-12, abs=1e-13)
        inherited = 1e-5 * (1 + abs(found.value))  # the convolution before has rounded too
        assert abs(found.difference or 0.0) <= found.bound + inherited
        assert 0 < found.bound < 1e-4
        pages = {lang: found.text(lang) for lang in LANGUAGES}
        assert len(set(pages.values())) == 3
        kept = json.loads(json.dumps(found.to_dict(), allow_nan=False))
        assert kept["rule"] == rule
        assert kept["combined"] == found.combined
        rows = list(csv.DictReader(io.StringIO(found.to_csv())))
        assert [float(row["product"]) for row in rows if row["at"]] == found.terms.products.tolist()
        assert rows[-1]["source"] == "value"
        assert bool(rows[-1]["formula"]) == (rule != "function")
    head = found.text("en").splitlines()
    columns = next(line for line in head if "channel, row, column" in line)
    assert ("weight" in columns) == found.terms.weighted
