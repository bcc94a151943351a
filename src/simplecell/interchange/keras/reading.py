"""A network out of a `.keras` archive: its layers, in the words of ONNX or as our own, with channels first."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np

from simplecell.errors import FileError, GraphError, SimplecellError
from simplecell.interchange import Network
from simplecell.interchange.keras import activations, others, windows
from simplecell.interchange.keras.archive import opened
from simplecell.interchange.keras.stage import Room, Stage
from simplecell.interchange.onnx.naming import cleaned
from simplecell.interchange.onnx.reading import assembled
from simplecell.interchange.onnx.values import BATCH, Operand, Traced, Tracer
from simplecell.layers.base import Shape

OPERATORS = {**windows.OPERATORS, **activations.OPERATORS, **others.OPERATORS}
"""Every layer of Keras that is understood: a closed table."""
_MODELS, _INPUT = ("Sequential", "Functional"), "InputLayer"
_SHOULD_NOT = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, ZeroDivisionError)
"""What a configuration raises that has not the form that Keras writes."""


@dataclass(frozen=True)
class Part:
    """A layer of a model's configuration: kind, name, settings, the path of its weights, and where it is applied."""

    kind: str
    name: str
    config: Mapping[str, Any]
    path: str
    calls: tuple[Any, ...]


def read_keras(path: str | os.PathLike[str], *, shapes: Mapping[str, Shape] | None = None) -> Network:
    """The network in an archive that Keras 3 wrote; `shapes` gives sizes (c, h, w) of inputs that the file leaves free.

    FileError for a damaged archive, GraphError for what is not supported, with all unknown layers.
    """
    archive, where = opened(path), os.fspath(path)
    try:
        return _network(archive.config, archive.weights, shapes or {})
    except FileError as error:
        raise FileError(f"{where}: {error}") from None
    except SimplecellError as error:
        raise GraphError(f"{where}: {error}") from None
    except RecursionError:
        raise FileError(f"{where}: models inside each other too deeply") from None
    except _SHOULD_NOT as error:
        raise FileError(f"{where}: an ill-formed model: {type(error).__name__}: {str(error)[:200]}") from error


def _network(model: Mapping[str, Any], weights: Mapping[str, Any], shapes: Mapping[str, Shape]) -> Network:
    if kind_of(model) not in _MODELS:
        raise GraphError(f"the model is a {kind_of(model)[:60]}; supported: {' and '.join(_MODELS)}")
    everything = list(_all_parts(model["config"]))
    _check(everything)
    orders = {part.config["data_format"] for part in everything if part.config.get("data_format")}
    if len(orders) > 1:
        raise GraphError(f"the layers have different data formats: {', '.join(sorted(map(str, orders)))}")
    first = orders == {"channels_first"}
    doors = _doors(model, first, shapes)
    batches = {batch for batch, _ in doors.values()} - {BATCH}
    tracer = Tracer(batches.pop() if len(batches) == 1 else BATCH)
    inputs = [tracer.input(cleaned(name) or "input", shape) for name, (_, shape) in doors.items()]
    ends = _applied(model, "", "", inputs, Room(tracer, weights, first))
    if not all(isinstance(end, Traced) for end in ends):
        raise GraphError("an output of the model does not depend on its input")
    return assembled(tracer, [door.value for door in inputs], [end.value for end in ends if isinstance(end, Traced)])


# The configuration ---------------------------------------------------------------------------------------------


def _parts(config: Mapping[str, Any], path: str) -> list[Part]:
    """The layers of a model. Their weights stand under their kinds, counted: conv2d, conv2d_1, ..."""
    counts: Counter[str] = Counter()
    found: list[Part] = []
    for position, entry in enumerate(config["layers"]):
        kind, settings = kind_of(entry), entry.get("config") or {}
        name = str(entry.get("name") or settings.get("name") or kind)
        calls = tuple(entry.get("inbound_nodes") or ())
        if kind.startswith("ops."):
            found.append(Part(kind, name, settings, "", calls))
            continue
        place = ""
        if kind != _INPUT or position or "input_layers" in config:
            stem = _snake(kind)
            place = f"{path}layers/{stem}" + (f"_{counts[stem]}" if counts[stem] else "")
            counts[stem] += 1
        found.append(Part(kind, name, settings, place, calls))
    return found


def kind_of(entry: Mapping[str, Any]) -> str:
    """The name of an entry's class; one that is not Keras's own goes by its whole name, which no table has."""
    kind, module = str(entry["class_name"]), str(entry.get("module"))
    if module.startswith("keras.src.ops."):
        return f"ops.{kind}"
    registered = str(entry.get("registered_name"))
    return kind if module.split(".")[0] == "keras" else registered if ">" in registered else f"{module}.{kind}"


def _snake(kind: str) -> str:
    """Keras's own rule: LeakyReLU is leaky_re_lu."""
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", kind))
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()


def _all_parts(config: Mapping[str, Any]) -> Iterator[Part]:
    """The layers, and those of models inside."""
    for part in _parts(config, ""):
        yield part
        if part.kind in _MODELS:
            yield from _all_parts(part.config)


def _check(parts: list[Part]) -> None:
    """All layers that are not understood, each with how often it comes."""
    unknown = Counter(p.kind for p in parts if p.kind not in OPERATORS and p.kind not in (*_MODELS, _INPUT))
    if unknown:
        said = ", ".join(f"{kind[:60]} ({count})" for kind, count in unknown.most_common())
        hint = "; a Lambda is Python code, which is never run" if "Lambda" in unknown else ""
        raise GraphError(f"{unknown.total()} layer(s) are of kinds that are not supported: {said}{hint}")


