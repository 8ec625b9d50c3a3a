"""A layer of thin, fading light over the paper: the ghost's futures, many times a second, or its mixture.

What is added fades within a fraction of a second, so a fan that is new with every frame does not flicker:
where many futures agree it is bright. Light is one number a pixel, coarser than the window's; a table turns
it into colour.
"""

from __future__ import annotations

import math

import numpy as np
import pygame
from numpy.typing import NDArray

from app.pictures.live.fading_light import FORMAT, plain_surface
from app.pictures.live.paint import mix
from app.pictures.palette import Colour, Palette
from app.window.draw.splat import DARK, OverlayGrid, Splat

FADE_S = 0.16
LEVELS = 512
MOST = 4.0  # the most light the table knows
UNDER_INK = 0.12


class FuturesOverlay:
    """Light over `field`; it fades with the time constant `fade_s`, which may change at any time."""

    def __init__(self, field: OverlayGrid, palette: Palette) -> None:
        self.field = field
        self.fade_s = FADE_S
        width, height = field.size
        self._light = np.zeros((height, width), np.float32)
        self._table = _colours(palette.ghost[0], palette.mixture)
        self._lit: pygame.Rect | None = None  # where there is light
        # Memory that is used again with every frame: new megabytes cost the system more than the work.
        self._levels = np.empty(width * height, np.float32)
        self._indices = np.empty(width * height, np.uint16)
        self._pixels = np.empty(width * height, np.uint32)
        self._large = plain_surface((field.step * width, field.step * height))
        self._shown: tuple[pygame.Surface, tuple[int, int]] | None = None  # how it looks, and where
        self._is_shown = True  # whether that is how it is

    @property
    def is_dark(self) -> bool:
        """Whether there is nothing to see."""
        return self._lit is None

    @property
    def seen(self) -> pygame.Rect | None:
        """Where in the window there is light; None if there is none."""
        if self._lit is None:
            return None
        lit = self._lit.inflate(4, 4)
        step = self.field.step
        area = pygame.Rect(lit.left * step, lit.top * step, lit.width * step, lit.height * step)
        return area.move(self.field.area.topleft)

    def fade(self, elapsed_s: float) -> None:
        """Let time pass."""
        if self._lit is None:
            return
        part = self._part(self._lit)
        part *= np.float32(math.exp(-elapsed_s / self.fade_s))
        self._is_shown = False
        columns = np.flatnonzero(part.max(axis=0) > DARK)
        if not len(columns):
            part[:] = 0.0
            self._lit = None
            return
        rows = np.flatnonzero(part.max(axis=1) > DARK)
        # What is outside stays as dust below what is seen, until light comes there again.
        self._lit = pygame.Rect(
            self._lit.left + int(columns[0]), self._lit.top + int(rows[0]),
            int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1,
        )  # fmt: skip

    def add(self, splat: Splat | None, lasts_s: float) -> None:
        """Light that is as bright as it says if it comes again every `lasts_s`; none of another field."""
        if splat is None or splat.field != self.field:
            return
        gain = np.float32(1.0 - math.exp(-lasts_s / self.fade_s))
        light = self._levels[: splat.light.size].reshape(splat.light.shape)
        np.multiply(splat.light, gain, out=light)
        self._part(splat.area)[:] += light
        self._is_shown = False
        self._lit = splat.area if self._lit is None else self._lit.union(splat.area)

    def draw(self, display: pygame.Surface, ink: NDArray[np.bool_] | None = None) -> None:
        """Add the light to what is on `display`; what is under `ink`, as large as the overlay, is dimmed."""
        if not self._is_shown:
            self._shown, self._is_shown = self._develop(ink), True
        if self._shown is not None:
            large, place = self._shown
            display.blit(large, place, special_flags=pygame.BLEND_RGB_ADD)

    def _develop(self, ink: NDArray[np.bool_] | None) -> tuple[pygame.Surface, tuple[int, int]] | None:
        """How the light looks, and where in the window."""
        if self._lit is None:
            return None
        # With a dark rim, for what shines between two pixels.
        lit = self._lit.inflate(4, 4).clip((0, 0, *reversed(self._light.shape)))
        shape, n = (lit.height, lit.width), lit.width * lit.height
        levels, indices = self._levels[:n].reshape(shape), self._indices[:n].reshape(shape)
        np.multiply(self._part(lit), np.float32(LEVELS / MOST), out=levels)
        if ink is not None:
            part = ink[lit.top : lit.bottom, lit.left : lit.right]
            np.multiply(levels, np.float32(UNDER_INK), out=levels, where=part)
        np.minimum(levels, np.float32(LEVELS - 1), out=indices, casting="unsafe")
        pixels = self._pixels[:n]
        np.take(self._table, indices.ravel(), mode="clip", out=pixels)
        small = pygame.image.frombuffer(pixels.data, lit.size, FORMAT)
        small.set_alpha(None)
        # pygame finds pixel i of m at i * (n - 1) / m between those of n: for this size exactly at i / step.
        step = self.field.step
        large = self._large.subsurface((0, 0, (lit.width - 1) * step, (lit.height - 1) * step))
        pygame.transform.smoothscale(small, large.get_size(), large)
        left, top = self.field.area.topleft
        return large, (left + lit.left * step, top + lit.top * step)

    def _part(self, area: pygame.Rect) -> NDArray[np.float32]:
        return self._light[area.top : area.bottom, area.left : area.right]


def _colours(bright: Colour, faint: Colour) -> NDArray[np.uint32]:
    """What light looks like, pixels of FORMAT as numbers: from `faint` to `bright` to white."""
    level = np.arange(LEVELS) / LEVELS * MOST
    table = np.zeros((LEVELS, 4), np.uint8)
    hot = mix(bright, (255, 255, 255), 0.6)
    for channel in range(3):
        low, middle, high = faint[2 - channel], bright[2 - channel], hot[2 - channel]
        hue = np.interp(level, [0.0, 0.6, 2.5], [low, middle, high])
        table[:, channel] = np.minimum(255.0, hue * (1.0 - np.exp(-0.9 * level)))
    return table.view(np.uint32)[:, 0]
