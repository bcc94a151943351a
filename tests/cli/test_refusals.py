"""What cannot be done: one message, exit code 2, no traceback, nothing half-written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from cli.process import called, simplecell

UNIT = ("--layer", "conv1", "--at", "3,4", "--channel", "2")

CASES: dict[str, tuple[tuple[str, ...], str]] = {
    "no such model": (("predict", "{tmp}/none", "digits:1"), r"FileError: .*none: there is no such file or run folder"),
    "a folder that is no run": (("predict", "{tmp}", "digits:1"), r"FileError: .*: this folder has no model"),
    "truncated model": (("predict", "{tmp}/short", "digits:1"), r"FileError: .*short: .*"),
    "flipped model": (("predict", "{tmp}/flipped", "digits:1"), r"FileError: .*flipped: .*"),
    "empty model": (("summary", "{tmp}/empty"), r"FileError: .*empty: .*"),
    "a picture as model": (("summary", "{tmp}/dot.png"), r"FileError: .*dot\.png: .*PNG.*"),
    "text as picture": (("predict", "{run}", "{tmp}/text.txt"), r"DataError: .*text\.txt: not a picture.*"),
    "no such picture": (("predict", "{run}", "{tmp}/none.png"), r"FileError: .*none\.png.*"),
    "one bad picture of two": (("predict", "{run}", "digits:1", "{tmp}/text.txt"), r"DataError: .*not a picture.*"),
    "no such test image": (("predict", "{run}", "digits:355"), r"DataError: digits:355: .* 0 to 354"),
    "no such layer": (("explain", "{run}", "digits:1", "--layer", "conv9"), r"GraphError: no layer .*'conv9'.*conv2.*"),
    "at outside": (
        ("explain", "{run}", "digits:1", "--layer", "conv1", "--at", "8,0", "--channel", "0"),
        r"ShapeError at layer 1 'conv1' \(Conv2d\): row 8 is outside 0\.\.7.*",
    ),
    "channel outside": (
        ("explain", "{run}", "digits:1", "--layer", "conv1", "--at", "0,0", "--channel", "16"),
        r"ShapeError at layer 1 'conv1' \(Conv2d\): .*16.*",
    ),
    "at that is no place": (
        ("sees", "digits", "--layer", "conv1", "--at", "a,b"),
        r"ArgumentError: --at takes whole numbers .*'a,b'",
    ),
    "pixel outside": (("seen-by", "digits", "--pixel", "0,8,0", "--layer", "conv2"), r"ShapeError: .*\(0, 8, 0\).*"),
    "nothing to show": (("show", "cats", "{run}"), r"ArgumentError: .*'cats'; there are: filters, .*"),
    "no picture to show": (("show", "saliency", "{run}"), r"ArgumentError: show saliency takes a picture.*"),
    "no file to draw": (("show", "filters", "{run}"), r"ArgumentError: .*--out FILE.*"),
    "no gradient is asked for": (("explain-gradient", "{run}", "--test", "2"), r"ArgumentError: .*one of --weight.*"),
    "no such weight": (("explain-gradient", "{run}", "--test", "2", "--weight", "relu1:0"), r"GraphError: no weight.*"),
    "two pictures to explain": (("explain", "{run}", "digits:1", "--test", "2", *UNIT), r"ArgumentError: .*one pict.*"),
    "no picture to explain": (("explain", "{run}", *UNIT), r"ArgumentError: .*one picture.*"),
    "top 0": (("explain", "{run}", "digits:1", *UNIT, "--top", "0"), r"ArgumentError: --top .* got 0"),
    "csv in no folder": (
        ("explain", "{run}", "digits:1", *UNIT, "--csv", "{tmp}/none/terms.csv"),
        r"FileError: .*terms\.csv.*",
    ),
    "unknown data set": (("train", "minst"), r"(?s)FileError: minst: there is no such data set.*digits \| shapes.*"),
    "a data set to fetch": (
        ("train", "mnist"),
        r"(?s)FileError: mnist: the files of mnist are not there\..*train-images-idx3-ubyte.gz  MD5.*--download.*",
    ),
    "unknown network": (("train", "digits", "--model", "hal"), r"ArgumentError: unknown network 'hal'; known: .*"),
    "a network of another size": (("train", "digits", "--model", "lenet5"), r"ShapeError at layer 4 'conv2' .*"),
    "a run is there": (("train", "digits", "--out", "{run}"), r"FileError: .*holds a run already.\n.*--resume.*"),
    "nothing to resume": (("train", "--resume", "{tmp}/none"), r"FileError: .*none/config.toml: cannot be read.*"),
    "resume and data": (("train", "digits", "--resume", "{run}"), r"ArgumentError: --resume FOLDER goes on .*"),
    "another seed": (
        ("train", "--resume", "{run}", "--seed", "5"),
        r"(?s)FileError: .*of another training:\n  seed: 0 in the .* 5 here.*",
    ),
    "no data": (("train",), r"ArgumentError: DATA is missing: .*"),
    "no config": (("train", "{tmp}/none.toml"), r"FileError: .*none.toml: cannot be read: No such file.*"),
    "an odd setting": (("train", "{tmp}/odd.toml"), r"ArgumentError: .*: unknown setting 'epoch'\.\n.*epochs.*"),
    "a text for a number": (("train", "{tmp}/typed.toml"), r"ArgumentError: .*: lr must be a float, got 'high'"),
    "no TOML": (("train", "{tmp}/text.toml"), r"FileError: .*text.toml: not TOML: .*"),
    "an empty folder": (("train", "{tmp}/nothing"), r"DataError: .*nothing: no folders in it: .*"),
    "unknown schedule": (("train", "digits", "--schedule", "sine"), r"ArgumentError: unknown schedule 'sine'; known.*"),
    "unknown augmentation": (("train", "digits", "--augment", "jump"), r"ArgumentError: unknown augmentation 'jump'.*"),
    "augmentation in words": (("train", "digits", "--augment", "shift=far"), r"ArgumentError: augment 'shift=far'.*"),
    "validation of all": (("train", "digits", "--validation", "1"), r"ArgumentError: share must be above 0 .*"),
    "a frozen layer that is not there": (
        ("train", "digits", "--freeze", "conv9"), r"ArgumentError: frozen='conv9': no layer .*conv1, conv2, fc",
    ),
    "no runs": (("runs", "{tmp}"), r"FileError: .*: no runs in it.*"),
    "epochs 0": (("train", "digits", "--epochs", "0"), r"ArgumentError: epochs .* got 0"),
    "epochs in words": (("train", "digits", "--epochs", "many"), r"(?s).*'--epochs'.*integer.*"),
    "batch 0": (("train", "digits", "--batch", "0"), r"ArgumentError: batch .* got 0"),
    "seed below 0": (("train", "digits", "--seed", "-1"), r"ArgumentError: seed .*-1"),
    "a negative rate": (("train", "digits", "--lr", "-1"), r"ArgumentError: lr .*-1.*"),
    "threads 0": (("train", "digits", "--threads", "0"), r"ArgumentError: threads .*0"),
    "a rate that diverges": (
        ("train", "digits", "--epochs", "2", "--lr", "1e30"),
        r"TrainingError: epoch \d, batch \d+: the loss is (nan|inf) at learning rate 1e\+30.*",
    ),
    "a file as run folder": (("train", "digits", "--out", "{tmp}/text.txt"), r"FileError: .*needs a folder.*"),
    "summary of a batch of 0": (("summary", "digits", "--batch", "0"), r"ArgumentError: --batch .*0"),
    "unknown language": (("summary", "digits", "--lang", "tlh"), r"ArgumentError: language: 'tlh' is not .*"),
    "unknown command": (("bogus",), r"(?s).*No such command 'bogus'.*"),
    "unknown option": (("summary", "digits", "--colour"), r"(?s).*--colour.*"),
    "no layer": (("sees", "digits"), r"(?s).*--layer.*"),
}  # fmt: skip


@pytest.fixture
def wrong(trained: Path, tmp_path: Path) -> Path:
    """A folder of files that are not what is asked for."""
    whole = (trained / "model.safetensors").read_bytes()
    (tmp_path / "short").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "flipped").write_bytes(whole[:9000] + bytes([whole[9000] ^ 1]) + whole[9001:])
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "text.txt").write_text("a text\n")
    (tmp_path / "text.toml").write_text("a text\n")
    (tmp_path / "odd.toml").write_text("epoch = 3\n")
    (tmp_path / "typed.toml").write_text('lr = "high"\n')
    (tmp_path / "nothing").mkdir()
    Image.new("L", (8, 8)).save(tmp_path / "dot.png")
    return tmp_path


@pytest.mark.parametrize("name", CASES)
def test_one_message_code_2_and_nothing_written(
    trained: Path, wrong: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments, expected = CASES[name]
    before = sorted(path.name for path in wrong.iterdir())
    monkeypatch.chdir(wrong)
    done = called(*(a.format(tmp=wrong, run=trained) for a in arguments))
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    message = "\n".join(line for line in done.stderr.splitlines() if not line.startswith("epoch "))
    assert re.match(expected, message), message
    assert len(message.splitlines()) <= 6, message
    begun = ["runs"] if name == "a rate that diverges" else []  # it has a log, and its last good checkpoint if any
    assert sorted(path.name for path in wrong.iterdir()) == sorted(before + begun)
    assert not list(wrong.glob("runs/*/model.safetensors"))


def test_a_forced_instruction_set_that_is_none_is_refused() -> None:
    done = simplecell("doctor", SIMPLECELL_ISA="mmx")
    assert done.returncode == 2
    assert "SIMPLECELL_ISA=mmx" in done.stderr


def test_a_traceback_is_shown_when_asked_for(trained: Path) -> None:
    done = simplecell("--traceback", "predict", trained, "digits:999")
    assert "Traceback" in done.stderr
    assert "the test images are numbered 0 to 354" in done.stderr


def test_a_failed_training_leaves_the_old_run_as_it_was(tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert simplecell("train", "digits", "--epochs", 1, "--out", run).returncode == 0
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    assert simplecell("train", "digits", "--lr", "1e30", "--out", run).returncode == 2
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before


def test_pictures_without_matplotlib_are_refused_before_the_training(tmp_path: Path) -> None:
    (tmp_path / "matplotlib.py").write_text("raise ImportError('not here')\n")
    done = simplecell("train", "digits", "--out", tmp_path / "run", "--pictures", PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr == "MissingExtra: drawing pictures needs matplotlib: pip install 'simplecell[plots]'\n"
    assert not (tmp_path / "run").exists()


def test_an_unexpected_error_is_one_line_and_a_hint(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import simplecell.cli.places as places\n"
        "def broken(name): raise ZeroDivisionError('by design')\n"
        "places.network_or_saved = broken\n"
    )
    done = simplecell("summary", "digits", PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "ZeroDivisionError: by design"
    assert "simplecell --traceback summary" in done.stderr
