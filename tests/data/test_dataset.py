"""Data sets: what is accepted, what is refused and how it is said, and the order of batches."""

from collections.abc import Callable

import numpy as np
import pytest

from simplecell import data
from simplecell.errors import ArgumentError, DataError

RANDOM = np.random.default_rng(5)


def floats(*shape: int) -> np.ndarray:
    return RANDOM.random(shape, np.float32)


def test_nhwc_becomes_nchw() -> None:
    images = floats(4, 6, 5, 3)
    made = data.arrays(images, [0, 1, 2, 0], layout="NHWC")
    assert made.images.shape == (4, 3, 6, 5)
    assert made.images.flags.c_contiguous
    assert made.images[2, 1, 4, 3] == images[2, 4, 3, 1]


def test_bytes_are_scaled_and_floats_are_not() -> None:
    made = data.arrays(np.array([[[[0, 51, 255]]]], np.uint8), [0])
    np.testing.assert_array_equal(made.images, np.array([[[[0, 51 / 255, 1]]]], np.float32))
    made = data.arrays(np.array([[[[0.0, 51.0, 255.0]]]]), [0])
    np.testing.assert_array_equal(made.images, np.array([[[[0, 51, 255]]]], np.float32))


def test_items_classes_and_lengths() -> None:
    images = floats(3, 1, 2, 2)
    made = data.arrays(images, np.array([2, 0, 1], np.uint8), name="three")
    image, target = made[-1]
    np.testing.assert_array_equal(image, images[2])
    assert target == 1
    assert isinstance(target, int)
    assert made.classes == ("0", "1", "2")
    assert len(list(made)) == len(made) == 3
    assert repr(made) == "<three: 3 images of 2x2x1, 3 classes>"
    with pytest.raises(IndexError):
        made[3]


def test_regression_targets() -> None:
    made = data.arrays(floats(3, 1, 2, 2), [0.5, 1.5, -2.0])
    assert made.targets.shape == (3, 1)
    assert made.targets.dtype == np.float32
    assert made.classes == ()
    np.testing.assert_array_equal(made[2][1], np.array([-2.0], np.float32))
    assert repr(data.arrays(floats(3, 1, 2, 2), floats(3, 4))) == "<arrays: 3 images of 2x2x1, 4 values each>"


def test_a_deep_volume_with_small_maps_is_not_mistaken_for_nhwc() -> None:
    assert data.arrays(floats(2, 16, 3, 3), [0, 1]).images.shape == (2, 16, 3, 3)
    assert data.arrays(floats(2, 28, 28, 3), [0, 1], layout="NCHW").images.shape == (2, 28, 28, 3)


