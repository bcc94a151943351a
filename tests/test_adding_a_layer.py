"""docs/adding-a-layer.md says which files a kind touches: those that name its example, and no others."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "adding-a-layer.md").read_text(encoding="utf-8")


def test_the_page_names_the_files_that_the_kind_is_in() -> None:
    folders = (ROOT / "src" / "simplecell", ROOT / "tests" / "layers")
    found = {
        str(path.relative_to(ROOT))
        for folder in folders
        for path in folder.rglob("*.py")
        if "interchange" not in path.parts and "ChannelShuffle" in path.read_text(encoding="utf-8")
    }
    assert found == set(re.findall(r"`((?:src|tests)/\S+\.py)`", PAGE))


def test_the_lines_of_its_diffs_are_in_the_files() -> None:
    for name, diff in re.findall(r"`((?:src|tests)/\S+\.py)`[^\n]*\n\n```diff\n(.*?)```", PAGE, re.DOTALL):
        text = (ROOT / name).read_text(encoding="utf-8")
        for line in diff.splitlines():
            if line.startswith("+") and line[1:].strip() and not line.startswith("+def"):
                assert line[1:].strip() in text, line
