"""The ghost: `from app.ghost import Ghost`. The model under it is run by `litert`, its randomness is `noise`."""

from __future__ import annotations

from app.ghost.ghost import Ghost, GhostError, GhostState
from models.errors import ModelError

__all__ = ["Ghost", "GhostError", "GhostState", "ModelError"]
