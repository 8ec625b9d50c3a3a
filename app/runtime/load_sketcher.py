"""The models that draw, for `ghostjam draw`."""

from __future__ import annotations

from app.runtime.errors import one_line
from app.runtime.load import load_ghost, readable_manifest
from app.sketch.sketcher import Sketcher
from models.errors import ModelError
from models.lookup import model_names

MODEL = "kanji"  # draws unless another is asked for


def load_sketcher(name: str, seed: int | None) -> Sketcher:
    """The sketcher of a model; CommandError if it cannot be loaded or does not draw."""
    ghost = load_ghost(name, seed)
    with one_line(ModelError):
        return Sketcher(ghost)


def sketch_models() -> tuple[str, ...]:
    """The names of all models that draw."""
    found = {name: readable_manifest(name) for name in model_names()}
    return tuple(name for name, manifest in found.items() if manifest and manifest.drawing is not None)
