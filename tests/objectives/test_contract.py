"""What every loss, optimiser, initialiser, schedule and metric must hold."""

from __future__ import annotations

import doctest
import importlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from simplecell import words
from simplecell.errors import ArgumentError
from simplecell.objectives import INITIALISERS, LOSSES, METRICS, OPTIMISERS, SCHEDULES, Record, kind_named
from simplecell.words.catalogue import ENTRIES

TABLES: dict[str, Mapping[str, type[Record]]] = {
    "loss": LOSSES,
    "optimiser": OPTIMISERS,
    "initialiser": INITIALISERS,
    "schedule": SCHEDULES,
    "metric": METRICS,
}
RECORDS = [(what, name, kind) for what, table in TABLES.items() for name, kind in table.items()]
every_record = pytest.mark.parametrize(("what", "name", "kind"), RECORDS, ids=lambda v: v if isinstance(v, str) else "")


def said_about(what: str, record: Any) -> tuple[str, dict[str, object]]:
    """The record's sentence, asked with what its table's members take."""
    scores = np.array([[1.0, 3.0], [5.0, 2.0]])
    of_classes = record.kind in ("cross_entropy", "accuracy", "top_k_accuracy") or record.kind.startswith("macro")
    targets = np.array([1, 1]) if of_classes else scores / 5
    asked: dict[str, tuple[Any, ...]] = {
        "loss": (scores, targets),
        "metric": (scores, targets),
        "optimiser": (0.1,),
        "initialiser": (8, 4),
        "schedule": (0.1,),
    }
    return record.sentence(*asked[what])


@every_record
def test_tables_json_and_examples(what: str, name: str, kind: type[Record]) -> None:
    assert kind.kind == name
    assert kind.formula
    assert kind.EXAMPLES
    for record in kind.EXAMPLES:
        kept = json.loads(json.dumps(record.arguments()))
        assert kind_named(TABLES[what], name, what).make(kept) == record
    with pytest.raises(AttributeError):
        kind.EXAMPLES[0].lr = 1.0  # type: ignore[attr-defined]
    with pytest.raises(ArgumentError, match=f"{name}: .*speed"):
        kind.make({**kind.EXAMPLES[0].arguments(), "speed": 1})


@every_record
def test_sentences_are_in_the_catalogue_and_speak(what: str, name: str, kind: type[Record]) -> None:
    for record in kind.EXAMPLES:
        key, numbers = said_about(what, record)
        assert key in ENTRIES
        said = [words.say(key, language, **numbers) for language in words.LANGUAGES]
        assert len(set(said)) == len(said)


@every_record
def test_docstrings_run(what: str, name: str, kind: type[Record]) -> None:
    module = importlib.import_module(kind.__module__)
    tests = [t for t in doctest.DocTestFinder().find(kind, module=module) if t.examples]
    assert tests
    for test in tests:
        test.globs = dict(vars(module))
        assert doctest.DocTestRunner().run(test).failed == 0


@pytest.mark.parametrize(("what", "table"), TABLES.items())
def test_unknown_names_are_refused_with_the_known_ones(what: str, table: Mapping[str, type[Record]]) -> None:
    for wrong in ("hee", "", None, 3, ["sgd"]):
        with pytest.raises(ArgumentError) as caught:
            kind_named(table, wrong, what)
        assert repr(wrong) in str(caught.value)
        assert all(name in str(caught.value) for name in table)
