"""Files: tensors and text in one safetensors container with a checksum, written atomically, read with limits."""

from simplecell.files.atomic import write_atomically
from simplecell.files.container import Container, read, write
from simplecell.files.header import LIMITS, Limits

__all__ = ["LIMITS", "Container", "Limits", "read", "write", "write_atomically"]
