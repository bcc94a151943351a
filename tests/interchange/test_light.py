"""Light architectures with random weights against ONNX Runtime; `bench/light.py` does all nine."""

from __future__ import annotations

import numpy as np
import pytest

import simplecell as sc
from interchange.light import drawn
from interchange.test_onnx_out import runtime


@pytest.mark.parametrize(
    "name", ["squeezenet", "shufflenet", "inception_v1", "resnet50", "inception_v2", "densenet121"]
)
def test_logits_are_those_of_another_program(name: str) -> None:
    data = drawn(name).SerializeToString()
    x = np.random.default_rng(1).standard_normal((1, 3, 224, 224)).astype(np.float32)
    net = sc.from_onnx(data)
    theirs = runtime(data, [x])
    np.testing.assert_allclose(np.asarray(net(x)), theirs, rtol=0, atol=2e-5 * np.abs(theirs).max())
