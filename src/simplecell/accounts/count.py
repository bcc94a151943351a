"""How many units, weights, multiplications and connections a network has."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simplecell.graph import Graph
from simplecell.layers.base import Site


@dataclass(frozen=True)
class Count:
    """The counts of a network, or of one layer, for one image.

    weights        learned numbers that multiply something
    biases         learned numbers that are added
    units          output values of layers; the network's inputs are not units
    macs           multiplications with a learned weight or factor, each with its addition, as the definitions write
                   them: taps in the padding count
    padding_macs   those of them whose input is padding
    connections    how often learned numbers are used: one per multiplication with a weight, one per addition of a bias
                   (LeCun's count: a 5x5 convolution from one 32x32 map to six has 28*28*6*(25+1) = 122,304)
    """

    weights: int
    biases: int
    units: int
    macs: int
    padding_macs: int
    connections: int

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self.weights + self.biases


def count(graph: Graph) -> Count:
    """Add up the counts of all layers of a network, for one image.

    >>> from simplecell.graph import sequential
    >>> from simplecell.layers import Conv2d, Input
    >>> c = count(sequential([Input(3, 32, 32), Conv2d(6, 5)]))
    >>> c.parameters, c.units, c.macs, c.connections
    (456, 4704, 352800, 357504)
    """
    counts = [of_site(site) for _, _, site in graph.sites]
    return Count(
        sum(c.weights for c in counts),
        sum(c.biases for c in counts),
        sum(c.units for c in counts),
        sum(c.macs for c in counts),
        sum(c.padding_macs for c in counts),
        sum(c.connections for c in counts),
    )


def of_site(site: Site) -> Count:
    """The counts of one layer. A bias is added once per unit."""
    biases = math.prod(site.weights["bias"]) if "bias" in site.weights else 0
    uses = (site.cost.macs if site.weights else 0) + (site.units if biases else 0)
    return Count(site.parameters - biases, biases, site.units, site.cost.macs, site.cost.padding_macs, uses)


def depth(graph: Graph) -> int:
    """The network's depth: convolutions and linear layers on the longest way from an input to an output. Normalisations
    and rectifiers are not counted, as the papers do not: ResNet-152 has 152, VGG-16 has 16.

    >>> from simplecell.graph import sequential
    >>> from simplecell.layers import Conv2d, Flatten, Input, Linear, ReLU
    >>> depth(sequential([Input(1, 8, 8), Conv2d(2, 3), ReLU(), Flatten(), Linear(3)]))
    2
    """
    longest = dict.fromkeys(graph.inputs, 0)
    for node, _, site in graph.sites:
        longest[node.name] = max(longest[s] for s in node.sources) + (len(site.weights.get("weight", ())) > 1)
    return max(longest[name] for name in graph.outputs)
