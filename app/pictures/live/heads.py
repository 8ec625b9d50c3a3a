"""The glowing heads of strokes: small additive pictures, made once for each colour and brightness."""

from __future__ import annotations

import numpy as np
import pygame
from numpy.typing import NDArray

from app.pictures.live.fading_light import FAINT, surface_of, to_light
from app.pictures.palette import Colour

LEVELS = 12  # steps of brightness while a head fades
RADIUS = 0.062  # of the picture, fraction of the canvas height
CORE, BODY, HALO = 0.0062, 0.013, 0.03  # half widths, fractions of the canvas height


class Heads:
    """Pictures of heads for a canvas `height` pixels high."""

    def __init__(self, height: int) -> None:
        self._height = height
        self._pictures: dict[tuple[Colour, int], pygame.Surface] = {}

    def draw(self, target: pygame.Surface, colour: Colour, x_px: float, y_px: float, glow: float) -> None:
        """Add a head to `target`, its middle at (x_px, y_px); `glow` 0 to 1."""
        level = round(min(1.0, max(0.0, glow)) * LEVELS)
        if level == 0:
            return
        picture = self._pictures.get((colour, level))
        if picture is None:
            picture = self._pictures[(colour, level)] = self._make(colour, level / LEVELS)
        radius = picture.get_width() // 2
        target.blit(picture, (round(x_px) - radius, round(y_px) - radius), special_flags=pygame.BLEND_RGB_ADD)

    def _make(self, colour: Colour, glow: float) -> pygame.Surface:
        radius = max(8, round(RADIUS * self._height))
        line = np.arange(-radius, radius + 1, dtype=np.float32)
        square = (line * line)[:, None] + line * line
        rim = np.clip(1.0 - square / radius**2, 0.0, 1.0) ** 2  # ends at nothing, not at a faint disc

        def disc(width: float) -> NDArray[np.float32]:
            return np.asarray(np.exp(square / (-2.0 * max(1.0, width * self._height) ** 2)))

        tint, white = to_light(colour), to_light((255, 255, 255))
        body = 2.0 * np.square((disc(BODY) + 0.17 * disc(HALO)) * rim * glow**1.5)
        core = 0.8 * np.square(disc(CORE) * rim * glow**2.5)
        level = np.multiply.outer(body, tint) + np.multiply.outer(core, 0.72 * white + 0.28 * tint)
        noise = np.random.default_rng(2).random((*square.shape, 1), dtype=np.float32) * 0.999
        pixels = (255.0 * np.sqrt(1.0 - np.exp(-level)) + noise * (level > FAINT)).astype(np.uint8)
        return surface_of(np.ascontiguousarray(pixels))
