"""Maps of what matters, against PyTorch and by hand; and the three ideas, true where they must be."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

import simplecell as sc
from simplecell.words import LANGUAGES


def small() -> tuple[sc.Sequential, np.ndarray]:
    net = sc.Sequential(
        sc.Input(2, 9, 8), sc.Conv2d(5, 3, padding=1, name="conv"), sc.ReLU(name="relu"), sc.MaxPool2d(2, name="pool"),
        sc.Conv2d(4, 3, name="conv2"), sc.ReLU(name="last_maps"), sc.Flatten(), sc.Linear(3, name="fc"),
        sc.Softmax(name="end"),
    )  # fmt: skip
    net.init(seed=5)
    return net, np.random.default_rng(1).standard_normal((2, 9, 8)).astype(np.float32)


def test_saliency_and_gradcam_are_pytorchs_gradients() -> None:
    net, image = small()
    w = {name: torch.from_numpy(np.array(v, np.float64)) for name, v in net.weights.items()}
    x = torch.from_numpy(image[None].astype(np.float64)).requires_grad_()
    a = F.max_pool2d(F.conv2d(x, w["conv.weight"], w["conv.bias"], padding=1).relu(), 2)
    maps = F.conv2d(a, w["conv2.weight"], w["conv2.bias"]).relu()
    maps.retain_grad()
    scores = maps.flatten(1) @ w["fc.weight"].T + w["fc.bias"]
    best = int(scores[0].argmax())
    scores[0, best].backward()
    assert x.grad is not None
    assert maps.grad is not None
    found = net.heat("saliency", image)
    assert (found.layer, found.unit) == ("fc", (best,))
    assert found.value == pytest.approx(float(scores.detach()[0, best]), rel=1e-12)
    np.testing.assert_allclose(found.values, x.grad[0].abs().amax(0).numpy(), rtol=1e-10, atol=1e-15)
    cam = (maps.grad[0].mean((1, 2), keepdim=True) * maps.detach()[0]).sum(0).clamp(min=0)
    rows, columns = np.arange(9) * cam.shape[0] // 9, np.arange(8) * cam.shape[1] // 8
    found = net.heat("gradcam", image, maps="last_maps")
    np.testing.assert_allclose(found.values, cam.numpy()[np.ix_(rows, columns)], rtol=1e-10, atol=1e-15)


def test_occlusion_is_what_covering_changes() -> None:
    """A sum of all pixels falls by the difference between the covered pixels and the cover."""
    net = sc.Sequential(sc.Input(1, 4, 6), sc.Flatten(), sc.Linear(1, bias=False, name="fc"))
    net.load_weights({"fc.weight": np.ones((1, 24), np.float32)})
    image = np.arange(24, dtype=np.float32).reshape(1, 4, 6)
    found = net.heat("occlusion", image, size=2)
    assert found.value == 276
    corner = float((image[0, :2, :2] - image.mean()).sum())
    assert found.values[0, 0] == pytest.approx(corner, rel=1e-6)
    last = float((image[0, 2:, 4:] - image.mean()).sum())
    assert found.values[-1, -1] == pytest.approx(last, rel=1e-6)
    with pytest.raises(sc.SimplecellError, match=r"a square of 1..4 pixels"):
        net.heat("occlusion", image, size=5)


def test_the_effective_field_lies_in_the_exact_one() -> None:
    net, image = small()
    found = net.heat("field", layer="conv2", at=(1, 1), channel=2)
    exact = net.sees("conv2", (1, 1), 2).mask().any(0)
    assert not found.values[~exact].any()
    assert (found.values[exact] > 0).mean() > 0.9
    alone = net.heat("field", image, layer="conv", at=(0, 0), channel=0)
    np.testing.assert_allclose(
        alone.values[:2, :2], np.abs(net.weights["conv.weight"][0, :, 1:, 1:]).mean(0), rtol=1e-6
    )  # fmt: skip
    assert not alone.values[2:].any()


def test_the_three_ideas_hold_where_they_must() -> None:
    net, image = small()
    local, moved, kept = net.ideas(image, "conv", shift=(2, 1))
    assert (local.moved, local.numbers["reached"], local.numbers["outside"]) == (45, 45, 0)
    assert moved.units == 5 * 5 * 5
    assert (moved.moved, moved.numbers["largest"]) == (0, 0.0)
    assert kept.moved > 0
    _, pooled, changed = net.ideas(image, "pool", shift=(2, 0))
    assert pooled.moved == 0
    assert pooled.units > 0
    assert changed.units == 5 * 4 * 4
    _, broken, _ = net.ideas(image, "pool", shift=(1, 0))
    assert broken.numbers == {"exact": 0.0}
    for idea in (local, moved, kept, broken):
        assert len({idea.text(lang) for lang in LANGUAGES}) == 3
        json.dumps(idea.to_dict(), allow_nan=False)
    (only,) = net.ideas(image, "fc")
    assert only.moved == only.numbers["reached"] == 3


def test_pictures_are_drawn_and_kept(tmp_path: Path) -> None:
    net, image = small()
    net.heat("saliency", image).save(str(tmp_path / "saliency.png"))
    net.heat("occlusion", image).save(str(tmp_path / "occlusion.svg"), lang="zh")
    assert (tmp_path / "saliency.png").read_bytes()[:4] == b"\x89PNG"
    assert "</svg>" in (tmp_path / "occlusion.svg").read_text()
    assert net.show("filters").get_size_inches()[0] > 1
    assert net.show("maps", image, layer="relu").get_size_inches()[0] > 1
    assert json.loads(json.dumps(net.heat("gradcam", image).to_dict()))["kind"] == "gradcam"
    with pytest.raises(sc.SimplecellError, match="gives no maps"):
        net.heat("gradcam", image, maps="fc")
