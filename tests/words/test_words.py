"""The words: how a sentence is filled, which language is spoken, how numbers are written."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest

import simplecell
from simplecell import words
from simplecell.errors import ArgumentError
from simplecell.words import catalogue

SOURCES = Path(simplecell.__file__).parent
KEY = re.compile(r"[a-z]+(\.[a-z0-9_]+)+")
FILE_ENDINGS = (".bin", ".json", ".csv", ".png", ".svg", ".html", ".txt", ".md", ".safetensors")


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue with one sentence of every kind of placeholder."""
    entry = {
        "en": "{n:,} {n:image|images}, {shape:volume}, {size:bytes}, {loss:exact}, {share:percent}, {time:seconds}",
        "zh": "{n:,} 张，{shape:volume}，{size:MB}，{loss:number}，{share:percent}，{time:seconds}",
        "ja": "{n:,} 枚、{shape:volume}、{size:MiB}、{loss:exact}、{share:percent}、{time:seconds}",
    }
    monkeypatch.setitem(catalogue.ENTRIES, "train.counting", entry)


NUMBERS = {"n": 1437, "shape": (96, 55, 55), "size": 60_950_432, "loss": 0.1, "share": 0.975, "time": 4.04}


@pytest.mark.usefixtures("counting")
def test_a_sentence_is_filled_in_each_language() -> None:
    assert words.say("train.counting", **NUMBERS) == "1,437 images, 55x55x96, 60.95 MB (58.13 MiB), 0.1, 97.50 %, 4.0 s"
    assert words.say("train.counting", "zh", **NUMBERS) == "1,437 张，55x55x96，60.95 MB，0.1，97.50 %，4.0 s"
    assert words.say("train.counting", "ja", **NUMBERS) == "1,437 枚、55x55x96、58.13 MiB、0.1、97.50 %、4.0 s"


@pytest.mark.usefixtures("counting")
def test_one_takes_the_singular() -> None:
    assert words.say("train.counting", **(NUMBERS | {"n": 1})).startswith("1 image,")
    assert words.say("train.counting", **(NUMBERS | {"n": 0})).startswith("0 images,")


@pytest.mark.usefixtures("counting")
@pytest.mark.parametrize(
    ("key", "lang", "given", "expected"),
    [
        ("train.nothing", "en", {}, "'train.nothing': is in no catalogue"),
        ("train.counting", "fr", NUMBERS, "'fr': is not spoken here"),
        ("train.counting", "en", {"n": 1}, "needs loss, n, shape, share, size, time; shape is not given"),
        ("train.counting", "en", NUMBERS | {"epoch": 3}, "no place for epoch"),
        ("train.counting", "en", NUMBERS | {"n": "many"}, "'train.counting'.*the text is"),
    ],
)
def test_a_wrong_call_names_the_sentence(key: str, lang: str, given: dict[str, object], expected: str) -> None:
    with pytest.raises(ArgumentError, match=expected):
        words.say(key, lang, **given)


