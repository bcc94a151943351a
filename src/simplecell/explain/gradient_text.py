"""The page about one gradient: through which outputs it comes, how much through each, and what the optimiser does."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from simplecell.explain.field_text import units_text
from simplecell.explain.layout import NumberColumn, by_magnitude, exact_number, total
from simplecell.words import language, number_text, say
from simplecell.words.layout import labelled, table, wrap

if TYPE_CHECKING:
    from simplecell.explain.gradient import Flow, GradientExplanation, Update

_TOP = 24


def gradient_text(e: GradientExplanation, lang: str | None = None, top: int | None = None) -> str:
    """The page; see GradientExplanation.text."""
    code = language(lang)
    lines = [*_head(e, code), ""]
    for flow in e.flows:
        lines += [*_flow(e, flow, code, top), ""]
    if e.parts:
        lines += [*_parts(e, code), ""]
    if not e.terms:
        lines += [*wrap(say("explain.gradient.unused", code)), ""]
    lines += _result(e, code)
    if e.update is not None:
        lines += ["", *_update(e.update, code)]
    return "\n".join([*lines, "", *wrap(say("explain.zero_based", code))])


def _head(e: GradientExplanation, lang: str) -> list[str]:
    numbers = {"name": e.name, "number": e.number, "kind": e.kind}
    if e.is_weight:
        title = say("explain.gradient.title.weight", lang, index=", ".join(map(str, e.place)), **numbers)
    else:
        unit = units_text(tuple((i,) for i in e.place), lang)
        key = "explain.gradient.title.value" if e.number else "explain.gradient.title.input"
        numbers = numbers if e.number else {"name": e.name}
        title = say(key, lang, unit=unit, image=e.image, **numbers)
    rule = "dL/dw = sum dL/dy[n, at] * dy[n, at]/dw" if e.is_weight else "dL/dx = sum dL/dy[n, at] * dy[n, at]/dx"
    loss = {"loss": e.loss, "formula": e.loss_formula, "images": e.images, "value": e.loss_value}
    mode = "training" if e.training else "evaluation"
    return [
        *wrap(title), f"  {rule}", "", *wrap(say("explain.gradient.loss", lang, **loss)),
        *wrap(say(f"explain.gradient.mode.{mode}", lang)),
    ]  # fmt: skip


def _flow(e: GradientExplanation, flow: Flow, lang: str, top: int | None) -> list[str]:
    """What comes back through one layer: a sentence, the largest products, the rest as one sum."""
    count, what = len(flow.dy), flow.slopes.what
    numbers: dict[str, object] = {"layer": flow.layer, "kind": flow.kind, "terms": count}
    if what == "winner":
        numbers["won"] = int(flow.slopes.values.sum())
    side = "weight" if e.is_weight else "value"
    lines = wrap(say(f"explain.gradient.{side}.{what}", lang, **numbers))
    shown = min(count, _TOP if top is None else top)
    order = by_magnitude(flow.products)[:shown] if shown < count else [*range(count)]
    if shown < count:
        lines += wrap(say("explain.list.top", lang, n=shown, terms=count))
    if order:
        lines += table(_rows(e, flow, lang, order))
    if shown < count:
        shown_ones = set(order)
        rest = total([p for i, p in enumerate(flow.products.tolist()) if i not in shown_ones])
        lines += wrap("  " + say("explain.list.rest", lang, n=count - shown, sum=rest), indent="  ")
    if len(e.flows) > 1:
        lines += wrap("  " + say("explain.gradient.through", lang, layer=flow.layer, sum=flow.sum), indent="  ")
    return lines


def _rows(e: GradientExplanation, flow: Flow, lang: str, order: Sequence[int]) -> list[list[str]]:
    s = flow.slopes
    rank = s.at.shape[1] - 1
    output = say(f"explain.column.place.{rank}" if rank else "explain.column.feature", lang)
    head = [say("explain.gradient.column.output", lang, place=output), "dL/dy"]
    head += [say(f"explain.gradient.column.{s.what}", lang)]
    head += [say("explain.gradient.column.at", lang)] if s.place is not None else []
    head += [say("explain.column.product", lang)]
    written = [_written([float(c[i]) for i in order]) for c in (flow.dy, s.values, flow.products)]
    rows = [[say("explain.gradient.column.image", lang), *head] if e.images > 1 else head]
    for row, i in enumerate(order):
        dy, slope, product = (column[row] for column in written)
        cells = [", ".join(map(str, s.at[i].tolist())), dy, slope]
        cells += [", ".join(map(str, s.place[i].tolist()))] if s.place is not None else []
        rows.append([*([str(s.image[i])] if e.images > 1 else []), *cells, product])
    return rows


def _written(values: Sequence[float]) -> list[str]:
    column = NumberColumn(values)
    return [column.write(v) for v in values]


def _parts(e: GradientExplanation, lang: str) -> list[str]:
    """The loss's own gradient, part by part."""
    lines = wrap(say("explain.gradient.parts", lang, loss=e.loss))
    return lines + table([[say(f"explain.gradient.part.{name}", lang), exact_number(v)] for name, v in e.parts.items()])


def _result(e: GradientExplanation, lang: str) -> list[str]:
    rows: list[tuple[str, str]] = []
    if e.combined != e.value and not math.isnan(e.combined):
        rows.append((say("explain.result.combined", lang), exact_number(e.combined)))
    rows.append((say("explain.gradient.result.value", lang), exact_number(e.value)))
    if e.engine is not None and e.difference is not None:
        rows.append((say("explain.gradient.result.engine", lang), exact_number(e.engine.value)))
        rows.append((say("explain.result.difference", lang), number_text(e.difference, 3)))
    rows.append((say("explain.result.bound", lang), number_text(e.bound, 3)))
    lines = labelled(rows)
    if e.engine is not None:
        by = say("explain.gradient.engine", lang, algorithm=e.engine.algorithm, isa=e.engine.isa)
        lines += wrap("  " + by, indent="  ")
    key = "explain.gradient.watched" if e.watched else "explain.gradient.inherits"
    lines += wrap("  " + say(key, lang), indent="  ")
    return lines + ([] if e.origin is None else wrap("  " + e.origin.text(lang), indent="  "))


def _update(update: Update, lang: str) -> list[str]:
    """The optimiser's lines with the numbers in them."""
    lines = wrap(say("explain.gradient.update", lang, kind=update.kind, formula=update.formula))
    rows = [[f"{s.symbol} = {s.formula}", f"= {_filled(s.formula, s.numbers)}", f"= {exact_number(s.value)}"]
            for s in update.steps]  # fmt: skip
    lines += table(rows, lefts=3)
    moved = {"before": update.before, "after": update.after, "change": update.after - update.before}
    return lines + wrap("  " + say("explain.gradient.moved", lang, **moved), indent="  ")


def _filled(formula: str, numbers: object) -> str:
    """A formula with its numbers in the place of their names."""
    known = dict(numbers) if isinstance(numbers, dict) else {}

    def number(found: re.Match[str]) -> str:
        if found[0] not in known:
            return found[0]
        text = number_text(known[found[0]])
        return f"({text})" if text.startswith("-") else text

    return re.sub(r"[A-Za-z_]\w*", number, formula)
