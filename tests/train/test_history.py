"""The history, its files, its picture; the progress that is shown."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

import simplecell as sc
from simplecell.train import Batch, History, Progress, Run, model_in

RECORDS = [
    {"epoch": 1, "loss": 1.5, "accuracy": 0.5, "lr": 0.1, "seconds": 2.0, "images_per_second": 50.0},
    {"epoch": 2, "loss": 0.1 + 0.2, "accuracy": 0.75, "lr": 0.1, "seconds": 1.0, "images_per_second": 100.0},
]


def test_the_form_for_json_holds_every_digit() -> None:
    again = History.from_dict(json.loads(json.dumps(History(RECORDS, interrupted=True).to_dict())))
    assert again == History(RECORDS, interrupted=True)
    assert again.seconds == 3.0


def test_a_history_without_epochs_is_not_drawn() -> None:
    with pytest.raises(sc.ArgumentError, match="no complete epoch"):
        History().plot()


@pytest.mark.parametrize(("name", "begins"), [("curve.png", b"\x89PNG"), ("curve.svg", b"<?xml")])
def test_the_curve_is_written_the_same_each_time(tmp_path: Path, name: str, begins: bytes) -> None:
    History(RECORDS).plot(tmp_path / name)
    first = (tmp_path / name).read_bytes()
    assert first.startswith(begins)
    again = History(RECORDS).plot(tmp_path / name)
    assert (tmp_path / name).read_bytes() == first
    assert again._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined] - a notebook shows it


def test_another_form_of_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(sc.FileError, match=r"\.png or \.svg"):
        History(RECORDS).plot(tmp_path / "curve.gif")
    assert list(tmp_path.iterdir()) == []


def test_a_run_folder_without_a_model_is_not_one(tmp_path: Path) -> None:
    with pytest.raises(sc.FileError, match=r"has no model\.safetensors"):
        model_in(tmp_path)
    with pytest.raises(sc.FileError, match="no such file or run folder"):
        model_in(tmp_path / "nothing")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, lang: str = "en", quiet: bool = False) -> str:
    progress = Progress(lang=lang, stream=stream, quiet=quiet)
    progress.on_train_begin(Run(epochs=2, images=100, batch=50, classes=True))
    for record in RECORDS:
        progress.on_epoch_begin(int(record["epoch"]))
        progress.on_batch_end(Batch(1, 50, 0.5, 25, 50))
        progress.on_epoch_end(record)
    progress.on_train_end(History(RECORDS))
    return stream.getvalue()


@pytest.mark.parametrize(("lang", "words"), [
    ("en", ("epoch 2/2", "accuracy 75.00 %", "100 images/s")),
    ("zh", ("第 2/2 轮", "准确率 75.00 %", "100 张/秒")),
    ("ja", ("エポック 2/2", "正解率 75.00 %", "100 枚/秒")),
])  # fmt: skip
def test_a_file_gets_a_line_per_epoch(lang: str, words: tuple[str, ...]) -> None:
    lines = shown(io.StringIO(), lang).splitlines()
    assert len(lines) == 2
    assert all(word in lines[1] for word in words)
    assert "loss 0.3000" in lines[1] or lang != "en"


def test_a_terminal_gets_one_line_that_says_the_time_left_and_ends_with_the_last_epoch() -> None:
    text = shown(Terminal())
    assert " left" in text
    assert "epoch 2/2  loss 0.3000  accuracy 75.00 %" in text
    assert text.count("\n") == 1


def test_quiet_says_nothing() -> None:
    assert shown(io.StringIO(), quiet=True) == shown(Terminal(), quiet=True) == ""
