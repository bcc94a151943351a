"""Model and Sequential: what users hold; a method is a few lines that call into a room and import it when called."""

from simplecell.model.model import Model, Sequential, load
from simplecell.model.trainer import Trainer

__all__ = ["Model", "Sequential", "Trainer", "load"]
