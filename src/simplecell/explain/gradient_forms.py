"""A gradient's explanation as data: JSON and CSV."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from simplecell.explain.layout import exact
from simplecell.explain.sheets import COLUMNS, Result, sheet, span

if TYPE_CHECKING:
    from simplecell.explain.gradient import Flow, GradientExplanation, Update

_COLUMNS = ("layer", "image", "output", "at", "dy", "slope", "product", "formula")


def gradient_dict(e: GradientExplanation) -> dict[str, Any]:
    """Everything, in values that JSON keeps without loss; NaN and infinities are written "nan", "inf", "-inf"."""
    engine = e.engine
    return {
        "schema": "simplecell.gradient/1",
        "name": e.name, "layer": e.layer, "number": e.number, "kind": e.kind, "place": list(e.place),
        "image": e.image, "images": e.images, "training": e.training, "watched": e.watched,
        "loss": {"kind": e.loss, "formula": e.loss_formula, "value": exact(e.loss_value)},
        "flows": [_flow(flow) for flow in e.flows],
        "parts": {name: exact(part) for name, part in e.parts.items()},
        "value": exact(e.value), "combined": exact(e.combined), "magnitude": exact(e.magnitude),
        "bound": exact(e.bound),
        "engine": engine and {"value": exact(engine.value), "algorithm": engine.algorithm, "isa": engine.isa},
        "difference": None if e.difference is None else exact(e.difference),
        "update": e.update and _update(e.update), "origin": e.origin and e.origin.to_dict(),
    }  # fmt: skip


def _flow(flow: Flow) -> dict[str, Any]:
    s = flow.slopes
    columns = (s.image.tolist(), s.at.tolist(), flow.dy.tolist(), s.values.tolist(), flow.products.tolist())
    places = [None] * len(flow.dy) if s.place is None else s.place.tolist()
    return {
        "layer": flow.layer, "number": flow.number, "kind": flow.kind, "formula": flow.formula, "slope": s.what,
        "terms": [
            {"image": image, "output": at, "at": place, "dy": exact(dy), "slope": exact(x), "product": exact(product)}
            for image, at, dy, x, product, place in zip(*columns, places, strict=True)
        ],
        "sum": exact(flow.sum),
    }  # fmt: skip


def _update(update: Update) -> dict[str, Any]:
    return {
        "optimiser": update.kind, "formula": update.formula, "before": exact(update.before),
        "steps": [
            {"symbol": s.symbol, "formula": s.formula, "numbers": {k: exact(v) for k, v in s.numbers.items()}}
            | {"value": exact(s.value)}
            for s in update.steps
        ],
        "after": exact(update.after),
    }  # fmt: skip


def gradient_csv(e: GradientExplanation, path: str | os.PathLike[str] | None) -> str:
    """One line per term, then the sum."""
    rows: list[list[object]] = []
    dy, slope = (COLUMNS[_COLUMNS.index(name)] for name in ("dy", "slope"))
    for flow in e.flows:
        for term in _flow(flow)["terms"]:
            line = len(rows) + 2
            places = [" ".join(map(str, term[key] or ())) for key in ("output", "at")]
            numbers = [term["dy"], term["slope"], term["product"], f"={dy}{line}*{slope}{line}"]
            rows.append([flow.layer, term["image"], *places, *numbers])
    for name, part in e.parts.items():
        rows.append([f"{e.loss}: {name}", e.image, *[""] * 4, exact(part), ""])
    total = f"=SUM({span(_COLUMNS, 'product', len(rows))})" if rows else ""
    return sheet(_COLUMNS, rows, [Result("sum", exact(e.combined), total)], path)
