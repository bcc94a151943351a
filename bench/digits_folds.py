"""The digits by five-fold cross-validation, with shifts and a cosine schedule: accuracy by fold and seed, and time.

    python bench/digits_folds.py --choose      # compare settings inside the training part only
    python bench/digits_folds.py               # the protocol: five folds x three seeds over all 1,797 images

A fold's test images take no part in choosing: the settings below come from --choose, which divides the training part of
the shipped split alone.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np

import simplecell as sc
from simplecell import data
from simplecell.objectives import Cosine

FOLDS, SEEDS = 5, (0, 1, 2)
EPOCHS, BATCH, LR, MOMENTUM, DECAY, CHANNELS = 60, 32, 0.05, 0.9, 5e-4, 32
CANDIDATES = ((40, 0.05, 16), (60, 0.05, 16), (60, 0.05, 32), (60, 0.1, 32))
"""(epochs, learning rate, filters of the first convolution) that --choose compares."""


def network(channels: int) -> sc.Model:
    return sc.Sequential(
        sc.Input(1, 8, 8),
        sc.Conv2d(channels, 3, padding=1), sc.ReLU(), sc.Conv2d(2 * channels, 3, padding=1), sc.ReLU(),
        sc.MaxPool2d(2), sc.Conv2d(2 * channels, 3, padding=1), sc.ReLU(), sc.Dropout(0.3), sc.Flatten(), sc.Linear(10),
    )  # fmt: skip


def folds(whole: data.ArrayDataset) -> np.ndarray:
    """The fold of each image: within each class, in the file's order, 0 1 2 3 4 0 1 ..."""
    found = np.zeros(len(whole), np.int64)
    for label in range(len(whole.classes)):
        rows = np.flatnonzero(whole.targets == label)
        found[rows] = np.arange(len(rows)) % FOLDS
    return found


def run(
    whole: data.ArrayDataset, fold: int, seed: int, epochs: int = EPOCHS, lr: float = LR, channels: int = CHANNELS
) -> tuple[float, float, list[float]]:
    """(accuracy on the fold, seconds, the loss after each epoch)."""
    of = folds(whole)
    train, test = whole.take(np.flatnonzero(of != fold)), whole.take(np.flatnonzero(of == fold))
    began = time.perf_counter()
    net = network(channels)
    history = net.fit(
        data.augmented(train, data.Shift(1)), epochs=epochs, batch=BATCH, seed=seed, per="step",
        schedule=Cosine(epochs), optimizer=sc.SGD(lr, momentum=MOMENTUM, weight_decay=DECAY), workers=0,
    )  # fmt: skip
    return net.evaluate(test)["accuracy"], time.perf_counter() - began, [float(x) for x in history["loss"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--choose", action="store_true")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    given = parser.parse_args()
    train, test = data.digits()
    if given.choose:
        for epochs, lr, channels in CANDIDATES:
            found = [run(train, fold, 0, epochs, lr, channels)[0] for fold in range(FOLDS)]
            print(f"{epochs} epochs, lr {lr:g}, {channels} filters: {100 * statistics.mean(found):.2f} % inside")
        return
    whole = data.arrays(np.concatenate([train.images, test.images]), np.concatenate([train.targets, test.targets]))
    accuracies, seconds = [], []
    for seed in given.seeds:
        for fold in range(FOLDS):
            accuracy, took, losses = run(whole, fold, seed)
            accuracies.append(accuracy)
            seconds.append(took)
            shown = " ".join(f"{losses[at]:.3f}" for at in (0, EPOCHS // 4, EPOCHS // 2, 3 * EPOCHS // 4, EPOCHS - 1))
            print(f"seed {seed}, fold {fold}: {100 * accuracy:.2f} %, {took:.1f} s, losses {shown}", flush=True)
    mean, spread = statistics.mean(accuracies), statistics.stdev(accuracies)
    print(f"mean {100 * mean:.2f} %, standard deviation {100 * spread:.2f}; at most {max(seconds):.1f} s a training")


if __name__ == "__main__":
    main()
