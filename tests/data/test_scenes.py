"""Drawn scenes: what they show is what their targets say."""

from __future__ import annotations

import numpy as np
import pytest

import simplecell as sc
from simplecell import data
from simplecell.data.scenes import KINDS, OBJECTS


@pytest.mark.parametrize("task", ["classes", "angle", "boxes"])
@pytest.mark.parametrize("channels", [1, 3])
def test_an_image_depends_on_the_seed_and_its_number_alone(task: str, channels: int) -> None:
    few, many = (data.shapes(n, 20, 5, task, channels=channels) for n in (6, 40))  # type: ignore[arg-type]
    np.testing.assert_array_equal(few.images, many.images[:6])
    np.testing.assert_array_equal(few.targets, many.targets[:6])
    assert (few.images != data.shapes(6, 20, 6, task, channels=channels).images).any()  # type: ignore[arg-type]
    np.testing.assert_array_equal(many.take([30, 2]).images, many.images[[30, 2]])
    assert few.images.shape == (6, channels, 20, 20)
    assert few.images.dtype == np.float32
    assert 0 <= few.images.min() < few.images.max() <= 1


def test_all_classes_come_about_as_often() -> None:
    counts = np.bincount(data.shapes(4000, 8).targets, minlength=len(KINDS))
    assert abs(counts - 500).max() < 5 * (4000 * 1 / 8 * 7 / 8) ** 0.5


def cover(task: str, n: int, size: int) -> tuple[data.Shapes, np.ndarray]:
    """The scenes, and how much of each pixel their one object covers."""
    scenes = data.shapes(n, size, 1, task)  # type: ignore[arg-type]
    return scenes, scenes._cover(scenes._objects(scenes.numbers)[:, 0])


def test_arrows_point_to_where_their_targets_say() -> None:
    """The principal axis of an arrow's pixels is the target's direction; its head, the wider end, lies that way."""
    scenes, covers = cover("angle", 60, 96)
    ys, xs = np.mgrid[:96, :96].astype(float)
    for weight, (cosine, sine) in zip(covers.astype(float), scenes.targets, strict=True):
        x, y = ((weight * part).sum() / weight.sum() for part in (xs, ys))
        along, across = (xs - x) * cosine - (ys - y) * sine, (xs - x) * sine + (ys - y) * cosine
        assert abs((weight * along * across).sum()) < 0.05 * (weight * along**2).sum()
        assert (weight * along**2).sum() > 2 * (weight * across**2).sum()
        half = weight * (along > 0)
        assert (half * across**2).sum() > 2 * ((weight - half) * across**2).sum()
    np.testing.assert_allclose(np.hypot(*scenes.targets.T), 1, rtol=1e-6)


def test_areas_are_those_of_the_drawn_figures() -> None:
    """A disk covers pi r^2; a square of half side 0.7 covers (1.4 r)^2; r in pixels."""
    scenes, covers = cover("classes", 200, 64)
    radii = 64 * (0.12 + 0.24 * scenes._objects(scenes.numbers)[:, 0, 2])
    areas = {"disk": np.pi, "ring": np.pi * 0.75, "square": 1.96, "stroke": 4 * 0.85 * 0.15 + np.pi * 0.15**2}
    for name, area in areas.items():
        of = scenes.targets == list(KINDS).index(name)
        np.testing.assert_allclose(covers[of].sum((1, 2)), area * radii[of] ** 2, rtol=0.04, err_msg=name)


def test_boxes_hold_their_objects_and_go_from_left_to_right() -> None:
    scenes = data.shapes(50, 64, 2, "boxes")
    boxes = scenes.targets.reshape(50, OBJECTS, 5)
    assert (boxes[:, :, :2] >= 0).all()
    assert (boxes[:, :, 2:4] <= 1).all()
    centres = (boxes[:, :, 0] + boxes[:, :, 2]) / 2
    assert (np.diff(centres, axis=1) > -0.1).all()
    objects = scenes._objects(scenes.numbers)
    for at in range(OBJECTS):
        for covered, (left, top, right, bottom, kind) in zip(scenes._cover(objects[:, at]), boxes[:, at], strict=True):
            ys, xs = np.nonzero(covered > 0.5)
            assert left * 64 - 1 <= xs.min() <= xs.max() <= right * 64 + 1
            assert top * 64 - 1 <= ys.min() <= ys.max() <= bottom * 64 + 1
            assert kind in range(len(KINDS))


@pytest.mark.parametrize(("given", "text"), [
    ({"n": 0}, "n must be"), ({"size": 7}, "size must be"), ({"size": 513}, "size must be from 8 to 512, got 513"),
    ({"task": "names"}, "unknown task 'names'; known: classes, angle, boxes"), ({"channels": 2}, "1 or 3, got 2"),
])  # fmt: skip
def test_impossible_scenes_are_refused(given: dict[str, object], text: str) -> None:
    with pytest.raises(sc.ArgumentError, match=text):
        data.shapes(**({"n": 4} | given))  # type: ignore[arg-type]
