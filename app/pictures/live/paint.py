"""Small pictures with smooth edges: words, rings, rounded grounds. Each is made once and kept."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import pygame
from numpy.typing import NDArray

from app.pictures.palette import Colour

RING_SWEEP = 1.5 * math.pi  # a knob's ring leaves a quarter open at the bottom


@lru_cache(maxsize=64)
def font(px: int) -> pygame.font.Font:
    """pygame's own font, an em of `px` pixels; pygame itself takes 11/16 of the size it is given."""
    return pygame.font.Font(None, max(8, round(px * 16 / 11)))


@lru_cache(maxsize=512)
def word(text: str, px: int, colour: Colour) -> pygame.Surface:
    """`text` in `colour`, on nothing.

    Drawn twice as large and scaled down: at small sizes the font's letters would else sit on whole
    pixels, unevenly.
    """
    large = font(2 * px).render(text, True, colour).convert_alpha()
    pixels = pygame.surfarray.pixels3d(large)
    pixels[:] = colour  # also where it is transparent, so that edges do not mix with black
    del pixels
    return pygame.transform.smoothscale(large, ((large.get_width() + 1) // 2, (large.get_height() + 1) // 2))


def put(target: pygame.Surface, picture: pygame.Surface, **place: tuple[float, float]) -> pygame.Rect:
    """Put a picture on `target`, with a point of it (`center`, `midleft`, ...) at a place; where it lies."""
    rect = picture.get_rect(**place)
    target.blit(picture, rect)
    return rect


def word_width(text: str, px: int) -> int:
    """How wide `word` makes it, in pixels: letters of twice the size are not twice as wide."""
    return (font(2 * px).size(text)[0] + 1) // 2


@lru_cache(maxsize=64)
def ground(size: tuple[int, int], radius: int, colour: Colour, opacity: int) -> pygame.Surface:
    """A rounded rectangle; `opacity` 0 to 255."""
    width, height = size
    radius = min(radius, width // 2, height // 2)
    x = np.abs(np.arange(width) - (width - 1) / 2) - (width / 2 - radius)
    y = np.abs(np.arange(height) - (height - 1) / 2) - (height / 2 - radius)
    distance = np.hypot(np.maximum(x, 0)[None, :], np.maximum(y, 0)[:, None]) - radius
    return _tinted(colour, np.clip(0.5 - distance, 0.0, 1.0) * (opacity / 255.0))


@lru_cache(maxsize=64)
def shade(size: tuple[int, int], colour: Colour, opacity: int) -> pygame.Surface:
    """A soft patch of `colour`, densest in its middle, so that words stand out from what is behind them."""
    x = np.linspace(-1.0, 1.0, size[0])[None, :]
    y = np.linspace(-1.0, 1.0, size[1])[:, None]
    return _tinted(colour, ((1.0 - x**4) * (1.0 - y**4)) ** 2 * (opacity / 255.0))


@lru_cache(maxsize=256)
def ring(diameter: int, thickness: float, start: float, sweep: float, colour: Colour) -> pygame.Surface:
    """An arc with round ends.

    Args:
        diameter, thickness: pixels; the picture is `diameter` wide and high.
        start: where it begins, radians clockwise from the top.
        sweep: how far it goes clockwise, radians; 0 is a dot.
    """
    radius = (diameter - thickness) / 2 - 0.5
    line = np.arange(diameter) - (diameter - 1) / 2
    x, y = line[None, :], -line[:, None]  # y up
    middle, half = start + sweep / 2, min(sweep / 2, math.pi)
    across = np.abs(x * math.cos(middle) - y * math.sin(middle))
    along = x * math.sin(middle) + y * math.cos(middle)
    on_arc = np.abs(np.hypot(x, y) - radius)
    at_end = np.hypot(across - radius * math.sin(half), along - radius * math.cos(half))
    inside = across * math.cos(half) <= along * math.sin(half)
    if half >= math.pi:
        inside = np.ones_like(inside)
    distance = np.where(inside, on_arc, at_end) - thickness / 2
    return _tinted(colour, np.clip(0.5 - distance, 0.0, 1.0))


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The colour `share` of the way from `first` to `second`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _tinted(colour: Colour, alpha: NDArray[np.floating]) -> pygame.Surface:
    pixels = np.empty((*alpha.shape, 4), np.uint8)
    pixels[:, :, :3] = colour
    pixels[:, :, 3] = np.round(alpha * 255.0)
    size = (alpha.shape[1], alpha.shape[0])
    return pygame.image.frombuffer(pixels.tobytes(), size, "RGBA").convert_alpha()
