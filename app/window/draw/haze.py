"""A haze of thin light over the paper: the ghost's futures, many times a second, or its mixture.

What is added fades within a fraction of a second, so a fan that is new with every frame does not flicker:
where many futures agree it is bright. Light is one number a pixel, at half the window's resolution; a table
turns it into colour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pygame
from numpy.typing import NDArray

from app.palette import Colour, Palette
from app.window.light import FORMAT
from app.window.paint import mix
from mdn.mixture import Mixture
from models.strokes import DRAW

STEP = 2  # pixels of the window to a pixel of the haze
FADE_S = 0.16
LINE = 1.4  # how far two places of a line are apart, pixels of the haze
MIXTURE_LIGHT = 2.4
FAN_LIGHT = 1.3  # of one future at the pen
FAR_LIGHT = 0.3  # and of its last point, share of that
AIR_LIGHT = 0.05  # of a way with the pen lifted, share of that
LEVELS = 512
MOST = 4.0  # the most light the table knows
DARK = 0.004
LEAST_AIR = 0.012  # ways with the pen lifted are shown near the pen only
UNDER_INK = 0.12
MOST_DOTS = 1500  # of one piece

ELLIPSE = np.linspace(0.0, 2 * math.pi, 96, endpoint=False)
LEAST_SHARE = 0.004  # a component with less weight is not shown

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pieces:
    """Straight pieces of light.

    Attributes:
        ends: pixels of the window, (n, 2, 2): piece, its start and end, x and y.
        light: at its start and end, (n, 2).
    """

    ends: Floats
    light: Floats


@dataclass(frozen=True, eq=False)
class Spread:
    """Light on the pixels of a haze, in `area` of them."""

    area: pygame.Rect
    light: NDArray[np.float32]


NO_PIECES = Pieces(np.zeros((0, 2, 2)), np.zeros((0, 2)))


class Haze:
    """Light over a window's `area`."""

    def __init__(self, area: pygame.Rect, palette: Palette) -> None:
        self.area = pygame.Rect(area)
        width, height = max(2, area.width // STEP), max(2, area.height // STEP)
        self._light = np.zeros((height, width), np.float32)
        self._table = _colours(palette.ghost[0], palette.mixture)
        self._lit: pygame.Rect | None = None  # where there is light

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
        area = pygame.Rect(lit.left * STEP, lit.top * STEP, lit.width * STEP, lit.height * STEP)
        return area.move(self.area.topleft)

    def fade(self, elapsed_s: float) -> None:
        """Let time pass."""
        if self._lit is None:
            return
        part = self._part(self._lit)
        part *= np.float32(math.exp(-elapsed_s / FADE_S))
        seen = part > DARK
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        if not len(rows):
            part[:] = 0.0
            self._lit = None
            return
        # What is outside stays as dust below what is seen, until light comes there again.
        self._lit = pygame.Rect(
            self._lit.left + int(columns[0]), self._lit.top + int(rows[0]),
            int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1,
        )  # fmt: skip

    def spread(self, pieces: Pieces) -> Spread | None:
        """The pieces as light on the pixels of this haze; None if none of it is inside."""
        starts = ((pieces.ends[:, 0] - self.area.topleft) / STEP).astype(np.float32)
        steps = ((pieces.ends[:, 1] - pieces.ends[:, 0]) / STEP).astype(np.float32)
        length = np.hypot(steps[:, 0], steps[:, 1])
        n = np.minimum(np.ceil(length / LINE), MOST_DOTS).astype(np.intp)
        n[pieces.light.max(axis=1, initial=0.0) < DARK] = 0
        which = np.repeat(np.arange(len(n)), n)
        at = ((np.arange(len(which)) - np.repeat(np.cumsum(n) - n, n) + 0.5) / n[which]).astype(np.float32)
        dots = starts[which] + at[:, None] * steps[which]
        # Short pieces have their dots nearer to each other; their light is as much less.
        light = (pieces.light * (length / (LINE * np.maximum(n, 1)))[:, None]).astype(np.float32)
        return self._spread(dots, light[which, 0] + at * (light[which, 1] - light[which, 0]))

    def add(self, spread: Spread | None, lasts_s: float) -> None:
        """Light that is as bright as it says if it comes again every `lasts_s`."""
        if spread is None:
            return
        gain = np.float32(1.0 - math.exp(-lasts_s / FADE_S))
        self._part(spread.area)[:] += gain * spread.light
        self._lit = spread.area if self._lit is None else self._lit.union(spread.area)

    def draw(self, display: pygame.Surface, ink: NDArray[np.bool_] | None = None) -> None:
        """Add the light to what is on `display`; what is under `ink`, as large as the haze, is dimmed."""
        if self._lit is None:
            return
        # With a dark rim, for what shines between two pixels.
        lit = self._lit.inflate(4, 4).clip((0, 0, *reversed(self._light.shape)))
        levels = self._part(lit) * np.float32(LEVELS / MOST)
        if ink is not None:
            part = ink[lit.top : lit.bottom, lit.left : lit.right]
            np.multiply(levels, np.float32(UNDER_INK), out=levels, where=part)
        pixels = self._table[np.minimum(levels, LEVELS - 1).astype(np.uint16)]
        small = pygame.image.frombuffer(pixels.data, lit.size, FORMAT)
        small.set_alpha(None)
        # pygame finds pixel i of m at i * (n - 1) / m between those of n: for this size exactly at i / STEP.
        size = (lit.width - 1) * STEP, (lit.height - 1) * STEP
        place = self.area.left + lit.left * STEP, self.area.top + lit.top * STEP
        display.blit(pygame.transform.smoothscale(small, size), place, special_flags=pygame.BLEND_RGB_ADD)

    def _part(self, area: pygame.Rect) -> NDArray[np.float32]:
        return self._light[area.top : area.bottom, area.left : area.right]

    def _spread(self, dots: NDArray[np.float32], lights: NDArray[np.float32]) -> Spread | None:
        """Each dot on the four pixels around it."""
        height, width = self._light.shape
        inside = ((dots >= 1.0) & (dots < np.array([width - 2, height - 2], np.float32))).all(axis=1)
        if not inside.all():
            dots, lights = dots[inside], lights[inside]
        if not len(dots):
            return None
        first = dots.astype(np.intp)
        x, y = (dots - first).T
        low, high = first.min(axis=0), first.max(axis=0) + 2
        area = pygame.Rect(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))
        at = (first[:, 1] - low[1]) * area.width + (first[:, 0] - low[0])
        corners = at + np.array([[0], [1], [area.width], [area.width + 1]])
        right, below = x * lights, y * lights
        both = x * below
        weights = np.stack([lights - right - below + both, right - both, below - both, both])
        sums = np.bincount(corners.ravel(), weights.ravel(), minlength=area.width * area.height)
        return Spread(area, sums.reshape(area.height, area.width).astype(np.float32))


