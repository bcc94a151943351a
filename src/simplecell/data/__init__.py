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
from simplecell.data.iterables import DataLike, Lazy, as_dataset, lazy, pairs
from simplecell.data.pictures import PictureFolder, folder
from simplecell.data.preprocessing import Preprocessing
from simplecell.data.scenes import Shapes, shapes
from simplecell.data.sources import find, mnist, npz
from simplecell.data.views import augmented, normalised, split, statistics
from simplecell.data.workers import Workers

__all__ = [
    "AUGMENTATIONS",
    "OFFICIAL",
    "ArrayDataset",
    "Augmentation",
    "Brightness",
    "Contrast",
    "Crop",
    "DataLike",
    "Dataset",
    "Erase",
    "Flip",
    "Lazy",
    "PictureFolder",
    "Preprocessing",
    "Rotate",
    "Shapes",
    "Shift",
    "Workers",
    "arrays",
    "as_dataset",
    "augmented",
    "batches",
    "cifar",
    "digits",
    "download",
    "find",
    "folder",
    "idx",
    "lazy",
    "mnist",
    "normalised",
    "npz",
    "pairs",
    "read_idx",
    "shapes",
    "split",
    "statistics",
]
