"""The training that plans are made for here."""

from __future__ import annotations

from simplecell.plan import Training

SGD = Training("cross_entropy", "sgd", {"momentum": 0.9, "nesterov": 0, "weight_decay": 0.0}, ("momentum_buffer",))
