"""The frame of a drawing: the rectangle that it covers, and where in it the drawing begins."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

# Of the box, that each side of a drawing may be off the side of its frame. With `AGAIN` of the sketcher a
# compromise: 3 000 free kanji have a Kolmogorov-Smirnov distance to the corpus of 0.042 in width to height
# and 0.041 in strokes; with 0.07 and 8 tries of 0.070 and 0.059 (tests/bench/bench_sketch.py).
SLACK = 0.05


class Frame(NamedTuple):
    """Where a drawing lies, in model units.

    Attributes:
        x, y: where it begins, before its first step, from the middle of what it covers.
        width, height: of what it covers.
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def start(self) -> tuple[float, float]:
        """Where it begins."""
        return self.x, self.y

    def misfit(self, points: np.ndarray, box: float) -> float:
        """By how much a whole drawing that began where the frame says does not fill it; 0 for one that does.

        That is the distance of its worst side from that side of the frame, less what it may be off.

        Args:
            points: the drawing, `(n, 3)`; none are infinitely wrong.
            box: `Scale.box`.
        """
        if not len(points):
            return math.inf
        places = np.cumsum(points[:, :2], axis=0, dtype="float64") + self.start
        half = np.array([self.width, self.height]) / 2.0
        off = np.abs(np.concatenate([places.min(axis=0) + half, places.max(axis=0) - half]))
        return max(float(off.max()) - SLACK * box, 0.0)

    @property
    def is_sound(self) -> bool:
        """Whether it is one: finite numbers, and no side below 0."""
        return all(math.isfinite(number) for number in self) and self.width >= 0.0 and self.height >= 0.0
