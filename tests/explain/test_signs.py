"""System 13 of the sources, "signs", with arrays as its code has them (NHWC, HWIO): every question of S3, by its id."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import simplecell as sc
from simplecell.explain.questions import QUESTIONS, ask
from simplecell.words import LANGUAGES


def weights() -> dict[str, np.ndarray]:
    """W1 [4, 4, 3, 8], W2 [2, 2, 8, 16] as (h, w, in, out), and the linear layer as (in, out)."""
    generator = np.random.default_rng(1)
    shapes = {"conv1.weight": (4, 4, 3, 8), "conv2.weight": (2, 2, 8, 16), "fc.weight": (64, 6), "fc.bias": (6,)}
    return {name: generator.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}


@pytest.fixture(scope="module")
def signs() -> sc.Model:
    return sc.zoo.signs(bias=False).load_weights(weights(), layout="HWIO")


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    """(m, 64, 64, 3) as the source's data set has them."""
    return np.random.default_rng(2).random((2, 64, 64, 3)).astype(np.float32)


def one_place(x: np.ndarray, w: np.ndarray, y: int, column: int, k: int, before: int) -> float:
    """The source's loop body, `np.sum(a_slice_prev * W)`, over (h, w, c) with zeros around."""
    f = w.shape[0]
    padded = np.pad(x.astype(np.float64), ((before, f), (before, f), (0, 0)))
    return float(np.sum(padded[y : y + f, column : column + f] * w[..., k].astype(np.float64)))


def size(padding: Any, kernel: int = 4) -> tuple[int, ...]:
    return sc.Sequential(sc.Input(3, 64, 64), sc.Conv2d(8, kernel, padding=padding)).output_shape  # type: ignore[return-value]


def test_its_arrays_are_accepted_and_every_value_is_its_loops(signs: sc.Model, pictures: np.ndarray) -> None:
    w = weights()["conv1.weight"]
    for k, y, x in ((0, 0, 0), (7, 63, 63), (3, 30, 41), (5, 0, 63)):
        found = signs.explain(pictures[0], "conv1", at=(y, x), channel=k, layout="NHWC")
        assert found.value == pytest.approx(one_place(pictures[0], w, y, x, k, before=1), rel=1e-12, abs=1e-12)
        assert abs(found.difference or 0.0) <= found.bound
    seen = signs.watch(pictures, [1, 4], layout="NHWC")
    alone = signs.explain_gradient(pictures, [1, 4], weight=("conv1", (2, 1, 0, 3)), layout="NHWC")
    assert seen.explain_gradient(weight=("conv1", (2, 1, 0, 3))).value == pytest.approx(alone.value, rel=1e-3, abs=1e-5)
    np.testing.assert_array_equal(seen.value("input"), np.moveaxis(pictures, -1, 1))
    assert signs.chain(pictures[1], "fc", channel=2, layout="NHWC").end[0] == "input"
    with pytest.raises(sc.ArgumentError, match="layout is 'NCHW' or 'NHWC', got 'HWC'"):
        signs.explain(pictures[0], "conv1", at=(0, 0), channel=0, layout="HWC")  # type: ignore[arg-type]


def test_s3_1_s3_2_and_s3_4_the_sizes(signs: sc.Model) -> None:
    assert size("valid") == (8, 61, 61)
    assert size("same") == signs.graph["conv1"].shape == (8, 64, 64)
    rows, columns = signs.graph["conv1"].site.windows  # type: ignore[union-attr]
    assert [(a.window.before, a.window.after) for a in (rows, columns)] == [(1, 2), (1, 2)]
    assert size(1) == (8, 63, 63)


