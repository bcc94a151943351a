"""The sentences, by topic. One entry holds the three languages side by side, so that none can be forgotten.

Adding a sentence: in the file of its topic, under a key `"<topic>.<name>"` of lower-case letters, digits, dots and
underscores:

    "train.finished": {
        "en": "trained {epochs} {epochs:epoch|epochs} in {time:seconds}",
        "zh": "训练 {epochs} 轮，用时 {time:seconds}",
        "ja": "{epochs} エポックを {time:seconds} で学習しました",
    },

The three have the same placeholders. Specs besides Python's own: `volume` (C, H, W shown as HxWxC), `bytes` (MB and
MiB), `MB`, `MiB`, `exact` (reads back as the same bits), `number` (6 significant digits), `percent`, `seconds`, `place`
(one index per spatial axis, as in "row 3, column 4"), `unit` (a unit's whole index: "channel 2, row 3, column 4"), and
`one|many` for the form that goes with a count.

The code names a key as a literal string (or an f-string that begins with its topic): the tests look there for keys
that are missing and for keys that nothing uses.
"""

from __future__ import annotations

from typing import Final

from simplecell.words.catalogue import (
    accounts,
    claims,
    claims_s0,
    claims_s1,
    claims_s2,
    claims_s3,
    claims_s4,
    cli,
    cli_interchange,
    cli_options,
    explain,
    explain_ask,
    explain_gradient,
    explain_pictures,
    layers,
    layers_activations,
    layers_norms,
    layers_objectives,
    layers_windows,
    layers_wiring,
    plan,
    report,
    train,
)

TOPICS: Final[dict[str, dict[str, dict[str, str]]]] = {
    "layers": layers.ENTRIES
    | layers_windows.ENTRIES
    | layers_activations.ENTRIES
    | layers_norms.ENTRIES
    | layers_wiring.ENTRIES
    | layers_objectives.ENTRIES,
    "explain": explain.ENTRIES | explain_ask.ENTRIES | explain_gradient.ENTRIES | explain_pictures.ENTRIES,
    "train": train.ENTRIES,
    "cli": cli.ENTRIES | cli_options.ENTRIES | cli_interchange.ENTRIES,
    "accounts": accounts.ENTRIES,
    "claims": claims.ENTRIES
    | claims_s0.ENTRIES
    | claims_s1.ENTRIES
    | claims_s2.ENTRIES
    | claims_s3.ENTRIES
    | claims_s4.ENTRIES,
    "plan": plan.ENTRIES,
    "report": report.ENTRIES,
}

ENTRIES: Final[dict[str, dict[str, str]]] = {key: entry for topic in TOPICS.values() for key, entry in topic.items()}
