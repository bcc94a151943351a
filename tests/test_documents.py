"""The Python in the documents runs as it stands; commands run too, and say what is printed under them."""

import re
import shlex
from pathlib import Path

import pytest

from cli.process import called

ROOT = Path(__file__).parent.parent


DOCUMENTS = [
    "README.md",
    *(f"docs/{name}.md" for name in ("accounts", "explaining", "training", "tour")),
    *(f"docs/worked-examples{lang}.md" for lang in ("", ".ja", ".zh")),
]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.findall(r"^```(python|console)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert blocks
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for kind, block in blocks:
        if kind == "python":
            exec(compile(block, name, "exec"), names)
            continue
        command, _, shown = block.partition("\n")
        done = called(*shlex.split(command.removeprefix("$ simplecell ")))
        assert (done.returncode, done.stdout.strip()) == (0, shown.strip()), command
