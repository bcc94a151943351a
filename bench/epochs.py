"""Whole epochs from files: 32x32 PNGs with augmentation; and what a checkpoint costs.

    python bench/epochs.py --images 2000

Checked first: the data's order and augmentations are the same with 0, 1 and 2 workers. Timed then: a resnet20 epoch,
batch 64, the share of it in which training waited for data; memory over epochs; the time of
one checkpoint of a VGG-11 for 32x32 images beside an epoch of 50,000.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import simplecell as sc
from simplecell import data
from simplecell.train import Callback, Run

BATCH = 64


def written(place: Path, images: int) -> data.PictureFolder:
    """A folder of drawn scenes as PNGs."""
    scenes = data.shapes(images, 32, 0)
    for number, (image, target) in enumerate(scenes[i] for i in range(images)):
        folder = place / scenes.classes[target]  # type: ignore[index]
        folder.mkdir(exist_ok=True)
        Image.fromarray(np.uint8(255 * image.transpose(1, 2, 0))).save(folder / f"{number:06}.png")
    return data.folder(place)


def resident() -> float:
    """Megabytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


class Memory(Callback):
    """Memory at the end of each epoch."""

    def __init__(self) -> None:
        self.megabytes: list[float] = []

    def on_epoch_end(self, record: Any) -> None:
        self.megabytes.append(resident())


def checked(seen: Any) -> None:
    """The same batches whatever the number of workers."""
    alone = [images for images, _ in data.batches(seen, BATCH, 0, 1)]
    for workers in (1, 2):
        for (images, _), expected in zip(data.batches(seen, BATCH, 0, 1, workers=workers), alone, strict=True):
            np.testing.assert_array_equal(images, expected)


def ours(seen: Any, epochs: int) -> None:
    net, memory = sc.zoo.NETWORKS["resnet20"](num_classes=len(seen.classes)), Memory()
    history = net.fit(seen, epochs=epochs, batch=BATCH, optimizer=sc.SGD(0.1, momentum=0.9), callbacks=[memory])
    seconds = [record["seconds"] for record in history.epochs[1:]]
    waiting = [100 * record["waiting_seconds"] / record["seconds"] for record in history.epochs[1:]]
    print(f"simplecell: {statistics.median(seconds):.2f} s an epoch (from {min(seconds):.2f} to {max(seconds):.2f})")
    print(f"  waiting for data {statistics.median(waiting):.1f} % of it (at most {max(waiting):.1f} %)")
    print(f"  memory {memory.megabytes[0]:.1f} MB after the first epoch, {memory.megabytes[-1]:.1f} after the last")


def checkpoint(images: int = 50_000, rounds: int = 5) -> None:
    """The time of a checkpoint of a VGG-11 beside that of an epoch, reckoned from a few steps."""
    scenes = data.shapes(4 * BATCH, 32)
    net = sc.zoo.NETWORKS["vgg11_32"]()
    kept: list[Run] = []

    class Hold(Callback):
        def on_train_begin(self, run: Run) -> None:
            kept.append(run)

    history = net.fit(scenes, epochs=2, batch=BATCH, optimizer=sc.SGD(0.01, momentum=0.9), callbacks=[Hold()])
    epoch = images / history.epochs[-1]["images_per_second"]
    with tempfile.TemporaryDirectory() as place:
        times = []
        for _ in range(rounds):
            began = time.perf_counter()
            kept[0].save(Path(place) / "last.safetensors")
            times.append(time.perf_counter() - began)
        size = (Path(place) / "last.safetensors").stat().st_size / 1e6
    took = statistics.median(times)
    print(f"checkpoint of vgg11_32: {size:.1f} MB in {took:.3f} s (from {min(times):.3f} to {max(times):.3f})")
    print(f"  an epoch of {images:,} takes {epoch:.0f} s here: {100 * took / epoch:.2f} % of it")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--epochs", type=int, default=4)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        seen = data.augmented(written(Path(place), given.images), data.Flip(), data.Shift(4))
        checked(seen)
        ours(seen, given.epochs)
    checkpoint()


if __name__ == "__main__":
    main()
