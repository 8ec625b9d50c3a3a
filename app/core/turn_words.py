"""The words for whose turn it is, as every screen shows them; those of a mode are in `app.core.modes`."""

from __future__ import annotations

YOU = "you"
YOURS = "your turn"
GHOST = "ghost"
LISTENING = "listening"
BEGIN = "touch to begin"
PAUSED = "paused"
GHOST_PAUSED = "the ghost is paused"
MUTED = "muted"
