"""The light of an animation at one moment: trails of player and ghost that grow and fade."""

from __future__ import annotations

import numpy as np

from app.pictures import style
from app.pictures.blur import LightArray
from app.pictures.performance.gather_light import Box, Halo, core, reach_px
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
        self._sigma_px = style.HEAD_SIGMA_PX * style.GIF_HEAD * sheet.unit

    def fade(self, kept: float) -> None:
        """Leave the share `kept` of the light that fades."""
        self._fresh *= np.float32(kept)

    def grow(self, lines: Lines, dots: Dots, emission: LightArray) -> list[Box]:
        """Add new light; where it fell."""
        if not len(lines) and not len(dots):
            return []
        points = np.concatenate([lines.ends.reshape(-1, 2), dots.centre])
        reach = reach_px(self._sheet.unit) + self._halo.reach_px
        top, bottom, left, right = box = self._around(points, reach)
        new = core(lines, dots, emission, box, self._sheet.unit)
        self._halo.grid[:] = 0
        self._halo.add(lines, dots, emission)
        new += self._halo.rows(self._halo.columns(left, right), top, bottom)
        self._all[:, top:bottom, left:right] += new
        self._fresh[:, top:bottom, left:right] += new
        return [box]

    def light(self, box: Box, heads: list[tuple[int, float, float]]) -> LightArray:
        """What shows in `box`, (2, rows, columns), with heads (channel, x, y) that leave no trail."""
        top, bottom, left, right = box
        ember = np.float32(style.GIF_EMBER)
        out = self._all[:, top:bottom, left:right] * ember
        out += self._fresh[:, top:bottom, left:right] * (1 - ember)
        np.maximum(out - np.float32(style.GIF_DARK), 0, out=out)
        for channel, x, y in heads:
            down = (np.arange(top, bottom) + 0.5 - y) / self._sigma_px
            across = (np.arange(left, right) + 0.5 - x) / self._sigma_px
            rows, columns = np.flatnonzero(np.abs(down) < 4), np.flatnonzero(np.abs(across) < 4)
            if len(rows) and len(columns):
                bright = np.exp(-0.5 * (down[rows, None] ** 2 + across[None, columns] ** 2))
                part = np.s_[channel, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
                out[part] += (style.HEAD_LIGHT * bright).astype(np.float32)
        return out

    def head_box(self, x: float, y: float) -> Box:
        """The pixels that a head at (x, y) changes."""
        return self._around(np.array([[x, y]]), int(4 * self._sigma_px) + 2)

    def _around(self, points: np.ndarray[tuple[int, ...], np.dtype[np.float64]], pad: int) -> Box:
        low = np.maximum(np.floor(points.min(axis=0)).astype(int) - pad, 0)
        high = np.minimum(np.ceil(points.max(axis=0)).astype(int) + pad, self._sheet.size)
        return int(low[1]), int(high[1]), int(low[0]), int(high[0])
