"""How numbers are written for people: never rounded without it being the reader's choice of format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, SupportsFloat

_DECIMAL: Final = ("B", "kB", "MB", "GB", "TB", "PB")
_BINARY: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def shape_text(shape: Sequence[int]) -> str:
    """Write a shape given as C, H, W the way the field draws it: height x width x depth.

    Rules: one axis stays as it is; with two the channels go last as well (length x depth).

    >>> shape_text((96, 55, 55)), shape_text((20, 491)), shape_text((400,))
    ('55x55x96', '491x20', '400')
    """
    return "x".join(str(int(size)) for size in (*shape[1:], *shape[:1]))


def count_text(count: int) -> str:
    """Write a whole number with thousands separators.

    >>> count_text(138357544)
    '138,357,544'
    """
    return f"{int(count):,}"


def bytes_text(size: int, unit: str = "") -> str:
    """Write a number of bytes with its unit: 1 MB = 1,000,000 bytes, 1 MiB = 1,048,576 bytes.

    Rules: `unit` is one of B, kB, MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB; without it, both forms at the size's own
    scale. Below 1 kB the count is exact, otherwise two digits follow the point.

    Raises: KeyError if the unit is unknown.

    >>> bytes_text(60950432), bytes_text(60950432, "MiB"), bytes_text(64)
    ('60.95 MB (58.13 MiB)', '58.13 MiB', '64 B')
    """
    if unit:
        return _scaled(size, unit)
    power = 0
    while power < len(_DECIMAL) - 1 and abs(size) >= 1000 ** (power + 1):
        power += 1
    if power == 0:
        return _scaled(size, "B")
    return f"{_scaled(size, _DECIMAL[power])} ({_scaled(size, _BINARY[power])})"


def _scaled(size: int, unit: str) -> str:
    divisors = {name: 1024**power for power, name in enumerate(_BINARY)}
    divisors.update((name, 1000**power) for power, name in enumerate(_DECIMAL))
    return f"{int(size):,} B" if unit == "B" else f"{size / divisors[unit]:,.2f} {unit}"


def exact_text(value: SupportsFloat) -> str:
    """Write a float with the fewest digits that read back as the same bits in its own type.

    >>> exact_text(0.1 + 0.2), exact_text(2.0)
    ('0.30000000000000004', '2.0')
    """
    return str(value)


def number_text(value: SupportsFloat, digits: int = 6) -> str:
    """Write a float with so many significant digits, without trailing zeros.

    >>> number_text(0.30000000000000004), number_text(-2.0), number_text(1234567.0)
    ('0.3', '-2', '1.23457e+06')
    """
    return f"{float(value):.{digits}g}"


def percent_text(fraction: SupportsFloat, digits: int = 2) -> str:
    """Write a fraction as a percentage.

    >>> percent_text(352 / 355)
    '99.15 %'
    """
    return f"{100 * float(fraction):.{digits}f} %"


def seconds_text(seconds: SupportsFloat) -> str:
    """Write a duration at its own scale.

    >>> seconds_text(0.0123), seconds_text(4.04), seconds_text(125.4), seconds_text(7384)
    ('12.3 ms', '4.0 s', '2 min 05 s', '2 h 03 min')
    """
    duration = float(seconds)
    if duration < 0.9995:
        return f"{1000 * duration:.3g} ms"
    if duration < 59.95:
        return f"{duration:.1f} s"
    whole = round(duration)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
