"""A stroke that is still being drawn, heard again and again while it grows, at the cost of what is new.

`models.strokes.as_trained` looks at the whole stroke. Here the resampled points are kept, and where each
range of them was split, as long as the pen's end does not move it; of a long stroke the beginning is settled.
"""

from __future__ import annotations

import math

import numpy as np

from models.strokes import (
    FARTHEST,
    FINENESS,
    MOST_POINTS,
    Splits,
    Stroke,
    as_trained,
    corners,
    measured,
    n_before,
)

LONG = 4096  # resampled points: every stroke of KanjiVG is shorter, and 99 of 100 of Omniglot's


class Growing:
    """What a model hears of a stroke so far.

    Up to `long` resampled points that is what `as_trained` gives, point for point. Of a longer stroke the
    corners of its first half are settled, and are corners for good: both ends are kept and every point left
    out is still at most `epsilon` from the segment that replaces it, but a corner that was right while the
    pen was near may be one more than `as_trained` would keep. If as many as `MOST_POINTS` come at once, which
    are resampled more coarsely, it is another stroke.

    Args:
        epsilon: of the corpus, model units, 0 or more.
        long: how many points are open before the older ones are settled.

    Attributes:
        epsilon: as given.
    """

    _splits: Splits

    def __init__(self, epsilon: float, long: int = LONG) -> None:
        self.epsilon, self._long = epsilon, max(4, long)
        self._spacing = epsilon / FINENESS
        self._begin()

    @property
    def n_settled(self) -> int:
        """How many of the corners heard last will not change while this stroke goes on."""
        return len(self._settled)

    @property
    def n_open(self) -> int:
        """How many resampled points are looked at; at most `long` and those of what came at once."""
        return len(self._open)

    def heard(self, places: Stroke) -> Stroke:
        """Hear the stroke as it is now.

        Args:
            places: all of it, float32 `(n, 2)`, n >= 1, model units. If it is not the one before gone on, it
                is another stroke.

        Returns:
            float32 `(m, 2)`, m >= 2: its corners.

        Raises:
            ValueError: as `as_trained`.
        """
        places = np.asarray(places, "float32")
        n = len(self._places)
        if n > len(places) or not np.array_equal(self._places, places[:n]):
            self._begin()
        if not self._takes(places) or self._way == 0.0:
            self._begin()
            return as_trained(places, self.epsilon)
        points = np.concatenate([self._open, places[-1:]]).astype("float64")
        last, found = len(points) - 1, Splits()
        rows = corners(points, self.epsilon, self._splits, found)
        self._splits = {(start, stop): row for (start, stop), row in found.items() if stop < last}
        kept = np.concatenate([self._settled, points[rows].astype("float32")])
        if last > self._long:
            self._settle(rows)
        return kept

    def _begin(self) -> None:
        self._way = 0.0  # of the pen, to the last place
        self._n_points = 0  # resampled, in all
        self._places = self._open = self._settled = np.zeros((0, 2), "float32")
        self._splits = {}

    def _takes(self, places: Stroke) -> bool:
        """Resample what is new; whether that can be done, and is worth it."""
        new = places[max(0, len(self._places) - 1) :].astype("float64")
        if self._spacing <= 0.0 or not len(new) or not (np.abs(new) <= FARTHEST).all():
            return False
        points, at = measured(new, self._way)
        if float(at[-1]) / self._spacing >= math.inf:
            return False
        n_points = n_before(float(at[-1]), self._spacing)
        if n_points - self._n_points >= MOST_POINTS:  # with the last place it would be one more
            return False
        self._places, self._way = places, float(at[-1])
        if len(points) == 1:
            return True
        wanted = self._spacing * np.arange(self._n_points, n_points)
        fresh = np.stack([np.interp(wanted, at, points[:, i]) for i in (0, 1)], axis=1).astype("float32")
        self._open, self._n_points = np.concatenate([self._open, fresh]), n_points
        return True

    def _settle(self, rows: list[int]) -> None:
        """The corners up to the one nearest to the middle stay."""
        middle = len(self._open) // 2
        last = min(rows[1:-1], key=lambda row: abs(row - middle), default=middle)
        if not 0 < last < len(self._open) - 1:
            last = middle
        kept = [row for row in rows if row < last]
        self._settled = np.concatenate([self._settled, self._open[kept]])
        self._open, self._splits = self._open[last:], {}
