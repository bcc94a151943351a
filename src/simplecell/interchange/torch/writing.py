"""A network as a PyTorch module: readable source, whose `state_dict` has the network's own names."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from typing import Any

from simplecell.errors import GraphError
from simplecell.graph import Graph
from simplecell.interchange.onnx.naming import unique
from simplecell.interchange.torch.forms import FORMS, Form
from simplecell.interchange.torch.reading import torch_package
from simplecell.layers.base import Array

_HEAD = '''import torch
from torch import nn
from torch.nn import functional as F


class Network(nn.Module):
    """{what}"""

    def __init__(self):
        super().__init__()
{modules}

    def forward(self, {inputs}):
{steps}
        return {outputs}
'''


def source_of(graph: Graph) -> str:
    """The network as the source of a class `Network`."""
    variables = dict(zip(graph.by_name, unique(map(_variable, graph.by_name)), strict=True))
    modules: dict[str, Any] = {}
    steps: list[str] = []
    for node, layer, site in graph.sites:
        form: Form = FORMS[layer.kind](site)
        sources = [variables[s] for s in node.sources]
        if form.module:
            _place(modules, node.name, form.module)
        call = form.call.format(*sources, x=sources[0], all=", ".join(sources), module=_path(node.name))
        steps.append(f"        {variables[node.name]} = {call}")
    shapes = ", ".join("x".join(map(str, graph[name].shape)) for name in (*graph.inputs, *graph.outputs))
    return _HEAD.format(
        what=f"{len(graph.sites)} layers; inputs and outputs (batch left out): {shapes}.",
        modules="\n".join(_lines(modules)) or "        pass",
        inputs=", ".join(variables[name] for name in graph.inputs),
        steps="\n".join(steps),
        outputs=", ".join(variables[name] for name in graph.outputs),
    )


def module_of(graph: Graph, weights: Mapping[str, Array]) -> Any:
    """The module of that source, with the network's weights, in evaluation mode."""
    torch = torch_package()
    room: dict[str, Any] = {}
    exec(compile(source_of(graph), "<network>", "exec"), room)  # our own text, of checked names and numbers
    with torch.device("meta"):  # no weights are drawn that would be replaced at once
        module = room["Network"]()
    given = {name: torch.from_numpy(w.copy()) for name, w in weights.items()}
    counters = {name: torch.tensor(0) for name in module.state_dict() if name.endswith("num_batches_tracked")}
    missing = module.load_state_dict(given | counters, strict=False, assign=True)
    if missing.missing_keys or missing.unexpected_keys:
        raise GraphError(
            f"the module's weights differ from the network's: {missing.missing_keys} {missing.unexpected_keys}"
        )
    return module.eval()


def _variable(name: str) -> str:
    """A name as a variable: `layer1.0.conv1` is layer1_0_conv1."""
    clean = "".join(c if c.isalnum() or c == "_" else "_" for c in name)
    reserved = keyword.iskeyword(clean) or clean in ("self", "torch", "nn", "F") or not clean.isidentifier()
    return f"x_{clean}" if reserved else clean


def _path(name: str) -> str:
    """How the forward pass speaks of a module: `self.layer1["0"]["conv1"]`."""
    first, *rest = name.split(".")
    start = f"self.{first}" if _plain(first) else f"self._modules[{first!r}]"
    return start + "".join(f"[{part!r}]" for part in rest)


def _plain(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name)


def _place(modules: dict[str, Any], name: str, module: str) -> None:
    """Put a module under its dotted name."""
    *folders, last = name.split(".")
    for folder in folders:
        modules = modules.setdefault(folder, {})
        if not isinstance(modules, dict):
            raise GraphError(f"layer {name!r} stands inside another layer's name; PyTorch needs names that nest")
    if last in modules:
        raise GraphError(f"layer {name!r} has the name of a group of layers; PyTorch needs names that nest")
    modules[last] = module


def _lines(modules: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for name, module in modules.items():
        text = module if isinstance(module, str) else _group(module, 2)
        lines.append(f"        self.{name} = {text}" if _plain(name) else f"        self.add_module({name!r}, {text})")
    return lines


def _group(modules: dict[str, Any], depth: int) -> str:
    """A group of modules as a ModuleDict."""
    pad = "    " * (depth + 1)
    inner = [f"{pad}{name!r}: {m if isinstance(m, str) else _group(m, depth + 1)}," for name, m in modules.items()]
    return "\n".join(["nn.ModuleDict({", *inner, "    " * depth + "})"])
