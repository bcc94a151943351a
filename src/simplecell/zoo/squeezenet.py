"""SqueezeNet: 1x1 convolutions squeeze the depth before some of the filters see 3x3."""

from __future__ import annotations

from simplecell.layers import Concat, Conv2d, Dropout, Flatten, GlobalAvgPool, MaxPool2d, ReLU, Value
from simplecell.model import Model
from simplecell.zoo.dressing import Size, Weights, door, photographic

_FIRES = {
    3: (16, 64), 4: (16, 64), 5: (32, 128), 7: (32, 128), 8: (48, 192), 9: (48, 192), 10: (64, 256), 12: (64, 256),
}  # fmt: skip
"""By the number of a fire module: how deep it squeezes, and how deep each half of what it expands to is. The rest are
pools."""


def _fire(x: Value, squeezed: int, expanded: int, name: str) -> Value:
    """1x1 down, then 1x1 and 3x3 side by side."""
    x = ReLU(name=f"{name}.squeeze_activation")(Conv2d(squeezed, 1, name=f"{name}.squeeze")(x))
    a = ReLU(name=f"{name}.expand1x1_activation")(Conv2d(expanded, 1, name=f"{name}.expand1x1")(x))
    b = ReLU(name=f"{name}.expand3x3_activation")(Conv2d(expanded, 3, padding=1, name=f"{name}.expand3x3")(x))
    return Concat(name=f"{name}.concat")(a, b)


def squeezenet1_0(*, num_classes: int = 1000, in_channels: int = 3, size: Size = 224, weights: Weights = None) -> Model:
    """Eight fire modules and no linear layer: 1,248,424 parameters for 1,000 classes.

    Source: Iandola et al., SqueezeNet: AlexNet-level accuracy with 50x fewer parameters, 2016, as in torchvision.
    """
    entry = door(in_channels, size)
    x = ReLU(name="features.1")(Conv2d(96, 7, stride=2, name="features.0")(entry))
    for number in range(2, 13):
        name = f"features.{number}"
        x = (
            _fire(x, *_FIRES[number], name)
            if number in _FIRES
            else MaxPool2d(3, stride=2, ceil_mode=True, name=name)(x)
        )
    x = Conv2d(num_classes, 1, name="classifier.1")(Dropout(0.5, name="classifier.0")(x))
    x = GlobalAvgPool(name="classifier.3")(ReLU(name="classifier.2")(x))
    return photographic(Model(entry, Flatten(name="flatten")(x)), weights)