def test_s3_3_what_each_neuron_sees_and_which_see_a_pixel(signs: sc.Model, pictures: np.ndarray) -> None:
    """Counted from 1 the 64th neuron of a row sees the pixels 63, 64 and two zeros, and the 63rd 62, 63, 64 and one."""
    for index, pixels, zeros in ((63, (62, 63), 2), (62, (61, 62, 63), 1), (0, (0, 1, 2), 1), (1, (0, 1, 2, 3), 0)):
        field = signs.sees("conv1", at=(20, index), channel=0)
        ((depths, rows, columns),) = field.view().region.boxes
        assert (depths, rows, columns) == ((0, 1, 2), (19, 20, 21, 22), pixels)
        found = signs.explain(pictures[0], "conv1", at=(20, index), channel=0, layout="NHWC")
        assert int((~found.terms.real).sum()) == 3 * 4 * zeros
    valid = sc.Sequential(sc.Input(3, 64, 64), sc.Conv2d(8, 4, name="conv1"))
    assert valid.sees("conv1", at=(60, 60)).view().region.boxes == (((0, 1, 2), (60, 61, 62, 63), (60, 61, 62, 63)),)
    reached = signs.seen_by((1, 17, 20), "conv1")
    assert (reached.size, (0, 15, 18) in reached, (7, 18, 21) in reached) == (4 * 4 * 8, True, True)
    assert (0, 19, 21) not in reached
    assert valid.seen_by((1, 0, 0), "conv1").size == 8


def test_s3_5_units_at_a_place_share_the_window_and_not_the_filter(signs: sc.Model, pictures: np.ndarray) -> None:
    units = [signs.explain(pictures[0], "conv1", at=(9, 9), channel=k, layout="NHWC") for k in range(8)]
    assert len({unit.terms.inputs.tobytes() for unit in units}) == 1
    assert len({unit.terms.weights.tobytes() for unit in units}) == 8
    again = signs.explain(pictures[0], "conv1", at=(40, 3), channel=5, layout="NHWC")
    assert again.terms.weights.tobytes() == units[5].terms.weights.tobytes()


def test_s3_6_s3_10_and_s3_11_the_counts(signs: sc.Model) -> None:
    counts = {node.name: site.parameters for node, _, site in signs.graph.sites if site.parameters}
    assert counts == {"conv1": 384, "conv2": 512, "fc": 390}
    assert signs.count().parameters == 1286
    assert sc.zoo.signs().count().parameters == 1286 + 8 + 16
    assert [node.shape for node, layer, _ in signs.graph.sites if layer.kind == "Flatten"] == [(64,)]
    assert int(np.prod(signs.graph["input"].shape)) == 12_288


def test_s3_7_to_s3_9_the_linked_questions() -> None:
    signal = sc.Sequential(sc.Input(1, 500), sc.Conv1d(20, 10))
    assert (signal.output_shape, signal.count().units, signal.count().parameters) == ((20, 491), 9_820, 220)
    wide = sc.Sequential(sc.Input(1, 5, 720), sc.Conv2d(64, (5, 100)))
    assert (wide.output_shape, wide.count().units, wide.count().parameters) == ((64, 1, 621), 39_744, 32_064)
    small = sc.Sequential(
        sc.Input(1, 32, 32), sc.Conv2d(3, 5), sc.MaxPool2d(2), sc.Conv2d(6, 5, stride=1), sc.MaxPool2d(2)
    )
    assert [n.shape for n, _, _ in small.graph.sites] == [(3, 28, 28), (3, 14, 14), (6, 10, 10), (6, 5, 5)]
    with pytest.raises(sc.SimplecellError, match="stride"):
        sc.Conv2d(6, 5, stride=0)


def test_every_question_is_answered_for_it_in_three_languages(signs: sc.Model) -> None:
    said = {"slide": "4,096", "maps": "8", "neurons": "12,288", "relate": "32,768", "size": "64", "quantised": "106"}
    for name in QUESTIONS:
        found = ask(signs.graph, name, None, lambda: signs.memory(batch=1, training=True))
        texts = [found.text(lang) for lang in LANGUAGES]
        assert len(set(texts)) == 3
        assert all(said.get(name, "") in text for text in texts), (name, texts)
