"""The public face: weights in and out, files, the doors for TensorFlow's orders, predictions."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

import simplecell as sc


def test_a_saved_model_loads_with_the_same_bits_and_knows_its_pictures(tmp_path: Path) -> None:
    train, test = sc.data.digits()
    net = sc.zoo.digits()
    net.fit(train.take(range(256)), epochs=1)
    net.save(tmp_path / "m.safetensors")
    again = sc.load(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(again(test.images), net(test.images))
    assert again.classes == tuple("0123456789")
    assert again.preprocessing == net.preprocessing
    assert again.graph == net.graph


class Lazy(Mapping[str, np.ndarray]):
    """Weights that are made each time they are asked for, as from a file."""

    def __init__(self, shapes: dict[str, tuple[int, ...]]) -> None:
        self.shapes = shapes

    def __getitem__(self, name: str) -> np.ndarray:
        return np.ones(self.shapes[name], np.float32)

    def __iter__(self) -> Iterator[str]:
        return iter(self.shapes)

    def __len__(self) -> int:
        return len(self.shapes)


def test_weights_are_held_once(tmp_path: Path) -> None:
    layers = [sc.Input(500), *(sc.Linear(500) for _ in range(6))]
    net, path = sc.Sequential(*layers).init(0), tmp_path / "wide.safetensors"
    net.save(path)
    lazy = Lazy({name: w.shape for name, w in net.weights.items()})
    graph = net.graph
    ways: dict[str, Callable[[], sc.Model]] = {
        "load": lambda: sc.load(path),
        "load_weights, a file": lambda: sc.Model.from_graph(graph).load_weights(path),
        "load_weights, a mapping": lambda: sc.Model.from_graph(graph).load_weights(lazy),
        "init": lambda: sc.Model.from_graph(graph).init(1),
    }
    for way, take in ways.items():
        tracemalloc.start()
        try:
            taken = take()
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert most < 1.5 * sum(w.nbytes for w in taken.weights.values()), way


def test_weights_that_are_views_of_one_array_do_not_change_together() -> None:
    net = sc.Sequential(sc.Input(2), sc.Linear(2), sc.Linear(2))
    tied = np.eye(2, dtype=np.float32)
    biases = {f"linear_{i}.bias": np.zeros(2, np.float32) for i in (1, 2)}
    net.load_weights({"linear_1.weight": tied, "linear_2.weight": tied, **biases})
    net.trainer(optimizer=sc.SGD(0.5))(np.array([[1.0, 2.0]], np.float32), np.array([0]))
    assert np.array_equal(tied, np.eye(2))
    assert not np.shares_memory(net.weights["linear_1.weight"], net.weights["linear_2.weight"])


def test_weights_cannot_be_written_past_the_engine() -> None:
    net = sc.zoo.digits().init(0)
    with pytest.raises(ValueError, match="read-only"):
        net.weights["conv1.weight"][0] = 1


def test_all_that_does_not_fit_is_listed_and_nothing_changes() -> None:
    net = sc.zoo.digits().init(0)
    before = {name: np.array(w) for name, w in net.weights.items()}
    given = dict(before) | {"conv9.weight": np.zeros(1), "fc.bias": np.zeros(3)}
    del given["conv1.bias"]
    with pytest.raises(sc.WeightsError) as caught:
        net.load_weights(given)
    text = str(caught.value)
    assert "3 weight(s) do not fit" in text
    assert "extra: conv9.weight" in text
    assert "missing: conv1.bias (16,)" in text
    assert "shape of fc.bias: needs (10,), got (3,)" in text
    for name, w in net.weights.items():
        np.testing.assert_array_equal(w, before[name])


def test_tensorflows_orders_are_taken_at_the_door() -> None:
    """System 13 of the sources: NHWC images and HWIO weights give what NCHW and OIHW give."""
    net = sc.zoo.signs().init(0)
    theirs = {
        name: w.transpose(2, 3, 1, 0) if w.ndim == 4 else w.T if w.ndim == 2 else w for name, w in net.weights.items()
    }
    images = np.random.default_rng(0).random((3, 64, 64, 3), dtype=np.float32)
    other = sc.zoo.signs().load_weights(theirs, layout="HWIO")
    np.testing.assert_array_equal(other(images, layout="NHWC"), net(images.transpose(0, 3, 1, 2)))
    with pytest.raises(sc.WeightsError, match="pass layout='HWIO'"):
        sc.zoo.signs().load_weights(theirs)


def test_initial_weights_depend_on_the_seed_alone() -> None:
    a, b, c = (sc.zoo.digits().init(seed).weights["conv2.weight"] for seed in (0, 0, 1))
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)


def test_predictions_are_softmax_of_the_scores() -> None:
    net = sc.zoo.digits().init(0)
    _, test = sc.data.digits()
    found = net.predict(test.images[:5])
    scores = np.asarray(net(test.images[:5]), np.float64)
    expected = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    for prediction, row in zip(found, expected, strict=True):
        assert prediction.index == row.argmax()
        assert prediction.probability == pytest.approx(row.max(), rel=1e-12)


def test_any_picture_size_goes_through_the_models_preprocessing() -> None:
    net = sc.zoo.digits().init(0)
    for shape in ((40, 30), (8, 8, 3), (100, 7, 4)):
        assert len(net.predict(np.zeros(shape, np.uint8))) == 1


def test_a_softmax_at_the_end_changes_neither_training_nor_evaluation() -> None:
    """The cross-entropy has the softmax in itself, so a closing Softmax layer is left out of both."""
    train, test = sc.data.digits()
    plain = sc.Sequential(sc.Input(1, 8, 8), sc.Flatten(), sc.Linear(10, name="fc"))
    closed = sc.Sequential(sc.Input(1, 8, 8), sc.Flatten(), sc.Linear(10, name="fc"), sc.Softmax())
    for net in (plain, closed):
        net.fit(train, epochs=2)
    np.testing.assert_array_equal(plain.weights["fc.weight"], closed.weights["fc.weight"])
    assert plain.evaluate(test) == closed.evaluate(test)
    assert np.asarray(closed(test.images[:3])).sum(1) == pytest.approx(np.ones(3), abs=1e-6)


def test_regression_learns_a_line() -> None:
    """y = 2a - b + 0.5 from features through a linear layer: the weights are found."""
    generator = np.random.default_rng(0)
    x = generator.normal(size=(512, 2)).astype(np.float32)
    y = (x @ np.array([[2.0], [-1.0]]) + 0.5).astype(np.float32)
    net = sc.Sequential(sc.Input(2), sc.Linear(1, name="fc")).init(0)
    step = net.trainer(optimizer=sc.SGD(0.1), loss="mse")
    for i in range(400):
        rows = slice(i % 8 * 64, i % 8 * 64 + 64)
        step(x[rows], y[rows])
    np.testing.assert_allclose(net.weights["fc.weight"], [[2.0, -1.0]], atol=1e-3)
    np.testing.assert_allclose(net.weights["fc.bias"], [0.5], atol=1e-3)


def test_targets_out_of_range_or_of_another_type_are_refused() -> None:
    net = sc.zoo.digits().init(0)
    step = net.trainer()
    images = np.zeros((4, 1, 8, 8), np.float32)
    for wrong in (
        np.zeros(3, np.int64),
        np.zeros((4, 10), np.float32),
        np.array([0, 1, 2, 10]),
        np.array([-1, 0, 0, 0]),
    ):
        with pytest.raises(sc.DataError):
            step(images, wrong)


def test_a_state_dict_of_pytorch_with_batch_normalisation_loads_as_it_is() -> None:
    """Its int64 count of steps has no place here and is left out; any other stranger is refused."""
    import torch

    peer = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4)).eval()
    peer[1].running_mean += 0.5
    net = sc.Sequential(sc.Input(3, 6, 6), sc.Conv2d(4, 3, name="0"), sc.BatchNorm(name="1"))
    state = {name: value.numpy() for name, value in peer.state_dict().items()}
    assert "1.num_batches_tracked" in state
    net.load_weights(state)
    images = np.random.default_rng(0).normal(size=(2, 3, 6, 6)).astype(np.float32)
    with torch.no_grad():
        expected = peer(torch.from_numpy(images)).numpy()
    np.testing.assert_allclose(net(images), expected, atol=1e-5)
    with pytest.raises(sc.WeightsError, match=r"extra: 0\.num_batches_tracked"):
        net.load_weights(state | {"0.num_batches_tracked": np.zeros(())})
