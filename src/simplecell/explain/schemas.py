"""The published form of everything that explanations say as JSON: `schema.json`, a JSON Schema, beside this file."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of every `to_dict` of this room: the key "schema" says which form a document has, such
    as "simplecell.explanation/1", described under "definitions".

    >>> sorted(schema()["definitions"])[:3]
    ['answer', 'chain', 'engine']
    """
    return json.loads(files("simplecell.explain").joinpath("schema.json").read_text("utf-8"))
