"""The claims: the verdicts that arithmetic gives are those of the study of the documents, and nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from cli.process import called
from simplecell.claims import CLAIMS, Claim
from simplecell.words import LANGUAGES

VERDICTS = {
    "right": "S0-1 S0-2 S0-3 S0-7 S1-1 S1-2 S1-3 S1-9 S2-1 S2-2 S2-4 S3-1 S3-2 S3-6 S3-7 S3-8 S4-1 S4-3 S4-4 S4-5",
    "wrong": "S0-4 S1-4 S1-5 S3-3 S3-4 S3-9 S3-10 S3-11 S4-2 S4-7",
    "incomplete": "S0-6 S1-6 S1-8 S2-3 S4-6",
    "misleading": "S0-5 S1-7 S2-0 S3-5 S4-8",
}

FIGURES: dict[str, Mapping[str, Any]] = {
    "S0-5": {"neurons": 2_580_640},
    "S1-3": {"parameters": 138_357_544, "weights": 138_344_128, "vgg19": 143_667_240},
    "S1-4": {"values": 15_237_608, "size": 60_950_432, "inputs": 150_528, "twice": 28_793_320, "indices": 12_242_944},
    "S1-5": {"size": 553_430_176},
    "S3-3": {"pixels": (63, 64), "zeros": 2, "other": 63},
    "S3-4": {"shape": (8, 63, 63)},
    "S4-2": {"exact": 54.25, "shape": (96, 54, 54), "padded": (96, 55, 55), "unseen": 1},
    "S4-6": {"layers": 8, "convolutions": 5, "linear": 3, "more": 9},
}


def test_every_claim_of_the_documents_is_there() -> None:
    assert sorted(CLAIMS) == sorted(" ".join(VERDICTS.values()).split())


@pytest.mark.parametrize("name", CLAIMS)
def test_the_verdict_is_the_one_that_arithmetic_gives(name: str) -> None:
    found = CLAIMS[name].check()
    assert name in VERDICTS[found.verdict].split()
    for key, number in FIGURES.get(name, {}).items():
        assert found.computed[key] == number, key
    texts = [found.answer_text(lang) for lang in LANGUAGES] + [found.claim_text(lang) for lang in LANGUAGES]
    assert all(texts)


@pytest.mark.parametrize("name", VERDICTS["right"].split())
def test_a_right_claim_with_another_number_would_be_found_wrong(name: str) -> None:
    """The verdict follows the computation: none is typed in."""
    claim = CLAIMS[name]
    number = next(iter(claim.claimed))
    assert replace(claim, claimed={**claim.claimed, number: "another"}).check().verdict == "wrong"


def test_a_wrong_claim_that_becomes_true_would_be_found_right() -> None:
    claim = CLAIMS["S1-4"]
    assert Claim("S1-4", {"megabytes": 61}, claim.compute).check().verdict == "right"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_command_prints_claim_and_answer(lang: str) -> None:
    done = called("claims", "S1-4", "--lang", lang)
    assert done.returncode == 0
    for number in ("93 MB", "15,237,608", "60.95 MB", "28,793,320"):
        assert number in " ".join(done.stdout.split())


def test_all_of_one_document_as_data() -> None:
    found = json.loads(called("claims", "s4", "--json").stdout)
    assert [row["id"] for row in found] == [f"S4-{i}" for i in range(1, 9)]
    assert [row["verdict"] for row in found].count("wrong") == 2


def test_an_unknown_claim_is_refused() -> None:
    done = called("claims", "S9-1")
    assert done.returncode == 2
    assert "unknown claim 'S9-1'; known: S0-1" in done.stderr
