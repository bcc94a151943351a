"""Workers: threads or processes that make batches ahead of who takes them."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from simplecell.data.dataset import Dataset, Images, Targets
from simplecell.data.draws import Draw
from simplecell.errors import DataError, message

Batch = tuple[Images, Targets]
Rows = NDArray[np.integer[Any]]


class Workers:
    """`count` threads or processes that make batches of one data set; a context that ends them.

    Rules: processes are started afresh, get the data set once, by pickling, and end when this process does, however it
    does. They are for data sets whose Python code would hold up the training's; NumPy and Pillow let go of it.
    Raises: DataError for a data set that cannot be pickled.
    """

    def __init__(self, dataset: Dataset, count: int, *, processes: bool = False) -> None:
        self.dataset, self.count = dataset, count
        self._pool: Executor | None = None
        if count and processes:
            start = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(count, start, _begin, (_pickled(dataset),))
        elif count:
            self._pool = ThreadPoolExecutor(count, "simplecell-data")
        self._work = _made_here if processes else self.made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def made(self, rows: Rows, draw: Draw | None) -> Batch:
        """The batch of these rows, made here and now."""
        return _made(self.dataset, rows, draw)

    def begun(self, rows: Rows, draw: Draw | None) -> Future[Batch]:
        """The batch of these rows, which a worker makes; `taken` waits for it."""
        assert self._pool is not None
        with self._whole():
            return self._pool.submit(self._work, rows, draw)

    def taken(self, batch: Future[Batch]) -> Batch:
        """A batch when it is ready. Raises what the worker raised; DataError if its process has ended."""
        with self._whole():
            return batch.result()

    @contextmanager
    def _whole(self) -> Iterator[None]:
        try:
            yield
        except BrokenProcessPool as cause:
            remedies = ["start the script's work under `if __name__ == '__main__':`", "processes=False for threads"]
            raise DataError(message(self.dataset.name, "a worker process has ended.", remedies=remedies)) from cause


def _made(dataset: Dataset, rows: Rows, draw: Draw | None) -> Batch:
    return np.ascontiguousarray(dataset.gather(rows, draw), np.float32), dataset.targets.take(rows, axis=0)


def _pickled(dataset: Dataset) -> bytes:
    try:
        return pickle.dumps(dataset)
    except Exception as cause:  # whatever the user's own classes raise
        rule = f"cannot be sent to worker processes: {cause}."
        raise DataError(message(dataset.name, rule, remedies=["processes=False for threads"])) from cause


# In a worker process ---------------------------------------------------------------------------------------------

_HERE: list[Dataset] = []
"""The data set of this process, if it is a worker."""


def _begin(dataset: bytes) -> None:
    """Take the data set, leave Ctrl-C to the training, and watch that the training lives."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _HERE.append(pickle.loads(dataset))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _made_here(rows: Rows, draw: Draw | None) -> Batch:
    return _made(_HERE[0], rows, draw)
