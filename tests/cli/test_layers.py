"""`simplecell layers`: every kind in the list, every kind opened, the same numbers in three languages."""

from __future__ import annotations

import ast
import json

import pytest
from rich.cells import cell_len

from cli.process import called
from simplecell.layers import KINDS
from simplecell.words import LANGUAGES


def test_the_list_has_every_kind_with_formula_and_shapes() -> None:
    rows = json.loads(called("layers", "--json").stdout)
    assert [row["kind"] for row in rows] == list(KINDS)
    for row in rows:
        kind = KINDS[row["kind"]]
        assert row["formula"] == kind.formula
        call = ast.parse(row["example"], mode="eval").body
        assert isinstance(call, ast.Call)
        layer = kind(
            *map(ast.literal_eval, call.args),
            **{str(k.arg): ast.literal_eval(k.value) for k in call.keywords},
        )
        assert layer == kind.EXAMPLES[0][0]
        assert list(layer.site(*map(tuple, row["inputs"])).output) == row["output"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_list_fits_the_terminal(lang: str) -> None:
    done = called("layers", "--lang", lang)
    assert done.returncode == 0
    assert max(map(cell_len, done.stdout.splitlines())) <= 100
    assert all(name in done.stdout for name in KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_opened_with_numbers(kind: str) -> None:
    done = called("layers", kind.lower(), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)["explanation"]
    assert found["kind"] == kind
    assert float(found["combined"]) == pytest.approx(float(found["value"]), rel=1e-12, abs=1e-12)
    pages = {called("layers", kind.lower(), "--lang", lang).stdout for lang in LANGUAGES}
    assert len(pages) == 3


def test_conv2d_by_hand() -> None:
    """3 channels, a window of 9, 2 filters: 54 weights and 2 biases; 20 places, 2 filters, 27 products."""
    text = called("layers", "conv2d").stdout
    assert text.startswith("Conv2d(2, (3, 3), padding=((1, 1), (1, 1)))    5x4x3 -> 5x4x2\n")
    assert "weight 2x3x3x3, bias 2 - 56 numbers in all" in text
    assert "1,080" in text


def test_an_unknown_kind_is_refused_with_those_like_it() -> None:
    done = called("layers", "conv9d")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'conv9d'" in done.stderr
    assert "Conv2d" in done.stderr
