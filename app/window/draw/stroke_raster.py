"""The strokes of a page as they are drawn: `pictures.ink` in a surface of pygame."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pygame
from numpy.typing import NDArray

from app.pictures import curves, style
from app.pictures.ink import FLATNESS_PX, LONGEST_PX, End, Ink
from app.pictures.live.fading_light import plain_surface
from app.pictures.palette import Palette
from app.window.draw.paper_strokes import Mark, Sample

DISC_PX, MOST_DISCS = 2.0, 60
STEP_PX = 2.6  # a shorter way is not worth a piece
BAND_ROWS = 120  # composed in one step


@dataclass
class _Line:
    """How far a stroke is drawn: samples, its curve, and the discs that go on from its ink to the pen."""

    curve: curves.GrowingCurve
    n_drawn: int = 1
    is_open: bool = True
    tail: list[End] = field(default_factory=list)


class StrokeRaster:
    """Ink on a ground.

    Args:
        ground: what lies under it; not changed. In the order of `fading_light.FORMAT`.
        palette: the colours.
        side: the paper's side in pixels, which decides how broad ink is.

    Attributes:
        surface: how it looks, after `develop`.
    """

    def __init__(self, ground: pygame.Surface, palette: Palette, side: float) -> None:
        self._side = side
        self._ink = Ink(pygame.surfarray.array3d(ground).swapaxes(0, 1), palette, side)
        self._lines: dict[int, _Line] = {}  # of each stroke, by its id
        self._covers: dict[int, NDArray[np.bool_]] = {}  # as `covered` gives them
        self.surface = plain_surface(ground.get_size())
        self.surface.blit(ground, (0, 0))

    @property
    def changed(self) -> pygame.Rect | None:
        """Where `develop` will change the surface; None: nowhere."""
        if self._ink.changed is None:
            return None
        top, bottom, left, right = self._ink.changed
        return pygame.Rect(left, top, right - left, bottom - top)

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

    def tail(self, mark: Mark) -> list[End]:
        """Discs for the tip of a stroke that goes on: its next place may bend it, and it is not ink yet."""
        line = self._lines.get(id(mark))
        return line.tail if line is not None else []

    def develop(self) -> Iterator[None]:
        """Bring `surface` up to date where ink was added, in short steps."""
        area, self._ink.changed = self.changed, None
        if area is None:
            return
        for top in range(area.top, area.bottom, BAND_ROWS):
            band = top, min(top + BAND_ROWS, area.bottom), area.left, area.right
            pixels = pygame.surfarray.pixels3d(self.surface)
            pixels[band[2] : band[3], band[0] : band[1]] = self._ink.pixels(band).swapaxes(0, 1)
            del pixels
            self._cover(*band)
            yield

    def covered(self, step: int) -> NDArray[np.bool_]:
        """Where there is ink, when it is developed: of every `step`th pixel each way, (height, width)."""
        if step not in self._covers:
            width, height = self.surface.get_size()
            self._covers[step] = np.zeros((-(-height // step), -(-width // step)), bool)
            self._cover(*self._ink.box)
        return self._covers[step]

    def _cover(self, top: int, bottom: int, left: int, right: int) -> None:
        """Bring what is covered up to date in a part of it."""
        for step, cover in self._covers.items():
            row, column = -(-top // step), -(-left // step)
            part = self._ink.is_inked(slice(row * step, bottom, step), slice(column * step, right, step))
            cover[row : row + part.shape[0], column : column + part.shape[1]] = part

    def _stroke(self, mark: Mark, left: float, top: float, scale: float) -> None:
        """Draw what is new of a stroke."""
        if not mark.ink:
            return
        line = self._lines.get(id(mark))
        if line is None:
            first = _at(mark.ink[0], left, top, scale)
            self._lines[id(mark)] = line = _Line(curves.GrowingCurve(first))
            self._ink.lay(mark.source, np.array([first]))
        here = line.curve.last
        for sample in mark.ink[line.n_drawn :]:
            here = _at(sample, left, top, scale)
            if math.dist(line.curve.last[:2], here[:2]) >= STEP_PX:
                line.curve.add(*here)
        line.n_drawn, line.is_open = len(mark.ink), mark.is_open
        if not mark.is_open:
            line.curve.add(*here)
        most, is_done = style.JITTER * self._side, not mark.is_open
        ((stays, tip),) = curves.grow([line.curve], most, FLATNESS_PX, LONGEST_PX, ends=is_done)
        if len(stays):
            self._ink.lay(mark.source, stays)
        line.tail = self._discs(np.concatenate([tip, [here]])) if len(tip) else []

    def _discs(self, places: curves.Floats) -> list[End]:
        """Discs along places of the brush, (k, 3), but for the first, where ink ends."""
        way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(places[:, :2], axis=0).T))])
        n = min(MOST_DISCS, 1 + math.ceil(float(way[-1]) / DISC_PX))
        at = np.linspace(0.0, way[-1], n + 1)[1:]
        x, y, width = (np.interp(at, way, places[:, i]).tolist() for i in range(3))
        return [(x[i], y[i], self._ink.radius(width[i])) for i in range(n)]


def _at(sample: Sample, left: float, top: float, scale: float) -> tuple[float, float, float]:
    """Place, in pixels, and width of a sample."""
    return left + sample.x * scale, top + sample.y * scale, sample.width
