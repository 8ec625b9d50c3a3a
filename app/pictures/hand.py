"""How a hand draws places that nobody timed: along their curve, slower at corners, lighter at the end.

A model says where, not when, and so does a file of places. The corpora were simplified, so these are the
corners of a line: the hand bends its way through them, but a sharp turn stays one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.pictures import curves

Floats = NDArray[np.float64]

GRAIN = 1 / 220  # sides of the canvas between two places of the way
QUICKEST = 1.9  # sides a second in the middle of a long stroke
CAREFUL = 0.28  # share of that at an end or a corner ...
EASE = 0.11  # ... and sides from there to full speed
SHARP = np.deg2rad(40.0)  # the way turns by more at once in a corner only
PRESS = 0.45  # pressure where it touches down ...
PRESS_OVER = 0.045  # ... until it presses fully, so many sides later
TAPER = 0.04  # pressure where it leaves, falling to it
TAPER_OVER, TAPER_MOST = 0.26, 0.55  # over so many sides, and over this share of the stroke at most
ACROSS = 0.78  # pressure on a line across, of that on one down, as with a brush that is held upright
TURN = 0.03  # sides before and after, over which it sees where it goes


@dataclass(frozen=True, eq=False)
class HandStroke:
    """The way of a hand.

    Attributes:
        places: (n, 2), in the unit of what it was given.
        point: (n,), which of the given points it passes at each, the last if several, -1 for none.
        time_s: (n,), seconds from the start, never falling.
        pressure: (n,), (0, 1].
    """

    places: Floats
    point: NDArray[np.intp]
    time_s: Floats
    pressure: Floats


def hand_stroke(
    points: NDArray[np.floating], side: float = 1.0, *, begins: bool = True, lifts: bool = True
) -> HandStroke:
    """A stroke through `points`, (n, 2), n >= 1, on a canvas of `side`.

    Args:
        begins: whether it touches down with the first; if not, it comes from somewhere.
        lifts: whether it leaves after the last.
    """
    kept = curves.distinct(points)
    number = np.append(kept[1:], len(points)) - 1  # of the points at the same place the last
    places, numbers = [points[:1].astype(np.float64)], [number[:1]]
    for bend, one in zip(curves.beziers(points[kept]), number[1:], strict=True):
        n = max(1, round(float(np.hypot(*(bend[3] - bend[0]))) / side / GRAIN))
        places.append(curves.at(np.repeat(bend[None], n, axis=0), np.arange(1, n + 1) / n))
        numbers.append(np.where(np.arange(n) == n - 1, one, -1))
    way = np.concatenate(places)
    steps = np.diff(way, axis=0) / side
    length = np.hypot(steps[:, 0], steps[:, 1])
    passed = np.concatenate([[0.0], np.cumsum(length)])
    pressure = _pressure(way / side, passed, begins, lifts)
    return HandStroke(way, np.concatenate(numbers), _times(steps, length, passed), pressure)


def _times(steps: Floats, length: Floats, passed: Floats) -> Floats:
    """Seconds at which each place is passed, from 0."""
    heading = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    turned = np.flatnonzero(np.abs(np.diff(heading)) > SHARP) + 1
    slow = np.concatenate([[0.0], passed[turned], passed[-1:]])
    near = np.abs(passed[:, None] - slow).min(axis=1)
    speed = QUICKEST * (CAREFUL + (1 - CAREFUL) * np.minimum(1.0, near / EASE))
    return np.concatenate([[0.0], np.cumsum(length / ((speed[1:] + speed[:-1]) / 2))])


def _pressure(places: Floats, passed: Floats, begins: bool, lifts: bool) -> Floats:
    total = float(passed[-1])
    if total == 0.0:
        return np.full(len(passed), PRESS)
    ahead, behind = np.minimum(passed + TURN, total), np.maximum(passed - TURN, 0.0)
    across, down = (
        np.abs(np.interp(ahead, passed, one) - np.interp(behind, passed, one)) for one in places.T
    )
    pressure = 1 - (1 - ACROSS) * across / np.maximum(np.hypot(across, down), 1e-9)
    if begins:
        down_share = np.sin(np.clip(passed / min(PRESS_OVER, total / 3), 0, 1) * np.pi / 2)
        pressure *= PRESS + (1 - PRESS) * down_share
    if lifts:
        left = np.sin(np.clip((total - passed) / min(TAPER_OVER, TAPER_MOST * total), 0, 1) * np.pi / 2)
        pressure *= TAPER + (1 - TAPER) * left
    return np.asarray(pressure)
