"""Fields of light that fade: the ink of the strokes, and the haze of what glows softly.

Light is added and faded in float32 and turned into bytes as every picture is (`tone_map`),
`255 * sqrt(1 - exp(-level))`. So trails fade to nothing with their hue (bytes would stop at a residue,
channel by channel), crossings brighten instead of clipping, and very bright light goes towards white.
The work goes in bands of rows: the data of a band stays in the processor's cache, NumPy lets go of
the interpreter lock inside each operation, and bands where nothing glows are skipped.
"""

from __future__ import annotations

import math
from itertools import chain
from typing import Final

import numpy as np
import pygame
from numpy.typing import ArrayLike, NDArray

from app.pictures.live.deposit import Deposit, Levels, Point, add_path, add_spot
from app.pictures.palette import Colour
from app.pictures.tone_map import emission

BAND_ROWS = 20
CROWDED = 0.15
"""At this mean level of the whole field light fades twice as fast: a full canvas stays legible."""

FAINT = (0.5 / 255.0) ** 2
"""A level whose light is below half a step of 8 bits: the band is dark."""

KEPT, MOST_KEPT = 0.04, 0.16
"""Share of its light that a kept deposit fades to, and the level above which crossings do not add up."""

LOG_WHITE = np.log(np.float32(255.0**2))
BRIGHTEST = np.exp(np.full(16, LOG_WHITE)).max() + np.float32(0.01)  # so that rounding leaves nothing below 0

FORMAT: Final = "BGRA"
"""The order of a pixel's bytes: that of nearly every display, so that no blit has to convert."""


def to_light(colour: Colour) -> NDArray[np.float32]:
    """The light, float32 [4] in the order of FORMAT, that shows as `colour` at strength 1."""
    return np.append(emission([colour])[0, ::-1], np.float32(0.0))


def surface_of(pixels: NDArray[np.uint8]) -> pygame.Surface:
    """A surface that shares the memory of `pixels`, uint8 [height, width, 4] in the order of FORMAT."""
    surface = pygame.image.frombuffer(pixels.data, (pixels.shape[1], pixels.shape[0]), FORMAT)
    surface.set_alpha(None)
    return surface


def plain_surface(size: tuple[int, int]) -> pygame.Surface:
    """A black surface in the order of FORMAT, without transparency."""
    masks = surface_of(np.zeros((1, 1, 4), np.uint8)).get_masks()
    return pygame.Surface(size, 0, 32, (*masks[:3], 0))


def stretched(levels: Levels, size: tuple[int, int]) -> Levels:
    """`levels` [height, width, ...] interpolated to `size` (width, height)."""
    for axis, wanted in ((0, size[1]), (1, size[0])):
        have = levels.shape[axis]
        place = np.linspace(0.0, have - 1.0, wanted)
        first = np.minimum(place.astype(np.intp), max(0, have - 2))
        share = (place - first).astype(np.float32)
        share = share.reshape([-1 if one == axis else 1 for one in range(levels.ndim)])
        second = np.take(levels, np.minimum(first + 1, have - 1), axis=axis)
        levels = np.take(levels, first, axis=axis) * (1 - share) + second * share
    return levels


