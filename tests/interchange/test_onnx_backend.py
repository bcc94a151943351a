"""ONNX's own backend test suite, through simplecell as the backend: nodes, models converted from PyTorch, operators of
PyTorch, simple models, and the nine light architectures."""

from __future__ import annotations

import unittest
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.filterwarnings("ignore")  # the suite's own, while it makes its cases

KINDS = {
    "node": "OnnxBackendNodeModelTest",
    "pytorch-converted": "OnnxBackendPyTorchConvertedModelTest",
    "pytorch-operator": "OnnxBackendPyTorchOperatorModelTest",
    "simple": "OnnxBackendSimpleModelTest",
}
LEAST = {"node": 810, "pytorch-converted": 70, "pytorch-operator": 30, "simple": 5}
"""How many cases must pass at least, so that none can fall out unseen."""


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> dict[str, type[unittest.TestCase]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from onnx.backend.test import BackendTest

        from simplecell.interchange import onnx_backend

        return BackendTest(onnx_backend, __name__).test_cases


def run(case: type[unittest.TestCase], names: list[str]) -> None:
    """These tests of a class; what goes wrong is told in full."""
    result = unittest.TestResult()
    unittest.TestSuite(case(f"{name}_cpu") for name in names).run(result)
    assert not result.failures + result.errors, "\n".join(text for _, text in result.failures + result.errors)
    assert (result.testsRun, result.skipped) == (len(names), [])


@pytest.mark.parametrize("kind", KINDS)
def test_every_case_passes_or_has_a_legal_reason(
    suite: dict[str, type[unittest.TestCase]], kind: str, record_property: Callable[[str, object], None]
) -> None:
    from onnx.backend.test.loader import load_model_tests

    from interchange.onnx_exclusions import model_of, reason

    reasons = {case.name: reason(model_of(case)) for case in load_model_tests(kind=kind)}
    chosen = [name for name, why in reasons.items() if why is None]
    assert len(chosen) >= LEAST[kind]
    run(suite[KINDS[kind]], chosen)
    left_out = Counter(filter(None, reasons.values()))
    told = "".join(f"; {count} left out: {why}" for why, count in left_out.items())
    record_property("figures", f"ONNX {kind}: {len(chosen)} of {len(reasons)} cases pass{told}")


def test_the_nine_light_models(
    suite: dict[str, type[unittest.TestCase]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    monkeypatch.setenv("ONNX_HOME", str(tmp_path))
    case = suite["OnnxBackendRealModelTest"]
    names = sorted(name.removesuffix("_cpu") for name in dir(case) if name.endswith("_cpu"))
    assert len(names) == 9
    run(case, names)
    record_property("figures", f"ONNX light models: {', '.join(names)} pass")
