"""The ghost: `from app.ghost import Ghost`. `litert` runs the model under it, `noise` is its randomness."""

from __future__ import annotations

from app.ghost.ghost import Ghost, GhostError
from app.ghost.litert import manifest_of
from app.ghost.litert.opened import GhostState
from models.errors import ModelError

__all__ = ["Ghost", "GhostError", "GhostState", "ModelError", "manifest_of"]
