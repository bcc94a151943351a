"""The commands that account for networks: `zoo`, `memory`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import simplecell as sc
from cli.process import called
from simplecell.words import LANGUAGES


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_zoo_lists_every_network(lang: str) -> None:
    done = called("zoo", "--lang", lang)
    assert done.returncode == 0
    for name in sc.zoo.NETWORKS:
        assert f"\n{name} " in done.stdout
    assert "138,357,544" in done.stdout


def test_one_network_of_the_zoo_says_where_it_comes_from() -> None:
    found = json.loads(called("zoo", "resnet152", "--json").stdout)
    assert (found["parameters"], found["depth"], found["input"]) == (60_192_808, 152, [3, 224, 224])
    assert "He et al." in found["about"]
    assert "He et al." in called("zoo", "resnet152").stdout


def test_an_unknown_network_is_refused_with_the_known_ones() -> None:
    done = called("zoo", "vgg17")
    assert done.returncode == 2
    assert "unknown network 'vgg17'; known: digits, lenet5" in done.stderr


def test_the_memory_of_a_step_and_the_largest_batch() -> None:
    found = json.loads(called("memory", "lenet5", "--batch", 4, "--training", "--optimizer", "adam", "--json").stdout)
    assert found["total"] == sc.zoo.lenet5().memory(4, training=True, optimizer="adam").total
    done = called("memory", "lenet5", "--fit", "2 MB", "--training")
    assert done.stdout.startswith("The largest batch within 2.00 MB (1.91 MiB): ")
    fits = json.loads(called("memory", "lenet5", "--fit", "2 MB", "--training", "--json").stdout)
    assert fits["batch"] == sc.zoo.lenet5().max_batch("2 MB", training=True)


def test_a_memory_that_is_none_is_refused() -> None:
    done = called("memory", "lenet5", "--fit", "2 apples")
    assert done.returncode == 2
    assert "'2 apples'" in done.stderr


def test_a_layer_opened_networks_compared_forms_and_charts(tmp_path: Path) -> None:
    assert "3*11*11 = 363" in called("summary", "alexnet", "--how", "conv1").stdout
    facts = json.loads(called("summary", "alexnet", "--how", "1", "--json").stdout)
    assert facts["depth"] == {"input": 3, "filter": 3, "layer": 96, "network": 8}
    beside = json.loads(called("summary", "lenet5", "--against", "digits", "--json").stdout)
    assert [beside["networks"][n]["parameters"] for n in ("lenet5", "digits")] == [61_706, 9_930]
    assert called("summary", "lenet5", "--form", "markdown").stdout.startswith("| # | layer |")
    assert called("summary", "lenet5", "--form", "csv").stdout.startswith("number,name,kind")
    assert called("summary", "lenet5", "--form", "yaml").returncode == 2
    done = called("summary", "lenet5", "--charts", tmp_path / "new")
    assert "memory.png, work.png, volumes.png" in done.stdout
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"memory.png", "work.png", "volumes.png"}
    step = json.loads(called("summary", "lenet5", "--batch", 2, "--training", "--json").stdout)["training"]
    assert step["total"] == sc.zoo.lenet5().memory(2, training=True).total


def test_an_argument_varied() -> None:
    found = json.loads(called("summary", "alexnet", "--how", "conv1", "--vary", "out_channels=1,96", "--json").stdout)
    assert [row["parameters"] for row in found["variants"]] == [364, 34_944]
    assert "kernel_size=1,3,5" in called("summary", "alexnet", "--how", "conv1", "--vary", "stride").stderr
    assert "--how LAYER" in called("summary", "alexnet", "--vary", "stride=1").stderr
