"""Joints: how well each row of a phrase goes on after what an answer was led to last.

A drag goes on near by and in its direction. A contact begins after one like the last one: one that ended near
by, was as long, and came after as long a gap; so a rhythm, an order of places, a hold and what follows it are
not cut in their middle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.engine.gesture_phrase import GesturePhrase

JOIN_COST = 6.0  # a joint is as bad for this many steps of distance as for one step of another direction
LEAP_COST = 0.5  # likewise for this many leaps, where a contact begins ...
LEAST_LEAP = 0.03  # ... of at least so many canvases
TIME_COST = 0.35  # likewise for a contact that was longer, or a gap, by so much in its logarithm ...
AGE_COST = 1.0  # ... and for one that goes on and began so much longer ago
TIME_SHIFT_S = 0.05  # added to the seconds of which that is taken
LIFT_COST = 1.0  # for a contact that begins while a finger is down
PRESS_COST = 3.0  # for going on with a gesture where no finger is down


@dataclass(frozen=True, eq=False)
class Left:
    """Where a stretch of a phrase was left, unbent.

    Attributes:
        place, step: of its last row, `(n_places,)`.
        since_s, gap_s: likewise of that row, see `GesturePhrase`.
        is_down: whether its gesture goes on.
    """

    place: np.ndarray
    step: np.ndarray
    since_s: float
    gap_s: float
    is_down: bool

    @classmethod
    def before(cls, phrase: GesturePhrase, row: int) -> Left:
        """Before `row` of `phrase`, or at its end, with a finger that is lifted."""
        last = row - 1
        since_s, gap_s = float(phrase.since_s[last]), float(phrase.gap_s[last])
        is_down = row < len(phrase) and not phrase.begins[row]
        return cls(phrase.place[last], phrase.step[last], since_s, gap_s, is_down)


def join_costs(source: GesturePhrase, left: Left, phrase: GesturePhrase) -> np.ndarray:
    """How ill each row of `source` goes on after `left` in an answer to `phrase`: float64 `(n,)`, >= 0."""
    # What came before each row; before the first contact the end of the phrase, as if it were played again.
    before = np.arange(len(source)) - 1
    before[0] = -1 if source.begins[0] else 0
    apart = np.linalg.norm(source.place[before] - left.place, axis=1)
    length = _unlike(source.since_s[before], left.since_s) if phrase.lifts else np.zeros(len(source))
    gap = _unlike(source.gap_s[before], left.gap_s)
    within = apart / (JOIN_COST * phrase.unit) + length / AGE_COST
    if left.is_down:
        within = within + np.linalg.norm(source.step - left.step, axis=1) / phrase.unit
    else:
        within = within + PRESS_COST
    begins = apart / (LEAP_COST * max(phrase.leap, LEAST_LEAP)) + (length + gap) / TIME_COST
    begins = begins + (LIFT_COST if left.is_down else 0.0)
    costs = np.where(source.begins, begins, within)
    costs[0] += 0.0 if source.begins[0] else PRESS_COST  # it has no step
    return np.asarray(costs)


def _unlike(seconds: np.ndarray, other_s: float) -> np.ndarray:
    """How many times longer or shorter, the size of the logarithm."""
    return np.abs(np.log((seconds + TIME_SHIFT_S) / (other_s + TIME_SHIFT_S)))
