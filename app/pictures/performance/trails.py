"""The light of an animation at one moment: trails of player and ghost that grow and fade."""

from __future__ import annotations

import numpy as np

from app.pictures import style
from app.pictures.blur import LightArray
from app.pictures.box import Box, around
from app.pictures.performance.gather_light import Halo, core, reach_px
from app.pictures.performance.lines_and_dots import Dots, Lines, Sheet

N_RADII = 2  # the broadest halo would change every pixel of every picture, and hardly shows in a small one


class Trails:
    """Amounts of light, float32 (2, height, width), of which most fades and an ember stays."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        width, height = sheet.size
        self._all = np.zeros((2, height, width), dtype=np.float32)
        self._fresh = np.zeros_like(self._all)
        self._halo = Halo(sheet.size, 2, sheet.unit, N_RADII)

    def fade(self, kept: float) -> None:
        """Leave the share `kept` of the light that fades."""
        self._fresh *= np.float32(kept)

    def grow(self, lines: Lines, dots: Dots, emission: LightArray) -> list[Box]:
        """Add new light; where it fell."""
        if not len(lines) and not len(dots):
            return []
        points = np.concatenate([lines.ends.reshape(-1, 2), dots.centre])
        reach = reach_px(self._sheet.unit) + self._halo.reach_px
        top, bottom, left, right = box = around(points, reach, self._sheet.size)
        new = core(lines, dots, emission, box, self._sheet.unit)
        self._halo.grid[:] = 0
        self._halo.add(lines, dots, emission)
        new += self._halo.rows(self._halo.columns(left, right), top, bottom)
        self._all[:, top:bottom, left:right] += new
        self._fresh[:, top:bottom, left:right] += new
        return [box]

    def light(self, box: Box) -> LightArray:
        """What shows in `box`, (2, rows, columns)."""
        top, bottom, left, right = box
        ember = np.float32(style.GIF_EMBER)
        out: LightArray = self._all[:, top:bottom, left:right] * ember
        out += self._fresh[:, top:bottom, left:right] * (1 - ember)
        np.maximum(out - np.float32(style.GIF_DARK), 0, out=out)
        return out
