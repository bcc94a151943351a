"""A reader in a process of its own that never ends is given up, by what it computes and not by the clock."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simplecell.errors import FileError
from simplecell.files import apart

READER = """
import sys
from simplecell.files.apart import serve

def tensors_of(path):
    while True:
        pass

serve(tensors_of, 8 << 30)
"""


def test_a_reader_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hanging.py").write_text(READER)
    (tmp_path / "weights").write_bytes(b"any")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(apart, "_SECONDS", 1)
    with pytest.raises(FileError, match="weights: not read within 1 seconds of computing"):
        apart.read_apart("hanging", tmp_path / "weights")
