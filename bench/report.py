"""The tables of docs/performance.md, from the results that the measurements kept with --json.

python bench/networks.py --json infer.json
python bench/networks.py --mode train --json train.json
python bench/kernels.py --json kernels.json
python bench/report.py infer.json train.json kernels.json > tables.md
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from common import OURS

Row = dict[str, Any]


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown; all columns but the first are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def short(ms: float) -> str:
    """Three digits that count."""
    return f"{ms:.3g}" if ms < 100 else f"{ms:.0f}"


def networks(rows: list[Row]) -> str:
    """One line a network and batch: ours, every peer, and the fastest peer's time over ours."""
    peers = list(dict.fromkeys(r["peer"] for r in rows if r["peer"] != OURS))
    lines = []
    for key in dict.fromkeys((r["net"], r["batch"]) for r in rows):
        found = {r["peer"]: r for r in rows if (r["net"], r["batch"]) == key and r["right"]}
        if OURS not in found:
            continue
        ours, others = found[OURS], [found[p] for p in peers if p in found]
        fastest = min(others, key=lambda r: r["ms"], default=None)
        spread = f"{short(ours['ms'])} ({short(ours['q1'])}..{short(ours['q3'])})"
        ratio = f"{fastest['over_ours']:.2f}" if fastest else ""
        cells = [short(found[p]["ms"]) if p in found else "" for p in peers]
        memory = f"{ours['resident_mb']:.0f}"
        lines.append([f"{key[0]}, batch {key[1]}", spread, f"{ours['peak']:.0%}", *cells, f"**{ratio}**", memory])
    head = ["ms", "simplecell (quartiles)", "of FMA peak", *peers, "fastest peer / simplecell", "MB resident"]
    return table(head, lines)


def kernels(rows: list[Row]) -> str:
    """One line a kernel and size."""
    from kernels import label

    lines = []
    for r in rows:
        rate = f"{r['rate']:.1f} {r['unit']}"
        lines.append(
            [r["kernel"], label(r["arguments"]), short(r["ms"]), rate, f"{r['share']:.0%}", f"{r['error']:.0e}"]
        )
    return table(["kernel", "size", "ms", "rate", "of its ceiling", "error"], lines)


def main() -> None:
    for path in sys.argv[1:]:
        record = json.loads(Path(path).read_text())
        machine, rows = record["machine"], record["rows"]
        cpu = f"{machine['cpu']['brand']}, {machine['processors']} processors, {machine['isa']}"
        print(f"Measured {record['when']} with {record['threads']} threads on {cpu}.\n")
        print((kernels if "kernel" in rows[0] else networks)(rows) + "\n")


if __name__ == "__main__":
    main()
