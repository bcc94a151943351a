"""Volumes, what layers see of an image, and the patches that excite units most: their numbers, and that they draw."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

import simplecell as sc
from simplecell.explain.looking import patches, pyramid, volumes
from simplecell.words import LANGUAGES


def net() -> sc.Sequential:
    built = sc.Sequential(
        sc.Input(3, 12, 10), sc.Conv2d(4, 3, padding=1, name="conv"), sc.ReLU(name="relu"),
        sc.MaxPool2d(2, name="pool"), sc.Conv2d(5, 3, name="last"), sc.Flatten(name="flat"), sc.Linear(8, name="fc"),
    )  # fmt: skip
    built.init(seed=4)
    return built


def test_the_volumes_of_vgg_are_those_of_s1() -> None:
    found = volumes(sc.zoo.vgg16().graph)
    assert [v.shape for v in found[:6]] == [
        (3, 224, 224), (64, 224, 224), (64, 112, 112), (128, 112, 112), (128, 56, 56), (256, 56, 56),
    ]  # fmt: skip
    assert [v.shape for v in found[-4:]] == [(512, 7, 7), (25088,), (4096,), (1000,)]
    assert found[2].kind == "MaxPool2d"


def test_a_pyramid_has_the_windows_of_the_textbook() -> None:
    image = np.random.default_rng(0).standard_normal((3, 12, 10)).astype(np.float32)
    levels = pyramid(net().graph, image)
    assert [(level.name, level.pixels.shape[1:]) for level in levels] == [
        ("conv", (3, 3)), ("pool", (4, 4)), ("last", (8, 8)),
    ]  # fmt: skip
    conv, _, last = levels
    assert (conv.at, conv.rows, conv.columns) == ((6, 5), (5, 7), (4, 6))
    np.testing.assert_array_equal(conv.pixels, image[:, 5:8, 4:7])
    assert (last.rows, last.columns) == ((3, 10), (1, 8))
    deep = pyramid(sc.zoo.resnet50(size=64).graph, np.zeros((3, 64, 64), np.float32))
    assert len(deep) == 12
    assert all(a.pixels.shape < b.pixels.shape for a, b in itertools.pairwise(deep))


def test_patches_are_where_the_largest_values_are() -> None:
    model, data = net(), sc.data.shapes(90, 12)
    data = sc.data.arrays(data.images[..., 1:11], data.targets)
    found = model.patches(data, "relu", channels=(1, 3), top=5)
    w, b = (torch.from_numpy(np.array(model.weights[f"conv.{name}"])) for name in ("weight", "bias"))
    wanted = F.conv2d(torch.from_numpy(data.images), w, b, padding=1).relu().numpy()
    for channel, row in zip(found.channels, found.found, strict=True):
        highest = wanted[:, channel].reshape(90, -1).max(1)
        assert [p.value for p in row] == pytest.approx(sorted(highest.tolist(), reverse=True)[:5], rel=1e-5)
        for patch in row:
            y, x = patch.at
            assert wanted[patch.image, channel, y, x] == pytest.approx(patch.value, rel=1e-5)
            assert (patch.rows, patch.columns) == ((y - 1, y + 1), (x - 1, x + 1))
            inside = np.isfinite(patch.pixels)
            padded = np.pad(data.images[patch.image], ((0, 0), (1, 1), (1, 1)))[:, y : y + 3, x : x + 3]
            np.testing.assert_array_equal(patch.pixels[inside], padded[inside])
            assert inside.sum() == 3 * (min(y + 1, 11) - max(y - 1, 0) + 1) * (min(x + 1, 9) - max(x - 1, 0) + 1)
    kept = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert kept["channels"][1]["patches"][0]["value"] == found.found[1][0].value
    whole = model.patches(data, "fc", top=2)
    assert (len(whole.found), whole.found[0][0].pixels.shape) == (8, (3, 12, 10))


def test_everything_is_drawn_in_every_language(tmp_path: Path) -> None:
    model, data = net(), sc.data.shapes(20, 12)
    data = sc.data.arrays(data.images[..., 1:11], data.targets)
    image = data.images[0]
    for what in ("volumes", "pyramid", "column", "slice"):
        figures = [model.show(what, image, layer="pool", lang=lang) for lang in LANGUAGES]
        assert len({figure.get_size_inches()[0] for figure in figures}) == 1
    (bars,) = model.show("column", image, layer="conv", at=(0, 3)).axes
    values = model.watch(image).value("conv")[0, :, 0, 3]
    assert [bar.get_height() for bar in bars.patches] == pytest.approx(values.tolist(), rel=1e-6)
    shown = model.show("slice", image, channel=2).axes[0].images[0].get_array()
    np.testing.assert_array_equal(shown, image[2])
    model.patches(data, "pool", top=3).save(str(tmp_path / "patches.svg"), lang="ja")
    assert "</svg>" in (tmp_path / "patches.svg").read_text()


def test_what_cannot_be_shown_is_answered_with_the_numbers() -> None:
    model, data = net(), sc.data.shapes(4, 16)
    with pytest.raises(sc.ArgumentError, match=r"the images are \(3, 16, 16\), the network takes \(3, 12, 10\)"):
        model.patches(data, "conv")
    with pytest.raises(sc.ArgumentError, match=r"'conv' \(Conv2d\): channel 4 is outside 0..3"):
        patches(model.graph, lambda x: x, data, model.graph["conv"], (4,), 1)
    with pytest.raises(sc.ArgumentError, match="top is at least 1, got 0"):
        patches(model.graph, lambda x: x, data, model.graph["conv"], (0,), 0)
    with pytest.raises(sc.ArgumentError, match=r"'fc' \(Linear\): has no maps"):
        model.show("column", np.zeros((3, 12, 10), np.float32), layer="fc")
    with pytest.raises(sc.ShapeError, match=r"row 12 is outside 0..11"):
        model.show("column", np.zeros((3, 12, 10), np.float32), at=(12, 0))
