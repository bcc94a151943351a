"""How long `import simplecell` takes in a fresh process, how soon each peer gives its first result of lenet5, and how
large simplecell and its needs are when installed."""

from __future__ import annotations

import importlib.metadata
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import common
import files
import peers

SUMMARY = "import simplecell as sc; sc.zoo.resnet152().summary().text('en', columns=80)"


def seconds(statement: str) -> float:
    """Time of a statement inside a fresh process, the interpreter's own start left out."""
    code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(run.stdout)


def cold(name: str, folder: Path, threads: int) -> float:
    """Seconds from the start of a fresh process to the first result of one image."""
    began = time.perf_counter()
    worker = common.Worker(name, threads)
    worker.ask(do="check", folder=str(folder), batch=1, train=False)
    taken = time.perf_counter() - began
    worker.close()
    return taken


def needs(package: str, found: dict[str, None]) -> dict[str, None]:
    """A distribution and all that it needs, extras left out."""
    found[package] = None
    for line in importlib.metadata.requires(package) or []:
        name = re.split(r"[^\w.-]", line)[0].lower().replace("_", "-")
        try:
            wanted = ";" not in line and name not in found and importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            wanted = None
        if wanted:
            needs(name, found)
    return found


def installed_mb(package: str) -> float:
    """Bytes of a distribution's files on disk, in MB."""
    try:
        files = importlib.metadata.files(package) or []
    except importlib.metadata.PackageNotFoundError:
        return 0.0
    return sum(path.stat().st_size for f in files if (path := f.locate()).is_file()) / 1e6


def main() -> None:
    args = common.arguments(__doc__)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package has its bytecode beside it
    for statement in ("import numpy", "import simplecell", SUMMARY):
        times = [seconds(statement) for _ in range(args.rounds)]
        print(f"{statement:75} median {statistics.median(times):.3f} s  ({min(times):.3f} .. {max(times):.3f})")
    with tempfile.TemporaryDirectory() as place:
        files.write("lenet5", folder := Path(place, "lenet5"))
        able = [name for name in peers.PEERS if name != peers.REFERENCE and not peers.missing(name)]
        for name in able:
            times = [cold(name, folder, args.threads) for _ in range(args.rounds)]
            span = f"({min(times):.3f} .. {max(times):.3f})"
            print(f"first result of {name:20} median {statistics.median(times):.3f} s  {span}")
    sizes = {package: installed_mb(package) for package in needs("simplecell", {})}
    for package, size in sizes.items():
        print(f"{package:20} {size:7.1f} MB")
    print(f"{'all':20} {sum(sizes.values()):7.1f} MB")


if __name__ == "__main__":
    main()
