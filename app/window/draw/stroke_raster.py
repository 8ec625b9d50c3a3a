"""Strokes as pixels: a brush with round ends and smooth edges, and a soft light around it.

A stroke is a chain of round cones. For each of the two hands a field keeps every pixel's distance to the
nearest ink, so crossings melt into each other, nothing is drawn twice, and a stroke that goes on costs only
its new piece. The light around is wide and needs no detail: its field is coarse. What changed is composed
onto the ground once a frame.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pygame
from numpy.typing import NDArray

from app.core.events import Source
from app.pictures.live.fading_light import plain_surface
from app.pictures.live.stroke_light import curve
from app.pictures.palette import Colour, Palette
from app.window.draw.cone_distance import End, Field, between, come_near
from app.window.draw.paper_strokes import Mark, Sample

RADIUS = 0.0112  # of ink of width 1, share of the paper's side
LEAST_RADIUS_PX = 0.9
COARSE = 4  # pixels to a pixel of the light around
HALO = 0.021  # how far the light reaches (its 1/e), share of the paper's side
HALO_LIGHT = {Source.PLAYER: 0.17, Source.GHOST: 0.26}  # of the ink's own
REACH = 3.2  # halos after which there is no light
FAR = np.float32(1e4)
SHEEN = 0.20  # the middle of a broad stroke is so much nearer to white
DISC_PX, MOST_DISCS = 2.0, 60
STEP_PX = 2.6  # a shorter way is not worth a piece
BAND_ROWS = 120  # composed in one step

SOURCES = (Source.PLAYER, Source.GHOST)


@dataclass
class _Line:
    """How far a stroke is drawn: samples, the last place that counted, and where the ink ends."""

    n_drawn: int
    place: End
    end: End
    is_open: bool


class StrokeRaster:
    """Ink on a ground.

    Args:
        ground: what lies under it; not changed. In the order of `light.FORMAT`.
        palette: the colours.
        side: the paper's side in pixels, which decides how broad ink is.

    Attributes:
        surface: how it looks, after `develop`.
        changed: where `develop` will change it; None: nowhere.
    """

    def __init__(self, ground: pygame.Surface, palette: Palette, side: float) -> None:
        self._ground = ground
        self._side = side
        width, height = self._size = ground.get_size()
        self._colours: dict[Source, Colour] = {s: palette.stroke(s, 0) for s in SOURCES}
        coarse = (height // COARSE + 2, width // COARSE + 2)
        self._near: dict[Source, Field] = {s: np.full((height, width), FAR, np.float32) for s in SOURCES}
        self._halo: dict[Source, Field] = {s: np.full(coarse, FAR, np.float32) for s in SOURCES}
        self._used: set[Source] = set()
        self.changed: pygame.Rect | None = None
        self._lines: dict[int, _Line] = {}  # of each stroke, by its id
        self._covers: dict[int, NDArray[np.bool_]] = {}  # as `covered` gives them
        self.surface = plain_surface(self._size)
        self.surface.blit(ground, (0, 0))

    def draw(self, marks: Sequence[Mark], left: float, top: float, scale: float) -> Iterator[None]:
        """Draw what is new of strokes, a stroke a step.

        Args:
            marks: strokes in model units.
            left, top: where their (0, 0) is, pixels.
            scale: pixels to a unit.
        """
        for mark in marks:
            line = self._lines.get(id(mark))
            if line is None or line.n_drawn < len(mark.ink) or line.is_open != mark.is_open:
                self._stroke(mark, left, top, scale)
                yield

    def tail(self, mark: Mark, left: float, top: float, scale: float) -> list[End]:
        """Discs for the last half way of a stroke that goes on, which is not ink yet; arguments as `draw`."""
        line = self._lines.get(id(mark))
        if line is None or not mark.is_open:
            return []
        tip = self._at(mark.ink[-1], left, top, scale)
        n = min(MOST_DISCS, 1 + math.ceil(math.dist(line.end[:2], tip[:2]) / DISC_PX))
        shares = np.arange(1, n + 1)[:, None] / n
        discs = np.array(line.end) + shares * (np.array(tip) - np.array(line.end))
        return [(x, y, radius) for x, y, radius in discs.tolist()]

    def develop(self) -> Iterator[None]:
        """Bring `surface` up to date where ink was added, in short steps."""
        if self.changed is None:
            return
        area, self.changed = self.changed.clip(self.surface.get_rect()), None
        for top in range(area.top, area.bottom, BAND_ROWS):
            self._compose(pygame.Rect(area.left, top, area.width, min(BAND_ROWS, area.bottom - top)))
            yield

    def covered(self, step: int) -> NDArray[np.bool_]:
        """Where there is ink, when it is developed: of every `step`th pixel each way, (height, width)."""
        if step not in self._covers:
            shape = -(-self._size[1] // step), -(-self._size[0] // step)
            self._covers[step] = np.zeros(shape, bool)
            self._cover(self.surface.get_rect())
        return self._covers[step]

    def _cover(self, area: pygame.Rect) -> None:
        """Bring what is covered up to date in `area`."""
        for step, cover in self._covers.items():
            left, top = -(-area.left // step), -(-area.top // step)
            rows, columns = slice(top * step, area.bottom, step), slice(left * step, area.right, step)
            near = np.minimum(*(self._near[source][rows, columns] for source in SOURCES))
            np.less(near, 0.0, out=cover[top : top + near.shape[0], left : left + near.shape[1]])

    def _compose(self, area: pygame.Rect) -> None:
        if not area.width or not area.height:
            return
        self.surface.blit(self._ground, area, area)
        window = slice(area.top, area.bottom), slice(area.left, area.right)
        pixels = pygame.surfarray.pixels3d(self.surface)
        target = pixels.swapaxes(0, 1)[window]
        light = target.astype(np.float32)
        for source in SOURCES:
            if source in self._used:
                halo = self._light_around(source, area)
                light += halo[:, :, None] * np.array(self._colours[source], np.float32)
        for source in SOURCES:
            if source in self._used:
                self._lay(light, self._near[source][window], source)
        np.copyto(target, np.minimum(light, 255.0), casting="unsafe")
        del pixels
        self._cover(area)

    def _stroke(self, mark: Mark, left: float, top: float, scale: float) -> None:
        """Draw what is new of a stroke: curves between the middles of the ways from place to place.

        So a quick stroke of few places has no corners. While it goes on its last half way is missing: `tail`.
        """
        self._used.add(mark.source)
        line = self._lines.get(id(mark))
        if line is None and mark.ink:
            start = self._at(mark.ink[0], left, top, scale)
            self._lines[id(mark)] = line = _Line(1, start, start, True)
            self._piece(mark.source, start, start)
        if line is None:
            return
        for sample in mark.ink[line.n_drawn :]:
            here = self._at(sample, left, top, scale)
            if math.dist(line.place[:2], here[:2]) >= STEP_PX:
                self._bend(mark.source, line.end, line.place, here)
                line.end, line.place = _middle(line.place, here), here
        line.n_drawn, line.is_open = len(mark.ink), mark.is_open
        if not mark.is_open:
            last = self._at(mark.ink[-1], left, top, scale)
            self._bend(mark.source, line.end, line.place, last)
            self._piece(mark.source, _middle(line.place, last), last)

    def _bend(self, source: Source, start: End, place: End, here: End) -> None:
        """The curve from `start` to the middle between `place` and `here`, bent towards `place`."""
        end = _middle(place, here)
        if start is place:
            self._piece(source, start, end)
            return
        points = curve(start[:2], place[:2], end[:2])
        radii = np.linspace(start[2], end[2], len(points))
        ends = [(*point, float(radius)) for point, radius in zip(points, radii, strict=True)]
        for one, other in pairwise(ends):
            self._piece(source, one, other)

    def _at(self, sample: Sample, left: float, top: float, scale: float) -> End:
        radius = max(LEAST_RADIUS_PX, RADIUS * self._side * sample.width)
        return left + sample.x * scale, top + sample.y * scale, radius

    def _piece(self, source: Source, a: End, b: End) -> None:
        margin = max(a[2], b[2]) + 2.0
        come_near(self._near[source], a, b, margin)
        reach = REACH * HALO * self._side
        come_near(self._halo[source], _coarse(a), _coarse(b), reach / COARSE)
        reach += COARSE
        area = pygame.Rect(
            math.floor(min(a[0], b[0]) - reach), math.floor(min(a[1], b[1]) - reach),
            math.ceil(abs(a[0] - b[0]) + 2 * reach) + 1, math.ceil(abs(a[1] - b[1]) + 2 * reach) + 1,
        )  # fmt: skip
        self.changed = area if self.changed is None else self.changed.union(area)

    def _light_around(self, source: Source, area: pygame.Rect) -> Field:
        """The halo in `area`, float32 (height, width): coarse light between its pixels."""
        rows = (np.arange(area.top, area.bottom) + 0.5) / COARSE - 0.5
        columns = (np.arange(area.left, area.right) + 0.5) / COARSE - 0.5
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
        colour = np.array(self._colours[source], np.float32)
        ink = colour + (255.0 - colour) * (np.float32(SHEEN) * depth)
        light[part] += (ink - light[part]) * cover


def _middle(a: End, b: End) -> End:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2


def _coarse(end: End) -> End:
    """A place and radius in pixels of the coarse field."""
    return (end[0] + 0.5) / COARSE - 0.5, (end[1] + 0.5) / COARSE - 0.5, end[2] / COARSE
