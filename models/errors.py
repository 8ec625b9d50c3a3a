"""What can be wrong with a model file."""

from __future__ import annotations

from pathlib import Path


class ModelError(ValueError):
    """A model that cannot be played: the file, the rule, what was expected and what was found."""


def unreadable(path: Path, error: OSError) -> ModelError:
    """The ModelError of a file that cannot be read."""
    return ModelError(f"{path}: expected a file that can be read, got: {error.strerror or error}.")
