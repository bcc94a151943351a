"""The account of memory as text, in three languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simplecell.words import bytes_text, language, say
from simplecell.words.layout import WIDTH, table, wrap

if TYPE_CHECKING:
    from simplecell.accounts.memory import Memory


def memory_text(found: Memory, lang: str | None = None) -> str:
    """The parts and their total, what the arena holds at its fullest, what grows with the batch, and PyTorch's."""
    code = language(lang)
    key = "accounts.memory.training" if found.training else "accounts.memory.inference"
    given = {"optimizer": found.optimizer} if found.training else {}
    title = say(key, code, batch=found.batch, isa=found.plans[0].machine.isa, **given)
    parts = [(f"accounts.memory.{name}", size) for name, size in found.parts().items() if size]
    peak = found.peak
    inside = [
        (f"accounts.memory.peak.{name}", getattr(peak, name))
        for name in ("activations", "gradients", "weight_gradients", "workspace", "gaps")
    ]
    ends = [(f"accounts.memory.{name}", getattr(found, name)) for name in ("fixed", "per_image")]
    rows = [
        *_rows(parts, code),
        *_rows([("accounts.memory.total", found.total)], code),
        *_rows(ends, code, "  "),
    ]
    lines = [title, "", *table(rows), ""]
    lines += wrap(say("accounts.memory.peak", code, step=peak.step, label=peak.label), WIDTH)
    lines += table(_rows([row for row in inside if row[1]], code))
    if found.reference:
        names = ", ".join(found.reference)
        lines += wrap(say("accounts.memory.reference", code, n=len(found.reference), layers=names), WIDTH)
    return "\n".join([*lines, *_eager(found, code)])


def _rows(parts: list[tuple[str, int]], lang: str, indent: str = "") -> list[list[str]]:
    return [[indent + say(key, lang), f"{size:,}", bytes_text(size) if size >= 1000 else ""] for key, size in parts]


def _eager(found: Memory, lang: str) -> list[str]:
    """What PyTorch eager keeps, said to be another engine's."""
    if found.eager is None:
        return []
    kept = found.eager
    lines = ["", *wrap(say("accounts.memory.eager", lang, floats=kept.floats, indices=kept.indices, total=kept.total))]
    if kept.unknown:
        names = ", ".join(kept.unknown)
        lines += wrap(say("accounts.memory.eager_unknown", lang, n=len(kept.unknown), layers=names))
    return lines
