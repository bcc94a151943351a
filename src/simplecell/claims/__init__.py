"""What five public documents claim about convolutional networks, each claim checked by computing it.

Nothing here is a stored result: a claim holds the numbers that the document gives, and a function that computes them.
"""

from __future__ import annotations

from simplecell.claims import s0, s1, s2, s3, s4
from simplecell.claims.claim import Claim, Finding

CLAIMS: dict[str, Claim] = {claim.id: claim for part in (s0, s1, s2, s3, s4) for claim in part.CLAIMS}
"""Every claim by its id, in the documents' order."""

__all__ = ["CLAIMS", "Claim", "Finding"]
