"""The training that plans are made for here, and one step of it beside PyTorch."""

from __future__ import annotations

import numpy as np
import torch

import simplecell as sc
from simplecell.layers.base import Array
from simplecell.objectives import CrossEntropy
from simplecell.plan import Training
from simplecell.run.native_stepper import NativeStepper

SGD = Training("cross_entropy", "sgd", {"momentum": 0.9, "nesterov": 0, "weight_decay": 0.0}, ("momentum_buffer",))


def first_step(net: sc.Model) -> tuple[dict[str, Array], dict[str, Array], torch.nn.Module]:
    """One native step from zero momentum on four images (3, 9, 10) of four classes: its state, whose momentum is the
    gradients, and its weights; and PyTorch's network in float64 with the gradients and averages of the same step."""
    theirs = net.to_torch().double().train()
    rng = np.random.default_rng(8)
    x, target = rng.standard_normal((4, 3, 9, 10), np.float32), rng.integers(0, 4, 4)
    weights = {name: w.copy() for name, w in net.weights.items()}
    stepper = NativeStepper(net.graph, weights, sc.SGD(0.1, 0.9), CrossEntropy())
    stepper.step(x, target, 0.1)
    torch.nn.functional.cross_entropy(theirs(torch.from_numpy(x).double()), torch.from_numpy(target)).backward()
    return stepper.state(), weights, theirs
