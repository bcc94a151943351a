"""Every figure of a layer with its formula, the forms of the summary, comparisons, pictures."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import pytest
from PIL import Image
from rich.cells import cell_len

import simplecell as sc
from explain.networks import NETWORKS
from simplecell import accounts
from simplecell.accounts.count import unused
from simplecell.accounts.hulls import hulls, unbroken
from simplecell.explain import sees
from simplecell.graph import Graph
from simplecell.layers import KINDS
from simplecell.words import LANGUAGES

GRAPHS = dict(NETWORKS) | {
    name: (lambda net=net: net().graph)
    for name, net in {
        "alexnet_2012": sc.zoo.alexnet_2012,
        "squeezenet": sc.zoo.squeezenet1_0,
        "mobilenet": sc.zoo.mobilenet_v2,
        "signs": sc.zoo.signs,
        "resnet50": sc.zoo.resnet50,
    }.items()
}


@pytest.mark.parametrize("name", GRAPHS)
def test_every_formula_gives_its_value_and_every_value_is_the_tables(name: str) -> None:
    graph: Graph = GRAPHS[name]()
    rows = {row.name: row.to_dict() for row in accounts.summary(graph, batch=3).rows}
    for node, _, site in graph.sites:
        found = accounts.how(graph, node.name, batch=3)
        values = {fact.name: fact.value for fact in found.facts}
        for fact in found.facts:
            assert eval(fact.formula, {"floor": math.floor, "ceil": math.ceil}) == fact.value, (node.name, fact)
        row = rows[node.name]
        for key in ("units", "weights", "biases", "parameters", "macs", "flops", "connections", "bytes"):
            assert values.get(key, row[key]) == row[key], (node.name, key)
        assert values.get("unused", 0) == row["unused_inputs"]
        assert values.get("per_filter", 0) == row["weights_per_filter"]
        if len(site.windows) == 2:
            assert (values["rows"], values["columns"]) == tuple(row["output"][1:])
        if "field_rows" in values:
            field = [{"size": values[f"field_{a}"], "jump": values[f"jump_{a}"], "centre": values[f"centre_{a}"]}
                     for a in ("rows", "columns")]  # fmt: skip
            assert field == row["field"]


def test_alexnets_first_layer_with_its_arithmetic() -> None:
    """On paper: 55 = (227-11)/4 + 1; 363 = 3*11*11; 34,848 and 96 make 34,944; 105,415,200 = 55*55*96*363."""
    text = str(sc.zoo.alexnet().summary().how("conv1"))
    for line in (
        "floor((227 + 2*0 - 1*(11-1) - 1)/4) + 1 = 55",
        "3*11*11 = 363",
        "34848 + 96 = 34,944",
        "(96*55*55) * (3*11*11) = 105,415,200",
        "depth: of its input 3, of a filter 3, of this layer 96 (its filters), of the network 8 layers",
    ):
        assert line in text


@pytest.mark.parametrize("kind", ["Conv1d", "Conv2d", "Conv3d", "MaxPool2d", "AvgPool2d"])
def test_unused_inputs_are_those_that_nothing_reads(kind: str) -> None:
    for layer, shapes in KINDS[kind].EXAMPLES:
        site = layer.site(*shapes)
        read = [{j for i in range(axis.outputs) for j in axis.reads(i)} for axis in site.windows]
        inputs = [range(axis.inputs) for axis in site.windows]
        assert unused(site) == sum(any(i not in r for i, r in zip(cell, read, strict=True))
                                   for cell in itertools.product(*inputs))  # fmt: skip


def test_the_strip_that_224_leaves_unread() -> None:
    """(224-11)/4+1 = 54.25: row and column 223 are under no window, 224 + 223 cells."""
    rows = sc.Sequential(sc.Input(3, 224, 224), sc.Conv2d(96, 11, stride=4)).summary().rows
    assert rows[1].unused == 224 + 223


@pytest.mark.parametrize("name", NETWORKS)
def test_a_field_is_exact_when_an_inner_unit_sees_all_of_its_hull(name: str) -> None:
    graph = NETWORKS[name]()
    found = hulls(graph)
    exact = unbroken(graph, found)
    for node, hull in found.items():
        if hull is None or graph[node].layer is None or len(graph.inputs) > 1:
            continue
        middle = tuple(size // 2 for size in graph[node].shape[1:])
        spans = [range(w.start(i), w.start(i) + w.extent) for w, i in zip(hull, middle, strict=True)]
        sizes = graph[graph.inputs[0]].shape[1:]
        if any(span[0] < 0 or span[-1] >= size for span, size in zip(spans, sizes, strict=True)):
            continue
        field = sees(graph, node, middle, 0)
        cells = {cell[1:] for box in field.views[0].region.boxes for cell in itertools.product(*box)}
        assert (cells == set(itertools.product(*spans))) == exact[node], node


def test_depths_of_input_filter_layer_and_network() -> None:
    found = json.loads(json.dumps(sc.zoo.alexnet_2012().summary().to_dict()))
    conv2 = next(row for row in found["rows"] if row["name"] == "conv2")
    assert (conv2["inputs"][0][0], conv2["depth_of_filter"], conv2["depth_of_layer"]) == (96, 48, 256)
    assert found["depth_of_network"] == 8
    depths = {name: accounts.depth(sc.zoo.NETWORKS[name]().graph) for name in ("vgg16", "vgg19_bn", "resnet152")}
    assert depths == {"vgg16": 16, "vgg19_bn": 19, "resnet152": 152}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["lenet5", "vgg16", "resnet50", "mobilenet_v2", "squeezenet1_0"])
def test_the_table_fits_eighty_columns(name: str, lang: str) -> None:
    text = sc.zoo.NETWORKS[name]().summary().text(lang, columns=80)
    assert max(cell_len(line) for line in text.splitlines()) <= 80
    assert f"{sc.zoo.NETWORKS[name]().count().parameters:,}" in text


def test_the_summary_of_resnet152_takes_no_weights() -> None:
    net = sc.zoo.resnet152()
    assert net.summary().total.parameters == 60_192_808
    with pytest.raises(sc.WeightsError, match="no weights yet"):
        _ = net.weights


def test_markdown_has_a_row_per_layer() -> None:
    summary = sc.zoo.lenet5().summary()
    lines = summary.to_markdown().splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == len(summary.rows) + 3
    assert {line.count("|") for line in table} == {13}


def test_a_layer_that_is_not_there_is_refused() -> None:
    with pytest.raises(sc.GraphError, match="no layer is called 'conv9'"):
        sc.zoo.lenet5().summary().how("conv9")
    with pytest.raises(sc.GraphError, match="has a shape and no figures"):
        sc.zoo.lenet5().summary().how("input")


def test_a_fully_connected_layer_beside_a_convolution() -> None:
    """S1 and S2: 32x32x3 to 28x28x6: 456 parameters shared, or 3,072 * 4,704 + 4,704 of its own for each unit."""
    conv = sc.Sequential(sc.Input(3, 32, 32), sc.Conv2d(6, 5, name="conv"))
    dense = sc.Sequential(sc.Input(3, 32, 32), sc.Flatten(), sc.Linear(28 * 28 * 6))
    found = accounts.compare({"conv": conv.graph, "dense": dense.graph})
    assert found.totals["conv"]["parameters"] == 456
    assert found.totals["dense"]["parameters"] == 3072 * 4704 + 4704
    facts = {fact.name: fact.value for fact in accounts.how(conv.graph, "conv").facts}
    assert facts["dense"] == 3072 * 4704
    assert "3.17e+04" in found.text()
    for lang in LANGUAGES:
        assert "14,455,392" in found.text(lang)


@pytest.mark.parametrize(("name", "kinds"), [("digits", ("memory", "work", "volumes")), ("resnet50", ("volumes",))])
def test_pictures_of_memory_work_and_volumes(name: str, kinds: tuple[str, ...], tmp_path: Path) -> None:
    summary = sc.zoo.NETWORKS[name]().summary()
    for kind in kinds:
        summary.chart(kind, tmp_path / f"{kind}.png")
        with Image.open(tmp_path / f"{kind}.png") as picture:
            assert min(picture.size) > 200
            assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 20
    summary.chart("volumes", tmp_path / "volumes.svg")
    assert "</svg>" in (tmp_path / "volumes.svg").read_text()


def test_an_unknown_picture_is_refused() -> None:
    with pytest.raises(sc.ArgumentError, match="chart 'cost' is unknown; known: memory, work, volumes"):
        sc.zoo.digits().summary().chart("cost")


def test_a_layers_parameters_as_a_function_of_an_argument() -> None:
    """96 filters of kernel k over depth 3: 96 * (3*k*k + 1); a kernel larger than the image is refused."""
    found = accounts.vary(sc.zoo.alexnet().graph, "conv1", "kernel_size", [1, 3, 11, 300])
    assert [v.parameters for v in found.variants[:3]] == [96 * (3 * k * k + 1) for k in (1, 3, 11)]
    assert found.variants[2].output == (96, 55, 55)
    assert "227" in found.variants[3].refused
    assert "34,944" in found.text("ja")
    with pytest.raises(sc.ArgumentError, match="has no argument 'kernel'; it has: out_channels, kernel_size"):
        accounts.vary(sc.zoo.alexnet().graph, "conv1", "kernel", [1])


def test_accounts_show_themselves_and_escape_in_notebooks() -> None:
    net = sc.Sequential(sc.Input(1, 8, 8), sc.Conv2d(2, 3, name="conv"), sc.Flatten(), sc.Linear(3))
    for account in (net.summary(), net.memory(2), net.summary().how("conv"), accounts.compare({"<net>": net.graph})):
        assert repr(account) == account.text()
        assert "<net>" not in account._repr_html_()
    assert "&lt;net&gt;" in accounts.compare({"<net>": net.graph})._repr_html_()
