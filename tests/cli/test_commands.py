"""Each command on its main path: exit code, text in three languages, JSON that can be reckoned with."""

from __future__ import annotations

import csv
import json
import math
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import simplecell as sc
from cli.process import called, environment, simplecell
from simplecell.cli.main import COMMANDS, build

FILES = ["model.safetensors", "last.safetensors", "log.csv", "log.jsonl", "config.toml", "result.json"]


def test_training_leaves_a_whole_run_folder(trained: Path) -> None:
    names = {path.name for path in trained.iterdir()}
    pictures = {"filters.png", "feature_maps.png", "confusion.png", "training_curve.png"}
    assert names == {*FILES} | pictures
    for name in pictures:
        with Image.open(trained / name) as picture:
            assert min(picture.size) > 300
            assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 20
    assert len(json.loads((trained / "result.json").read_text())["epochs"]) == 3
    assert sc.load(trained / "model.safetensors").classes == tuple("0123456789")


def test_training_reports_in_json_and_nothing_else_on_stdout(tmp_path: Path) -> None:
    done = simplecell("train", "digits", "--epochs", 2, "--seed", 4, "--out", tmp_path / "run", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    matrix = np.array(found["confusion"])
    assert matrix.sum() == 355
    assert found["test"]["accuracy"] == pytest.approx(np.trace(matrix) / 355)
    assert found["files"] == FILES
    assert [record["epoch"] for record in found["epochs"]] == [1, 2]
    _, test = sc.data.digits()
    assert sc.load(tmp_path / "run/model.safetensors").evaluate(test) == found["test"]


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        simplecell("train", "digits", "--epochs", 1, "--seed", 9, "--out", tmp_path / name, "--json")
    first, second = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("a", "b"))
    assert first == second


