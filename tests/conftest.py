"""What all tests start from, wherever they are run from."""

from __future__ import annotations

import signal

import pytest


def pytest_configure() -> None:
    """Ctrl-C works in the tests and in the processes that they start, even where a background job ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures that tests recorded, from whichever process they ran in."""
    for report in (*terminalreporter.stats.get("passed", ()), *terminalreporter.stats.get("failed", ())):
        for name, value in report.user_properties:
            if name == "figures":
                terminalreporter.write_line(str(value))
