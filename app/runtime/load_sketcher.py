"""The models that draw, for `ghostjam draw`."""

from __future__ import annotations

from app.ghost import manifest_of
from app.runtime.errors import one_line
from app.runtime.load import load_ghost
from app.sketch.sketcher import Sketcher
from models.errors import ModelError
from models.lookup import find_model, model_names

MODEL = "kanji"  # draws unless another is asked for


def load_sketcher(name: str, seed: int | None) -> Sketcher:
    """The sketcher of a model; CommandError if it cannot be loaded or does not draw."""
    ghost = load_ghost(name, seed)
    with one_line(ModelError):
        return Sketcher(ghost)


def sketch_models() -> tuple[str, ...]:
    """The names of all models that draw."""
    return tuple(name for name in model_names() if _draws(name))


def _draws(name: str) -> bool:
    try:
        return manifest_of(find_model(name)).drawing is not None
    except ModelError:
        return False
