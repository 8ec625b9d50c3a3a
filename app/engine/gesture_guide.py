"""Guides of touch and of knobs, see `app.engine.guide`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.engine.gesture_phrase import GesturePhrase
from app.engine.guide import MAX_NEAR, Guide
from mdn.densities import Seconds

# The standard deviation of each factor at likeness 1; it is inversely proportional to likeness. Chosen with
# `tests/bench/bench_manner.py`: as likely under the network as the player, and no copy.
TIME = 0.1  # of log seconds
REPORT = 0.008  # likewise of a report of a screen, whose rate is not the player's to choose
STEP = 0.24  # of a step within a gesture, in typical steps of the phrase ...
SLOW = 0.3  # ... where the player's step is shorter, as much less, but no less than this share of it ...
CORNER = 0.5  # ... and where it turns by a typical step, less by this: a network expects no corner ...
# ... and in all of a phrase that turns much, as a fast circle or zigzag does, less by this: its shapes are of
# few steps. Who turns by more than so many typical steps in each step only trembles.
SHAPE, MOST_TURNING = 5.0, 0.4
CONTACT = 0.014  # of the place of a new contact at most, in canvases
KNOB = 0.04  # of the value of a knob, in its range
FLAG = 6.0  # log-odds of moving at likeness 1, and ...
WHICH = 12.0  # ... log-weight of the knob that moves, or of none, up to `MAX_NEAR`


@dataclass(frozen=True, eq=False, kw_only=True)
class GestureGuide(Guide):
    """Events of touch or of knobs that an answer is drawn toward; their dt are above 0.

    Attributes:
        place: where each is, float64 `(n, 2)` in canvases, or `(n, n_knobs)`.
        step: the way to there from the event before, likewise. It need not be the difference of two places:
            where stretches are joined, the answer follows the steps and is led to the places.
        begins: whether a contact begins; of knobs always False. Bool `(n,)`.
        is_report: whether it came when the screen next reported a finger that stayed down. Bool `(n,)`.
        width: how far a step, or where a contact begins, may be from it: the standard deviation of its factor
            at likeness 1, `(n,)`.
        pull: share of the way back to `place` in each step within a gesture; the rest follows `step`. `(n,)`.
    """

    place: np.ndarray
    step: np.ndarray
    begins: np.ndarray
    is_report: np.ndarray
    width: np.ndarray
    pull: np.ndarray

    def factor(self, density: str, near: np.ndarray) -> np.ndarray:
        return _FACTORS[density](self, near)


def step_widths(phrase: GesturePhrase) -> np.ndarray:
    """How far a step may be from each of the phrase's, see `GestureGuide`: float64 `(n,)`."""
    goes_on = ~phrase.begins[1:] & ~phrase.begins[:-1]  # from a step of the same gesture
    turn = np.zeros(len(phrase))
    turn[1:] = np.where(goes_on, np.linalg.norm(np.diff(phrase.step, axis=0), axis=1), 0.0) / phrase.unit
    turning = min(float(turn.sum()) / max(int(goes_on.sum()), 1), MOST_TURNING)
    length = np.linalg.norm(phrase.step, axis=1) / phrase.unit
    width = np.clip(length, SLOW, 1.0) / np.hypot(1.0, CORNER * turn) / np.hypot(1.0, SHAPE * turning)
    return np.asarray(STEP * phrase.unit * width)


def _seconds(guide: GestureGuide, near: np.ndarray) -> np.ndarray:
    width = np.where(guide.is_report, REPORT, TIME)
    return np.column_stack([np.log(guide.dt_s + Seconds.SHIFT_S), (near / width) ** 2])


def _positions(guide: GestureGuide, near: np.ndarray) -> np.ndarray:
    """A contact begins at its place. A drag goes on by the guide's step, and a little toward its place."""
    pull = np.where(guide.begins, 1.0, guide.pull)
    target = pull[:, None] * guide.place + (1.0 - pull)[:, None] * guide.step
    return np.column_stack([target, 1.0 - pull, (near / guide.width) ** 2])


def _flag(guide: GestureGuide, near: np.ndarray) -> np.ndarray:
    return np.asarray(np.where(guide.begins, -FLAG, FLAG) * np.minimum(near, MAX_NEAR))[:, None]


def _knobs(guide: GestureGuide, near: np.ndarray) -> np.ndarray:
    """The knob that moved farthest is the one that moves, to where it is then; or none."""
    rows = np.arange(len(guide))
    farthest = np.abs(guide.step).argmax(axis=1)
    moves = guide.step[rows, farthest] != 0.0
    weights = np.zeros((len(guide), guide.place.shape[1] + 1))
    weights[rows, np.where(moves, farthest + 1, 0)] = WHICH * np.minimum(near, MAX_NEAR)
    return np.column_stack([weights, guide.place[rows, farthest], moves * (near / KNOB) ** 2])


def _values(guide: GestureGuide, near: np.ndarray) -> np.ndarray:
    """Of models that move all knobs at once: each to where it is."""
    return np.column_stack([guide.place, (near / KNOB) ** 2])


_FACTORS = {
    "seconds": _seconds,
    "places": _positions,
    "pair": _positions,
    "flag": _flag,
    "knobs": _knobs,
    "values": _values,
}
