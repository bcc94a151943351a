"""What every kind of layer must hold, over every kind and every one of its examples."""

from __future__ import annotations

import doctest
import importlib
import itertools
import json
import math
from typing import Any

import numpy as np
import pytest

import tolerances
from domains import POSITIVE
from layers.definitions import DEFINITIONS, define
from simplecell import words
from simplecell.layers import KINDS
from simplecell.layers.base import EVALUATION, Layer, Mode, Shape, Site
from simplecell.layers.terms import Cell, Slopes
from simplecell.words.catalogue import ENTRIES

CASES = [
    pytest.param(layer, shapes, id=f"{kind.kind}-{number}")
    for kind in KINDS.values()
    for number, (layer, shapes) in enumerate(kind.EXAMPLES)
]
every_example = pytest.mark.parametrize(("layer", "shapes"), CASES)
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.kind)
TRAINING = Mode(training=True, seed=3, step=5, stream=2)


def arrays(site: Site, images: int = 2, dtype: Any = np.float64) -> tuple[list[np.ndarray], dict[str, np.ndarray]]:
    """Inputs and weights whose values are all different, none near 0: no kink or tie within a gradient check's step."""
    generator = np.random.default_rng(7)

    def spread(*shape: int) -> np.ndarray:
        count = math.prod(shape)
        values = (np.arange(count) - count // 2 + 0.5) / max(count, 1) * 3
        return generator.permutation(values).reshape(shape).astype(dtype)

    weights = {name: spread(*s) for name, s in site.weights.items()}
    if "running_var" in weights:
        weights["running_var"] = np.abs(weights["running_var"])
    xs = [spread(images, *s) + dtype(source / 100) for source, s in enumerate(site.inputs)]  # no ties between inputs
    return [np.abs(x) for x in xs] if site.layer.kind in POSITIVE else xs, weights


def cells(boxes: Any) -> set[tuple[int, ...]]:
    return {cell for box in boxes for cell in itertools.product(*box)}


def single(cell: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    return tuple((i,) for i in cell)


def test_every_kind_has_a_definition_and_examples() -> None:
    assert set(DEFINITIONS) == set(KINDS)
    assert all(len(kind.EXAMPLES) >= 2 and kind.formula for kind in KINDS.values())
    assert all(name == kind.kind == kind.__name__ for name, kind in KINDS.items())


@every_example
def test_forward_is_the_definition_and_the_shape_rule_holds(layer: Layer, shapes: tuple[Shape, ...]) -> None:
    site = layer.site(*shapes)
    xs, weights = arrays(site)
    y, _ = layer.forward(site, xs, weights, EVALUATION)
    assert y.shape == (2, *site.output)
    assert site.units == y[0].size
    assert len(site.axes) == len(site.output)
    assert [axis.outputs for axis in site.axes] == list(site.output)
    for n in range(2):
        defined, _ = define(layer, [x[n] for x in xs], weights)
        assert defined.shape == site.output
        largest = max(map(np.abs, [*xs, *weights.values()]), key=np.max).max() ** 2
        terms = math.prod(next(iter(site.weights.values()))[1:]) if site.weights else math.prod(shapes[0])
        np.testing.assert_allclose(y[n], defined, rtol=0, atol=tolerances.TERMS * terms * largest)


@every_example
def test_reads_are_where_a_nan_goes(layer: Layer, shapes: tuple[Shape, ...]) -> None:
    site = layer.site(*shapes)
    xs, weights = arrays(site, images=1)
    units = list(np.ndindex(site.output))
    reads = {unit: [cells(b) for b in layer.reads(site, single(unit))] for unit in units}
    for source, x in enumerate(xs):
        for cell in np.ndindex(x.shape[1:]):
            poisoned = [a.copy() for a in xs]
            poisoned[source][(0, *cell)] = np.nan
            reached = {tuple(map(int, u)) for u in np.argwhere(np.isnan(layer.surrogate(site, poisoned, weights)[0]))}
            assert reached == {unit for unit in units if cell in reads[unit][source]}
            assert reached == cells(layer.read_by(site, single(cell), source))


@every_example
def test_reads_of_many_units_are_the_union_and_boxes_do_not_overlap(layer: Layer, shapes: tuple[Shape, ...]) -> None:
    site = layer.site(*shapes)
    generator = np.random.default_rng(11)

    def some(shape: Shape) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(np.flatnonzero(generator.random(n) < 0.6).tolist()) for n in shape)

    for _ in range(20):
        box = some(site.output)
        for source, boxes in enumerate(layer.reads(site, box)):
            alone = [cells(layer.reads(site, single(u))[source]) for u in itertools.product(*box)]
            assert cells(boxes) == set().union(*alone)
            assert len(cells(boxes)) == sum(math.prod(map(len, b)) for b in boxes)
        for source, shape in enumerate(shapes):
            box = some(shape)
            boxes = layer.read_by(site, box, source)
            assert cells(boxes) == set().union(*(cells(layer.read_by(site, single(c), source)) for c in cells([box])))
            assert len(cells(boxes)) == sum(math.prod(map(len, b)) for b in boxes)


@every_example
@pytest.mark.parametrize("mode", [EVALUATION, TRAINING], ids=["evaluation", "training"])
def test_backward_is_the_slope_of_forward(layer: Layer, shapes: tuple[Shape, ...], mode: Mode) -> None:
    site = layer.site(*shapes)
    xs, weights = arrays(site)
    y, saved = layer.forward(site, xs, weights, mode)
    dy = np.random.default_rng(5).standard_normal(y.shape)
    dxs, dws = layer.backward(site, dy, saved, xs, weights)
    assert set(dws) == set(site.learned)
    for a, da in [*zip(xs, dxs, strict=True), *((weights[k], dws[k]) for k in site.learned)]:
        slope, step = np.empty_like(a), tolerances.GRADCHECK_STEP
        for place in np.ndindex(a.shape):
            value, there = a[place], []
            for moved in (value + step, value - step):
                a[place] = moved
                there.append(float((layer.forward(site, xs, weights, mode)[0] * dy).sum()))
            a[place] = value
            slope[place] = (there[0] - there[1]) / (2 * step)
        np.testing.assert_allclose(
            da, slope, rtol=tolerances.GRADCHECK_RELATIVE, atol=tolerances.GRADCHECK_ABSOLUTE, strict=True
        )


@every_example
@pytest.mark.parametrize("mode", [EVALUATION, TRAINING], ids=["evaluation", "training"])
def test_slopes_times_gradients_sum_to_backward(layer: Layer, shapes: tuple[Shape, ...], mode: Mode) -> None:
    """Every gradient entry is the sum of its terms, for two unrelated dy, so each slope is that of its output."""
    site = layer.site(*shapes)
    xs, weights = arrays(site)
    y, saved = layer.forward(site, xs, weights, mode)
    for seed in (5, 6):
        dy = np.random.default_rng(seed).standard_normal(y.shape)
        dxs, dws = layer.backward(site, dy, saved, xs, weights)
        for source, dx in enumerate(dxs):
            for image, *unit in np.ndindex(dx.shape):
                slopes = layer.input_slopes(site, xs, weights, mode, Cell(source, image, tuple(unit)))
                check_slopes(slopes, dy, float(dx[(image, *unit)]), xs[source], weights)
        for key, dw in dws.items():
            for place in np.ndindex(dw.shape):
                slopes = layer.weight_slopes(site, xs, weights, mode, key, place)
                check_slopes(slopes, dy, float(dw[place]), xs[0], weights)


def check_slopes(slopes: Slopes, dy: np.ndarray, wanted: float, x: np.ndarray, weights: dict[str, np.ndarray]) -> None:
    parts = dy[(slopes.image, *slopes.at.T)] * slopes.values
    assert abs(slopes.gradient(dy) - wanted) <= tolerances.TERMS * (np.abs(parts).sum() + abs(wanted))
    outputs = np.column_stack([slopes.image, slopes.at])
    assert len(np.unique(outputs, axis=0)) == len(outputs) == len(slopes.values)
    if slopes.what == "weight":
        assert slopes.place is not None
        np.testing.assert_array_equal(slopes.values, weights["weight"][tuple(slopes.place.T)])
    elif slopes.what == "input":
        assert slopes.place is not None
        real = np.all((slopes.place >= 0) & (slopes.place < x.shape[1:]), axis=1)
        np.testing.assert_array_equal(slopes.values[real], x[(slopes.image[real], *slopes.place[real].T)])
        assert not slopes.values[~real].any()
    elif slopes.what == "winner":
        assert slopes.place is not None
        assert set(slopes.values.tolist()) <= {0.0, 1.0}
    else:
        assert slopes.what in ("one", "share", "slope")
        assert slopes.place is None


@every_example
def test_cost_is_the_multiplications_counted(layer: Layer, shapes: tuple[Shape, ...]) -> None:
    site = layer.site(*shapes)
    xs, weights = arrays(site, images=1)
    _, tally = define(layer, [x[0] for x in xs], weights)
    assert site.cost.macs == tally.multiplications
    assert site.cost.padding_macs == tally.by_padding


class Watched(dict[str, np.ndarray]):
    """Weights that remember which of them were asked for."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        super().__init__(weights)
        self.used: set[str] = set()

    def __getitem__(self, key: str) -> np.ndarray:
        self.used.add(key)
        return super().__getitem__(key)


@every_example
def test_weights_are_the_arrays_used(layer: Layer, shapes: tuple[Shape, ...]) -> None:
    site = layer.site(*shapes)
    xs, weights = arrays(site)
    xs = [np.concatenate([x, -x]) for x in xs]  # a rectifier's slope is for one sign
    watched = Watched(weights)
    layer.forward(site, xs, watched, EVALUATION)
    assert watched.used == set(site.weights)
    assert site.parameters == sum(w.size for name, w in weights.items() if name not in site.buffers)
    for name, w in weights.items():
        for place in np.ndindex(w.shape):
            spoiled = w.copy()
            spoiled[place] = np.nan
            y = layer.forward(site, xs, weights | {name: spoiled}, EVALUATION)[0]
            assert np.isnan(y).any(), f"{name}{place} is not used"


@every_example
def test_json_gives_an_equal_layer(layer: Layer, shapes: tuple[Shape, ...]) -> None:
    kept = json.loads(json.dumps(layer.arguments()))
    again = KINDS[layer.kind].make(kept, layer.name)
    assert again == layer
    assert hash(again) == hash(layer)
    assert again.renamed("other").name == "other"
    assert again.renamed("other").site(*shapes).output == layer.site(*shapes).output


@every_example
def test_terms_make_up_the_value(layer: Layer, shapes: tuple[Shape, ...]) -> None:
    site = layer.site(*shapes)
    xs, weights = arrays(site, images=1)
    y = layer.forward(site, xs, weights, EVALUATION)[0][0]
    image = [x[0] for x in xs]
    for unit in np.ndindex(site.output):
        terms = layer.terms(site, image, weights, unit)
        near = tolerances.TERMS * (np.abs(terms.products).sum() + abs(terms.bias or 0.0))
        assert abs(terms.combine() - y[unit]) <= near
        assert abs(terms.value - y[unit]) <= near
        count = len(terms.products)
        for part in (terms.source, terms.at, terms.real, terms.inputs, terms.weights):
            assert len(part) == count
        read = [cells(boxes) for boxes in layer.reads(site, single(unit))]
        for source, at, real, value in zip(
            terms.source.tolist(),
            map(tuple, terms.at.tolist()),
            terms.real.tolist(),
            terms.inputs.tolist(),
            strict=True,
        ):
            assert (at in read[source]) == real
            assert real is False or value == image[source][at]
        assert int(terms.real.sum()) == sum(map(len, read))
        if terms.rule == "sum":
            np.testing.assert_array_equal(terms.products, terms.inputs * terms.weights)


@every_example
def test_the_sentence_is_in_the_catalogue_and_speaks(layer: Layer, shapes: tuple[Shape, ...]) -> None:
    site = layer.site(*shapes)
    xs, weights = arrays(site, images=1)
    for unit in np.ndindex(site.output):
        terms = layer.terms(site, [x[0] for x in xs], weights, unit)
        key, numbers = layer.sentence(site, unit, terms)
        assert key in ENTRIES
        said = [words.say(key, language, **numbers) for language in words.LANGUAGES]
        assert len(set(said)) == len(said)
        assert all(words.exact_text(terms.value) in text for text in said)


@every_example
@pytest.mark.parametrize("mode", [EVALUATION, TRAINING], ids=["evaluation", "training"])
@pytest.mark.parametrize("images", [0, 3])
def test_an_empty_batch_works_and_float32_stays(
    layer: Layer, shapes: tuple[Shape, ...], mode: Mode, images: int
) -> None:
    site = layer.site(*shapes)
    xs, weights = arrays(site, images, np.float32)
    before = [a.copy() for a in (*xs, *weights.values())]
    y, saved = layer.forward(site, xs, weights, mode)
    assert (y.shape, y.dtype) == ((images, *site.output), np.float32)
    dy = np.ones_like(y)
    dxs, dws = layer.backward(site, dy, saved, xs, weights)
    assert [(dx.shape, dx.dtype) for dx in dxs] == [(x.shape, np.float32) for x in xs]
    assert {k: (w.shape, w.dtype) for k, w in dws.items()} == {k: (s, np.float32) for k, s in site.learned.items()}
    for a, b in zip((*xs, *weights.values()), before, strict=True):
        np.testing.assert_array_equal(a, b, err_msg="an argument was written to")
    np.testing.assert_array_equal(dy, np.ones_like(y))


@every_kind
def test_the_docstring_is_complete_and_runs(kind: type[Layer]) -> None:
    module = importlib.import_module(kind.__module__)
    text = kind.__doc__ or ""
    assert "Shapes:" in text
    assert "Rules:" in text
    tests = [t for t in doctest.DocTestFinder().find(kind, module=module) if t.examples]
    assert tests, f"{kind.kind} has no doctest"
    runner = doctest.DocTestRunner()
    for test in tests:
        test.globs = dict(vars(module))
        assert runner.run(test).failed == 0
