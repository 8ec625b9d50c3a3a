"""How far a drawing may go: the canvas a person draws on, or a square that it may lie anywhere in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CanvasEdges:
    """A canvas as a drawing sees it: model units from where the drawing started, y down.

    Attributes:
        left, top, right, bottom: its edges, which belong to it.
    """

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, start: tuple[float, float], size: tuple[float, float]) -> CanvasEdges:
        """A canvas of `size` (width, height) on which a drawing started at `start`; all in model units."""
        return cls(-start[0], -start[1], size[0] - start[0], size[1] - start[1])


class Bounds:
    """How far a drawing may still go.

    On a canvas that is the canvas. Without one a drawing will be put where it fits, so only its own size
    counts: no side longer than a box. What is drawn already is always inside.
    """

    def __init__(self, places: Floats, canvas: CanvasEdges | None, box: float) -> None:
        """`places`: (n, 2), what is drawn, model units from the drawing's start."""
        self._here = places[-1] if len(places) else np.zeros(2)
        nothing = np.full(2, np.inf)
        self._low, self._high = nothing, -nothing  # of what is drawn
        if len(places):
            self._low, self._high = places.min(axis=0), places.max(axis=0)
        self._is_canvas = canvas is not None
        self._most = np.maximum(box, self._high - self._low)
        if canvas is not None:
            self._low = np.minimum(self._low, (canvas.left, canvas.top))
            self._high = np.maximum(self._high, (canvas.right, canvas.bottom))

    def n_inside(self, steps: NDArray[np.floating]) -> int:
        """How many of `steps`, (n, 2), can be gone before one leaves, or is not finite."""
        with np.errstate(invalid="ignore"):  # infinities make NaN, which is not inside
            new = self._here + np.cumsum(steps, axis=0, dtype=np.float64)
            low, high = np.minimum(self._low, new), np.maximum(self._high, new)
            size = np.maximum.accumulate(high, axis=0) - np.minimum.accumulate(low, axis=0)
        if self._is_canvas:
            inside = (low == self._low) & (high == self._high)
        else:
            inside = size <= self._most
        inside &= np.isfinite(new)
        good = inside.all(axis=1)
        return len(good) if good.all() else int(np.argmin(good))

    def to_edge(self, step: NDArray[np.floating]) -> Floats:
        """As much of `step`, (2,), as stays inside, (2,); nothing of one that is not finite."""
        if not np.isfinite(step).all():
            return np.zeros(2)
        low, high = self._low, self._high
        if not self._is_canvas:
            low, high = high - self._most, low + self._most
        share = 1.0
        for axis in np.flatnonzero(step):
            edge = high[axis] if step[axis] > 0 else low[axis]
            share = min(share, max(0.0, (edge - self._here[axis]) / step[axis]))
        return np.asarray(step * share, np.float64)
