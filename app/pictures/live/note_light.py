"""The light of a note of the roll: a bar that flares where its key is struck and dies away as a string does.

The light at a place depends on its distance from the onset only, but for the last pixels, so a note that
grows is drawn in parts of which all but the last stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pygame

from app.pictures.live.fading_light import surface_of, to_light
from app.pictures.palette import Colour

PART_PX = 128  # width of a part that stays as it is
HALF_HEIGHT = 0.0070  # of the hardest note, fraction of the picture's height
SOFTEST = 0.5  # share of that of a note that is hardly struck
LEAST_LIGHT, MOST_LIGHT = 0.3, 1.5  # at the onset of the softest and of the hardest note
FLARE, FLARE_S = 1.6, 0.07  # how much brighter it is struck, and for how long
LEFT, DYING_S = 0.42, 1.4  # share of its light that a long note keeps, and how fast it falls to it
HALO, HALO_WIDTH = 0.1, 3.4  # share of the light around the bar, and how far it reaches, in half heights
REACH = 3.0  # of the halo, standard deviations
LEAST_PX = 3.0  # the shortest note


@dataclass
class NoteLight:
    """The pictures of one note, to be added to the canvas.

    Args:
        colour: at full light.
        velocity: 1 to 127.
        height_px: of the whole roll.
        speed: pixels a second.
    """

    colour: Colour
    velocity: int
    height_px: int
    speed: float
    _parts: list[pygame.Surface] = field(default_factory=list)
    _last: pygame.Surface | None = None
    _length_px: float = -1.0

    def __post_init__(self) -> None:
        hard = self.velocity / 127.0
        self._half = max(1.3, HALF_HEIGHT * self.height_px * (SOFTEST + (1.0 - SOFTEST) * hard))
        self._reach = int(np.ceil(REACH * HALO_WIDTH * self._half))
        line = np.arange(-self._reach, self._reach + 1, dtype=np.float32) / np.float32(self._half)
        rim = np.clip(1.0 - (line * self._half / (self._reach + 1)) ** 2, 0.0, 1.0)
        self._body = np.exp(-(np.abs(line) ** 3) * np.float32(0.7))
        self._halo = np.float32(HALO) * np.exp(-0.5 * (line / HALO_WIDTH) ** 2) * rim
        light = LEAST_LIGHT + (MOST_LIGHT - LEAST_LIGHT) * hard**1.3
        self._tint = to_light(self.colour) * np.float32(light)
        self._white = to_light((255, 255, 255)) * np.float32(0.02 * light)

    def draw(self, target: pygame.Surface, x_px: int, y_px: int, length_px: float) -> None:
        """Add it to `target`, its onset at `x_px`; the longer it gets, the less of it is made."""
        length_px = max(length_px, LEAST_PX)
        if length_px != self._length_px:
            self._grow(length_px)
        left, top = x_px - self._reach, y_px - self._reach
        for index, part in enumerate(self._surfaces()):
            target.blit(part, (left + index * PART_PX, top), special_flags=pygame.BLEND_RGB_ADD)

    def _surfaces(self) -> Iterator[pygame.Surface]:
        yield from self._parts
        if self._last is not None:
            yield self._last

    def _grow(self, length_px: float) -> None:
        self._length_px = length_px
        end = length_px + self._reach
        del self._parts[int(length_px // PART_PX) :]  # its key went up before the last frame
        while (len(self._parts) + 1) * PART_PX <= length_px:
            start = len(self._parts) * PART_PX - self._reach
            self._parts.append(self._part(start, start + PART_PX, length_px))
        start = len(self._parts) * PART_PX - self._reach
        self._last = self._part(start, int(np.ceil(end)) + 1, length_px)

    def _part(self, start: int, stop: int, length_px: float) -> pygame.Surface:
        """The pixels `start` to `stop` from the onset."""
        x = np.arange(start, stop, dtype=np.float32)
        held_s = np.maximum(x, 0.0) / np.float32(self.speed)
        level = LEFT + (1.0 - LEFT) * np.exp(-held_s / DYING_S) + FLARE * np.exp(-held_s / FLARE_S)
        soft = np.float32(self._half)
        sharp = _between(x, length_px, soft * np.float32(0.6))
        wide = _between(x, length_px, soft * np.float32(HALO_WIDTH * 0.8))
        body = np.multiply.outer(self._body, level * sharp)
        light = body + np.multiply.outer(self._halo, level * wide)
        levels = light[..., None] * self._tint + np.square(body)[..., None] * self._white
        pixels = (255.0 * np.sqrt(1.0 - np.exp(-levels))).astype(np.uint8)
        return surface_of(np.ascontiguousarray(pixels))


def _between(x: np.ndarray, length_px: float, soft_px: np.float32) -> np.ndarray:
    """1 between 0 and the length, with soft ends."""
    rise = np.tanh(x / soft_px) - np.tanh((x - np.float32(length_px)) / soft_px)
    return np.asarray(0.5 * rise, np.float32)
