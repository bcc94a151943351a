"""Whole epochs from files: 32x32 PNGs with augmentation, beside PyTorch's; memory over epochs; what a checkpoint costs.

    python bench/epochs.py                     # all three
    python bench/epochs.py epochs --compiled   # PyTorch compiled, too

Checked first: the data's order and augmentations are the same with 0, 1 and 2 workers, and PyTorch's network gives the
same scores. Then epochs of resnet20, batch 64, taken in turns: its own and the share in which training waited for data;
PyTorch's with a DataLoader of two worker processes. Memory: a smaller network over fifty epochs. Checkpoint: one of
VGG-11's convolutions with a head of 512, 512 and 10, beside an epoch of 50,000.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import simplecell as sc
from resident import resident
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


class Memory(Callback):
    """Memory at the end of each epoch."""

    def __init__(self) -> None:
        self.megabytes: list[float] = []

    def on_epoch_end(self, record: Any) -> None:
        self.megabytes.append(resident("VmRSS") / 1e6)


def checked(seen: Any) -> None:
    """The same batches whatever the number of workers."""
    alone = [images for images, _ in data.batches(seen, BATCH, 0, 1)]
    for workers in (1, 2):
        for (images, _), expected in zip(data.batches(seen, BATCH, 0, 1, workers=workers), alone, strict=True):
            np.testing.assert_array_equal(images, expected)


def network(seen: Any) -> sc.Model:
    return sc.zoo.resnet20(num_classes=len(seen.classes)).init(0)


def ours(seen: Any) -> Callable[[], tuple[float, float]]:
    """One epoch more at each call -> its seconds, and those of them in which it waited for data."""
    net, epoch = network(seen), 0

    def run() -> tuple[float, float]:
        nonlocal epoch
        epoch += 1
        began = time.perf_counter()
        record = net.fit(seen, epochs=1, batch=BATCH, optimizer=sc.SGD(0.1, momentum=0.9), seed=epoch).epochs[0]
        return time.perf_counter() - began, record["waiting_seconds"]

    return run


def theirs(seen: Any, compiled: bool) -> Callable[[], tuple[float, float]]:
    """The same in PyTorch: a DataLoader of two processes, its order and augmentations its own."""
    import torch

    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    from zoo.torch_networks import ResNet

    net = ResNet([3, 3, 3], False, 16, len(seen.classes))
    net.load_state_dict({key: torch.tensor(w) for key, w in network(seen).weights.items()}, strict=False)
    images = seen.inner.gather(np.arange(4))
    scores = net.eval()(torch.from_numpy(images)).detach().numpy()
    np.testing.assert_allclose(scores, network(seen)(images), atol=2e-5 * np.abs(scores).max())
    net.train()
    ready = torch.compile(net) if compiled else net
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    loader = torch.utils.data.DataLoader(Files(seen.inner), BATCH, shuffle=True, num_workers=2, persistent_workers=True)

    def run() -> tuple[float, float]:
        began, waiting = time.perf_counter(), 0.0
        before = began
        for x, y in loader:
            waiting += time.perf_counter() - before
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(ready(x), y).backward()
            optimizer.step()
            before = time.perf_counter()
        return time.perf_counter() - began, waiting

    return run


class Files:
    """The pictures of a folder as PyTorch users read them: decoded, flipped, shifted by up to four pixels."""

    def __init__(self, pictures: data.PictureFolder) -> None:
        self.files, self.targets = pictures.files, pictures.targets

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, at: int) -> tuple[Any, int]:
        import torch

        with Image.open(self.files[at]) as picture:
            x = torch.from_numpy(np.array(picture.convert("RGB"))).permute(2, 0, 1).float() / 255
        x = x.flip(2) if torch.rand(()) < 0.5 else x
        top, left = torch.randint(0, 9, (2,)).tolist()
        return torch.nn.functional.pad(x, (4, 4, 4, 4))[:, top : top + 32, left : left + 32], int(self.targets[at])


def in_turns(seen: Any, epochs: int, compiled: bool) -> None:
    runs = {"simplecell": ours(seen), "PyTorch eager": theirs(seen, False)}
    if compiled:
        runs["PyTorch compiled"] = theirs(seen, True)
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for _ in range(epochs + 1):
        for name, run in runs.items():
            taken[name].append(run())
    first = statistics.median(seconds for seconds, _ in taken["simplecell"][1:])
    for name, epoch in taken.items():
        seconds = [took for took, _ in epoch[1:]]
        share = [100 * waited / took for took, waited in epoch[1:]]
        print(
            f"{name}: {statistics.median(seconds):.2f} s an epoch of {len(seen):,} (from {min(seconds):.2f} to "
            f"{max(seconds):.2f}), {statistics.median(seconds) / first:.2f} x simplecell's; waiting for data "
            f"{statistics.median(share):.1f} % of it (at most {max(share):.1f} %)"
        )


def memory(seen: Any, epochs: int = 50) -> None:
    """Memory after each of many epochs of a training from files."""
    kept = Memory()
    net = sc.zoo.lenet5(num_classes=len(seen.classes), in_channels=3)
    net.fit(seen, epochs=epochs, batch=BATCH, optimizer=sc.SGD(0.01, momentum=0.9), callbacks=[kept])
    begin, end = statistics.mean(kept.megabytes[1:11]), statistics.mean(kept.megabytes[-10:])
    print(
        f"memory over {epochs} epochs: {begin:.2f} MB in the second to eleventh, {end:.2f} in the last ten "
        f"({100 * (end / begin - 1):+.2f} %); from {min(kept.megabytes[1:]):.1f} to {max(kept.megabytes[1:]):.1f}"
    )


def checkpoint(images: int = 50_000, rounds: int = 5) -> None:
    """The time of a checkpoint of a VGG-11 beside that of an epoch, reckoned from a few steps."""
    scenes = data.shapes(4 * BATCH, 32)
    layers: list[Any] = []
    for repeats, depth in zip((1, 1, 2, 2, 2), (64, 128, 256, 512, 512), strict=True):
        layers += [layer for _ in range(repeats) for layer in (sc.Conv2d(depth, 3, padding=1), sc.ReLU())]
        layers.append(sc.MaxPool2d(2))
    net = sc.Sequential(
        sc.Input(3, 32, 32), *layers, sc.Flatten(), sc.Linear(512), sc.ReLU(), sc.Linear(len(scenes.classes))
    )
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
    print(f"checkpoint of a VGG-11: {size:.1f} MB in {took:.3f} s (from {min(times):.3f} to {max(times):.3f})")
    print(f"  an epoch of {images:,} takes {epoch:.0f} s here: {100 * took / epoch:.2f} % of it")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=[], help="epochs, memory, checkpoint; all without")
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--compiled", action="store_true", help="PyTorch compiled, too")
    given = parser.parse_args()
    wanted = given.what or ["epochs", "memory", "checkpoint"]
    with tempfile.TemporaryDirectory() as place:
        seen = data.augmented(written(Path(place), given.images), data.Flip(), data.Shift(4))
        checked(seen)
        if "epochs" in wanted:
            in_turns(seen, given.epochs, given.compiled)
        if "memory" in wanted:
            memory(seen)
    if "checkpoint" in wanted:
        checkpoint()


if __name__ == "__main__":
    main()
