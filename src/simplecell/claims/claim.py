"""A claim about convolutional networks, and what computing it finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from simplecell.words import language, placeholders, say
from simplecell.words.catalogue import ENTRIES

Numbers = Mapping[str, Any]
Flaw = Literal["wrong", "incomplete", "misleading"]


@dataclass(frozen=True)
class Claim:
    """What a document claims.

    id        of the document and the claim in it, "S1-4"
    claimed   the claim's numbers by name
    compute   the same numbers computed, and further ones that the answer speaks of
    flaw      what a claim is whose numbers differ from the computed ones; whether they do is found by computing
    """

    id: str
    claimed: Numbers
    compute: Callable[[], Numbers]
    flaw: Flaw = "wrong"

    def check(self) -> Finding:
        """Compute it and compare."""
        computed = dict(self.compute())
        agrees = all(computed[name] == number for name, number in self.claimed.items())
        return Finding(self, computed, "right" if agrees else self.flaw)


@dataclass(frozen=True)
class Finding:
    """A claim beside what was computed; `verdict` is "right" or the claim's flaw."""

    claim: Claim
    computed: Numbers
    verdict: str

    @property
    def _key(self) -> str:
        return self.claim.id.lower().replace("-", "_")

    def claim_text(self, lang: str | None = None) -> str:
        """What the document says."""
        return say(f"claims.{self._key}.claim", language(lang))

    def answer_text(self, lang: str | None = None) -> str:
        """What computing it gives, and for a claim that is not right where its error comes from."""
        key = f"claims.{self._key}.answer"
        spoken = {name: self.computed[name] for name in placeholders(ENTRIES[key]["en"])}
        return say(key, language(lang), **spoken)

    def verdict_text(self, lang: str | None = None) -> str:
        """The verdict in one word."""
        return say(f"claims.verdict.{self.verdict}", language(lang))

    def to_dict(self) -> dict[str, Any]:
        """The finding in values that JSON keeps."""
        return {
            "id": self.claim.id, "verdict": self.verdict, "claimed": dict(self.claim.claimed),
            "computed": dict(self.computed),
        }  # fmt: skip
