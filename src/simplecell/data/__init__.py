"""Data: images with their targets, the embedded digits, batches in a seeded order, and pictures made into arrays."""

from simplecell.data.batching import batches
from simplecell.data.dataset import ArrayDataset, Dataset, arrays
from simplecell.data.handwritten import digits
from simplecell.data.preprocessing import Preprocessing

__all__ = ["ArrayDataset", "Dataset", "Preprocessing", "arrays", "batches", "digits"]
