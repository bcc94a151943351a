"""Regression: where does the arrow point? Under a minute on two cores.

python examples/angle.py
"""

from __future__ import annotations

import numpy as np

import simplecell as sc
from simplecell.objectives import Cosine
from simplecell.train import Progress

EPOCHS = 20


def degrees_off(net: sc.Model, scenes: sc.data.Dataset) -> np.ndarray:
    """The angle between where each arrow points and where the network says it does."""
    said, true = (np.arctan2(values[:, 1], values[:, 0]) for values in (net(scenes.images), scenes.targets))
    return np.rad2deg(abs((said - true + np.pi) % (2 * np.pi) - np.pi))


def main() -> None:
    scenes = sc.data.shapes(6_000, 24, seed=1, task="angle")
    train, test = scenes.take(range(5_000)), scenes.take(range(5_000, 6_000))
    net = sc.Sequential(
        sc.Input(3, 24, 24),
        sc.Conv2d(16, 5, padding=2), sc.ReLU(), sc.MaxPool2d(2),
        sc.Conv2d(32, 3, padding=1), sc.ReLU(), sc.MaxPool2d(2),
        sc.Conv2d(32, 3, padding=1), sc.ReLU(),
        sc.Flatten(), sc.Linear(64), sc.ReLU(), sc.Linear(2),
    )  # fmt: skip
    net.fit(
        train, epochs=EPOCHS, batch=64, optimizer=sc.Adam(0.002), schedule=Cosine(EPOCHS), per="step", seed=0,
        callbacks=[Progress()],
    )  # fmt: skip
    off = degrees_off(net, test)
    print(f"on 1,000 arrows it has not seen: half within {np.median(off):.1f} degrees, mean {off.mean():.1f}")


if __name__ == "__main__":
    main()
