"""An explanation as a page for the terminal: the window channel by channel, the sums, the engine's value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from simplecell.explain.field_text import field_text, units_text
from simplecell.explain.layout import NumberColumn, by_magnitude, exact_number, total
from simplecell.words import language, number_text, say, shape_text
from simplecell.words.layout import WIDTH, labelled, left, right, table, width, wrap

if TYPE_CHECKING:
    from simplecell.explain.cell import Explanation
    from simplecell.explain.fused import Fused

_ALL_IN_WINDOW, _ALL_IN_LIST, _TOP = 512, 64, 24
_PARTIALS = 64


def explanation_text(e: Explanation, lang: str | None = None, top: int | None = None) -> str:
    """The page; see Explanation.text."""
    code = language(lang)
    unit = units_text(tuple((i,) for i in e.unit), code)
    lines = wrap(say("explain.title", code, layer=e.layer, number=e.number, kind=e.kind, unit=unit))
    lines += [f"  {e.formula}", "", *wrap(say(e.sentence[0], code, **e.sentence[1]))]
    lines += wrap(say("explain.reads", code, sources=", ".join(_source(e, n) for n in range(len(e.sources)))))
    count = len(e.terms.products)
    drawn = len(e.window) == 2 and (top is None or top >= count) and _fits(e)
    limit = _ALL_IN_WINDOW if drawn else _ALL_IN_LIST
    shown = (count if count <= limit else _TOP) if top is None else min(top, count)
    lines += ["", *(_window(e, code) if drawn and shown == count else _list(e, code, shown))]
    lines += ["", *_result(e, code), "", *field_text(e.field, code).splitlines(), ""]
    return "\n".join(lines + wrap(say("explain.zero_based", code)))


def _source(e: Explanation, number: int) -> str:
    """A source and its shape: `pool1 14x14x6`."""
    source = e.sources[number]
    return f"{source.name} {shape_text(source.shape)}"


# The window, channel by channel ---------------------------------------------------------------------------------


class _Cells:
    """The written inputs, weights and products of a window, and the columns each takes. `width` is one cell's."""

    def __init__(self, e: Explanation) -> None:
        t = e.terms
        self.inputs = _written(t.inputs.tolist())
        self.weights = _written(t.weights.tolist())
        self.products = _written(t.products.tolist())
        self.inputs = [_marked(e, i, text) for i, text in enumerate(self.inputs)]
        self.products = [_marked(e, i, text) for i, text in enumerate(self.products)]
        self.grids = (self.inputs,) if t.rule == "max" else (self.inputs, self.weights, self.products)
        heads = [str(tap) for tap in e.window[1]]
        self.widths = [1 + max(map(len, [*grid, *heads])) for grid in self.grids]

    def across(self, columns: int) -> int:
        """Columns that the grids take side by side."""
        return columns * sum(self.widths) + 4 * (len(self.grids) - 1)


def _marked(e: Explanation, term: int, text: str) -> str:
    """A number in ( ) where its term is padding, in [ ] where it is the maximum."""
    if not e.terms.real[term]:
        return f"({text})"
    return f"[{text}]" if e.terms.rule == "max" and term == e.terms.winner else text


def _legend(e: Explanation, lang: str) -> list[str]:
    """What ( ) and [ ] mean, where they stand on the page."""
    lines = [] if e.terms.rule != "max" else wrap(say("explain.window.largest", lang))
    return lines if e.terms.real.all() else lines + wrap(say("explain.window.padding", lang))


def _written(values: Sequence[float]) -> list[str]:
    column = NumberColumn(values)
    return [column.write(v) for v in values]


def _fits(e: Explanation) -> bool:
    """Whether at least one grid fits on the page."""
    cells = _Cells(e)
    return len(e.window[1]) * max(cells.widths) + 16 <= WIDTH


def _window(e: Explanation, lang: str) -> list[str]:
    """Every channel of the window as grids: inputs x weights = products, then its sum and the sum so far."""
    cells = _Cells(e)
    columns = len(e.window[1])
    labels = [say("explain.row", lang, y=y) for y in e.window[0]]
    channels = list(dict.fromkeys(e.terms.at[:, 0].tolist()))
    titles = [say("explain.channel", lang, channel=c) for c in channels]
    edge = max(map(width, [*titles, *labels])) + 2
    beside = edge + cells.across(columns) <= WIDTH
    lines = wrap(say("explain.window.max" if e.terms.rule == "max" else "explain.window.sum", lang))
    lines += [*_legend(e, lang), ""]
    for number, title in enumerate(titles):
        start = number * len(e.window[0]) * columns
        block = _beside if beside else _stacked
        lines += block(e, cells, lang, start, left(title, edge), [left("  " + label, edge) for label in labels])
        if e.partials:
            p = e.partials[number]
            text = say("explain.channel.sum", lang, sum=number_text(p.sum), so_far=number_text(p.so_far))
            lines.append(right(text, min(WIDTH, edge + (cells.across(columns) if beside else 0)) if beside else 0))
    return lines


