"""The figures of a layer as text, in three languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simplecell.words import language, say, shape_text
from simplecell.words.layout import WIDTH, left, width, wrap

if TYPE_CHECKING:
    from simplecell.accounts.how import How


def how_text(found: How, lang: str | None = None) -> str:
    """The layer, then `name   formula = value` in lines, then the four depths."""
    code, site = language(lang), found.node.site
    assert site is not None
    inputs = ", ".join(map(shape_text, site.inputs))
    title = f"{found.node.name} ({site.layer.kind}): {inputs} -> {shape_text(site.output)}"
    names = [say(f"accounts.how.{fact.name}", code) for fact in found.facts]
    edge = max(map(width, names)) + 4
    lines = [title, ""]
    for name, fact in zip(names, found.facts, strict=True):
        value = f"{fact.value:,}" if isinstance(fact.value, int) else f"{fact.value:g}"
        equal = "" if fact.formula == str(fact.value) else f"{fact.formula} = "
        lines += wrap(left(f"  {name}", edge) + equal + value, WIDTH, " " * edge)
    _, of_filter, of_layer, of_network = found.depths
    numbers = {"input": found.depths[0], "network": of_network}
    if of_filter:
        depths = say("accounts.how.depths", code, filter=of_filter, layer=of_layer, **numbers)
    else:
        depths = say("accounts.how.depths_plain", code, **numbers)
    return "\n".join([*lines, "", *wrap(depths)])
