"""Data: images with their targets, from files, arrays and a generator; augmentation; batches in a seeded order."""

from simplecell.data.augmentations import (
    AUGMENTATIONS,
    Augmentation,
    Brightness,
    Contrast,
    Crop,
    Erase,
    Flip,
    Rotate,
    Shift,
)
from simplecell.data.batching import batches
from simplecell.data.cifar_files import cifar
from simplecell.data.dataset import ArrayDataset, Dataset, arrays
from simplecell.data.downloads import OFFICIAL, download
from simplecell.data.handwritten import digits
from simplecell.data.idx_files import idx, read_idx
from simplecell.data.pictures import PictureFolder, folder
from simplecell.data.preprocessing import Preprocessing
from simplecell.data.scenes import Shapes, shapes
from simplecell.data.sources import find, mnist, npz, pairs
from simplecell.data.views import augmented, normalised, split, statistics

__all__ = [
    "AUGMENTATIONS",
    "OFFICIAL",
    "ArrayDataset",
    "Augmentation",
    "Brightness",
    "Contrast",
    "Crop",
    "Dataset",
    "Erase",
    "Flip",
    "PictureFolder",
    "Preprocessing",
    "Rotate",
    "Shapes",
    "Shift",
    "arrays",
    "augmented",
    "batches",
    "cifar",
    "digits",
    "download",
    "find",
    "folder",
    "idx",
    "mnist",
    "normalised",
    "npz",
    "pairs",
    "read_idx",
    "shapes",
    "split",
    "statistics",
]
