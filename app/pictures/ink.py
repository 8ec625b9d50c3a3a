"""Ink: what a brush with round ends covers, with a smooth edge, and a soft light around it.

A stroke is a chain of round cones. For each of the two hands a field keeps every pixel's distance to the
nearest ink, so crossings melt into each other, nothing is drawn twice, and a stroke that goes on costs only
its new piece. The light around is wide and needs no detail: its field is coarse.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.core.events import Source
from app.pictures.box import Box, around, union
from app.pictures.palette import Palette

Field = NDArray[np.float32]
Bytes = NDArray[np.uint8]
End = tuple[float, float, float]
"""Of a piece: x, y and radius in pixels."""

RADIUS = 0.0120  # of ink of width 1, share of the canvas' side
LEAST_RADIUS_PX = 0.9
FLATNESS_PX, LONGEST_PX = 0.12, 12.0  # pieces of a curve
COARSE = 4  # pixels to a pixel of the light around
HALO = 0.021  # how far the light reaches (its 1/e), share of the canvas' side
HALO_LIGHT = {Source.PLAYER: 0.17, Source.GHOST: 0.26}  # of the ink's own
REACH = 3.2  # halos after which there is no light
FAR = np.float32(1e4)
SHEEN = 0.12  # the middle of a broad stroke is so much nearer to white


class Ink:
    """Ink on a ground.

    Args:
        ground: what lies under it, uint8 (height, width, 3), red, green, blue; not changed.
        palette: the colours.
        side: of the canvas in pixels, which decides how broad ink is.

    Attributes:
        box: all of it.
        changed: what looks different since it was last set to None; None: nothing.
    """

    def __init__(self, ground: Bytes, palette: Palette, side: float) -> None:
        self._ground, self._side = ground, side
        height, width = ground.shape[:2]
        coarse = (height // COARSE + 2, width // COARSE + 2)
        self._colours = {s: np.array(palette.stroke(s, 0), np.float32) for s in Source}
        self._near: dict[Source, Field] = {s: np.full((height, width), FAR, np.float32) for s in Source}
        self._halo: dict[Source, Field] = {s: np.full(coarse, FAR, np.float32) for s in Source}
        self._used: set[Source] = set()
        self.box: Box = (0, height, 0, width)
        self.changed: Box | None = None

    def radius(self, width: float) -> float:
        """Pixels of a brush of this width, 1 is usual."""
        return max(LEAST_RADIUS_PX, RADIUS * self._side * width)

    def lay(self, source: Source, places: NDArray[np.float64]) -> None:
        """Ink along a stroke.

        Args:
            source: who draws it.
            places: (k, 3), x and y in pixels and the width of the brush, between which it is straight; of
                one place a dot.
        """
        self._used.add(source)
        ends = [(x, y, self.radius(width)) for x, y, width in places.tolist()]
        near, halo, reach = self._near[source], self._halo[source], REACH * HALO * self._side
        for a, b in pairwise(ends if len(ends) > 1 else 2 * ends):
            come_near(near, a, b, max(a[2], b[2]) + 2.0)
            come_near(halo, _coarse(a), _coarse(b), reach / COARSE)
        new = around(places[:, :2], reach + COARSE, (self.box[3], self.box[1]))
        self.changed = new if self.changed is None else union(self.changed, new)

    def pixels(self, box: Box) -> Bytes:
        """How it looks in `box`, uint8 (rows, columns, 3)."""
        top, bottom, left, right = box
        light = self._ground[top:bottom, left:right].astype(np.float32)
        for source in self._used:
            light += self._light_around(source, box)[:, :, None] * self._colours[source]
        for source in Source:
            if source in self._used:
                self._lay(light, self._near[source][top:bottom, left:right], source)
        return np.minimum(light, 255.0).astype(np.uint8)

    def cover(self, source: Source, box: Box) -> Field:
        """How much of every pixel of `box` the ink of a source covers, float32 (rows, columns), 0 to 1."""
        top, bottom, left, right = box
        covered: Field = np.clip(np.float32(0.5) - self._near[source][top:bottom, left:right], 0.0, 1.0)
        return covered

    def is_inked(self, rows: slice, columns: slice) -> NDArray[np.bool_]:
        """Whether there is ink in the middle of these pixels."""
        inked: NDArray[np.bool_] = np.minimum(*(self._near[s][rows, columns] for s in Source)) < 0.0
        return inked

    def _light_around(self, source: Source, box: Box) -> Field:
        """The halo in `box`, float32 (rows, columns): coarse light between its pixels."""
        rows = (np.arange(box[0], box[1]) + 0.5) / COARSE - 0.5
        columns = (np.arange(box[2], box[3]) + 0.5) / COARSE - 0.5
        top, left = max(0, math.floor(rows[0])), max(0, math.floor(columns[0]))
        near = self._halo[source][top : math.ceil(rows[-1]) + 2, left : math.ceil(columns[-1]) + 2]
        away = np.maximum(near, 0.0) * np.float32(COARSE / (HALO * self._side))
        light = np.float32(HALO_LIGHT[source]) * np.exp(-away)
        # So that it ends at nothing where it is no longer worked out.
        light *= np.clip((np.float32(REACH) - away) / np.float32(1.2), 0.0, 1.0)
        return between(between(light, rows - top, 0), columns - left, 1)

    def _lay(self, light: Field, near: Field, source: Source) -> None:
        """Ink over `light`, where its edge is less than half a pixel away."""
        rows, columns = np.flatnonzero((near < 0.5).any(axis=1)), np.flatnonzero((near < 0.5).any(axis=0))
        if not len(rows):
            return
        part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        near = near[part]
        cover = np.clip(np.float32(0.5) - near, 0.0, 1.0)[:, :, None]
        depth = np.clip(near / np.float32(-RADIUS * self._side), 0.0, 1.0)[:, :, None]
        colour = self._colours[source]
        ink = colour + (255.0 - colour) * (np.float32(SHEEN) * depth)
        light[part] += (ink - light[part]) * cover


def _coarse(end: End) -> End:
    """A place and radius in pixels of the coarse field."""
    return (end[0] + 0.5) / COARSE - 0.5, (end[1] + 0.5) / COARSE - 0.5, end[2] / COARSE


def come_near(field: Field, a: End, b: End, margin: float) -> None:
    """Bring the distances in `field` down to those of a round cone from a to b, each (x, y, radius)."""
    height, width = field.shape
    left, right = max(0, math.floor(min(a[0], b[0]) - margin)), math.ceil(max(a[0], b[0]) + margin) + 1
    top, bottom = max(0, math.floor(min(a[1], b[1]) - margin)), math.ceil(max(a[1], b[1]) + margin) + 1
    part = field[top : max(0, min(bottom, height)), left : max(0, min(right, width))]
    if not part.size:
        return
    x = np.arange(left, left + part.shape[1], dtype=np.float32) - np.float32(a[0])
    y = (np.arange(top, top + part.shape[0], dtype=np.float32) - np.float32(a[1]))[:, None]
    along_x, along_y = b[0] - a[0], b[1] - a[1]
    length2 = along_x * along_x + along_y * along_y
    if length2 < 1e-6:
        away = np.sqrt(x * x + y * y) - np.float32(max(a[2], b[2]))
    else:
        share = x * np.float32(along_x / length2) + y * np.float32(along_y / length2)
        np.clip(share, 0.0, 1.0, out=share)
        across, down = x - share * np.float32(along_x), y - share * np.float32(along_y)
        away = np.sqrt(across * across + down * down) - np.float32(a[2])
        away -= share * np.float32(b[2] - a[2])
    np.minimum(part, away, out=part)


def between(levels: Field, places: NDArray[np.float64], axis: int) -> Field:
    """`levels` at fractional `places` along an axis."""
    first = np.clip(np.floor(places).astype(np.intp), 0, levels.shape[axis] - 1)
    second = np.minimum(first + 1, levels.shape[axis] - 1)
    share = np.clip(places - first, 0.0, 1.0).astype(np.float32)
    share = share[:, None] if axis == 0 else share[None, :]
    low = np.take(levels, first, axis=axis)
    found: Field = low + (np.take(levels, second, axis=axis) - low) * share
    return found