class FadingLight:
    """A field of light of `size` (width, height) pixels that fades with time constant `decay_s`.

    Args:
        is_soft: whether its light is so wide that its bytes would show as bands: it is dithered.

    Attributes:
        surface: what it looks like on black, after `expose`; shares its memory.
        levels: float32 [height, width, 4], the light that fades.
    """

    def __init__(self, size: tuple[int, int], decay_s: float, *, is_soft: bool = False) -> None:
        width, height = size
        self.size = size
        self._decay_s = decay_s
        self.levels: Levels = np.zeros((height, width, 4), np.float32)
        self._pixels = np.zeros((height, width, 4), np.uint8)
        self.surface = surface_of(self._pixels)
        self._bands = [slice(top, min(top + BAND_ROWS, height)) for top in range(0, height, BAND_ROWS)]
        self._brightest = [0.0] * len(self._bands)  # never less than the brightest level of the band
        self._kept: Levels = np.zeros_like(self.levels)  # minus the light that does not fade
        self._keeps = [False] * len(self._bands)
        self._work = np.empty((BAND_ROWS, width, 4), np.float32)
        self._dither: Levels | None = None
        if is_soft:
            noise = np.random.default_rng(1).random((BAND_ROWS, width, 1), dtype=np.float32)
            self._dither = np.broadcast_to(noise * 0.89, self._work.shape).astype(np.float32)
        self._shone = False  # `more` shone along when it was last exposed
        self._next_check = 0
        self._means = [0.0] * len(self._bands)

    @property
    def dark(self) -> bool:
        """Whether nothing glows anywhere."""
        return not any(self._brightest) and not any(self._keeps)

    def path(
        self, points: ArrayLike, strengths: ArrayLike, light: NDArray[np.float32], sigma: float
    ) -> list[list[Deposit]]:
        """Add a stroke along `points`; see `deposit.add_path`."""
        parts = add_path(self.levels, points, strengths, light, sigma)
        for deposit in chain.from_iterable(parts):
            self._brighten(deposit)
        return parts

    def spot(self, centre: Point, light: NDArray[np.float32], sigma: float) -> Deposit | None:
        """Add a round spot; see `deposit.add_spot`."""
        deposit = add_spot(self.levels, centre, light, sigma)
        if deposit is not None:
            self._brighten(deposit)
        return deposit

    def withdraw(self, deposit: Deposit, faded: float) -> None:
        """Take a deposit back, faded since by the factor `faded`."""
        deposit.withdraw(self.levels, faded)

    def keep(self, deposit: Deposit) -> None:
        """Let the deposit fade to a faint rest, and no further until `release`."""
        deposit.keep(self.levels, self._kept, KEPT, MOST_KEPT)
        for index in _bands_of(deposit):
            self._keeps[index] = True

    def release(self) -> None:
        """Let everything that was kept fade away."""
        for index, band in enumerate(self._bands):
            if self._keeps[index]:
                self.levels[band] -= self._kept[band]
                self._brightest[index] -= float(self._kept[band].min())
                self._kept[band] = 0.0
        self._keeps = [False] * len(self._bands)

    def fade(self, elapsed_s: float) -> float:
        """Let `elapsed_s` pass; returns the factor by which everything faded."""
        crowd = 1.0 + sum(self._means) / len(self._means) / CROWDED
        factor = math.exp(-max(0.0, elapsed_s) * crowd / self._decay_s)
        scale = np.float32(factor)
        for index, band in enumerate(self._bands):
            if self._brightest[index]:
                rows = self.levels[band]
                np.multiply(rows, scale, out=rows)
                self._brightest[index] *= factor
        self._check_one_band()
        return factor

    def expose(self, more: Levels | None = None) -> None:
        """Bring `surface` up to date; `more` [height, width, 4] is light that shines along, unfading."""
        for index, band in enumerate(self._bands):
            brightest = self._brightest[index]
            if 0.0 < brightest < FAINT:
                self._brightest[index] = self._means[index] = 0.0
                self.levels[band] = 0.0
                self._pixels[band] = 0
            if more is None and brightest < FAINT and not self._shone and not self._keeps[index]:
                continue
            work = self._work[: band.stop - band.start]
            np.subtract(LOG_WHITE, self.levels[band], out=work)
            if self._keeps[index]:
                work += self._kept[band]
            if more is not None:
                work -= more[band]
            np.exp(work, out=work)
            np.subtract(BRIGHTEST, work, out=work)
            np.sqrt(work, out=work)
            if self._dither is not None:
                work += self._dither[: band.stop - band.start]
            np.copyto(self._pixels[band], work, casting="unsafe")
        self._shone = more is not None

    def resized(self, size: tuple[int, int]) -> FadingLight:
        """A new field of `size` with the same picture stretched over it."""
        other = FadingLight(size, self._decay_s, is_soft=self._dither is not None)
        other.levels[:] = stretched(self.levels, size)
        other._kept[:] = stretched(self._kept, size)
        other._keeps = [bool(other._kept[band].any()) for band in other._bands]
        other._brightest = [float(other.levels[band].max()) for band in other._bands]
        return other

    def _brighten(self, deposit: Deposit) -> None:
        for index in _bands_of(deposit):
            self._brightest[index] += deposit.peak

    def _check_one_band(self) -> None:
        # Sums of deposits overstate the brightest level, and levels far below FAINT would end as
        # denormal numbers, which are slow: one band a frame is measured and its dust removed.
        self._next_check = (self._next_check + 1) % len(self._bands)
        if self._brightest[self._next_check]:
            rows = self.levels[self._bands[self._next_check]]
            np.copyto(rows, np.float32(0.0), where=rows < np.float32(FAINT / 50.0))
            self._means[self._next_check] = float(rows.mean())
            self._brightest[self._next_check] = float(rows.max()) or FAINT / 50.0  # `expose` ends it


def _bands_of(deposit: Deposit) -> range:
    """The bands it lies in."""
    rows = deposit.window[0]
    return range(rows.start // BAND_ROWS, (rows.stop - 1) // BAND_ROWS + 1)
