"""The icon of the windows."""

from __future__ import annotations

import pygame

from app.pictures.icon import icon_pixels
from app.pictures.palette import Palette

SIDE = 128  # pixels; systems scale it down


def icon(palette: Palette) -> pygame.Surface:
    """A square picture, its corners transparent."""
    return pygame.image.frombuffer(icon_pixels(palette, SIDE).tobytes(), (SIDE, SIDE), "RGBA")
