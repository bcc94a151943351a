"""The same network as a PyTorch module with the same weights: layer by layer, for chains."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


def module(net: Any) -> nn.Module:
    """A `nn.Sequential` of a simplecell chain."""
    layers = [_layer(site, site.layer) for _, _, site in net.graph.sites]
    peer = nn.Sequential(*(layer for layer in layers if layer is not None))
    with torch.no_grad():
        for parameter, array in zip(peer.parameters(), net.weights.values(), strict=True):
            parameter.copy_(torch.from_numpy(array.copy()))
    return peer


def _layer(site: Any, layer: Any) -> nn.Module | None:
    windows = [a.window for a in site.windows]
    kernel, stride = tuple(w.size for w in windows), tuple(w.step for w in windows)
    match layer.kind:
        case "Conv2d":
            conv = nn.Conv2d(
                site.inputs[0][0], layer.out_channels, kernel, stride, 0, layer.dilation, layer.groups, layer.bias
            )
            return _padded(conv, windows, 0.0)
        case "MaxPool2d":
            return _padded(nn.MaxPool2d(kernel, stride), windows, float("-inf"))
        case "AvgPool2d":
            return nn.AvgPool2d(kernel, stride)
        case "Linear":
            return nn.Linear(site.inputs[0][0], layer.out_features, layer.bias)
        case "ReLU":
            return nn.ReLU()
        case "Flatten":
            return nn.Flatten()
    raise ValueError(f"no PyTorch layer for {layer.kind}")


def _padded(layer: Any, windows: list[Any], fill: float) -> nn.Module:
    """Equal padding goes into the layer, as people write it; uneven padding before it."""
    rows, cols = windows
    if rows.before == rows.after and cols.before == cols.after:
        layer.padding = (rows.before, cols.before)
        if isinstance(layer, nn.Conv2d):
            layer._reversed_padding_repeated_twice = [cols.before, cols.before, rows.before, rows.before]
        return layer
    pad = nn.ConstantPad2d((cols.before, cols.after, rows.before, rows.after), fill)
    return nn.Sequential(pad, layer)
