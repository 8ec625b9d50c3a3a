"""Statistics of a stretch of touch events: what stays the same in somebody's playing.

Each takes events float `(n, 4)` (x, y in canvases, dt in seconds, moving) and the seconds they lasted, and
gives one number, NaN where there is nothing to measure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

STILL = 2e-3  # steps shorter than this, about a pixel, have no direction
SHIFT_S = 1e-3  # the resolution of the clocks that corpora were recorded with

Statistic = Callable[[np.ndarray, float], float]


def cut(events: np.ndarray, start_s: float, end_s: float) -> np.ndarray:
    """The events from `start_s` until before `end_s`, times counted from the beginning by dt."""
    times = np.cumsum(events[:, 2], dtype="float64")
    return events[(times >= start_s) & (times < end_s)]


def contacts(events: np.ndarray) -> list[np.ndarray]:
    """The events from each touch until the next one."""
    starts = np.flatnonzero(events[:, 3] < 0.5)
    return [part for part in np.split(events, starts) if len(part)]


def measure(statistics: Mapping[str, Statistic], stretches: Sequence[tuple[np.ndarray, float]]) -> np.ndarray:
    """Every statistic of every stretch `(events, seconds)`: float64 `(n_stretches, n_statistics)`."""
    return np.array(
        [[statistic(events, seconds) for statistic in statistics.values()] for events, seconds in stretches]
    )


def _drags(events: np.ndarray) -> np.ndarray:
    """Steps of fingers that stayed down, `(n, 2)`."""
    return np.asarray(np.diff(events[:, :2], axis=0)[events[1:, 3] > 0.5])


def _events(events: np.ndarray, seconds: float) -> float:
    return len(events) / seconds


def _touches(events: np.ndarray, seconds: float) -> float:
    return float(np.sum(events[:, 3] < 0.5)) / seconds


def _moving(events: np.ndarray, seconds: float) -> float:
    return float(np.mean(events[:, 3] > 0.5)) if len(events) else math.nan


def _step(events: np.ndarray, seconds: float) -> float:
    """Mean length of a step, canvases; 0 for taps."""
    if not len(events):
        return math.nan
    steps = _drags(events)
    return float(np.mean(np.hypot(*steps.T))) if len(steps) else 0.0


def _speed(events: np.ndarray, seconds: float) -> float:
    """Of fingers that stay down, canvases a second; 0 for taps."""
    if not len(events):
        return math.nan
    steps = _drags(events)
    lasted = float(events[1:, 2][events[1:, 3] > 0.5].sum())
    return float(np.hypot(*steps.T).sum()) / lasted if lasted > 0 else 0.0


def _gap(events: np.ndarray, seconds: float) -> float:
    """Median of the logarithm of dt."""
    return float(np.median(_log_gaps(events))) if len(events) > 1 else math.nan


def _mean(axis: int) -> Statistic:
    return lambda events, seconds: float(np.mean(events[:, axis])) if len(events) else math.nan


def _range(axis: int) -> Statistic:
    return lambda events, seconds: float(np.ptp(events[:, axis])) if len(events) else math.nan


PLAIN: dict[str, Statistic] = {
    "events a second": _events,
    "contacts a second": _touches,
    "share of moving events": _moving,
    "step": _step,
    "speed": _speed,
    "gap": _gap,
    "place x": _mean(0),
    "place y": _mean(1),
    "range x": _range(0),
    "range y": _range(1),
}


def _log_gaps(events: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(np.maximum(events[1:, 2], 0.0) + SHIFT_S))


def _turns(events: np.ndarray) -> np.ndarray:
    """Angles in radians between steps of a contact that follow each other; positive is clockwise (y down)."""
    found = [np.zeros(0)]
    for contact in contacts(events):
        steps = np.diff(contact[:, :2], axis=0)
        steps = steps[np.hypot(*steps.T) > STILL]
        angle = np.arctan2(steps[:, 1], steps[:, 0])
        found.append((np.diff(angle) + np.pi) % (2 * np.pi) - np.pi)
    return np.concatenate(found)


def turning(events: np.ndarray, seconds: float) -> float:
    """Mean size of the angle between steps, radians."""
    turns = _turns(events)
    return float(np.mean(np.abs(turns))) if len(turns) else math.nan


def turning_balance(events: np.ndarray, seconds: float) -> float:
    """-1: all turns go anticlockwise on the screen, 1: all clockwise, 0: as much this way as that."""
    turns = _turns(events)
    total = float(np.abs(turns).sum())
    return float(turns.sum()) / total if total > 1e-9 else math.nan


def rhythm_spread(events: np.ndarray, seconds: float) -> float:
    """Interquartile range of the logarithm of dt."""
    if len(events) < 3:
        return math.nan
    low, high = np.percentile(_log_gaps(events), [25, 75])
    return float(high - low)


def rhythm_memory(events: np.ndarray, seconds: float) -> float:
    """Autocorrelation of the logarithm of dt at a lag of one event."""
    gaps = _log_gaps(events)
    if len(gaps) < 4:
        return math.nan
    gaps = gaps - gaps.mean()
    variance = float(np.sum(gaps**2))
    return float(np.sum(gaps[1:] * gaps[:-1])) / variance if variance > 1e-9 else math.nan


def beat(events: np.ndarray, seconds: float) -> float:
    """Interquartile range of the logarithm of the seconds from one touch to the next."""
    times = np.cumsum(events[:, 2], dtype="float64")[events[:, 3] < 0.5]
    if len(times) < 4:
        return math.nan
    low, high = np.percentile(np.log(np.diff(times) + SHIFT_S), [25, 75])
    return float(high - low)


def leap(events: np.ndarray, seconds: float) -> float:
    """Median distance from where a finger was last to the next touch, canvases."""
    steps = np.diff(events[:, :2], axis=0)[events[1:, 3] < 0.5]
    return float(np.median(np.hypot(*steps.T))) if len(steps) else math.nan


def straightness(events: np.ndarray, seconds: float) -> float:
    """Mean over contacts of the distance from beginning to end over the length of the way; 1 is a line."""
    shares = []
    for contact in contacts(events):
        steps = np.diff(contact[:, :2], axis=0)
        length = float(np.hypot(*steps.T).sum())
        if length > 5 * STILL:
            shares.append(float(np.hypot(*(contact[-1, :2] - contact[0, :2]))) / length)
    return float(np.mean(shares)) if shares else math.nan


def contact_length(events: np.ndarray, seconds: float) -> float:
    """Mean of the logarithm of a contact's seconds from its first event to its last."""
    lasted = [float(contact[1:, 2].sum()) for contact in contacts(events)]
    return float(np.mean(np.log(np.array(lasted) + SHIFT_S))) if lasted else math.nan


