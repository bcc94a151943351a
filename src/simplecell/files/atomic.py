"""Writing a file so that at every moment either the old one or the new one is there, complete."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterable
from typing import Final

from simplecell.errors import FileError

_ENDING: Final = ".writing"
_LOCKS_UNKNOWN: Final = {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL}


def write_atomically(path: str | os.PathLike[str], chunks: Iterable[bytes | memoryview]) -> None:
    """Write `chunks`, one after the other, as the file `path`.

    Rules: the bytes go to a new file in the same folder, are flushed to the disk, and take the name `path` in one
    step, after which the folder is flushed. Whatever goes wrong before that step leaves the old file as it was and no
    new one. A symbolic link stays a link: the file that it points to is replaced. What writers that were killed left
    behind is removed by the next writer of the same file; a writer at work is known by the lock that it holds.

    Raises: FileError with the path and the cause.
    """
    target = os.path.realpath(os.fspath(path))
    try:
        _remove_leftovers(target)
        descriptor, temporary = _open_temporary(target)
    except OSError as cause:
        raise _cannot_write(path, cause) from cause
    try:
        try:
            for chunk in chunks:
                _write_all(descriptor, memoryview(chunk).cast("B"))
            os.fsync(descriptor)
            os.replace(temporary, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        _flush_folder(os.path.dirname(target))
    except OSError as cause:
        raise _cannot_write(path, cause) from cause
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: memoryview) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _flush_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open_temporary(target: str) -> tuple[int, str]:
    """Create and lock a file next to `target`; again if another writer took it for a leftover before it was locked."""
    folder, name = os.path.split(target)
    while True:
        temporary = os.path.join(folder, f".{name}.{os.urandom(8).hex()}{_ENDING}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            _lock(descriptor)
            if os.fstat(descriptor).st_nlink > 0:
                return descriptor, temporary
        except BaseException:
            os.close(descriptor)
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as cause:
        if cause.errno not in _LOCKS_UNKNOWN:
            raise


def _remove_leftovers(target: str) -> None:
    folder, name = os.path.split(target)
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(f".{name}.") and entry.name.endswith(_ENDING):
                _remove_if_dead(entry.path)


def _remove_if_dead(leftover: str) -> None:
    """Remove a temporary file unless its writer still holds the lock, or the folder knows no locks, or it is gone."""
    with contextlib.suppress(OSError):
        descriptor = os.open(leftover, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(leftover)
        finally:
            os.close(descriptor)


def _cannot_write(path: str | os.PathLike[str], cause: OSError) -> FileError:
    remedies = {
        errno.ENOENT: "; make its folder first",
        errno.ENOSPC: "; free some space on the disk",
        errno.EDQUOT: "; free some space on the disk",
        errno.EISDIR: "; it is a folder, name a file in it",
        errno.EACCES: "; choose a place that you may write to",
        errno.EROFS: "; choose a place that you may write to",
    }
    reason = os.strerror(cause.errno) if cause.errno else str(cause)
    return FileError(f"{os.fspath(path)}: cannot be written: {reason}{remedies.get(cause.errno or 0, '')}")
