"""Data sets of one's own pairs: in memory, asked for one by one, in a temporary file; and what stands for one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

import simplecell as sc
from simplecell import data

TRAIN = data.digits()[0].take(range(90))


class Own:
    """A sequence as people write it for other programs; it counts what it is asked for."""

    def __init__(self, whole: Any = TRAIN) -> None:
        self.whole, self.asked = whole, list[int]()

    def __len__(self) -> int:
        return len(self.whole)

    def __getitem__(self, index: int) -> tuple[Any, int]:
        self.asked.append(index)
        return self.whole[index]


def without_length() -> Iterator[tuple[Any, int]]:
    yield from TRAIN  # type: ignore[misc]


def test_any_iterable_of_pairs() -> None:
    for make in (data.pairs, data.lazy):
        made = make(((np.full((3, 5, 4), i, np.float32), i % 3) for i in range(7)), name="made")
        assert (made.shape, made.targets.tolist(), made.name) == ((3, 5, 4), [0, 1, 2, 0, 1, 2, 0], "made")
        assert made.images[:, 1, 2, 3].tolist() == list(range(7))
        values = make([(np.zeros((1, 2, 2), np.float32), [0.5, 1.0])] * 3)
        assert (values.targets.shape, values.classes) == ((3, 2), ())
        pixels = make(((np.full((6, 5, 3), i, np.uint8), 0) for i in range(3)), ["ash"], layout="NHWC")
        assert (pixels.shape, pixels.classes, pixels[2][0].max()) == ((3, 6, 5), ("ash",), np.float32(2) / 255)


def test_a_sequence_is_asked_for_what_is_needed_and_nothing_else() -> None:
    own = Own()
    made = data.lazy(own, targets=TRAIN.targets, name="own")
    assert own.asked == [0]
    np.testing.assert_array_equal(made.gather(np.array([7, 3])), TRAIN.images[[7, 3]])
    assert own.asked == [0, 7, 3]
    part = made.take([5, 8])
    np.testing.assert_array_equal(part[-1][0], TRAIN.images[8])
    assert (own.asked, repr(part), part.targets.tolist()) == (
        [0, 7, 3, 8], "<own: 2 images of 8x8x1, 10 classes>", TRAIN.targets[[5, 8]].tolist()
    )  # fmt: skip
    with pytest.raises(IndexError, match="own: image 90 of 90"):
        made[90]


GIVEN: dict[str, Callable[[], Any]] = {
    "arrays": lambda: (TRAIN.images, TRAIN.targets),
    "a list": lambda: list(TRAIN),  # type: ignore[call-overload]
    "a sequence": Own,
    "a generator": without_length,
    "lazy, divided twice": lambda: data.lazy(without_length()).take(np.arange(90)[::-1]).take(np.arange(90)[::-1]),
}


def test_the_same_pictures_in_any_form_train_to_the_same_bits() -> None:
    wanted = sc.zoo.digits()
    wanted.fit(data.augmented(TRAIN, data.Shift(1)), epochs=2, batch=16, seed=3)
    for form, given in GIVEN.items():
        net = sc.zoo.digits()
        net.fit(data.augmented(data.as_dataset(given()), data.Shift(1)), epochs=2, batch=16, seed=3, workers=2)
        assert all(np.array_equal(w, wanted.weights[name]) for name, w in net.weights.items()), form
        assert net.evaluate(given(), metrics=["macro_f1"]) == wanted.evaluate(TRAIN, metrics=["macro_f1"]), form
    history = sc.zoo.digits().fit(without_length(), validation=Own(), epochs=1, seed=3)
    assert history["validation_accuracy"][0] > 0.1


def changing() -> data.Lazy:
    class Growing(Own):
        def __getitem__(self, index: int) -> tuple[Any, int]:
            return np.zeros((1, 8, 8 + index)), 0

    return data.lazy(Growing(), targets=[0] * 90)


def pair(*shape: int, dtype: Any = np.float32) -> tuple[Any, int]:
    return np.zeros(shape, dtype), 0


WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "item": (lambda: data.pairs([pair(1, 2, 2), 5]), "item 1 is a int; pairs"),  # type: ignore[list-item]
    "shape": (
        lambda: data.lazy(iter([pair(1, 2, 2), pair(1, 2, 3)])),
        r"image 1 is \(1, 2, 3\) of float32, the first one \(1, 2, 2\)",
    ),
    "type": (lambda: data.pairs([pair(1, 2, 2), pair(1, 2, 2, dtype=np.uint8)]), "image 1 is .* of uint8, the first"),
    "nothing": (lambda: data.pairs([]), "there is nothing in it"),
    "no sequence": (lambda: data.lazy(iter([])), "there is nothing in it"),
    "empty sequence": (lambda: data.lazy([]), "there is nothing in it"),
    "targets": (lambda: data.lazy(Own(), targets=[0, 1]), "90 images but 2 targets"),
    "classes": (lambda: data.lazy(Own(), ["ash"]), "classes go from 0 to 0"),
    "layout": (lambda: data.lazy([pair(28, 28, 3)]), "looks like .n, h, w, c."),
    "one changed": (lambda: changing().gather(np.array([1])), r"is now \(1, 8, 9\), the first one was \(1, 8, 8\)"),
    "two changed": (lambda: changing().gather(np.array([1, 2])), r"images differ: \(1, 8, 10\) of float64 and \(1, 8"),
    "fit": (lambda: sc.zoo.digits().fit(3, epochs=1), r"of type int is no data set.*\n  fix one of: \(images, targ"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize(("call", "text"), WRONG.values(), ids=list(WRONG))
def test_what_is_no_data_set_is_said(call: Callable[[], object], text: str) -> None:
    with pytest.raises(sc.DataError, match=text):
        call()


def test_a_full_disk_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", partial(open, "/dev/full", "wb"))
    with pytest.raises(sc.FileError, match=r"made: .*: cannot be written: No space left on device; TMPDIR names"):
        data.lazy((pair(1, 64, 64) for _ in range(9)), name="made")
