"""Training: the loop, what can be called while it runs, its history, evaluation, run folders."""

from simplecell.train.callbacks import Batch, Callback, Run
from simplecell.train.evaluate import confusion, evaluate
from simplecell.train.folder import MODEL_FILE, model_in, write_history
from simplecell.train.history import History
from simplecell.train.loop import fit
from simplecell.train.progress import Progress

__all__ = [
    "MODEL_FILE",
    "Batch",
    "Callback",
    "History",
    "Progress",
    "Run",
    "confusion",
    "evaluate",
    "fit",
    "model_in",
    "write_history",
]
