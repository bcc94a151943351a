"""Progress of a training: one line on a terminal, a line per epoch in a file."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TextIO

from simplecell.train.callbacks import Batch, Callback, Run
from simplecell.train.history import History, Record
from simplecell.words import language, say

if TYPE_CHECKING:
    from rich.live import Live

_REDRAWS_PER_SECOND = 10


class Progress(Callback):
    """Say how the training goes: loss, accuracy, images per second, time left.

    Args:
        quiet: say nothing.
        lang: "en", "zh" or "ja"; by default the environment's.
        stream: where to; by default stderr, so that results alone are on stdout.

    Rules: on a terminal one line is redrawn, at most ten times a second, and stays with the last epoch's values;
    elsewhere each epoch is a plain line.
    """

    def __init__(self, *, quiet: bool = False, lang: str | None = None, stream: TextIO | None = None) -> None:
        self._quiet, self._lang, self._stream = quiet, language(lang), stream
        self._live: Live | None = None
        self._run = Run(1, 1, 1, True)
        self._epoch = 0
        self._began = self._drawn = 0.0
        self._done = self._before = 0
        self._line = ""

    def on_train_begin(self, run: Run) -> None:
        self._run, self._began, self._drawn, self._done = run, time.perf_counter(), 0.0, 0
        self._before = (run.position.epoch - 1) * run.images + run.position.batch * run.batch
        stream = self._stream or sys.stderr
        if self._quiet or not stream.isatty():
            return
        from rich.console import Console
        from rich.live import Live

        self._live = Live(console=Console(file=stream), auto_refresh=False)
        self._live.start()

    def on_epoch_begin(self, epoch: int) -> None:
        self._epoch = epoch

    def on_batch_end(self, batch: Batch) -> None:
        self._done += batch.images
        if self._live is None:
            return
        now = time.perf_counter()
        if now - self._drawn < 1 / _REDRAWS_PER_SECOND:
            return
        self._drawn = now
        rate = self._done / max(now - self._began, 1e-9)
        left = (self._run.epochs * self._run.images - self._before - self._done) / rate
        parts = [self._head(), say("train.loss", self._lang, loss=batch.loss)]
        if batch.correct is not None:
            parts.append(say("train.accuracy", self._lang, accuracy=batch.correct / batch.seen))
        parts += [say("train.rate", self._lang, rate=rate), say("train.left", self._lang, time=left)]
        self._draw(parts)

    def on_epoch_end(self, record: Record) -> None:
        parts = [self._head(), say("train.loss", self._lang, loss=record["loss"])]
        if "accuracy" in record:
            parts.append(say("train.accuracy", self._lang, accuracy=record["accuracy"]))
        if "validation_loss" in record:
            parts.append(say("train.validation_loss", self._lang, loss=record["validation_loss"]))
        if "validation_accuracy" in record:
            parts.append(say("train.validation_accuracy", self._lang, accuracy=record["validation_accuracy"]))
        parts.append(say("train.rate", self._lang, rate=record["images_per_second"]))
        self._line = "  ".join(parts)
        if self._live is None and not self._quiet:
            print(self._line, file=self._stream or sys.stderr, flush=True)

    def on_train_end(self, history: History) -> None:
        if self._live is not None:
            if self._line:
                self._draw([self._line])
            self._live.stop()
            self._live = None

    def _head(self) -> str:
        return say("train.epoch", self._lang, epoch=self._epoch, epochs=self._run.epochs)

    def _draw(self, parts: list[str]) -> None:
        from rich.text import Text

        if self._live is not None:
            self._live.update(Text("  ".join(parts), no_wrap=True, overflow="ellipsis"), refresh=True)
