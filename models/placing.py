"""Where drawings lie: around the middle of what each covers, and no farther from it than others do."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

SLACK = 0.03  # of the box, that the middle of a drawing may be off the place its start says


@dataclass(frozen=True)
class Placing:
    """What a sketch model knows of where its drawings lie. All numbers are model units.

    Attributes:
        starts: where drawings begin, before their first step: of some drawings of the corpus `(x, y)` from
            the middle of what they cover; at least one.
        reach: how far from that middle drawings go in x and in y: as all but one in a thousand do, and at
            least a slack farther than half of them do.
    """

    starts: tuple[tuple[float, float], ...]
    reach: tuple[float, float]

    def __post_init__(self) -> None:
        numbers = [number for pair in (*self.starts, self.reach) for number in pair]
        if not self.starts or any(len(pair) != 2 for pair in (*self.starts, self.reach)):
            raise ValueError(f"placing: expected starts (x, y) and a reach (x, y), got {self}")
        if not all(math.isfinite(number) for number in numbers) or min(self.reach) < 0.0:
            raise ValueError(f"placing: expected finite numbers and a reach of 0 or more, got {self}")

    def misfit(self, start: tuple[float, float], points: np.ndarray, box: float) -> float:
        """By how much a whole drawing contradicts its own start; 0 for one that does not.

        It began at `start` from where its middle would be; but its middle is now elsewhere, or it goes
        farther from there than drawings do.

        Args:
            start: as in `starts`.
            points: the drawing, `(n, 3)`; none are infinitely wrong.
            box: `Scale.box`.
        """
        if not len(points):
            return math.inf
        places = np.cumsum(points[:, :2], axis=0, dtype="float64") + start
        low, high = places.min(axis=0), places.max(axis=0)
        off = float(np.abs(low + high).max()) / 2.0 - SLACK * box
        beyond = float((np.maximum(-low, high) - self.reach).max())
        return max(off, beyond, 0.0)
