"""How many units, weights, multiplications and connections a network has."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simplecell.geometry import Sliding, reads_of
from simplecell.graph import Graph
from simplecell.layers.base import Shape, Site


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


def filter_shape(site: Site) -> Shape | None:
    """The weight of a convolution or linear layer, (filters, depth of a filter, ...); None for other kinds, transposed
    convolutions among them, whose weights are ordered by their inputs."""
    weight = site.weights.get("weight", ())
    return weight if len(weight) > 1 and not site.layer.kind.startswith("ConvTranspose") else None


def unused(site: Site) -> int:
    """Cells of one channel of the input that no window reads, because strides leave them over.

    >>> from simplecell.layers import Conv2d
    >>> unused(Conv2d(96, 11, stride=4).site((3, 224, 224)))  # one row and one column
    447
    """
    read = [cells_read(axis) for axis in site.windows]
    return math.prod(axis.inputs for axis in site.windows) - math.prod(read) if read else 0


def cells_read(axis: Sliding) -> int:
    """How many cells along an axis are under any window."""
    window = axis.window
    if window.gap > 1 or window.step > window.size:
        return len(reads_of(axis, range(axis.outputs)))
    end = window.start(axis.outputs - 1) + window.size
    return max(0, min(axis.inputs, end) - max(0, -window.before))


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
