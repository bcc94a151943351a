"""Sets of units as boxes, against Python's own sets."""

from __future__ import annotations

import doctest
import itertools

import numpy as np
import pytest

from simplecell.explain import regions
from simplecell.explain.regions import Region


def random_boxes(
    generator: np.random.Generator, shape: tuple[int, ...], count: int
) -> list[tuple[tuple[int, ...], ...]]:
    return [
        tuple(tuple(np.flatnonzero(generator.random(n) < generator.random()).tolist()) for n in shape)
        for _ in range(count)
    ]


def test_the_examples_in_the_docstrings() -> None:
    assert doctest.testmod(regions).failed == 0


@pytest.mark.parametrize("shape", [(5,), (3, 4, 5), (1, 6, 6), (2, 1, 3)])
@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_a_union_is_the_union_of_sets(shape: tuple[int, ...], count: int) -> None:
    generator = np.random.default_rng(count)
    for _ in range(30):
        boxes = random_boxes(generator, shape, count)
        wanted = {cell for box in boxes for cell in itertools.product(*box)}
        region = Region.of(shape, boxes)
        cells = [cell for box in region.boxes for cell in itertools.product(*box)]
        assert len(cells) == len(set(cells)) == region.size
        assert set(cells) == wanted == {tuple(c) for c in np.argwhere(region.mask()).tolist()}
        assert all((cell in region) == (cell in wanted) for cell in itertools.product(*map(range, shape)))


def test_equal_sets_are_equal_values_however_they_were_put_together() -> None:
    generator = np.random.default_rng(5)
    for _ in range(50):
        boxes = random_boxes(generator, (3, 4, 4), 3)
        single = [tuple((i,) for i in cell) for box in boxes for cell in itertools.product(*box)]
        assert Region.of((3, 4, 4), boxes) == Region.of((3, 4, 4), single) == Region.of((3, 4, 4), boxes[::-1])


def test_a_cross_has_holes_in_its_hull() -> None:
    cross = Region.of((1, 5, 5), [((0,), (2,), (1, 2, 3)), ((0,), (1, 2, 3), (2,))])
    assert (cross.size, cross.hull, cross.holes) == (5, ((0, 0), (1, 3), (1, 3)), 4)
    empty = Region.of((1, 5, 5), [((0,), (), (1,))])
    assert (empty.size, empty.hull, empty.holes, empty.boxes) == (0, (), 0, ())
