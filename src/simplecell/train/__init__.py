"""Training: the loop, what can be called while it runs, checkpoints, its history, evaluation, run folders."""

from simplecell.train.callbacks import (
    BEST,
    LAST,
    LOGS,
    Batch,
    Callback,
    EarlyStopping,
    Logger,
    ModelCheckpoint,
    Run,
    best_epoch,
    made_folder,
)
from simplecell.train.checkpoint import FORMAT as CHECKPOINT_FORMAT
from simplecell.train.checkpoint import Checkpoint, Position, check_fits, model_weights, read_checkpoint
from simplecell.train.evaluate import confusion, evaluate
from simplecell.train.folder import MODEL_FILE, model_in
from simplecell.train.history import History
from simplecell.train.loop import fit
from simplecell.train.progress import Progress

__all__ = [
    "BEST",
    "CHECKPOINT_FORMAT",
    "LAST",
    "LOGS",
    "MODEL_FILE",
    "Batch",
    "Callback",
    "Checkpoint",
    "EarlyStopping",
    "History",
    "Logger",
    "ModelCheckpoint",
    "Position",
    "Progress",
    "Run",
    "best_epoch",
    "check_fits",
    "confusion",
    "evaluate",
    "fit",
    "made_folder",
    "model_in",
    "model_weights",
    "read_checkpoint",
]
