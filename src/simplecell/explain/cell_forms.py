"""A value's explanation as data: JSON and CSV."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from simplecell.explain.layout import exact, plain
from simplecell.explain.sheets import COLUMNS, Result, sheet, span

if TYPE_CHECKING:
    from simplecell.explain.cell import Explanation

_COLUMNS = ("source", "at", "origin", "padding", "input", "weight", "product", "formula")
_INPUT, _WEIGHT, _PRODUCT = (COLUMNS[_COLUMNS.index(name)] for name in ("input", "weight", "product"))


def cell_dict(e: Explanation) -> dict[str, Any]:
    """Everything, in values that JSON keeps without loss."""
    engine = e.engine
    return {
        "schema": "simplecell.explanation/1",
        "layer": e.layer,
        "number": e.number,
        "kind": e.kind,
        "formula": e.formula,
        "unit": list(e.unit),
        "sources": [
            {"name": s.name, "shape": list(s.shape), "unflattened": s.unflattened and list(s.unflattened)}
            for s in e.sources
        ],
        "window": [list(taps) for taps in e.window],
        "rule": e.terms.rule,
        "winner": e.terms.winner,
        "terms": list(_terms(e)),
        "partials": [
            {"source": e.sources[p.source].name, "channel": p.channel, "terms": p.terms}
            | {"sum": exact(p.sum), "so_far": exact(p.so_far)}
            for p in e.partials
        ],
        "bias": None if e.terms.bias is None else exact(e.terms.bias),
        "value": exact(e.value),
        "combined": exact(e.combined),
        "magnitude": exact(e.magnitude),
        "bound": exact(e.bound),
        "inherits": e.inherits,
        "watched": e.watched,
        "engine": engine
        and {"value": exact(engine.value), "algorithm": engine.algorithm, "isa": engine.isa}
        | {"own_bits": engine.own_bits, "note": engine.note},
        "difference": None if e.difference is None else exact(e.difference),
        "sentence": {"key": e.sentence[0], "numbers": {k: plain(v) for k, v in e.sentence[1].items()}},
        "field": e.field.to_dict(),
        "followers": list(e.followers),
        "fused": e.fused and e.fused.to_dict(),
        "origin": e.origin and e.origin.to_dict(),
    }


def _terms(e: Explanation) -> Iterator[dict[str, Any]]:
    """The terms, one after the other."""
    t = e.terms
    columns = (a.tolist() for a in (t.source, t.at, t.real, t.inputs, t.weights, t.products))
    for source, at, real, x, w, product in zip(*columns, strict=True):
        origin = list(e.sources[source].origin(at)) if real else at
        yield {"source": e.sources[source].name, "at": at, "origin": origin, "padding": not real} | {
            "input": exact(x), "weight": exact(w), "product": exact(product)
        }  # fmt: skip


def cell_csv(e: Explanation, path: str | os.PathLike[str] | None) -> str:
    """One line per term, then the bias and the value, each with the formula that computes it from the cells."""
    rows: list[list[object]] = []
    for line, term in enumerate(_terms(e), start=2):
        at, origin = " ".join(map(str, term["at"])), " ".join(map(str, term["origin"]))
        numbers = [term["input"], term["weight"], term["product"], _product(e, line)]
        rows.append([term["source"], at, origin, int(term["padding"]), *numbers])
    results = [] if e.terms.bias is None else [Result("bias", exact(e.terms.bias), "")]
    return sheet(_COLUMNS, rows, [*results, Result("value", exact(e.combined), _value(e, len(rows)))], path)


def _product(e: Explanation, line: int) -> str:
    """The formula of one term's product."""
    rule, inputs = e.terms.rule, _fixed(span(_COLUMNS, "input", len(e.terms.inputs)))
    if rule in ("sum", "divisive"):
        return f"={_INPUT}{line}*{_WEIGHT}{line}"
    if rule == "product":
        return f"=PRODUCT({_INPUT}$2:{_INPUT}{line})"
    return f"=EXP({_INPUT}{line}-MAX({inputs}))" if rule in ("ratio", "log_ratio") else ""


def _value(e: Explanation, count: int) -> str:
    """The formula of the value; "" for a function of one input, which is the layer's own."""
    t, inputs, products = e.terms, span(_COLUMNS, "input", count), span(_COLUMNS, "product", count)
    own = (t.winner or 0) + 2
    return {
        "sum": f"=SUM({products})" + ("" if t.bias is None else f"+{_PRODUCT}{count + 2}"),
        "max": f"=MAX({inputs})",
        "ratio": f"={_PRODUCT}{own}/SUM({products})",
        "log_ratio": f"={_INPUT}{own}-MAX({inputs})-LN(SUM({products}))",
        "divisive": f"={_INPUT}{own}/({t.named.get('k')}+SUM({products}))^{t.named.get('beta')}",
        "product": f"=PRODUCT({inputs})",
    }.get(t.rule, "")


def _fixed(cells: str) -> str:
    """A span that stays when it is copied to another line: `E2:E10` as `E$2:E$10`."""
    return ":".join(f"{end[0]}${end[1:]}" for end in cells.split(":"))
