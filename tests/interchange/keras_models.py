"""Keras on PyTorch, which writes the archives that the tests read, and says what their networks give."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"
os.environ.setdefault("KERAS_HOME", tempfile.mkdtemp(prefix="keras-"))  # it writes its settings where it is told

import keras
import numpy as np
from keras import layers as L

import simplecell as sc


def branches(shape: tuple[int, ...], *layers: Any) -> keras.Model:
    """A model that applies each of the layers to its one input."""
    x = keras.Input(shape, name="image")
    return keras.Model(x, [layer(x) for layer in layers])


def drawn(model: keras.Model, seed: int = 0) -> keras.Model:
    """All weights anew, so that no bias is 0 and no average 1."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        low = 0.5 if "variance" in weight.path else -0.7
        weight.assign(rng.uniform(low, low + 1.5, weight.shape).astype(np.float32))
    return model


def saved(model: keras.Model, folder: Path, name: str = "net.keras") -> Path:
    model.save(folder / name)
    return folder / name


def compare(model: keras.Model, folder: Path, seed: int = 1) -> sc.Model:
    """The archive read gives what Keras gives, to float32's rounding; axes are channels first."""
    net = sc.from_keras(saved(drawn(model), folder))
    rng = np.random.default_rng(seed)
    xs = [rng.standard_normal((2, *x.shape[1:])).astype(np.float32) for x in model.inputs]
    wanted = model(xs if len(xs) > 1 else xs[0], training=False)
    first = keras.config.image_data_format() == "channels_first"
    given = [x if first else np.moveaxis(x, -1, 1) for x in xs]
    found = net(*given)
    pairs = zip(
        net.graph.outputs,
        found if isinstance(found, tuple) else [found],
        wanted if isinstance(wanted, list) else [wanted],
        strict=True,
    )
    for name, mine, theirs in pairs:
        other = theirs.detach().numpy()
        other = other if first else np.moveaxis(other, -1, 1)
        assert mine.shape == other.shape, name
        np.testing.assert_allclose(mine, other, rtol=0, atol=2e-6 * max(np.abs(other).max(), 1), err_msg=name)
    return net


def small(name: str = "small") -> keras.Model:
    """A network of the usual layers: convolutions, norms, a residual block, a model inside, a flatten and two Dense."""
    block = keras.Sequential(
        [keras.Input((4, 3, 6)), L.SeparableConv2D(8, 3, padding="same"), L.ReLU(6.0)], name="block"
    )
    x = keras.Input((8, 6, 3), name="image")
    y = L.Conv2D(6, 3, padding="same", use_bias=False, name="conv1")(L.Rescaling(1 / 255, offset=-0.5)(x))
    y = L.Activation("relu", name="act1")(L.BatchNormalization(name="bn1")(y))
    y = L.MaxPooling2D(name="pool1")(L.Add(name="sum")([y, L.Conv2D(6, 1, activation="tanh", name="side")(x)]))
    y = block(y) * 0.5 + 1.0
    gate = L.Dense(8, activation="sigmoid", name="gate")(L.GlobalAveragePooling2D(keepdims=True)(y))
    y = L.Dropout(0.3)(L.Flatten(name="flat")(L.Multiply()([y, gate])))
    y = L.Dense(7, activation="gelu", name="fc1")(y)
    return keras.Model(x, L.Dense(5, activation="softmax", name="fc2")(y), name=name)
