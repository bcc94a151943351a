"""Damage: to bytes, and to values as JSON has them."""

from __future__ import annotations

import copy
import random
from typing import Any

EDGES = (0, 1, 0x7F, 0x80, 0xFF)
STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 3, 2**31, 2**63, -(2**40), 10**400, 1e308, -0.5, float("nan"), "", "x", "../x",
    "conv", "é" * 300, [], [[]], {}, [0], [None], [-1, -1], {"class_name": "Lambda"},
)  # fmt: skip


def bytes_mutated(dice: random.Random, data: bytes) -> bytes:
    """A few bytes changed, a piece taken out or doubled, or the end cut off."""
    found = bytearray(data)
    for _ in range(dice.randint(1, 5)):
        at, length, what = dice.randrange(len(found)), dice.randint(1, 24), dice.randrange(5)
        if what == 0:
            found[at] ^= 1 << dice.randrange(8)
        elif what == 1:
            found[at] = dice.randrange(256)
        elif what == 2:
            found[at] = dice.choice(EDGES)
        elif what == 3:
            del found[at : at + length]
        else:
            found[at:at] = found[at : at + length]
        found = found or bytearray(b"\0")
    return bytes(found[: dice.randint(1, len(found))] if dice.random() < 0.05 else found)


def value_mutated(dice: random.Random, found: Any) -> Any:
    """The table, one to three places changed: taken out, doubled, replaced by something strange or from elsewhere."""
    for _ in range(dice.randint(1, 3)):
        places = list(_places(found))
        if not places:
            return found
        holder, key = dice.choice(places)
        what = dice.randrange(6)
        if what == 0:
            del holder[key]
        elif what == 1 and isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        elif what == 2:
            other, place = dice.choice(places)
            holder[key] = copy.deepcopy(other[place])
        elif what == 3 and isinstance(holder[key], int | float):
            holder[key] += dice.choice((-1, 1, 2, -3))
        else:
            holder[key] = copy.deepcopy(dice.choice(STRANGE))
    return found


def _places(value: Any) -> Any:
    """Every place inside, as its holder and key."""
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        for key, member in holder.items() if isinstance(holder, dict) else enumerate(holder):
            yield holder, key
            if isinstance(member, dict | list):
                waiting.append(member)