def spoilt(value: float, *place: int) -> np.ndarray:
    images = floats(4, 3, 8, 8)
    images[place] = value
    return images


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "nan": (
        lambda: data.arrays(spoilt(np.nan, 2, 1, 4, 7), [0] * 4),
        "arrays images: image 2 has nan at channel 1, row 4, column 7",
    ),
    "infinity": (lambda: data.arrays(spoilt(-np.inf, 0, 0, 0, 1), [0] * 4), "image 0 has -inf at channel 0, row 0"),
    "overflow": (lambda: data.arrays(np.full((1, 1, 1, 1), 1e300), [0]), "image 0 has inf"),
    "opposite infinities": (
        lambda: data.arrays(np.array([[[[np.inf, -np.inf]]]]), [0]),
        "image 0 has inf at channel 0, row 0, column 0",
    ),
    "nhwc": (
        lambda: data.arrays(floats(4, 28, 28, 3), [0] * 4),
        r"4x28x28x3 looks like \(n, h, w, c\); images are.*\n  fix one of: layout='NHWC' \| layout='NCHW'",
    ),
    "rank 3": (
        lambda: data.arrays(floats(4, 8, 8), [0] * 4),
        r"rank 3 \(4x8x8\).*\n  fix one of: images\[:, np.newaxis\]",
    ),
    "rank 2": (lambda: data.arrays(floats(4, 64), [0] * 4), r"rank 2 \(4x64\); \(n, c, h, w\) is needed"),
    "no images": (lambda: data.arrays(floats(0, 1, 8, 8), []), "0x1x8x8 holds nothing"),
    "ragged": (lambda: data.arrays([[1, 2], [3]], [0]), "not all of the same shape"),
    "text": (lambda: data.arrays([["a"]], [0]), "dtype <U1; numbers are needed"),
    "int images": (lambda: data.arrays(np.zeros((1, 1, 2, 2), int), [0]), "dtype int64: it is not known which value"),
    "fewer targets": (lambda: data.arrays(floats(4, 1, 8, 8), [0, 1, 2]), "4 images but 3 targets"),
    "negative target": (
        lambda: data.arrays(floats(2, 1, 8, 8), [0, -1]),
        "image 1 has class -1; classes go from 0 to 0",
    ),
    "target too large": (
        lambda: data.arrays(floats(3, 1, 8, 8), [0, 2, 7], classes=["cat", "dog"]),
        r"image 1 has class 2; classes go from 0 to 1 \(2 such targets\)",
    ),
    "one-hot": (
        lambda: data.arrays(floats(2, 1, 8, 8), [[0, 1], [1, 0]]),
        r"whole numbers of shape 2x2.*\n  fix one of: targets.argmax\(1\)",
    ),
    "nan target": (lambda: data.arrays(floats(2, 1, 8, 8), [[1.0], [np.nan]]), "targets: image 1 has nan as value 0"),
    "classes of values": (lambda: data.arrays(floats(1, 1, 8, 8), [0.5], ["cat"]), "regression, which has no classes"),
    "targets of rank 3": (lambda: data.arrays(floats(1, 1, 8, 8), floats(1, 1, 1)), "float32 of shape 1x1x1"),
    "unchecked double": (
        lambda: data.ArrayDataset(np.zeros((1, 1, 2, 2)), np.zeros(1, np.int64), ("a",), "own"),  # type: ignore[arg-type]
        "own images: dtype float64; float32 is needed",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_data_that_cannot_be_used_is_refused_with_its_place(case: str) -> None:
    make, expected = REFUSED[case]
    with pytest.raises(DataError, match=expected):
        make()


def test_an_unknown_layout_is_refused() -> None:
    with pytest.raises(ArgumentError, match="layout 'NWHC': is unknown"):
        data.arrays(floats(1, 1, 2, 2), [0], layout="NWHC")  # type: ignore[arg-type]


def test_every_image_comes_once_with_its_own_target() -> None:
    train, _ = data.digits()
    order = np.random.Generator(np.random.PCG64([7, 3])).permutation(1442)
    parts = list(data.batches(train, 64, seed=7, epoch=3))
    assert [len(targets) for _, targets in parts] == [64] * 22 + [34]
    np.testing.assert_array_equal(np.concatenate([images for images, _ in parts]), train.images[order])
    np.testing.assert_array_equal(np.concatenate([targets for _, targets in parts]), train.targets[order])


def test_orders_differ_between_seeds_and_epochs_and_repeat() -> None:
    train, _ = data.digits()

    def order(seed: int, epoch: int) -> bytes:
        return b"".join(images.tobytes() for images, _ in data.batches(train, 500, seed, epoch))

    assert order(0, 0) == order(0, 0)
    assert len({order(seed, epoch) for seed in range(3) for epoch in range(3)}) == 9


def test_without_a_seed_the_order_is_the_files() -> None:
    _, test = data.digits()
    np.testing.assert_array_equal(np.concatenate([t for _, t in data.batches(test, 100)]), test.targets)
    assert len(next(data.batches(test, 1000))[1]) == 355


@pytest.mark.parametrize("seed", [None, 0])
def test_batches_belong_to_whoever_gets_them(seed: int | None) -> None:
    _, test = data.digits()
    before = test.images.copy()
    for images, targets in data.batches(test, 100, seed):
        assert images.flags.c_contiguous
        assert images.flags.writeable
        images.fill(-1)
        targets.fill(-1)
    np.testing.assert_array_equal(test.images, before)
    assert test.targets.min() == 0
    kept = list(data.batches(test, 100, 1))
    assert len({images.__array_interface__["data"][0] for images, _ in kept}) == len(kept)


def test_impossible_batches_are_refused_at_once() -> None:
    _, test = data.digits()
    for arguments, expected in (((0,), "batch 0"), ((8, -1), "seed -1"), ((8, 0, -2), "epoch -2")):
        with pytest.raises(ArgumentError, match=f"{expected}: at least"):
            data.batches(test, *arguments)
