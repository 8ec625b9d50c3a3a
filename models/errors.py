"""What can be wrong with a model file."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

# What reading a damaged or hostile archive raises, somewhere between its directory and its last byte.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ValueError,
    KeyError,
    EOFError,
    OverflowError,
    RuntimeError,
    TypeError,
    SyntaxError,
    MemoryError,
)


class ModelError(ValueError):
    """A model that cannot be played: the file, the rule, what was expected and what was found."""


def unreadable(path: Path, error: OSError) -> ModelError:
    """The ModelError of a file that cannot be read."""
    return ModelError(f"{path}: expected a file that can be read, got: {error.strerror or error}.")
