"""`simplecell doctor`: what simplecell is on this machine, and whether its engine computes rightly."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from typing import Any

import numpy as np
import typer

from simplecell.cli.frame import INTERNAL, command
from simplecell.cli.options import Json, Lang
from simplecell.cli.output import print_json
from simplecell.words import language, say
from simplecell.words.layout import table, wrap

EXTRAS = {"plots": "matplotlib", "torch": "torch"}
"""Optional packages by the extra that installs them."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "doctor", "", "--json")(doctor)


def doctor(lang: Lang = None, json: Json = False) -> None:
    spoken = language(lang)
    facts = examined()
    if json:
        print_json(facts)
    else:
        print("\n".join(report_lines(facts, spoken)))
    if not all(facts["self_check"].values()):
        raise typer.Exit(INTERNAL)


def examined() -> dict[str, Any]:
    """Versions, the processor, the instruction sets, threads, the self-check, extras."""
    import simplecell
    from simplecell.kernels.native import engine, isa
    from simplecell.plan import settings

    native = engine()
    usable = list(native.isas())
    return {
        "simplecell": simplecell.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}",
        "cpu": native.cpu(),
        "isa": {
            "compiled": list(native.compiled_isas()),
            "usable": usable,
            "chosen": isa(),
            "forced": bool(os.environ.get("SIMPLECELL_ISA")),
        },
        "threads": {"count": settings().thread_count(), "forced": "SIMPLECELL_THREADS" in os.environ},
        "self_check": {name: agrees(name) for name in usable},
        "extras": {extra: _version(package) for extra, package in EXTRAS.items()},
    }


def agrees(isa: str) -> bool:
    """Whether an instruction set's convolution gives the reference's bits on whole numbers."""
    from simplecell.layers import Conv2d, Input
    from simplecell.model import Sequential
    from simplecell.plan import Machine, make_plan
    from simplecell.run.executable import Executable
    from simplecell.run.reference import forward

    graph = Sequential(Input(3, 9, 7), Conv2d(5, 3, stride=(2, 1), padding=1, name="conv1")).graph
    random = np.random.default_rng(0)
    weights = {name: random.integers(-4, 5, shape).astype(np.float32) for name, shape in graph.weights.items()}
    image = random.integers(-8, 9, (2, 3, 9, 7)).astype(np.float32)
    executable = Executable(make_plan(graph, 2, machine=Machine(isa)), weights)
    executable.run({graph.inputs[0]: image})
    return bool(np.array_equal(executable.value("conv1"), forward(graph, [image], weights).values["conv1"]))


def report_lines(facts: dict[str, Any], lang: str) -> list[str]:
    """The facts as people read them."""
    cpu, isa, threads = facts["cpu"], facts["isa"], facts["threads"]
    why = "cli.doctor.forced" if isa["forced"] else "cli.doctor.best"
    threads_why = "cli.doctor.threads_forced" if threads["forced"] else "cli.doctor.threads_all"
    rows = [
        ["simplecell", facts["simplecell"]],
        ["Python", f"{facts['python']}, NumPy {facts['numpy']}, {facts['system']}"],
        [say("cli.doctor.cpu", lang), say("cli.doctor.cores", lang, brand=cpu["brand"], cores=cpu["cores"])],
        [say("cli.doctor.compiled", lang), ", ".join(isa["compiled"])],
        [say("cli.doctor.usable", lang), ", ".join(isa["usable"])],
        [say("cli.doctor.chosen", lang), f"{isa['chosen']} ({say(why, lang)})"],
        [say("cli.doctor.threads", lang), f"{threads['count']} ({say(threads_why, lang)})"],
        *(
            [say("cli.doctor.check", lang, isa=name), _verdict(good, lang)]
            for name, good in facts["self_check"].items()
        ),
        *([f"[{extra}]", _extra(extra, version, lang)] for extra, version in facts["extras"].items()),
    ]
    return [line for row in table(rows, indent="", lefts=2) for line in wrap(row, indent="    ")]


def _verdict(good: bool, lang: str) -> str:
    return say("cli.doctor.agrees", lang) if good else say("cli.doctor.differs", lang)


def _extra(extra: str, version: str | None, lang: str) -> str:
    package = EXTRAS[extra]
    return f"{package} {version}" if version else say("cli.doctor.missing", lang, package=package, extra=extra)


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