def _beside(e: Explanation, cells: _Cells, lang: str, start: int, title: str, labels: Sequence[str]) -> list[str]:
    """One channel, the grids side by side."""
    del lang
    columns = len(e.window[1])
    heads = [list(map(str, e.window[1])), list(map(str, range(columns)))]
    parts = [
        "".join(right(h, w) for h in heads[n]) if n < 2 else "" for n, w in zip(range(3), cells.widths, strict=False)
    ]
    lines = [(title + "    ".join(parts)).rstrip()]
    for y, label in enumerate(labels):
        at = start + y * columns
        rows = [
            "".join(right(c, w) for c in g[at : at + columns]) for g, w in zip(cells.grids, cells.widths, strict=True)
        ]
        signs = ["  x ", "  = "] if y == len(labels) // 2 else ["    ", "    "]
        line = rows[0] + "".join(sign + row for sign, row in zip(signs, rows[1:], strict=False))
        lines.append((label + line).rstrip())
    return lines


def _stacked(e: Explanation, cells: _Cells, lang: str, start: int, title: str, labels: Sequence[str]) -> list[str]:
    """One channel, the grids under each other."""
    columns = len(e.window[1])
    lines: list[str] = []
    for number, (grid, w) in enumerate(zip(cells.grids, cells.widths, strict=True)):
        heads = e.window[1] if number != 1 else range(columns)
        name = say(f"explain.column.{('input', 'weight', 'product')[number]}", lang)
        lines.append(f"{title.rstrip()}, {name}")
        lines.append(" " * width(labels[0]) + "".join(right(str(h), w) for h in heads))
        for y, label in enumerate(labels):
            at = start + y * columns
            lines.append((label + "".join(right(c, w) for c in grid[at : at + columns])).rstrip())
    return lines


# Terms as a list ---------------------------------------------------------------------------------------------------


def _list(e: Explanation, lang: str, shown: int) -> list[str]:
    """The terms as a table: all in order, or the largest contributions and the rest as one sum."""
    products = e.terms.products.tolist()
    whole = shown >= len(products)
    order = range(len(products)) if whole else by_magnitude(e.terms.products)[:shown]
    lines = wrap(say("explain.list.all" if whole else "explain.list.top", lang, n=len(order), terms=len(products)))
    lines += [*_legend(e, lang), *table(_term_rows(e, lang, list(order)))]
    if not whole:
        shown_ones = set(order)
        rest = [p for i, p in enumerate(products) if i not in shown_ones]
        lines += wrap("  " + say("explain.list.rest", lang, n=len(rest), sum=total(rest)), indent="  ")
    if 1 < len(e.partials) <= _PARTIALS and any(p.terms > 1 for p in e.partials):
        lines += ["", say("explain.partials", lang), *table(_partial_rows(e, lang))]
    return lines


def _term_rows(e: Explanation, lang: str, order: Sequence[int]) -> list[list[str]]:
    """Head and rows of the table of terms; weights that say nothing are left out."""
    t = e.terms
    several = len(e.sources) > 1
    result = "product" if t.weighted else {"function": "result", "product": "so_far"}.get(t.rule, "power")
    kinds = ["input", "weight", result] if t.weighted else ["input", result]
    columns = [t.inputs, t.weights, t.products] if t.weighted else [t.inputs, t.products]
    written = [_written([float(c[i]) for i in order]) for c in columns]
    rank = max(len(s.unflattened or s.shape) for s in e.sources) - 1
    place = f"explain.column.place.{rank}" if rank else "explain.column.feature"
    head = ([say("explain.column.source", lang)] if several else []) + [say(place, lang)]
    rows = [head + [say(f"explain.column.{kind}", lang) for kind in kinds]]
    for row, i in enumerate(order):
        source = e.sources[int(t.source[i])]
        at = source.origin(t.at[i]) if t.real[i] else tuple(map(int, t.at[i]))
        numbers = [column[row] for column in written]
        numbers[0] = _marked(e, i, numbers[0])
        rows.append(([source.name] if several else []) + [", ".join(map(str, at)), *numbers])
    return rows


