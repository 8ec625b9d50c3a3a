"""The icon of the windows: a warm stroke and the cool one that answers it."""

from __future__ import annotations

import numpy as np
import pygame

from app.pictures.palette import Palette

SIDE = 128  # pixels; systems scale it down
WIDTH, GLOW = 0.05, 0.13  # of a stroke and of the light around it, of the side
ROUND = 0.22  # of the corners


def icon(palette: Palette) -> pygame.Surface:
    """A square picture, its corners transparent."""
    line = (np.arange(SIDE) + 0.5) / SIDE
    x, y = line[None, :], line[:, None]
    turn = np.linspace(0.0, 1.0, 60)
    warm = 0.14 + 0.5 * turn, 0.66 - 0.42 * np.sin(np.pi * turn * 0.8)
    light = np.array(palette.background, np.float64)[None, None, :] * np.ones((SIDE, SIDE, 1))
    for (across, down), colour in ((warm, palette.player[0]), ((1 - warm[0], 1 - warm[1]), palette.ghost[0])):
        distance = np.min(np.hypot(x[..., None] - across, y[..., None] - down), axis=2)
        share = np.clip((WIDTH - distance) * SIDE + 0.5, 0.0, 1.0) + 0.45 * np.exp(-((distance / GLOW) ** 2))
        light += np.minimum(share, 1.0)[:, :, None] * np.array(colour, np.float64)
    far = np.maximum(np.abs(np.stack(np.broadcast_arrays(x, y)) - 0.5) - (0.5 - ROUND), 0.0)
    opacity = np.clip((ROUND - np.hypot(*far)) * SIDE + 0.5, 0.0, 1.0)
    pixels = np.dstack([np.minimum(light, 255.0), 255.0 * opacity]).round().astype(np.uint8)
    return pygame.image.frombuffer(pixels.tobytes(), (SIDE, SIDE), "RGBA")
