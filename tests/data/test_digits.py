"""The embedded digits are the UCI handwritten digits, cut into training and test as the documentation says."""

import hashlib
from pathlib import Path

import numpy as np

import simplecell.data
from simplecell import data, files

CSV_SHA256 = "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"
PER_CLASS = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]  # optdigits.names, testing part


def stored() -> tuple[np.ndarray, np.ndarray]:
    tensors = files.read(Path(simplecell.data.__file__).parent / "resources" / "digits.safetensors").tensors
    return tensors["images"], tensors["targets"]


def test_the_stored_values_are_scikit_learns_digits_csv_byte_for_byte() -> None:
    images, targets = stored()
    rows = np.column_stack([images.reshape(-1, 64), targets]).tolist()
    text = "".join(",".join(map(str, row)) + "\n" for row in rows)
    assert hashlib.sha256(text.encode()).hexdigest() == CSV_SHA256


def test_the_counts_are_those_that_the_authors_publish() -> None:
    _, targets = stored()
    assert np.bincount(targets).tolist() == PER_CLASS
    assert len(targets) == 1797
    train, test = data.digits()
    assert np.bincount(test.targets).tolist() == [count // 5 for count in PER_CLASS]
    assert (len(train), len(test)) == (1442, 355)


def test_the_test_set_is_every_fifth_image_of_each_class_in_file_order() -> None:
    images, targets = stored()
    seen = [0] * 10
    expected: dict[bool, list[int]] = {False: [], True: []}
    for i, target in enumerate(targets.tolist()):
        expected[seen[target] % 5 == 4].append(i)
        seen[target] += 1
    for part, rows in zip(data.digits(), (expected[False], expected[True]), strict=True):
        np.testing.assert_array_equal(part.images * 16, images[rows])
        np.testing.assert_array_equal(part.targets, targets[rows])


def test_types_and_scale() -> None:
    for part, name in zip(data.digits(), ("digits/train", "digits/test"), strict=True):
        assert part.name == name
        assert part.images.dtype == np.float32
        assert part.images.shape[1:] == (1, 8, 8)
        assert part.targets.dtype == np.int64
        assert part.classes == tuple("0123456789")
        assert (part.images.min(), part.images.max()) == (0.0, 1.0)


def test_the_sum_of_all_ink_is_that_of_the_csv() -> None:
    train, test = data.digits()
    assert float(train.images.sum(dtype=np.float64) + test.images.sum(dtype=np.float64)) * 16 == 561_718