def _partial_rows(e: Explanation, lang: str) -> list[list[str]]:
    """Head and rows of the table of partial sums per channel."""
    sums, so_far = _written([p.sum for p in e.partials]), _written([p.so_far for p in e.partials])
    head = [say(f"explain.column.{name}", lang) for name in ("channel", "terms", "sum", "so_far")]
    rows = [
        [str(p.channel), f"{p.terms:,}", one, total] for p, one, total in zip(e.partials, sums, so_far, strict=True)
    ]
    return [head, *rows]


# The result ---------------------------------------------------------------------------------------------------------


def _result(e: Explanation, lang: str) -> list[str]:
    """Sum, bias, value; the engine's value, the difference and what to expect of it."""
    rows: list[tuple[str, str]] = []
    if e.terms.rule == "sum" and e.partials:
        rows.append((say("explain.result.sum", lang, n=len(e.terms.products)), exact_number(e.partials[-1].so_far)))
    if e.terms.bias is not None:
        rows.append((say("explain.result.bias", lang), exact_number(e.terms.bias)))
    if e.combined != e.value and not math.isnan(e.combined):
        rows.append((say("explain.result.combined", lang), exact_number(e.combined)))
    rows.append((say("explain.result.value", lang), exact_number(e.value)))
    if e.engine is not None and e.difference is not None:
        rows.append((say("explain.result.engine", lang), exact_number(e.engine.value)))
        rows.append((say("explain.result.difference", lang), number_text(e.difference, 3)))
    rows.append((say("explain.result.bound", lang), number_text(e.bound, 3)))
    lines = labelled(rows)
    if e.engine is not None:
        about = {"algorithm": e.engine.algorithm, "isa": e.engine.isa}
        text = (
            say("explain.engine.exact", lang, **about)
            if e.engine.own_bits
            else say("explain.engine.recomputed", lang, note=e.engine.note, **about)
        )
        lines += wrap("  " + text, indent="  ")
        if e.engine.algorithm == "winograd" and math.isfinite(e.value) and not math.isfinite(e.engine.value):
            lines += wrap("  " + say("explain.engine.tiles", lang), indent="  ")
    if e.inherits:
        lines += wrap("  " + say("explain.inherits", lang), indent="  ")
    elif e.watched:
        lines += wrap("  " + say("explain.watched", lang), indent="  ")
    for follower in e.followers:
        lines += wrap("  " + say("explain.follower", lang, layer=follower), indent="  ")
    if e.origin is not None:
        lines += wrap("  " + e.origin.text(lang), indent="  ")
    if e.runners_up:
        lines += wrap("  " + _runners_up(e, lang), indent="  ")
    return lines + ([] if e.fused is None else ["", *fused_lines(e.fused, lang)])


def _runners_up(e: Explanation, lang: str) -> str:
    """The next largest of a window, and by how much they lost."""
    t = e.terms
    texts = [
        say(
            "explain.runner_up",
            lang,
            value=float(t.inputs[i]),
            at=tuple(t.at[i, 1:].tolist()),
            less=e.value - float(t.inputs[i]),
        )
        for i in e.runners_up[:3]
    ]
    return say("explain.runners_up", lang, others=say("explain.runners_up.joint", lang).join(texts))


def fused_lines(fused: Fused, lang: str) -> list[str]:
    """A step of the engine that does several layers: the unit after each, the folded weights, the engine's value."""
    names = ", ".join(stage.layer for stage in fused.stages)
    lines = wrap(say("explain.fused", lang, layers=names))
    rows = [[f"{stage.layer} ({stage.kind})", exact_number(stage.value)] for stage in fused.stages]
    if fused.engine is not None:
        last = fused.stages[-1]
        rows.append([say("explain.fused.engine", lang, layer=last.layer), exact_number(fused.engine.value)])
        rows.append([say("explain.result.difference", lang), number_text(fused.engine.value - last.value, 3)])
    lines += table(rows)
    if fused.folded is not None:
        f = fused.folded
        numbers = {"layer": f.layer, "scale": f.scale, "shift": f.shift, "bias": f.bias, "value": f.value}
        lines += wrap("  " + say("explain.fused.folded", lang, **numbers), indent="  ")
    return lines
