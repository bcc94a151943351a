"""A reader in a process of its own, asked again and again: what stands where the package starts a process per file."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

LONGEST = 60
"""Seconds without an answer after which a reader hangs, on however busy a machine."""
_MEMORY = 16 << 30


def _serve(reader: Callable[[str], Any], asked: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    while True:
        path = asked.recv()
        started = time.process_time()
        try:
            reader(path)
            said = ""
        except Exception as error:
            said = str(error) or type(error).__name__
        asked.send((said, time.process_time() - started))


class Reader:
    """`read(path)` -> ("" or why it was refused, seconds of computing). A crash is a refusal, as in the package, which
    reads each file in a process of its own; crashes are counted."""

    def __init__(self, reader: Callable[[str], Any]) -> None:
        self.reader, self.crashes = reader, 0
        self.start()

    def start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.line, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(self.reader, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def read(self, path: str) -> tuple[str, float]:
        self.line.send(path)
        assert self.line.poll(LONGEST), f"no answer within {LONGEST} s"
        try:
            return self.line.recv()
        except EOFError:
            self.crashes += 1
            self.start()
            return "the reader crashed", 0.0

    def stop(self) -> None:
        self.process.terminate()
        self.process.join()
        self.line.close()