def _doors(model: Mapping[str, Any], first: bool, given: Mapping[str, Shape]) -> dict[str, tuple[int, Shape]]:
    """Batch and shape, in our order, of each of the model's inputs."""
    config = model["config"]
    parts = _parts(config, "")
    by_name = {part.name: part for part in parts}
    if model["class_name"] == "Functional":
        inputs = {name: by_name[name].config["batch_shape"] for name, _, _ in _references(config["input_layers"])}
    elif parts and parts[0].kind == _INPUT:
        inputs = {parts[0].name: parts[0].config["batch_shape"]}
    elif config.get("build_input_shape"):
        inputs = {"input": config["build_input_shape"]}
    else:
        raise GraphError("the model was saved before it knew its input's shape; build it in Keras first")
    return {name: _door(name, sizes, first, given) for name, sizes in inputs.items()}


def _door(name: str, sizes: list[int | None], first: bool, given: Mapping[str, Shape]) -> tuple[int, Shape]:
    batch, *inner = sizes
    ours = tuple(inner) if first else (*inner[-1:], *inner[:-1])
    shape = tuple(given.get(name, tuple(n or 0 for n in ours)))
    if not inner or any(n not in (None, m) for n, m in zip(ours, shape, strict=True)):
        raise GraphError(f"input {name!r}: the file fixes the sizes {ours} (channels first), got {shape}")
    if 0 in shape:
        raise GraphError(
            f"input {name!r}: sizes are left free, {ours} (channels first); give them: shapes={{{name!r}: (c, h, w)}}"
        )
    return batch or BATCH, shape


# The graph -----------------------------------------------------------------------------------------------------

Reference = tuple[str, int, int]
"""A value: the layer that gives it, which of the layer's applications, which of its outputs."""


def _references(given: Any) -> list[Reference]:
    """The values that `input_layers` or `output_layers` names, in whatever lists or tables they stand."""
    if isinstance(given, dict):
        given = list(given.values())
    if len(given) == 3 and isinstance(given[0], str):
        return [(given[0], int(given[1]), int(given[2]))]
    return [reference for each in given for reference in _references(each)]


def _operands(given: Any) -> list[Reference | float]:
    """The values and numbers that a layer is applied to, in order."""
    if isinstance(given, dict) and given.get("class_name") == "__keras_tensor__":
        name, node, index = given["config"]["keras_history"]
        return [(str(name), int(node), int(index))]
    if isinstance(given, dict):
        raise GraphError(f"an argument of the kind {str(given.get('class_name'))[:60]!r} is not supported")
    if isinstance(given, list):
        return [operand for each in given for operand in _operands(each)]
    return [float(given)]


def _applied(
    model: Mapping[str, Any], path: str, prefix: str, inputs: list[Operand] | list[Traced], room: Room
) -> list[Operand]:
    """The outputs of a model, or of one inside another, for values."""
    config = model["config"]
    parts = _parts(config, path)
    if model["class_name"] == "Sequential":
        values = list(inputs)
        for part in parts:
            values = values if part.kind == _INPUT else _outputs(part, prefix, values, room)
        return values
    return _of_graph(parts, config, prefix, list(inputs), room)


def _of_graph(
    parts: list[Part], config: Mapping[str, Any], prefix: str, inputs: list[Operand], room: Room
) -> list[Operand]:
    by_name = {part.name: part for part in parts}
    doors = _references(config["input_layers"])
    if len(doors) != len(inputs):
        raise GraphError(f"the model {config.get('name')!r} has {len(doors)} inputs, got {len(inputs)}")
    values: dict[tuple[str, int], list[Operand]] = {(d[0], d[1]): [x] for d, x in zip(doors, inputs, strict=True)}
    reads = {
        (part.name, i): _operands([call["args"], *(v for v in call.get("kwargs", {}).values() if isinstance(v, dict))])
        for part in parts for i, call in enumerate(part.calls)
    }  # fmt: skip
    edges = {place: [o[:2] for o in given if isinstance(o, tuple)] for place, given in reads.items()}
    try:
        order = list(TopologicalSorter(edges).static_order())
    except CycleError as error:
        raise GraphError(
            f"the layers read each other in a circle: {' -> '.join(n for n, _ in error.args[1])}"
        ) from None
    for place in order:
        if place in values:
            continue
        if place not in reads:
            raise GraphError(f"the value {place[1]} of layer {place[0]!r} is read, but nothing gives it")
        given: list[Operand] = [
            values[o[:2]][o[2]] if isinstance(o, tuple) else np.array(o, np.float32) for o in reads[place]
        ]
        values[place] = _outputs(by_name[place[0]], prefix, given, room)
    return [values[name, node][index] for name, node, index in _references(config["output_layers"])]


def _outputs(part: Part, prefix: str, given: list[Operand], room: Room) -> list[Operand]:
    """What one layer, or a model that is one, makes of values."""
    if part.kind in _MODELS:
        inner = {"class_name": part.kind, "config": part.config}
        return _applied(inner, f"{part.path}/", f"{prefix}{part.name}.", given, room)
    stage = Stage(part.kind, cleaned(f"{prefix}{part.name}"), part.config, tuple(given), part.path, room)
    return [OPERATORS[part.kind](stage)]