def unevenness(events: np.ndarray, seconds: float) -> float:
    """Standard deviation of the logarithm of a drag's steps."""
    lengths = np.hypot(*_drags(events).T)
    lengths = lengths[lengths > STILL]
    return float(np.std(np.log(lengths))) if len(lengths) > 2 else math.nan


def _axis(part: Callable[[np.ndarray], np.ndarray]) -> Statistic:
    """Where steps lie: the mean over steps of a wave of twice their direction, weighted by their length."""

    def statistic(events: np.ndarray, seconds: float) -> float:
        steps = _drags(events)
        lengths = np.hypot(*steps.T)
        if lengths.sum() < 5 * STILL:
            return math.nan
        return float(np.sum(lengths * part(2 * np.arctan2(steps[:, 1], steps[:, 0]))) / lengths.sum())

    return statistic


def direction_spread(events: np.ndarray, seconds: float) -> float:
    """Entropy in nats of the directions of steps in eight bins, weighted by their length."""
    steps = _drags(events)
    lengths = np.hypot(*steps.T)
    if lengths.sum() < 5 * STILL:
        return math.nan
    bins = np.round(np.arctan2(steps[:, 1], steps[:, 0]) / (np.pi / 4)).astype(int) % 8
    share = np.bincount(bins, weights=lengths, minlength=8) / lengths.sum()
    share = share[share > 0]
    return float(-np.sum(share * np.log(share)))


OTHER: dict[str, Statistic] = {
    "turning": turning,
    "turning balance": turning_balance,
    "rhythm spread": rhythm_spread,
    "rhythm memory": rhythm_memory,
    "beat": beat,
    "leap": leap,
    "straightness": straightness,
    "contact length": contact_length,
    "unevenness": unevenness,
    "lying or standing": _axis(np.cos),
    "leaning": _axis(np.sin),
    "direction spread": direction_spread,
}

# The judge of the app (`app.engine.manner`) chooses by these too, beside all of `PLAIN`.
JUDGED = ("leap", "rhythm spread", "turning")
UNJUDGED = {name: statistic for name, statistic in OTHER.items() if name not in JUDGED}
