"""A field in words: what is seen, how it is known, and the textbook's numbers beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simplecell.explain.layout import exact_number, runs
from simplecell.layers.base import Array, Box
from simplecell.words import language, say
from simplecell.words.layout import WIDTH, wrap

if TYPE_CHECKING:
    from simplecell.explain.field import Field, Reach, View

_MOST_BOXES = 12
_MOST_ROWS = 40


def field_text(field: Field, lang: str | None = None) -> str:
    """One paragraph per node looked at; sets with holes are drawn where they fit."""
    code = language(lang)
    lines: list[str] = []
    for view in field.views:
        if view.region.boxes or len(field.views) == 1:
            lines += view_lines(field, view, code)
    return "\n".join(lines)


def view_lines(field: Field, view: View, lang: str) -> list[str]:
    """What is seen of one node, or what of one node sees."""
    units, region = units_text(field.units, lang), view.region
    numbers = {"layer": field.node, "units": units, "of": view.of, "size": region.size, "shape": region.shape}
    lines = wrap(say(f"explain.field.{field.direction}", lang, **numbers))
    if not region.boxes:
        return [*lines, *wrap("  " + say("explain.field.nothing", lang), indent="  ")]
    for box in region.boxes[:_MOST_BOXES]:
        lines += wrap("  " + units_text(box, lang), indent="    ")
    if len(region.boxes) > _MOST_BOXES:
        lines.append("  " + say("explain.field.more", lang, n=len(region.boxes) - _MOST_BOXES))
    lines += wrap("  " + say("explain.field.exact", lang), indent="  ")
    if region.holes:
        lines += wrap("  " + say("explain.field.holes", lang, holes=region.holes), indent="  ")
    if field.direction == "sees":
        lines += _unclipped(view, lang)
    return lines + _picture(view)


def units_text(box: Box, lang: str) -> str:
    """A box in words: channels, rows and columns, or features. A signal's positions are its columns."""
    if len(box) == 1:
        return say("explain.units.features", lang, features=runs(box[0]), n=len(box[0]))
    letters = ("nc", *("nd", "nr", "nw")[-len(box) + 1 :])
    names = ("channels", *("slices", "rows", "columns")[-len(box) + 1 :])
    numbers = dict(zip(letters, map(len, box), strict=True)) | dict(zip(names, map(runs, box), strict=True))
    return say(f"explain.units.{('signal', 'map', 'volume')[len(box) - 2]}", lang, **numbers)


def _unclipped(view: View, lang: str) -> list[str]:
    """The hull before clipping: size, place, centre, jump, padding."""
    if view.reach is None:
        return wrap("  " + say("explain.field.no_hull", lang), indent="  ")
    if len(view.reach) != 2:
        return _unclipped_anywhere(view, view.reach, lang)
    rows, cols = view.reach
    text = say(
        "explain.field.unclipped", lang, h=rows.size, w=cols.size, top=rows.first, bottom=rows.last, left=cols.first,
        right=cols.last, cy=exact_number(rows.centre), cx=exact_number(cols.centre), padding=view.padding,
        cells=math.prod(r.size for r in view.reach),
    )  # fmt: skip
    lines = wrap("  " + text, indent="  ")
    if rows.jump is not None and cols.jump is not None:
        lines += wrap("  " + say("explain.field.jump", lang, jy=rows.jump, jx=cols.jump), indent="  ")
    return lines


def _unclipped_anywhere(view: View, reach: Sequence[Reach], lang: str) -> list[str]:
    """The same for signals and volumes."""
    text = say(
        "explain.field.unclipped.any", lang, window="x".join(str(r.size) for r in reach),
        first=tuple(r.first for r in reach), last=tuple(r.last for r in reach), padding=view.padding,
        cells=math.prod(r.size for r in reach),
    )  # fmt: skip
    jumps = [r.jump for r in reach]
    moves = [] if None in jumps else [say("explain.field.jump.any", lang, jump="x".join(map(str, jumps)))]
    return [line for part in (text, *moves) for line in wrap("  " + part, indent="  ")]


def _picture(view: View) -> list[str]:
    """Rows and columns of the hull, seen (#) or not (.), in any channel; only where there is a hole to see."""
    region = view.region
    if not region.holes or len(region.shape) != 3:
        return []
    _, (top, bottom), (first, last) = region.hull
    if last - first + 1 > WIDTH - 8 or bottom - top + 1 > _MOST_ROWS:
        return []
    plane: Array = np.any(region.mask(), axis=0)
    if plane[top : bottom + 1, first : last + 1].all():
        return []
    return [
        f"  {y:>4}  " + "".join("#" if plane[y, x] else "." for x in range(first, last + 1))
        for y in range(top, bottom + 1)
    ]
