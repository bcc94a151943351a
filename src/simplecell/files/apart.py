"""Foreign formats that only their own library reads, read by it in a child process that may do no harm.

Such a library may crash, hang or take all memory on a damaged file. It runs in a process of its own with a limit on
memory and time, and hands over a safetensors file, which is read with the usual checks.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from simplecell.errors import FileError
from simplecell.files.container import read, write

Tensors = Mapping[str, NDArray[Any]]
_SECONDS, _BYTES_PER_SECOND = 30, 4 << 20
"""After so many seconds of computing, and one more for so many bytes, a file is given up."""
_PATIENCE = 10
"""So many times as long on the clock: other programs may keep the machine busy."""


def read_apart(module: str, path: str | os.PathLike[str]) -> dict[str, NDArray[Any]]:
    """The tensors that `module`, run as a program that calls `serve`, finds in a file.

    Raises: FileError in one line for whatever goes wrong there.
    """
    place = os.fspath(path)
    try:
        with open(path, "rb"):
            longest = _SECONDS + os.path.getsize(path) // _BYTES_PER_SECOND
    except OSError as cause:
        raise FileError(f"{place}: cannot be read: {cause.strerror}") from cause
    with tempfile.TemporaryDirectory(prefix="simplecell-") as folder:
        handed_over = str(Path(folder, "tensors.safetensors"))
        try:
            done = subprocess.run(
                [sys.executable, "-m", module, place, handed_over, str(longest)], capture_output=True, text=True,
                timeout=_PATIENCE * longest, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise FileError(f"{place}: not read within {_PATIENCE * longest} seconds") from None
        if done.returncode == -signal.SIGXCPU:
            raise FileError(f"{place}: not read within {longest} seconds of computing")
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or [f"the reader ended with {done.returncode}"])[-1]
            raise FileError(f"{place}: no weights could be read: {reason}")
        return read(handed_over).tensors


def serve(tensors_of: Callable[[str], Tensors], own_memory: int) -> None:
    """The child: read, check, hand over. One line on stderr and exit code 2 for a refusal.

    The limit on addresses is what the library itself needs and four times the file.
    """
    path, handed_over, seconds = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), resource.RLIM_INFINITY))
    limit = own_memory + 4 * os.path.getsize(path)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        write(handed_over, tensors_of(path), {})
    except Exception as error:
        print((str(error).strip().splitlines() or [type(error).__name__])[0], file=sys.stderr)
        sys.exit(2)
