"""Films: what has grown at the end is the layer's output, or the gradient; every renderer shows every position."""

from __future__ import annotations

import io
import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import simplecell as sc
from simplecell.explain.canvas import gif
from simplecell.objectives import CrossEntropy
from simplecell.run import reference
from simplecell.words import LANGUAGES


def small() -> tuple[sc.Sequential, np.ndarray]:
    net = sc.Sequential(
        sc.Input(4, 6, 5), sc.Conv2d(6, 3, stride=2, padding=1, groups=2, name="conv"), sc.ReLU(),
        sc.MaxPool2d(2, stride=1, padding=(0, 1), name="max"), sc.AvgPool2d(2, padding=1, name="mean"),
        sc.Flatten(), sc.Linear(3, name="fc"),
    )  # fmt: skip
    net.init(seed=3)
    return net, np.random.default_rng(2).standard_normal((4, 6, 5)).astype(np.float32)


@pytest.mark.parametrize(("layer", "channel"), [("conv", 4), ("max", 2), ("mean", 5)])
def test_a_film_ends_in_the_output_and_in_the_gradients(layer: str, channel: int) -> None:
    net, image = small()
    weights = {name: w.astype(np.float64) for name, w in net.weights.items()}
    trace = reference.forward(net.graph, [image[None].astype(np.float64)], weights)
    forward = net.film(image, layer, channel)
    *_, grown = forward.results()
    np.testing.assert_allclose(grown, trace.values[layer][0, channel], rtol=1e-13, atol=1e-15)
    seeds = {"fc": CrossEntropy().gradient(trace.values["fc"], np.array([2]))}
    by_node, by_weight = reference.backward(net.graph, trace, weights, seeds)
    node = net.graph[layer]
    assert node.layer is not None
    assert node.site is not None
    only = np.zeros_like(by_node[layer])
    only[0, channel] = by_node[layer][0, channel]
    xs = [trace.values[node.sources[0]]]
    (dx,), _ = node.layer.backward(
        node.site, only, trace.saved[layer], xs, reference.layer_weights(weights, layer)
    )  # fmt: skip
    back = net.film(image, layer, channel, back="inputs", target=2)
    *_, grown = back.results()
    np.testing.assert_allclose(grown, dx[0, list(back.channels)], rtol=1e-12, atol=1e-15)
    if layer == "conv":
        *_, grown = net.film(image, layer, channel, back="weights", target=2).results()
        np.testing.assert_allclose(grown, by_weight["conv.weight"][channel], rtol=1e-12, atol=1e-15)
        assert back.channels == (2, 3)


def test_the_worked_example_of_s1_frame_by_frame() -> None:
    """5x5x3 in a ring of zeros, 3x3 filters, stride 2: the first output is 0 + 2 + 0 + bias 1 = 3."""
    net = sc.Sequential(sc.Input(3, 5, 5), sc.Conv2d(2, 3, stride=2, padding=1, name="conv"))
    image, w = np.zeros((3, 5, 5), np.float32), np.zeros((2, 3, 3, 3), np.float32)
    image[1, :2, :2], w[0, 1, 1:, 1:] = [[1, 0], [0, 1]], [[1, 0], [0, 1]]
    net.load_weights({"conv.weight": w, "conv.bias": np.array([1, 0], np.float32)})
    first = net.film(image, "conv").frames[0]
    assert (first.at, first.rows, first.columns) == ((0, 0), (-1, 0, 1), (-1, 0, 1))
    assert [float(part.sum()) for part in first.given] == [0.0, 2.0, 0.0]
    assert first.value == 3.0


def test_json_png_svg_and_gif_show_every_position(tmp_path: Path) -> None:
    net, image = small()
    shown = net.film(image, "conv", 1)
    count = 3 * 3
    (name,) = shown.save(str(tmp_path / "film.json"))
    kept = json.loads(Path(name).read_text())
    assert kept["schema"] == "simplecell.film/1"
    assert len(kept["frames"]) == count
    for frame, original in zip(kept["frames"], shown.frames, strict=True):
        value = (np.array(frame["inputs"]) * np.array(frame["factors"])).sum() + kept["bias"]
        assert value == pytest.approx(original.value, rel=1e-12)
    assert len(shown.save(str(tmp_path / "film.png"))) == count
    with Image.open(tmp_path / "film-004.png") as picture:
        fourth = [*shown.scenes("en")][4]
        assert picture.size == (fourth.width, fourth.height)
    pages = shown.save(str(tmp_path / "film.svg"))
    texts = [t.text or "" for t in ElementTree.parse(pages[4]).iter("{http://www.w3.org/2000/svg}text")]
    assert any(text.startswith("output[1, 1] = sum of the products") for text in texts)
    with Image.open(io.BytesIO(gif(shown))) as animation:
        assert animation.n_frames == count  # type: ignore[attr-defined]
    pooled = net.film(image, "max", 0, back="inputs", target=0)
    assert json.loads(json.dumps(pooled.to_dict(), allow_nan=False))["frames"][0]["inputs"][0][0][0] == "-inf"
    for lang in LANGUAGES:
        for film in (shown, pooled, net.film(image, "mean", 1)):
            assert next(film.scenes(lang)).labels


def test_wrong_questions_are_answered() -> None:
    net, image = small()
    for call, words in (
        (lambda: net.film(image, "fc"), "no window slides"),
        (lambda: net.film(image, "conv", back="weights"), "the way back needs a loss.\n  fix: give the image's target"),
        (lambda: net.film(image, "max", back="weights", target=1), "has no weights.\n  fix: back='inputs'"),
        (lambda: net.film(image, "conv", 6), "channel 6 is outside 0..5"),
        (lambda: net.film(image, "conv").save("film.mp4"), "a film is written as .gif, .png, .svg, .json"),
    ):
        with pytest.raises(sc.SimplecellError) as caught:
            call()
        assert words in str(caught.value)
