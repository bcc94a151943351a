"""The Python in the documents runs as it stands."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


DOCUMENTS = ["README.md", "docs/accounts.md", "docs/explaining.md", "docs/training.md", "docs/tour.md"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_examples_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert blocks
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, name, "exec"), names)
