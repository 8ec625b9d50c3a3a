"""When each of the ghost's points is drawn: by a hand, stroke after stroke."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.pictures.hand import HandStroke, hand_stroke
from models.strokes import DRAW

Floats = NDArray[np.float64]

LIFT_S, TRAVEL = 0.10, 3.2  # between strokes: this long, and so many boxes a second


@dataclass(frozen=True, eq=False)
class Path:
    """Places of the pen, one after the other.

    Attributes:
        places: model units, (n, 2).
        time_s: seconds from the start, (n,), never decreasing.
        pressure: (n,), (0, 1].
        begins: whether a stroke begins here, (n,).
        corner: which point of the model this is, -1 for none, (n,).
        lifts: whether the pen is lifted here, (n,).
    """

    places: Floats
    time_s: Floats
    pressure: Floats
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
    strokes: list[Path] = []
    now_s, here, first = 0.0, np.array(start, np.float64), 0
    while first < len(corners):
        lifted = np.flatnonzero(points[first:, 2] != DRAW)
        last = first + (int(lifted[0]) if len(lifted) else len(corners) - first - 1)
        through = corners[first : last + 1]
        begins, lifts = not (is_down and first == 0), bool(points[last, 2] != DRAW)
        if begins:
            now_s += LIFT_S + float(np.hypot(*(through[0] - here))) / box / TRAVEL
        else:
            through = np.concatenate([here[None], through])
        drawn = hand_stroke(through, box, begins=begins, lifts=lifts)
        strokes.append(_stroke(drawn, now_s, first - (not begins), begins, lifts))
        now_s, here, first = float(strokes[-1].time_s[-1]), drawn.places[-1], last + 1
    if not strokes:
        none = np.zeros(0)
        no = none.astype(bool)
        return Path(np.zeros((0, 2)), none, none, no, none.astype(np.intp), no)
    return Path(
        *(np.concatenate([getattr(one, name) for one in strokes]) for name in Path.__dataclass_fields__)
    )


def _stroke(drawn: HandStroke, now_s: float, first: int, begins: bool, lifts: bool) -> Path:
    """A stroke that starts at `now_s`; its first point is the model's point `first`, -1 for none."""
    number = np.arange(len(drawn.places))
    return Path(
        drawn.places,
        now_s + drawn.time_s,
        drawn.pressure,
        (number == 0) & begins,
        np.where(drawn.point >= 0, drawn.point + first, -1),
        (number == len(number) - 1) & lifts,
    )
