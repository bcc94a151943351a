"""Augmentation, normalisation and splits; batches prepared by workers."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

import simplecell as sc
from simplecell import data
from simplecell.data import AUGMENTATIONS
from simplecell.data.draws import Draw, uniform
from simplecell.layers.base import Array

RANDOM = np.random.default_rng(11)


def some(n: int = 20, classes: int = 2, c: int = 1, side: int = 6) -> data.ArrayDataset:
    return data.arrays(RANDOM.random((n, c, side, side)), np.arange(n) % classes, layout="NCHW")


def test_random_numbers_are_splitmix64s_and_uniform() -> None:
    """The first output of SplitMix64 seeded with 0 is e220a8397b1dcdaf (Vigna's reference program)."""
    from simplecell.data import draws

    assert int(draws._mixed(np.zeros(1, np.uint64))[0]) == 0xE220A8397B1DCDAF
    u = uniform((3, 5), np.arange(4000), 6)
    assert 0 <= u.min() < u.max() < 1
    np.testing.assert_allclose(u.mean(0), 0.5, atol=5 * (1 / 12 / 4000) ** 0.5)
    np.testing.assert_allclose(u.var(0), 1 / 12, rtol=0.06)
    assert np.abs(np.corrcoef(u.T) - np.eye(6)).max() < 0.08
    others = [uniform(draw, np.arange(4000), 6) for draw in ((3, 6), (4, 5), (5, 3))]
    assert all(abs(np.corrcoef(u.ravel(), other.ravel())[0, 1]) < 0.03 for other in others)


@pytest.mark.parametrize("kind", AUGMENTATIONS.values(), ids=list(AUGMENTATIONS))
def test_an_image_is_changed_by_its_own_numbers_alone(kind: type[data.Augmentation]) -> None:
    images, u = RANDOM.random((7, 3, 9, 8)).astype(np.float32), RANDOM.random((7, kind.draws))
    whole = kind().apply(images.copy(), u)
    assert whole.shape == images.shape
    assert whole.dtype == np.float32
    assert 0 <= whole.min() <= whole.max() <= 1 + 1e-6
    single = [kind().apply(images[n : n + 1].copy(), u[n : n + 1])[0] for n in range(7)]
    np.testing.assert_array_equal(whole, single)
    assert kind.make(kind().arguments()) == kind()
    assert kind.formula


def test_rotation_by_a_right_angle_and_a_crop_of_everything_are_exact() -> None:
    images = RANDOM.random((2, 3, 5, 5)).astype(np.float32)
    turned = data.Rotate(90).apply(images.copy(), np.ones((2, 1)))
    np.testing.assert_allclose(turned, np.rot90(images, 1, (2, 3)), atol=1e-6)
    np.testing.assert_allclose(data.Rotate(0).apply(images.copy(), np.ones((2, 1))), images, atol=1e-6)
    np.testing.assert_allclose(data.Crop(1.0).apply(images.copy(), np.full((2, 3), 0.3)), images, atol=1e-6)


def test_a_crop_is_torchs_bilinear_resize_of_the_part() -> None:
    import torch

    images = RANDOM.random((1, 2, 8, 8)).astype(np.float32)
    got = data.Crop(0.5).apply(images.copy(), np.array([[0.0, 0.5, 0.25]]))  # a side of 4, from row 2 and column 1
    grid = torch.nn.functional.affine_grid(
        torch.tensor([[[0.5, 0, (1 + 2) / 4 - 1], [0, 0.5, (2 + 2) / 4 - 1]]]), [1, 2, 8, 8], align_corners=False
    )
    sampled = torch.nn.functional.grid_sample(
        torch.from_numpy(images), grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    np.testing.assert_allclose(got, sampled.numpy(), atol=1e-5)


def test_erasing_and_shifting_take_what_they_say() -> None:
    images = np.ones((500, 1, 20, 20), np.float32)
    gone = (data.Erase(1.0, most=0.5).apply(images.copy(), RANDOM.random((500, 5))) == 0)[:, 0]
    rows, columns = gone.any(2).sum(1), gone.any(1).sum(1)
    assert (gone.sum((1, 2)) == rows * columns).all()  # one rectangle
    assert {int(rows.min()), int(rows.max())} == {int(columns.min()), int(columns.max())} == {2, 10}
    moves = data.Shift(2).apply(images.copy(), RANDOM.random((500, 2)))[:, 0]
    tops = [int((frame.sum(1) > 0).argmax()) for frame in moves]
    assert set(tops) == {0, 1, 2}
    assert (moves.sum((1, 2)) == 400).mean() < 0.1


def test_augmentation_depends_on_seed_epoch_and_image_alone() -> None:
    whole = some(30)
    made = data.augmented(whole, data.Flip(), data.Shift(2))
    rows = np.array([4, 9, 2])
    once = made.gather(rows, (1, 2))
    np.testing.assert_array_equal(once, [made.gather(np.array([row]), (1, 2))[0] for row in rows])
    assert (once != made.gather(rows, (1, 3))).any()
    assert (once != made.gather(rows, (2, 2))).any()
    np.testing.assert_array_equal(made.gather(rows), whole.images[rows])
    np.testing.assert_array_equal(made.images, whole.images)
    np.testing.assert_array_equal(made[3][0], whole[3][0])


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_workers_change_nothing(workers: int) -> None:
    made = data.augmented(some(50), data.Flip(), data.Rotate(30))
    alone = list(data.batches(made, 8, 7, 3))
    helped = list(data.batches(made, 8, 7, 3, workers=workers))
    assert len(alone) == len(helped) == 7
    for (x, y), (a, b) in zip(alone, helped, strict=True):
        np.testing.assert_array_equal(x, a)
        np.testing.assert_array_equal(y, b)
    for (x, _), (a, _) in zip(alone[5:], data.batches(made, 8, 7, 3, start=5, workers=workers), strict=True):
        np.testing.assert_array_equal(x, a)


class Counting(data.ArrayDataset):
    """Counts what was asked for, and fails at one image."""

    def gather(self, rows: Array, draw: Draw | None = None) -> Array:
        COUNTED.append(len(rows))
        if 33 in rows:
            raise sc.DataError("image 33 is damaged")
        return super().gather(rows, draw)


COUNTED: list[int] = []


def test_workers_run_ahead_by_a_bounded_number_and_end_with_their_taker() -> None:
    COUNTED.clear()
    before = threading.active_count()
    whole = some(64)
    stream = data.batches(Counting(whole.images, whole.targets, whole.classes, "counting"), 4, workers=2)
    next(stream)
    for thread in threading.enumerate():
        if thread.name.startswith("simplecell-data"):
            thread.join(0.05)
    assert len(COUNTED) <= 5  # the one taken, and two ahead for each of two workers
    for _ in range(7):
        next(stream)
    with pytest.raises(sc.DataError, match="image 33"):  # in the ninth batch, when it is due
        next(stream)
    assert threading.active_count() == before


def test_statistics_and_normalisation() -> None:
    whole = some(37, c=3)
    mean, std = data.statistics(whole, batch=5)
    np.testing.assert_allclose(mean, whole.images.astype(np.float64).mean((0, 2, 3)), rtol=1e-12)
    np.testing.assert_allclose(std, whole.images.astype(np.float64).std((0, 2, 3)), rtol=1e-12)
    made = data.normalised(whole)
    np.testing.assert_allclose(made.images.mean((0, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(made.images.std((0, 2, 3)), 1, rtol=1e-5)
    other = data.normalised(some(5, c=3), made.mean, made.std)
    assert (other.mean, other.std) == (made.mean, made.std)
    flat = data.arrays(np.full((4, 1, 2, 2), 0.5), [0, 1, 0, 1])
    assert data.normalised(flat).std == (1.0,)
    kept = data.normalised(replace(whole, preprocessing=data.Preprocessing(3, 6, 6)))
    assert kept.preprocessing is not None
    assert kept.preprocessing.mean == mean
    picture = np.uint8(whole.images[0].transpose(1, 2, 0) * 255)
    np.testing.assert_allclose(kept.preprocessing.pictures(picture)[0], kept.images[0], atol=0.03)


def test_a_split_is_seeded_and_divides_each_class() -> None:
    whole = some(100, classes=4)
    rest, apart = data.split(whole, 0.2, seed=3)
    assert np.bincount(apart.targets).tolist() == [5] * 4
    assert len(rest) == 80
    joined = np.concatenate([rest.images, apart.images])
    assert sorted(joined.sum((1, 2, 3))) == pytest.approx(sorted(whole.images.sum((1, 2, 3))))
    again = data.split(whole, 0.2, seed=3)[1]
    np.testing.assert_array_equal(again.images, apart.images)
    assert (data.split(whole, 0.2, seed=4)[1].images != apart.images).any()
    values = data.arrays(np.zeros((10, 1, 2, 2)), np.zeros((10, 2)))
    assert [len(part) for part in data.split(values, 0.3)] == [7, 3]


WRONG = {
    "share": (lambda: data.split(some(), 1.0), sc.ArgumentError, "share must be above 0 and below 1"),
    "class": (lambda: data.split(some(5, classes=5), 0.2), sc.DataError, r"too few to divide by 0.2: 0 \(1\), 1 \(1\)"),
    "mean": (lambda: data.normalised(some(c=3), [0.5], [0.5]), sc.ArgumentError, "mean has 1 numbers, .* 3 channels"),
    "std": (lambda: data.normalised(some(), [0.5], [0.0]), sc.ArgumentError, "a std must be at least"),
    "both": (lambda: data.normalised(some(), [0.5]), sc.ArgumentError, "both mean and std, or neither"),
    "step": (lambda: data.augmented(some(), "flip"), sc.ArgumentError, r"needed, got 'flip'; fix: data.Flip\(\)"),
    "probability": (lambda: data.Flip(1.5), sc.ArgumentError, "probability must be from 0 to 1, got 1.5"),
    "workers": (lambda: data.batches(some(), 4, workers=-1), sc.ArgumentError, "workers -1: at least 0"),
    "rank": (
        lambda: data.augmented(data.arrays(np.zeros((4, 3)), [0] * 4, layout="NC"), data.Flip()),
        sc.DataError, "augmentations need images",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("call", "error", "text"), WRONG.values(), ids=list(WRONG))
def test_what_cannot_be_is_said(call: object, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()  # type: ignore[operator]