def fan_pieces(
    futures: Sequence[NDArray[np.float32]], tip: tuple[float, float], scale: float, is_down: bool
) -> Pieces:
    """Futures of the pen as light.

    Args:
        futures: points of a sketch model, (n, 3) each.
        tip: where the pen is, pixels.
        scale: pixels to a model unit.
        is_down: whether the pen is on the paper.
    """
    lengths = np.array([len(future) for future in futures], np.intp)
    if not lengths.sum():
        return NO_PIECES
    points = np.concatenate(futures).astype(np.float64)
    first = np.repeat(np.cumsum(lengths) - lengths, lengths)
    number = np.arange(len(points)) - first  # of each point in its future
    way = np.cumsum(points[:, :2], axis=0) * scale
    ends = np.array(tip) + way - np.where(first[:, None] > 0, way[first - 1], 0.0)
    starts = np.where(number[:, None] > 0, np.roll(ends, 1, axis=0), tip)
    in_air = np.where(number > 0, np.roll(points[:, 2], 1) != DRAW, not is_down)
    share = FAN_LIGHT * np.where(in_air, AIR_LIGHT, 1.0)
    light = np.stack([share * FAR_LIGHT ** (number / 16), share * FAR_LIGHT ** ((number + 1) / 16)], axis=1)
    light[in_air & (light[:, 0] < LEAST_AIR)] = 0.0
    return Pieces(np.stack([starts, ends], axis=1), light)


def mixture_pieces(mixture: Mixture, tip: tuple[float, float], scale: float) -> Pieces:
    """The components of the next step as ellipses of one and two standard deviations, bright by weight."""
    is_shown = (mixture.pi >= LEAST_SHARE) & np.isfinite(mixture.mean).all(axis=1)
    is_shown &= np.isfinite(mixture.covariance).all(axis=(1, 2))
    if not is_shown.any():
        return NO_PIECES
    share, mean = mixture.pi[is_shown].astype(np.float64), mixture.mean[is_shown].astype(np.float64)
    values, vectors = np.linalg.eigh(mixture.covariance[is_shown].astype(np.float64))
    axes = vectors * np.sqrt(np.maximum(values, 1e-6))[:, None, :] * scale
    circle = np.stack([np.cos(ELLIPSE), np.sin(ELLIPSE)])
    middle = np.array(tip) + mean * scale
    around = np.moveaxis(axes @ circle, 1, 2)  # (k, places, 2)
    ends, light = [], []
    bright = MIXTURE_LIGHT * (0.07 + 0.93 * np.sqrt(share))
    for size, weight in ((1.0, 1.0), (2.0, 0.4)):
        places = middle[:, None] + size * around
        ends.append(np.stack([places, np.roll(places, -1, axis=1)], axis=2).reshape(-1, 2, 2))
        light.append(np.repeat((weight * bright)[:, None], 2 * len(ELLIPSE), axis=1).reshape(-1, 2))
    ends.append(np.stack([np.broadcast_to(np.array(tip), middle.shape), middle], axis=1))
    light.append(np.stack([np.zeros_like(share), 0.4 * share], axis=1))
    return Pieces(np.concatenate(ends), np.concatenate(light))


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
