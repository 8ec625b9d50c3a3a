"""When each of the ghost's points is drawn: a smooth path, slower at its ends and corners, quick between.

A model says where, not when. The corpus was simplified, so what it says are the corners of a line; the path
bends through them, but a sharp turn stays one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.pictures import curves
from app.pictures.page.ink_line import beziers
from models.strokes import DRAW

Floats = NDArray[np.float64]

QUICKEST = 1.9  # boxes a second in the middle of a long stroke, at pace 1
CAREFUL = 0.28  # share of that at an end or a corner ...
EASE = 0.11  # ... and boxes from there to full speed
LIFT_S, TRAVEL = 0.10, 3.2  # between strokes: this long, and so many boxes a second
SHARP = np.deg2rad(40.0)  # the path turns by more at once in a corner only
GRAIN = 1 / 220  # boxes between two places of the path


@dataclass(frozen=True, eq=False)
class Path:
    """Places of the pen, one after the other.

    Attributes:
        places: model units, (n, 2).
        time_s: seconds from the start, (n,), never decreasing.
        begins: whether a stroke begins here, (n,).
        corner: which point of the model this is, -1 for none, (n,).
        lifts: whether the pen is lifted here, (n,).
    """

    places: Floats
    time_s: Floats
    begins: NDArray[np.bool_]
    corner: NDArray[np.intp]
    lifts: NDArray[np.bool_]


class StrokeTiming:
    """Draws `points` (n, 3) from `start`, the pen's place in model units.

    Args:
        points: what the ghost drew, as a sketch model says it.
        start: where the pen is before the first of them.
        is_down: whether the pen is on the paper there, in the middle of a stroke.
        box: side of the paper, model units.

    Attributes:
        path: where it goes.
        n_points: how many of the points have been passed.
    """

    def __init__(
        self, points: NDArray[np.float32], start: tuple[float, float], is_down: bool, box: float
    ) -> None:
        self.n_points = 0
        self.path = _path(points, start, is_down, box)
        self._at = 0  # places passed
        self._clock_s = 0.0
        self._stop = len(self.path.places)

    @property
    def is_done(self) -> bool:
        """Whether every place has been passed."""
        return self._at >= self._stop

    def advance(self, elapsed_s: float) -> list[int]:
        """Let `elapsed_s` pass, times the pace; the places of `path` passed in it."""
        self._clock_s += elapsed_s
        reached = int(np.searchsorted(self.path.time_s, self._clock_s, side="right"))
        passed = list(range(self._at, min(reached, self._stop)))
        self._at = max(self._at, min(reached, self._stop))
        return passed

    def pass_point(self, index: int) -> int:
        """The hand is at place `index` of the path; how many of the model's points it passes there."""
        passed = max(0, int(self.path.corner[index]) + 1 - self.n_points)
        self.n_points += passed
        return passed

    def stop_at_next_point(self) -> int | None:
        """End at the model's next point; its place in the path, None if there is none or it is the last."""
        ahead = np.flatnonzero(self.path.corner[self._at : self._stop] >= 0)
        if not len(ahead):
            return None
        index = self._at + int(ahead[0])
        if index == len(self.path.places) - 1:
            return None
        self._stop = index + 1
        return index


def _path(points: NDArray[np.float32], start: tuple[float, float], is_down: bool, box: float) -> Path:
    corners = np.cumsum(points[:, :2].astype(np.float64), axis=0) + start
    segments: list[tuple[Floats, Floats, NDArray[np.intp], bool, bool]] = []
    now_s, here, first = 0.0, np.array(start, np.float64), 0
    while first < len(corners):
        lifted = np.flatnonzero(points[first:, 2] != DRAW)
        last = first + (int(lifted[0]) if len(lifted) else len(corners) - first - 1)
        through = corners[first : last + 1]
        begins = not (is_down and first == 0)
        if begins:
            now_s += LIFT_S + float(np.hypot(*(through[0] - here))) / box / TRAVEL
        else:
            through = np.concatenate([here[None], through])
        places, marks = _bent(through, box)
        number = np.where(marks >= 0, marks + first - (not begins), -1)
        time_s = now_s + _times(places, box)
        segments.append((places, time_s, number, begins, bool(points[last, 2] != DRAW)))
        now_s, here, first = float(time_s[-1]), places[-1], last + 1
    return _joined(segments)


def _joined(segments: list[tuple[Floats, Floats, NDArray[np.intp], bool, bool]]) -> Path:
    if not segments:
        none = np.zeros(0)
        return Path(np.zeros((0, 2)), none, none.astype(bool), none.astype(np.intp), none.astype(bool))
    begins = [np.arange(len(p[0])) == (0 if p[3] else -1) for p in segments]
    lifts = [np.arange(len(p[0])) == (len(p[0]) - 1 if p[4] else -1) for p in segments]
    return Path(
        np.concatenate([p[0] for p in segments]),
        np.concatenate([p[1] for p in segments]),
        np.concatenate(begins),
        np.concatenate([p[2] for p in segments]),
        np.concatenate(lifts),
    )


def _bent(through: Floats, box: float) -> tuple[Floats, NDArray[np.intp]]:
    """A smooth path through the points, sharp where they turn sharply; which point each place is, or -1."""
    kept = curves.distinct(through)
    last = np.append(kept[1:], len(through)) - 1  # of the points at the same place
    places, numbers = [through[:1]], [last[:1]]
    for bend, number in zip(beziers(through), last[1:], strict=True):
        n = max(1, round(float(np.hypot(*(bend[3] - bend[0]))) / box / GRAIN))
        places.append(curves.at(np.repeat(bend[None], n, axis=0), np.arange(1, n + 1) / n))
        numbers.append(np.where(np.arange(n) == n - 1, number, -1))
    return np.concatenate(places), np.concatenate(numbers)


def _times(places: Floats, box: float) -> Floats:
    """Seconds at which the pen passes each place, from 0."""
    if len(places) == 1:
        return np.zeros(1)
    steps = np.diff(places, axis=0)
    length = np.hypot(steps[:, 0], steps[:, 1]) / box
    way = np.concatenate([[0.0], np.cumsum(length)])
    heading = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    turned = np.flatnonzero(np.abs(np.diff(heading)) > SHARP) + 1
    slow = np.concatenate([[0.0], way[turned], way[-1:]])
    near = np.abs(way[:, None] - slow).min(axis=1)
    speed = QUICKEST * (CAREFUL + (1 - CAREFUL) * np.minimum(1.0, near / EASE))
    return np.concatenate([[0.0], np.cumsum(length / ((speed[1:] + speed[:-1]) / 2))])
