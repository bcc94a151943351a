"""The command line as users meet it: a process, its exit code, its two streams; or, where a process of its own shows
nothing more, its entry called here, which is quicker."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

from simplecell.cli.main import main


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "SIMPLECELL_"))}
    return kept | {"PYTHONIOENCODING": "utf-8", "COLUMNS": "100"} | more


def simplecell(*arguments: object, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command; whatever it says, it shows no traceback unless asked to."""
    done = subprocess.run(
        [sys.executable, "-m", "simplecell", *map(str, arguments)],
        capture_output=True, text=True, encoding="utf-8", check=False, cwd=cwd, env=environment(**more), timeout=120,
    )  # fmt: skip
    assert "--traceback" in arguments or "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def called(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Call the command's entry in this process."""
    stdout, stderr = io.StringIO(), io.StringIO()
    given = [str(argument) for argument in arguments]
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        try:
            main(given)
        except SystemExit as end:
            return subprocess.CompletedProcess(given, int(end.code or 0), stdout.getvalue(), stderr.getvalue())
    raise AssertionError("the command did not end in SystemExit")
