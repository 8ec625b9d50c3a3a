"""Light along segments, added to the pixels of the overlay. Pure: the model's thread computes it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from pygame import Rect

from app.window.draw.light_segments import LightSegments, fan_segments, mixture_segments
from app.window.draw.place import Place
from app.window.draw.requests import Response

GRAIN = 1 / 400  # side of a pixel of the overlay, share of the paper's; light looks the same in any window
LEAST_STEP = 2  # pixels of the window to a pixel of the overlay
LINE = 1.4  # how far two places of a line are apart, pixels of the overlay
DARK = 0.004  # less light is none
MOST_DOTS = 1500  # of one piece
BLOCK = 4096  # dots worked on at once

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Splat:
    """Light on the pixels of the overlay over `field`, float32, in `area` of them."""

    field: OverlayGrid
    area: Rect
    light: Floats


@dataclass(frozen=True)
class OverlayGrid:
    """Where the overlay lies.

    Attributes:
        area: of the window, pixels.
        paper: part of it; light beyond fades towards the edge of `area`.
    """

    area: Rect
    paper: Rect

    @property
    def step(self) -> int:
        """Pixels of the window to a pixel of the overlay."""
        return max(LEAST_STEP, round(GRAIN * self.paper.width))

    @property
    def size(self) -> tuple[int, int]:
        """Of the overlay, width and height in its pixels."""
        return max(2, self.area.width // self.step), max(2, self.area.height // self.step)

    def splat(self, segments: LightSegments) -> Splat | None:
        """The pieces as light on the pixels; None if none of it is inside."""
        starts = (segments.ends[:, 0] - self.area.topleft) / self.step
        steps = (segments.ends[:, 1] - segments.ends[:, 0]) / self.step
        length = np.hypot(steps[:, 0], steps[:, 1])
        n = np.minimum(np.ceil(length / LINE), MOST_DOTS).astype(np.intp)
        n[segments.light.max(axis=1, initial=0.0) < DARK] = 0
        # Short pieces have their dots nearer to each other; their light is as much less.
        light = segments.light * (length / (LINE * np.maximum(n, 1)))[:, None]
        first = np.column_stack([starts, light[:, 0]]).astype(np.float32)  # x, y, light
        change = np.column_stack([steps, light[:, 1] - light[:, 0]]).astype(np.float32)
        width, height = self.size
        levels = np.zeros((height, width), np.float32)
        lit: Rect | None = None
        # A block at a time: memory that is new with every fan costs the system more than the work.
        for part in _blocks(n):
            area = self._add(levels, *_dots(first[part], change[part], n[part]))
            lit = area if lit is None else lit if area is None else lit.union(area)
        if lit is None:
            return None
        return Splat(self, lit, levels[lit.top : lit.bottom, lit.left : lit.right])

    def _add(self, levels: Floats, x: Floats, y: Floats, light: Floats) -> Rect | None:
        """Add each dot to the four pixels around it; where that was, None if no dot is inside."""
        width, height = self.size
        inside = (x >= 1.0) & (x < width - 2) & (y >= 1.0) & (y < height - 2)
        x, y, light = x[inside], y[inside], light[inside]
        if not len(x):
            return None
        paper, step = self.paper.move(-self.area.left, -self.area.top), self.step
        _dim(light, x, paper.left / step, (self.area.width - paper.right) / step, width)
        _dim(light, y, paper.top / step, (self.area.height - paper.bottom) / step, height)
        column, row = x.astype(np.intp), y.astype(np.intp)
        right, below = (x - column.astype(np.float32)) * light, y - row.astype(np.float32)
        both = right * below
        below *= light
        at, flat = row * width + column, levels.reshape(-1)
        np.add.at(flat, at, light - right - below + both)
        np.add.at(flat, at + 1, right - both)
        np.add.at(flat, at + width, below - both)
        np.add.at(flat, at + width + 1, both)
        left, top = int(column.min()), int(row.min())
        return Rect(left, top, int(column.max()) + 2 - left, int(row.max()) + 2 - top)


@dataclass(frozen=True)
class FuturesView:
    """How what the ghost has in mind looks: its answers on the overlay of a paper."""

    place: Place
    field: OverlayGrid

    def __call__(self, answer: Response) -> Splat | None:
        """What there is to see of an answer to a look."""
        if answer.request.tip is None:
            return None
        tip, scale = self.place.to_pixels(*answer.request.tip), self.place.px_per_unit
        if answer.mixture is not None:
            return self.field.splat(mixture_segments(answer.mixture, tip, scale))
        return self.field.splat(fan_segments(answer.futures, tip, scale, answer.request.is_down))


def _blocks(n: NDArray[np.intp]) -> list[slice]:
    """Parts of pieces with n[i] dots that have about `BLOCK` dots each."""
    cuts = np.flatnonzero(np.diff(np.cumsum(n) // BLOCK)) + 1
    return [slice(a, b) for a, b in pairwise([0, *cuts.tolist(), len(n)])]


def _dots(first: Floats, change: Floats, n: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
    """x, y and light of the dots on pieces, n[i] of the ith, from `first` on with `change` to its end."""
    number = np.arange(int(n.sum()), dtype=np.float32) - np.repeat((np.cumsum(n) - n).astype(np.float32), n)
    at = (number + np.float32(0.5)) / np.repeat(n.astype(np.float32), n)

    def along(i: int) -> Floats:
        return np.asarray(np.repeat(first[:, i], n) + at * np.repeat(change[:, i], n), np.float32)

    return along(0), along(1), along(2)


def _dim(light: Floats, places: Floats, before: float, after: float, size: int) -> None:
    """Dim what lies less than `before` from 0 or `after` from `size`: nothing is left at the edge."""
    over = np.flatnonzero((places < before) | (places > size - after))
    if len(over):
        from_edges = places[over] / max(1.0, before), (size - places[over]) / max(1.0, after)
        share = np.clip(np.minimum(*from_edges), 0.0, 1.0)
        light[over] *= share * share * (np.float32(3.0) - 2 * share)
