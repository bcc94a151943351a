"""A run folder that the tests of the command line share."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.process import simplecell


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder of a short training, with pictures."""
    folder = tmp_path_factory.mktemp("runs") / "digits"
    done = simplecell("train", "digits", "--epochs", 3, "--out", folder, "--pictures")
    assert done.returncode == 0, done.stderr
    return folder