@pytest.mark.parametrize(
    ("chosen", "environment", "code"),
    [
        (None, {}, "en"),
        (None, {"LANG": "C.UTF-8"}, "en"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        (None, {"LANG": "ja_JP.UTF-8"}, "ja"),
        (None, {"LANG": "ja_JP.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        (None, {"LANG": "ja_JP.UTF-8", "LC_ALL": "zh_TW"}, "zh"),
        (None, {"LANG": "ja_JP.UTF-8", "LC_ALL": "", "SIMPLECELL_LANG": ""}, "ja"),
        (None, {"LANG": "ja_JP.UTF-8", "SIMPLECELL_LANG": "en"}, "en"),
        ("zh-Hans-CN", {"SIMPLECELL_LANG": "en"}, "zh"),
        ("JA", {}, "ja"),
    ],
)
def test_the_language_is_chosen_by_argument_then_variable_then_locale(
    chosen: str | None, environment: dict[str, str], code: str
) -> None:
    assert words.language(chosen, environment) == code


def test_a_language_that_is_asked_for_must_exist() -> None:
    with pytest.raises(ArgumentError, match=r"language: 'fr' is not spoken here.\n  fix one of: en \| zh \| ja"):
        words.language("fr")
    with pytest.raises(ArgumentError, match="SIMPLECELL_LANG: 'tlh'"):
        words.language(None, {"SIMPLECELL_LANG": "tlh"})


@pytest.mark.parametrize("value", [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, np.float32(1 / 3), np.float32(1e-45)])
def test_exact_text_reads_back_as_the_same_bits(value: float) -> None:
    assert type(value)(words.exact_text(value)) == value


def test_sizes_at_the_edges_of_their_units() -> None:
    assert [words.bytes_text(size) for size in (0, 999, 1000, 1024, 10**6, 553_430_176)] == [
        "0 B",
        "999 B",
        "1.00 kB (0.98 KiB)",
        "1.02 kB (1.00 KiB)",
        "1.00 MB (0.95 MiB)",
        "553.43 MB (527.79 MiB)",
    ]
    assert words.bytes_text(24 * 10**9, "GB") == "24.00 GB"


def test_every_sentence_has_the_three_languages_with_the_same_placeholders() -> None:
    assert len(catalogue.ENTRIES) == sum(len(topic) for topic in catalogue.TOPICS.values())
    for topic, entries in catalogue.TOPICS.items():
        for key, entry in entries.items():
            assert KEY.fullmatch(key), key
            assert key.startswith(topic + "."), key
            assert set(entry) == set(words.LANGUAGES), key
            assert all(text.strip() for text in entry.values()), key
            wanted = {lang: words.placeholders(text) for lang, text in entry.items()}
            assert len(set(wanted.values())) == 1, f"{key}: {wanted}"


def strings_of(tree: ast.AST) -> tuple[set[str], list[re.Pattern[str]]]:
    """Return the literal strings of a module, and its f-strings as patterns."""
    fixed: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            fixed.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            pieces = [
                re.escape(str(piece.value)) if isinstance(piece, ast.Constant) else "[a-z0-9_.]+"
                for piece in node.values
            ]
            patterns.append(re.compile("".join(pieces)))
    return fixed, patterns


def keys_in_the_code() -> tuple[set[str], list[re.Pattern[str]]]:
    """Return what the code, apart from the catalogue itself, says that looks like a sentence's key."""
    topics = tuple(f"{topic}." for topic in catalogue.TOPICS)
    fixed: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for path in sorted(SOURCES.rglob("*.py")):
        if path.is_relative_to(SOURCES / "words" / "catalogue"):
            continue
        literal, formatted = strings_of(ast.parse(path.read_text(encoding="utf-8")))
        fixed |= {text for text in literal if text.startswith(topics) and KEY.fullmatch(text)}
        patterns += [pattern for pattern in formatted if pattern.pattern.replace("\\", "").startswith(topics)]
    return {text for text in fixed if not text.endswith(FILE_ENDINGS)}, patterns


def test_every_key_in_the_code_is_in_the_catalogue_and_the_other_way_round() -> None:
    fixed, patterns = keys_in_the_code()
    assert sorted(fixed - set(catalogue.ENTRIES)) == []
    assert [p.pattern for p in patterns if not any(p.fullmatch(key) for key in catalogue.ENTRIES)] == []
    unused = [key for key in catalogue.ENTRIES if key not in fixed and not any(p.fullmatch(key) for p in patterns)]
    assert unused == []


def test_the_search_for_keys_sees_literals_and_f_strings() -> None:
    fixed, patterns = strings_of(ast.parse("say('train.done', n=1); say(f'layers.{kind}.value'); x = 'other'"))
    assert "train.done" in fixed
    assert any(pattern.fullmatch("layers.conv2d.value") for pattern in patterns)