def test_predictions_of_pictures_and_of_test_images(trained: Path, tmp_path: Path) -> None:
    _, test = sc.data.digits()
    white = np.uint8(255 * (1 - test.images[5, 0])).repeat(20, 0).repeat(20, 1)
    Image.fromarray(white).save(tmp_path / "paper.png")
    done = simplecell("predict", trained, "digits:5", tmp_path / "paper.png", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    one, paper = json.loads(done.stdout)
    assert one["target"] == str(test.targets[5])
    assert paper["target"] is None
    scores = list(one["scores"].values())
    np.testing.assert_allclose(scores, sc.load(trained / "model.safetensors")(test.images[5:6])[0])
    assert one["probability"] == pytest.approx(math.exp(max(scores)) / sum(map(math.exp, scores)), rel=1e-9)
    np.testing.assert_allclose(list(paper["scores"].values()), scores, atol=0.1)
    assert paper["label"] == one["label"]


def test_an_explanation_adds_up_from_its_json_and_its_csv(trained: Path, tmp_path: Path) -> None:
    unit = ("--test", 17, "--layer", "conv2", "--at", "0,7", "--channel", 5)
    done = simplecell("explain", trained, *unit, "--json", "--csv", tmp_path / "terms.csv")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    products = [term["product"] for term in found["terms"]]
    assert len(products) == 16 * 9
    value = found["reference"] if "reference" in found else found["value"]
    assert math.fsum([*products, found["bias"]]) == pytest.approx(value, rel=1e-12)
    with (tmp_path / "terms.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    assert [float(row["product"]) for row in rows if row["product"]][: len(products)] == products


def test_a_gradient_adds_up_from_its_json(trained: Path, tmp_path: Path) -> None:
    which = ("--test", "0-7", "--weight", "conv2.bias:3", "--lr", 0.05, "--momentum", 0.9)
    done = simplecell("explain-gradient", trained, *which, "--json", "--csv", tmp_path / "terms.csv")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    (flow,) = found["flows"]
    assert len(flow["terms"]) == 8 * 8 * 8
    assert math.fsum(term["dy"] for term in flow["terms"]) == pytest.approx(found["value"], rel=1e-12)
    assert found["update"]["after"] == pytest.approx(found["update"]["before"] - 0.05 * found["value"], rel=1e-12)
    assert (tmp_path / "terms.csv").read_text().splitlines()[-1].startswith("sum,")


def test_pictures_and_films_are_written(trained: Path, tmp_path: Path) -> None:
    for what, file, *options in (("filters", "f.png"), ("film", "w.gif", "--layer", "conv1", "--test", 3),
                                 ("film", "b.json", "--layer", "conv2", "--back", "weights", "--test", 3),
                                 ("saliency", "s.svg", "--test", 3), ("pyramid", "p.png", "--test", 3),
                                 ("patches", "e.png", "--data", "digits", "--layer", "conv2", "--top", 4)):  # fmt: skip
        done = called("show", what, trained, *options, "--out", tmp_path / file)
        assert (done.returncode, done.stderr) == (0, "")
        assert (tmp_path / file).stat().st_size > 1000
    found = json.loads(called("show", "patches", trained, "--data", "digits", "--layer", "fc", "--json").stdout)
    assert (len(found["channels"]), found["images"], len(found["channels"][0]["patches"])) == (10, 355, 8)
    assert (tmp_path / "w.gif").read_bytes()[:3] == b"GIF"
    assert json.loads((tmp_path / "b.json").read_text())["direction"] == "weights"


def test_sees_and_seen_by_are_inverse() -> None:
    seen = json.loads(simplecell("sees", "digits", "--layer", "conv2", "--at", "1,1", "--json").stdout)
    reached = json.loads(simplecell("seen-by", "digits", "--pixel", "0,3,3", "--layer", "conv2", "--json").stdout)
    net = sc.zoo.digits()
    assert seen == json.loads(json.dumps(net.sees("conv2", (1, 1)).to_dict()))
    assert (0, 3, 3) in net.sees("conv2", (1, 1))
    assert (0, 1, 1) in net.seen_by((0, 3, 3), "conv2")
    assert reached == json.loads(json.dumps(net.seen_by((0, 3, 3), "conv2").to_dict()))


def test_summary_and_plan_of_a_named_network() -> None:
    found = json.loads(simplecell("summary", "vgg16", "--batch", 32, "--json").stdout)
    assert "138357544" in json.dumps(found)
    plan = json.loads(simplecell("plan", "digits", "--batch", 64, "--training", "--json").stdout)
    assert (plan["batch"], plan["training"]) == (64, True)
    assert plan["steps"]


def test_the_doctor_checks_every_instruction_set() -> None:
    done = simplecell("doctor", "--json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert found["simplecell"] == sc.__version__
    assert list(found["self_check"]) == found["isa"]["usable"]
    assert all(found["self_check"].values())
    forced = json.loads(simplecell("doctor", "--json", SIMPLECELL_ISA="scalar", SIMPLECELL_THREADS="1").stdout)
    assert (forced["isa"]["chosen"], forced["isa"]["forced"], forced["threads"]["count"]) == ("scalar", True, 1)


TEXTS = [
    (("predict", "{run}", "digits:3"), ("probability", "概率", "確率")),
    (("summary", "digits"), ("parameters", "参数", "パラメータ")),
    (
        ("explain", "{run}", "digits:3", "--layer", "conv1", "--at", "0,0", "--channel", "1"),
        ("bias", "偏置", "バイアス"),
    ),
    (
        ("explain-gradient", "{run}", "--test", "3-5", "--weight", "conv1:0,0,1,1"),
        ("optimiser", "优化器", "オプティマイザ"),
    ),
    (
        ("explain-gradient", "{run}", "--test", "3", "--layer", "conv2", "--at", "1,1", "--channel", "2"),
        ("gradient", "梯度", "勾配"),
    ),
    (("explain", "{run}", "digits:3", "--layer", "fc", "--channel", "1", "--chain"), ("follows", "下一个", "次へ")),
    (("ask",), ("What is depth", "深度是什么", "深さとは何ですか")),
    (("ask", "all", "signs"), ("32,768", "32,768", "32,768")),
    (("show", "ideas", "{run}", "--test", "3", "--layer", "conv2"), ("Locality", "局部性", "局所性")),
    (("sees", "digits", "--layer", "conv2", "--at", "1,1"), ("rows", "行", "行")),
    (("seen-by", "digits", "--pixel", "0,1,1", "--layer", "conv2"), ("units", "单元", "ユニット")),
    (("plan", "digits", "--why"), ("memory", "内存", "メモリ")),
    (("doctor",), ("processor", "处理器", "プロセッサ")),
    (("train", "digits", "--epochs", "1", "--out", "{new}"), ("correct", "正确", "正解")),
]


@pytest.mark.parametrize(("arguments", "words"), TEXTS, ids=[" ".join(arguments[:5]) for arguments, _ in TEXTS])
def test_every_command_speaks_three_languages(
    trained: Path, tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, str, str]
) -> None:
    for lang, word in zip(("en", "zh", "ja"), words, strict=True):
        asked = called(*(a.format(run=trained, new=tmp_path / lang) for a in arguments), "--lang", lang)
        assert (asked.returncode, word in asked.stdout) == (0, True), asked.stdout


@pytest.mark.parametrize("lang", ["en", "zh", "ja"])
def test_the_language_is_the_environments_unless_asked_for(lang: str) -> None:
    asked = simplecell("summary", "digits", "--lang", lang, LANG="C.UTF-8")
    assert simplecell("summary", "digits", LANG=f"{lang}_XX.UTF-8").stdout == asked.stdout


@pytest.mark.parametrize(("lang", "word"), [("en", "Examples:"), ("zh", "示例："), ("ja", "例：")])
def test_help_has_examples_in_the_language_asked_for(lang: str, word: str) -> None:
    for name in (
        "train",
        "predict",
        "summary",
        "explain",
        "explain-gradient",
        "show",
        "sees",
        "seen-by",
        "plan",
        "doctor",
        "showcase",
    ):
        done = called(name, "--help", "--lang", lang)
        assert done.returncode == 0
        assert word in done.stdout
        assert f"  simplecell {name}" in done.stdout
        assert "cli." not in done.stdout
    assert "130" in simplecell("--help", SIMPLECELL_LANG=lang).stdout


def test_the_showcase_goes_the_whole_path(tmp_path: Path) -> None:
    done = simplecell("showcase", "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    for line in ("train digits --out", "predict ", "explain "):
        assert f"\n$ simplecell {line}" in "\n" + done.stdout
    assert (tmp_path / "run" / "feature_maps.png").is_file()
    assert "difference (engine - reference)" in done.stdout


def test_ctrl_c_leaves_a_model_that_loads_and_exit_code_130(tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = [sys.executable, "-m", "simplecell", "train", "digits", "--epochs", "100000", "--out", str(out)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(PYTHONUNBUFFERED="1")
    ) as child:
        assert child.stderr is not None
        child.stderr.readline()
        os.kill(child.pid, signal.SIGINT)
        stdout, stderr = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "Traceback" not in stderr
    assert "stopped with Ctrl-C after" in stdout
    assert sc.load(out / "model.safetensors").predict(sc.data.digits()[1].images[:1])[0].label in "0123456789"
    assert json.loads((out / "result.json").read_text())["interrupted"] is True


def test_a_reader_that_goes_away_is_no_error_of_ours() -> None:
    command = f"'{sys.executable}' -m simplecell summary vgg16 | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, env=environment())
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1


def test_each_command_is_made_alone_and_all_are_in_the_help() -> None:
    listed = re.findall(r"^  ([a-z-]+)  +\S", called("--help").stdout.partition("Commands:")[2], re.MULTILINE)
    assert listed == list(COMMANDS)
    for name in COMMANDS:
        assert called(name, "--help").stdout.startswith(f"Usage: simplecell {name} ")
        made = [info.name for info in build(["--traceback", name]).registered_commands]
        assert made == [other for other, room in COMMANDS.items() if room == COMMANDS[name]]


def test_help_loads_nothing_heavy() -> None:
    """Commands start before the engine and those who draw, read pictures or train elsewhere are there."""
    code = "import sys; from simplecell.cli.main import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    heavy = ("simplecell._native", "PIL", "matplotlib", "torch", "onnx")
    report = f"print(*sorted(set({heavy}) & set(sys.modules)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code + report], capture_output=True, text=True, env=environment())
    assert done.stderr.strip() == ""
    assert "train" in done.stdout
