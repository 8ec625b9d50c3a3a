"""The bright points of an animation: where a finger or a pen is now. They leave no trail."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from app.pictures import style
from app.pictures.blur import LightArray
from app.pictures.box import Box, around

REACH = 4.0  # standard deviations

Head = tuple[int, float, float]
"""Whose light, 0 the player's and 1 the ghost's; x and y in pixels."""


class FilmHeads:
    """Heads on pictures of `size` (width, height), `sigma_px` wide."""

    def __init__(self, size: tuple[int, int], sigma_px: float) -> None:
        self._size, self._sigma_px = size, sigma_px

    def box(self, head: Head) -> Box:
        """The pixels that a head changes."""
        return around(np.array([head[1:]]), REACH * self._sigma_px + 1, self._size)

    def shine(self, light: LightArray, box: Box, heads: Iterable[Head]) -> None:
        """Add them to `light`, (2, rows, columns), which is that of `box`."""
        top, bottom, left, right = box
        for channel, x, y in heads:
            down = (np.arange(top, bottom) + 0.5 - y) / self._sigma_px
            across = (np.arange(left, right) + 0.5 - x) / self._sigma_px
            rows, columns = np.flatnonzero(np.abs(down) < REACH), np.flatnonzero(np.abs(across) < REACH)
            if len(rows) and len(columns):
                bright = np.exp(-0.5 * (down[rows, None] ** 2 + across[None, columns] ** 2))
                part = np.s_[channel, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
                light[part] += (style.HEAD_LIGHT * bright).astype(np.float32)
