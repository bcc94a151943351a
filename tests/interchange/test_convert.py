"""The commands convert and diff."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import simplecell as sc
from cli.process import called


def run_here(*arguments: str) -> str:
    done = called(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    sc.zoo.digits().init(seed=1).save(tmp_path / "digits.safetensors")
    return tmp_path


def test_there_and_back(digits: Path) -> None:
    said = run_here("convert", str(digits / "digits.safetensors"), str(digits / "digits.onnx"))
    assert said.splitlines() == [f"wrote {digits}/digits.onnx: 7 layers, 9,930 parameters"]
    run_here("convert", str(digits / "digits.onnx"), str(digits / "back.safetensors"))
    run_here("convert", str(digits / "back.safetensors"), str(digits / "digits.py"))
    assert "class Network(nn.Module)" in (digits / "digits.py").read_text()
    run_here("convert", str(digits / "back.safetensors"), str(digits / "digits.pth"))
    refused = called("convert", str(digits / "digits.pth"), str(digits / "back.safetensors"))
    assert "PyTorch's files hold weights alone; name their network: --network" in refused.stderr
    run_here("convert", str(digits / "digits.pth"), str(digits / "back.safetensors"), "--network", "digits")
    here, there = (sc.load(digits / name) for name in ("digits.safetensors", "back.safetensors"))
    assert {k: w.tobytes() for k, w in here.weights.items()} == {k: w.tobytes() for k, w in there.weights.items()}
    said = run_here("diff", str(digits / "digits.safetensors"), str(digits / "digits.onnx"), "--image", "digits:3")
    assert said.startswith("All 7 common layers agree up to rounding.")
    assert run_here("diff", str(digits / "digits.onnx")).startswith("All 7 common layers agree")


def test_the_first_layer_that_differs_is_found(digits: Path) -> None:
    net = sc.load(digits / "digits.safetensors")
    weights = {name: np.array(w) for name, w in net.weights.items()}
    weights["conv2.bias"][5] += 1
    net.load_weights(weights)
    net.save(digits / "other.safetensors")
    pair = str(digits / "digits.safetensors"), str(digits / "other.safetensors")
    found = json.loads(run_here("diff", *pair, "--json"))
    assert found["parting"] == "conv2"
    (conv2,) = (d for d in found["layers"] if d["layer"] == "conv2")
    assert conv2["unit"][0] == 5
    assert conv2["second"] - conv2["first"] == pytest.approx(1, abs=1e-5)
    assert "conv2" in run_here("diff", *pair, "--lang", "ja")
