"""What can be wrong with a model file."""

from __future__ import annotations


class ModelError(ValueError):
    """A model that cannot be played: the file, the rule, what was expected and what was found."""
