"""The table of kernels' modules against what the modules hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import simplecell.kernels
from simplecell.kernels import FAMILIES, algorithms, backward_kinds, family


def test_every_module_with_algorithms_stands_in_the_table_with_its_kinds() -> None:
    folder = Path(simplecell.kernels.__file__).parent
    assert {*FAMILIES} == {path.stem for path in folder.glob("*.py") if "\nALGORITHMS" in path.read_text()}
    for name, kinds in FAMILIES.items():
        held = {a.kind.partition(".")[0] for a in family(name)}
        assert held == {*kinds}
        assert all(a in algorithms(a.kind) for a in family(name))
    assert backward_kinds("conv2d") == ("conv2d.dx", "conv2d.dw")
    assert algorithms("no such kind") == ()


def test_a_network_pays_for_the_kinds_it_has() -> None:
    """A first result of a small network loads no module that its layers do not need."""
    net = "sc.Sequential(sc.Input(1, 8, 8), sc.Conv2d(4, 3), sc.ReLU(), sc.AvgPool2d(2), sc.Flatten(), sc.Linear(3))"
    code = (
        f"import sys, numpy as np, simplecell as sc; {net}.init(0)(np.zeros((1, 1, 8, 8), np.float32));"
        "print(*(m for m in sys.modules if m.startswith('simplecell.')))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {*run.stdout.split()}
    assert {"simplecell.kernels.conv", "simplecell.layers.avgpool2d"} <= loaded
    assert not {f"simplecell.kernels.{name}" for name in ("norms", "wiring", "selections", "transposed")} & loaded
    layers = ("axes", "batchnorm", "concat", "dropout", "groupnorm")
    assert not {f"simplecell.layers.{name}" for name in layers} & loaded
    rooms = ("accounts", "claims", "data", "explain", "interchange", "prediction", "train", "words", "zoo")
    assert not {f"simplecell.{room}" for room in rooms} & loaded
