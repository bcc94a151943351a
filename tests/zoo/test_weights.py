"""Published weights: files of both kinds by name, everything that does not fit listed, the preprocessing with them."""

from __future__ import annotations

import os
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image

import simplecell as sc
from simplecell.weights.torch_file import tensors_of
from zoo import torch_networks


def state() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    return torch_networks.NETWORKS["resnet20"]().state_dict()


def torch_zip(folder: Path) -> Path:
    torch.save(state(), folder / "w.pth")
    return folder / "w.pth"


def torch_old(folder: Path) -> Path:
    torch.save(state(), folder / "w.pt", _use_new_zipfile_serialization=False)
    return folder / "w.pt"


def checkpoint(folder: Path) -> Path:
    torch.save({"epoch": 3, "state_dict": state()}, folder / "w.ckpt")
    return folder / "w.ckpt"


def foreign(folder: Path) -> Path:
    safetensors.torch.save_file(state(), folder / "w.safetensors")
    return folder / "w.safetensors"


@pytest.mark.parametrize("write", [torch_zip, foreign])
def test_files_of_a_pytorch_network_load_by_name(write: Callable[[Path], Path], tmp_path: Path) -> None:
    net = sc.zoo.resnet20(weights=write(tmp_path))
    wanted = state()
    for name, array in net.weights.items():
        assert np.array_equal(array, wanted[name].numpy()), name


@pytest.mark.parametrize("write", [torch_zip, torch_old, checkpoint])
def test_pytorchs_forms_of_a_file_hold_the_same(write: Callable[[Path], Path], tmp_path: Path) -> None:
    found, wanted = tensors_of(write(tmp_path)), state()
    assert list(found) == list(wanted)
    assert all(np.array_equal(array, wanted[name].numpy()) for name, array in found.items())


def test_everything_that_does_not_fit_is_listed() -> None:
    given = {key: t.numpy() for key, t in state().items()}
    given["fc.weight"] = np.zeros((100, 64))
    del given["bn1.bias"]
    given["head.weight"] = np.zeros(3)
    with pytest.raises(sc.WeightsError) as caught:
        sc.zoo.resnet20(weights=given)
    told = str(caught.value)
    assert "3 weight(s) do not fit" in told
    for line in ("extra: head.weight", "missing: bn1.bias (16,)", "fc.weight: needs (10, 64), got (100, 64)"):
        assert line in told


class Code:
    """What a hostile pickle holds: the name of a function and its arguments."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self.folder / "harm"),)


def hostile(folder: Path) -> bytes:
    return pickle.dumps({"conv1.weight": Code(folder)})


def repeated(folder: Path) -> bytes:
    torch.save({"conv1.weight": torch.ones(1).expand(10**12)}, folder / "r")
    return (folder / "r").read_bytes()


def a_list(folder: Path) -> bytes:
    torch.save([torch.ones(1)], folder / "l")
    return (folder / "l").read_bytes()


WRONG: list[tuple[Callable[[Path], bytes], str]] = [
    (hostile, "it holds more than tensors"),
    (repeated, "'conv1.weight' claims 1,000,000,000,000 values, more than the file holds"),
    (a_list, "a mapping of names to tensors is needed, found list"),
    (lambda _: b"nothing of the kind", "damaged"),
    (lambda folder: torch_zip(folder).read_bytes()[:-2000], "damaged"),
]


@pytest.mark.parametrize(("make", "told"), WRONG)
def test_a_file_that_holds_anything_else_is_refused(make: Callable[[Path], bytes], told: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.pth"
    path.write_bytes(make(tmp_path))
    with pytest.raises(ValueError, match=re.escape(told)):
        tensors_of(path)
    assert not (tmp_path / "harm").exists()


def test_a_hostile_file_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.pth"
    path.write_bytes(hostile(tmp_path))
    with pytest.raises(sc.FileError) as caught:
        sc.zoo.resnet20(weights=path)
    assert re.fullmatch(r".*bad\.pth: no weights could be read: .*it holds more than tensors.*", str(caught.value))
    assert not (tmp_path / "harm").exists()


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(sc.FileError, match=r"none\.pth: cannot be read: No such file"):
        sc.zoo.resnet20(weights=tmp_path / "none.pth")


def test_the_official_preprocessing_comes_with_the_weights() -> None:
    """torchvision's: Resize(256), CenterCrop(224), colours less their mean over their deviation."""
    net = sc.zoo.squeezenet1_0()
    assert net.preprocessing is None
    weights = {name: np.zeros(shape) for name, shape in net.graph.weights.items()}
    net = sc.zoo.squeezenet1_0(weights=weights)
    pixels = np.random.default_rng(0).integers(0, 256, (300, 451, 3), np.uint8)
    smaller = Image.fromarray(pixels).resize((int(256 * 451 / 300), 256), Image.Resampling.BILINEAR)
    top, left = round((256 - 224) / 2), round((smaller.width - 224) / 2)
    cut = np.asarray(smaller, np.float64)[top : top + 224, left : left + 224] / 255
    wanted = (cut - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225])
    np.testing.assert_allclose(net.images(pixels)[0], wanted.transpose(2, 0, 1), rtol=0, atol=1e-6)


def test_a_network_of_another_depth_has_no_official_preprocessing() -> None:
    net = sc.zoo.squeezenet1_0(in_channels=1)
    weights = {name: np.zeros(shape) for name, shape in net.graph.weights.items()}
    assert net.load_weights(weights).preprocessing is None


def test_a_cut_larger_than_the_resized_picture_is_refused() -> None:
    with pytest.raises(sc.ArgumentError, match="shorter=100: 224x224 cannot be cut out of less"):
        sc.data.Preprocessing(3, 224, 224, shorter=100)
