"""Manner: what stays the same in somebody's playing, as numbers.

Density, contacts, place, extent, speed, steps, leaps, turning, and the rhythm of the gaps. Each is measured
in a unit of its own, about how much it differs from one player to the next, so that all have the same say.
"""

from __future__ import annotations

import numpy as np

MOST = 3.0  # a statistic that is farther off than this many of its units is only wrong
LEAP, FIRST_OF_PLACE = 5, 9  # which statistic is the leap, and from which on they are of place and extent
STILL = 2e-3  # steps shorter than this, about a pixel, have no direction


def manner(place: np.ndarray, dt_s: np.ndarray, begins: np.ndarray) -> np.ndarray:
    """The statistics of a stretch in their units, float64 `(9 + 2 * n_places,)`.

    Args:
        place: `(n_events, n_places)`, at least one event.
        dt_s: seconds since the event before, `(n_events,)`; the first one does not count.
        begins: whether an event begins a gesture, bool `(n_events,)`.
    """
    gaps_s, leaps = dt_s[1:], begins[1:]
    drags = ~leaps
    seconds = max(float(gaps_s.sum()), 0.1)
    steps = np.diff(place, axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    gaps = np.log(np.maximum(gaps_s, 0.0) + 1e-3) if len(gaps_s) else np.zeros(1)
    low, middle, high = np.percentile(gaps, [25, 50, 75])
    return np.array(
        [
            np.log(len(place) / seconds + 0.5) / 0.6,
            np.log(begins.sum() / seconds + 0.3) / 0.6,
            _mean(drags) / 0.25,
            np.log(_mean(lengths[drags]) + 0.003) / 0.5,
            np.log(lengths[drags].sum() / max(float(gaps_s[drags].sum()), 0.02) + 0.05) / 0.5,
            (float(np.median(lengths[leaps])) if leaps.any() else 0.0) / 0.15,
            middle / 0.5,
            (high - low) / 0.7,
            _turning(steps, lengths, drags) / 0.35,
            *(place.mean(axis=0) / 0.12),
            *(np.ptp(place, axis=0) / 0.18),
        ]
    )


def distances(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How far manners are from one: the sum of squares over statistics, 0 for the same.

    Args:
        one: `(n_statistics,)`, as `manner` gives it.
        others: `(n_others, n_statistics)`.

    Returns:
        float64 `(n_others,)`.
    """
    return np.asarray(np.sum(np.minimum(np.abs(others - one), MOST) ** 2, axis=1))


def _turning(steps: np.ndarray, lengths: np.ndarray, drags: np.ndarray) -> float:
    """Mean size of the angle between two steps of a drag, radians; 0 where there are none, and of knobs."""
    if steps.shape[1] != 2:
        return 0.0
    has_direction = drags & (lengths > STILL)
    angle = np.arctan2(steps[:, 1], steps[:, 0])
    turns = np.abs((np.diff(angle) + np.pi) % (2.0 * np.pi) - np.pi)
    return _mean(turns[has_direction[1:] & has_direction[:-1]])


def _mean(numbers: np.ndarray) -> float:
    return float(np.mean(numbers)) if len(numbers) else 0.0
