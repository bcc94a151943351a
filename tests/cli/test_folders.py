"""A folder of pictures from the command line alone: trained, stopped, resumed, compared, predicted, as README shows."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import simplecell as sc
from cli.process import called, environment
from simplecell import data

SETTINGS = (
    "--model", "digits", "--size", 12, "--channels", 1, "--epochs", 4, "--batch", 8, "--validation", 0.25, "--augment",
    "flip", "--augment", "shift=1", "--schedule", "cosine", "--per", "step", "--optimizer", "adam", "--lr", 0.01,
)  # fmt: skip


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn scenes of three sizes and two modes, one folder per class."""
    place = tmp_path_factory.mktemp("photos")
    for number, size in enumerate((16, 24, 33)):
        scenes = data.shapes(60, size, number)
        for i in range(60):
            image, target = scenes[i]
            kind = scenes.classes[target]  # type: ignore[index]
            if kind in ("disk", "stripes", "cross"):
                (place / kind).mkdir(exist_ok=True)
                picture = Image.fromarray(np.uint8(255 * image.transpose(1, 2, 0)))
                picture.convert("RGB" if i % 2 else "L").save(place / kind / f"{size}-{i}.png")
    return place


def test_a_folder_trains_resumes_and_predicts(photos: Path, tmp_path: Path) -> None:
    whole = called("train", photos, *SETTINGS, "--out", tmp_path / "whole", "--json")
    assert whole.returncode == 0, whole.stderr
    found = json.loads(whole.stdout)
    assert found["classes"] == ["cross", "disk", "stripes"]
    short = called("train", photos, *SETTINGS, "--epochs", 2, "--schedule", "constant", "--out", tmp_path / "short")
    assert short.returncode == 0, short.stderr
    again = called("train", "--resume", tmp_path / "short", "--epochs", 4, "--json")
    assert again.returncode == 0, again.stderr
    unbroken = called("train", photos, *SETTINGS, "--schedule", "constant", "--out", tmp_path / "long", "--json")
    assert unbroken.returncode == 0
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("short", "long")]
    assert weights[0] == weights[1]
    picture = next((photos / "disk").iterdir())
    told = called("predict", tmp_path / "whole", picture, "--json")
    assert json.loads(told.stdout)[0]["label"] in found["classes"]
    assert called("predict", tmp_path / "whole/best.safetensors", picture).returncode == 0


def test_a_config_repeats_its_run_bit_for_bit(photos: Path, tmp_path: Path) -> None:
    called("train", photos, *SETTINGS, "--epochs", 1, "--out", tmp_path / "a")
    done = called("train", tmp_path / "a/config.toml", "--out", tmp_path / "b")
    assert done.returncode == 0, done.stderr
    for name in ("model.safetensors", "config.toml"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_runs_are_compared_by_what_differs(tmp_path: Path) -> None:
    for seed in (1, 2):
        called("train", "digits", "--epochs", 1, "--seed", seed, "--out", tmp_path / f"run{seed}")
    done = called("runs", tmp_path, "--plot", tmp_path / "curves.png")
    head, first, second = done.stdout.splitlines()
    assert re.match(r"run +seed +epochs +seconds +last loss +test loss +test accuracy$", head)
    assert re.match(r".*/run1 +1 +1/1 ", first)
    assert re.match(r".*/run2 +2 +1/1 ", second)
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    found = json.loads(called("runs", tmp_path, "--json").stdout)
    assert [run["settings"]["seed"] for run in found] == [1, 2]
    for lang, word in (("zh", "测试 accuracy"), ("ja", "テスト accuracy")):
        assert word in called("runs", tmp_path, "--lang", lang).stdout


def test_regression_trains_and_predicts_values(tmp_path: Path) -> None:
    scenes = data.shapes(80, 8, 3, "angle", channels=1)
    np.savez(tmp_path / "angles.npz", images=scenes.images, targets=scenes.targets)
    done = called("train", tmp_path / "angles.npz", "--epochs", 3, "--out", tmp_path / "run", "--lr", 0.01)
    assert done.returncode == 0, done.stderr
    assert re.search(r"measured on angles/train: loss [\d.]+, mean_absolute_error [\d.]+", done.stdout)
    Image.fromarray(np.uint8(255 * scenes.images[0, 0])).save(tmp_path / "arrow.png")
    told = json.loads(called("predict", tmp_path / "run", tmp_path / "arrow.png", "--json").stdout)
    net = sc.load(tmp_path / "run/model.safetensors")
    np.testing.assert_allclose(told[0]["values"], net(net.images(str(tmp_path / "arrow.png")))[0], rtol=1e-6)


def test_damaged_pictures_stop_it_unless_they_are_to_be_left_out(photos: Path, tmp_path: Path) -> None:
    for kind in ("disk", "cross"):
        (tmp_path / "set" / kind).mkdir(parents=True)
        for file in list((photos / kind).iterdir())[:4]:
            (tmp_path / "set" / kind / file.name).write_bytes(file.read_bytes())
    (tmp_path / "set/disk/bad.png").write_bytes(b"no picture")
    given = ("train", tmp_path / "set", "--size", 8, "--epochs", 1, "--out", tmp_path / "run")
    refused = called(*given)
    assert refused.returncode == 2
    assert "1 of 9 pictures cannot be read" in refused.stderr
    assert not (tmp_path / "run").exists()
    done = called(*given, "--skip-damaged")
    assert done.returncode == 0
    assert "set (1 damaged left out)" in done.stdout


def test_ctrl_c_says_how_to_go_on_and_going_on_ends_the_same(tmp_path: Path) -> None:
    settings = ("digits", "--epochs", "40", "--augment", "shift=1", "--checkpoint", "1000")
    command = [sys.executable, "-m", "simplecell", "train", *settings, "--out", str(tmp_path / "run")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment())
    log = tmp_path / "run/log.jsonl"
    while process.poll() is None and not (log.exists() and log.read_text().count("\n") > 2):
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"go on with: simplecell train --resume {tmp_path / 'run'}" in said
    done = called("train", "--resume", tmp_path / "run", "--epochs", 40, "--json")
    assert done.returncode == 0, done.stderr
    assert [record["epoch"] for record in json.loads(done.stdout)["epochs"]] == [*range(1, 41)]
    called("train", *settings, "--out", tmp_path / "whole")
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("run", "whole")]
    assert weights[0] == weights[1]
