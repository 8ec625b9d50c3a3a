"""How brightly the edge of a canvas shines for whose turn it is, 0 to 1, in the window and on pages."""

from __future__ import annotations

PLAYING_LIGHT, GHOST_LIGHT, YOURS_LIGHT = 0.4, 0.8, 0.6  # who plays, and whose turn it is
SWELL_S = 1.2  # how long the player's light swells when the turn comes back
