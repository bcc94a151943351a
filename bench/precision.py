"""Does Winograd cost accuracy? The same trainings as the plan chooses, and with exact algorithms.

    python bench/precision.py                  # digits, lenet5 and resnet20, three seeds each

digits and lenet5 learn the shipped digits (for lenet5 four times as large), resnet20 drawn scenes of 32x32. Seeds,
order and steps are the same; only the algorithm differs, and with it the rounding, so two runs part as those of two
seeds do. lenet5's layers have too few channels for Winograd.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable

import numpy as np

import simplecell as sc
from simplecell import data
from simplecell.objectives import Cosine

SEEDS = (0, 1, 2)
HOW: dict[str, dict[str, str]] = {"as chosen": {}, "exact": {"precision": "exact"}}
Sets = tuple[data.ArrayDataset, data.ArrayDataset]


def enlarged(images: np.ndarray) -> np.ndarray:
    """8x8 cells, four pixels wide: 32x32."""
    return images.repeat(4, axis=2).repeat(4, axis=3)


def large_digits() -> Sets:
    train, test = (
        data.ArrayDataset(enlarged(part.images), part.targets, part.classes, part.name) for part in data.digits()
    )
    return train, test


def scenes() -> Sets:
    drawn = data.shapes(2000, 32, 0)
    images, targets = np.stack([x for x, _ in drawn]), np.array([y for _, y in drawn])
    whole = data.ArrayDataset(images, targets, drawn.classes, drawn.name)
    return whole.take(np.arange(1500)), whole.take(np.arange(1500, 2000))


CASES: dict[str, tuple[Callable[[], sc.Model], Callable[[], Sets], int, float]] = {
    "digits": (sc.zoo.digits, data.digits, 15, 0.05),
    "lenet5": (sc.zoo.lenet5, large_digits, 10, 0.05),
    "resnet20": (lambda: sc.zoo.resnet20(num_classes=8), scenes, 15, 0.05),
}
"""Network, training and test set, epochs, learning rate."""


def accuracy(name: str, sets: Sets, seed: int) -> float:
    build, _, epochs, lr = CASES[name]
    net = build().init(seed)
    net.fit(
        sets[0],
        epochs=epochs,
        batch=64,
        seed=seed,
        per="step",
        schedule=Cosine(epochs),
        optimizer=sc.SGD(lr, momentum=0.9),
    )
    return net.evaluate(sets[1])["accuracy"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nets", default=",".join(CASES))
    for name in parser.parse_args().nets.split(","):
        sets = CASES[name][1]()
        for label, how in HOW.items():
            with sc.use(**how):  # type: ignore[arg-type]
                reached = [100 * accuracy(name, sets, seed) for seed in SEEDS]
            print(f"{name:9} {label:10} {statistics.mean(reached):6.2f} %  ({', '.join(f'{a:.2f}' for a in reached)})")


if __name__ == "__main__":
    main()
