"""What all tests start from, wherever they are run from."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Ctrl-C works in the tests and in the processes that they start, even where a background job ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
