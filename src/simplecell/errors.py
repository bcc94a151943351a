"""Every error that simplecell raises on purpose.

    SimplecellError
    |-- ArgumentError (ValueError)    an argument that no input could make right: stride 0, groups that do not divide
    |-- ShapeError (ValueError)       arguments that are right alone but do not fit the shapes they meet
    |-- GraphError (ValueError)       layers that are wired wrongly: a cycle, a doubled name, a wrong number of inputs
    |-- WeightsError (ValueError)     weights that are missing, extra, wrongly shaped or not there yet
    |-- DataError (ValueError)        images or targets that cannot be used: rank, range, NaN
    |-- FileError (OSError)           a file that is missing, damaged, not what it says, or cannot be written
    |-- MemoryLimitError (MemoryError) a size that would overflow or does not fit
    |-- TrainingError (ArithmeticError) a training that diverged: its loss is no longer finite
    |-- EngineError (RuntimeError)    the native engine is missing or cannot do what is asked
    `-- MissingExtra (ImportError)    an optional package is not installed; the message has the pip line

A message says the place, the rule, the numbers and the remedy; `message` builds it.
"""

from __future__ import annotations

from collections.abc import Sequence


class SimplecellError(Exception):
    """Base of every error that simplecell raises on purpose."""


class ArgumentError(SimplecellError, ValueError):
    """An argument that is wrong whatever it meets."""


class ShapeError(SimplecellError, ValueError):
    """Shapes that do not fit together."""


class GraphError(SimplecellError, ValueError):
    """Layers that are wired wrongly."""


class WeightsError(SimplecellError, ValueError):
    """Weights that are missing, extra or wrongly shaped."""


class DataError(SimplecellError, ValueError):
    """Images or targets that cannot be used."""


class FileError(SimplecellError, OSError):
    """A file that is missing, damaged or cannot be written."""


class MemoryLimitError(SimplecellError, MemoryError):
    """A size that would overflow or does not fit in memory."""


class EngineError(SimplecellError, RuntimeError):
    """The native engine is missing or cannot do what is asked."""


class TrainingError(SimplecellError, ArithmeticError):
    """A training that diverged."""


class MissingExtra(SimplecellError, ImportError):
    """An optional package is not installed."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs {package}: pip install 'simplecell[{extra}]'")


def unknown(what: str, name: object, known: Sequence[str], remedies: Sequence[str] = ()) -> str:
    """Build the message about a name that does not exist: the names that do, and the nearest of them as remedies.

    >>> print(unknown("no layer is called", "conv9", ["input", "conv1", "conv2", "fc"]))
    no layer is called 'conv9'; there are: input, conv1, conv2, fc
      fix one of: conv2 | conv1
    """
    from difflib import get_close_matches

    few = known if len(known) <= 16 else [*known[:4], "...", *known[-4:]]
    count = "" if len(known) <= 16 else f" {len(known):,}"
    near = get_close_matches(str(name), known, 3)
    return message("", f"{what} {name!r}; there are{count}: {', '.join(few)}", remedies=[*near, *remedies])


def message(place: str, rule: str, facts: Sequence[str] = (), remedies: Sequence[str] = ()) -> str:
    """Build a message: `place: rule`, one indented line per fact, and the remedies.

    >>> print(message("layer 2 'conv1' (Conv2d)", "needs depth 3, got 1.", ["input 1x28x28"], ["in_channels=1"]))
    layer 2 'conv1' (Conv2d): needs depth 3, got 1.
      input 1x28x28
      fix: in_channels=1
    """
    lines = [f"{place}: {rule}" if place else rule, *(f"  {fact}" for fact in facts)]
    if remedies:
        lines.append(("  fix one of: " if len(remedies) > 1 else "  fix: ") + " | ".join(remedies))
    return "\n".join(lines)
