"""Training the shipped digits: accuracy, reproducibility, the same weights as PyTorch gets."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import torch

import simplecell as sc
from simplecell.cli.config import Config
from simplecell.data import batches
from simplecell.train import History

DEFAULTS = Config()


def trained(seed: int, epochs: int = DEFAULTS.epochs, threads: int | None = None) -> tuple[sc.Model, History]:
    train, _ = sc.data.digits()
    net = sc.zoo.digits()
    optimizer = sc.SGD(DEFAULTS.lr, momentum=DEFAULTS.momentum)
    history = net.fit(train, epochs=epochs, batch=DEFAULTS.batch, optimizer=optimizer, seed=seed, threads=threads)
    return net, history


def digest(net: sc.Model) -> str:
    return hashlib.sha256(b"".join(w.tobytes() for w in net.weights.values())).hexdigest()


@pytest.mark.parametrize(("seed", "least"), [(0, 0.98), (1, 0.97), (2, 0.97), (3, 0.97), (4, 0.97)])
def test_the_test_images_are_recognised(seed: int, least: float) -> None:
    net, history = trained(seed)
    _, test = sc.data.digits()
    assert net.evaluate(test)["accuracy"] >= least
    assert len(history) == DEFAULTS.epochs


def test_the_same_seed_gives_the_same_weights_on_any_number_of_threads() -> None:
    hashes = {digest(trained(7, epochs=2, threads=threads)[0]) for threads in (1, 1, 2, 3)}
    assert len(hashes) == 1
    assert digest(trained(8, epochs=2)[0]) not in hashes


def test_the_first_epoch_is_pytorchs() -> None:
    """The same weights and batches through PyTorch in float64: loss of the epoch and weights after it.

    Only with exact algorithms: the blank margins of the digits give values that are exactly 0, where another rounding
    takes a ReLU to the other side.
    """
    train, _ = sc.data.digits()
    net = sc.zoo.digits().init(5)
    ws = [torch.tensor(np.array(w, np.float64), requires_grad=True) for w in net.weights.values()]
    optimizer, total = torch.optim.SGD(ws, lr=0.01, momentum=0.9), 0.0
    for images, targets in batches(train, 64, 5, 1):
        x = torch.relu(torch.nn.functional.conv2d(torch.tensor(images.astype(np.float64)), ws[0], ws[1], padding=1))
        x = torch.relu(torch.nn.functional.conv2d(x, ws[2], ws[3], padding=1))
        scores = torch.nn.functional.linear(torch.nn.functional.max_pool2d(x, 2).flatten(1), ws[4], ws[5])
        loss = torch.nn.functional.cross_entropy(scores, torch.tensor(targets))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(images)
    with sc.use(precision="exact"):
        history = net.fit(train, epochs=1, batch=64, optimizer=sc.SGD(0.01, momentum=0.9), seed=5)
    assert history["loss"][0] == pytest.approx(total / len(train), rel=1e-6)
    for ours, theirs in zip(net.weights.values(), ws, strict=True):
        np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=0, atol=2e-6)


def test_a_rate_that_is_far_too_large_is_said_to_be() -> None:
    train, _ = sc.data.digits()
    with pytest.raises(sc.TrainingError, match=r"epoch \d+, batch \d+: the loss is (nan|inf) at learning rate 1e\+30"):
        sc.zoo.digits().fit(train, epochs=2, optimizer=sc.SGD(1e30))
