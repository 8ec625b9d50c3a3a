"""A judge of whole stretches: how far what a ghost would play is from the manner of a phrase.

Manner is what stays the same in somebody's playing: density, contacts, place, extent, speed, steps, leaps,
turning, and the rhythm of the gaps. Each statistic is measured in a unit of its own, about how much it
differs from one player to the next, so that the sum of squares has no favourite.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.engine.phrase import Phrase

MOST = 3.0  # a statistic that is farther off than this many units is only wrong
STILL = 2e-3  # steps shorter than this, about a pixel, have no direction


def distance(one: Phrase, other: Phrase) -> float:
    """How far apart the manners of two stretches are: 0 for the same, about 2 a statistic for strangers."""
    off = np.abs(manner(one) - manner(other))
    return float(np.sum(np.minimum(off, MOST) ** 2))


def choose(phrase: Phrase, proposals: Sequence[Phrase]) -> int:
    """Which of `proposals` is nearest to the manner of `phrase`; the first of equals.

    Raises:
        ValueError: there are none.
    """
    return int(np.argmin([distance(phrase, proposal) for proposal in proposals]))


def manner(phrase: Phrase) -> np.ndarray:
    """The statistics of a stretch in their units, float64 `(9 + 2 * n,)` for n columns of `Phrase.place`."""
    place, begins, dt_s = phrase.place, phrase.begins[1:], phrase.dt_s[1:]
    seconds = max(float(dt_s.sum()), 0.1)
    steps = np.diff(place, axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    drags = ~begins
    gaps = np.log(dt_s + 1e-3) if len(dt_s) else np.zeros(1)
    low, middle, high = np.percentile(gaps, [25, 50, 75])
    return np.array(
        [
            np.log(len(phrase) / seconds + 0.5) / 0.6,
            np.log((phrase.begins.sum()) / seconds + 0.3) / 0.6,
            _mean(drags) / 0.25,
            np.log(_mean(lengths[drags]) + 0.003) / 0.5,
            np.log(lengths[drags].sum() / max(float(dt_s[drags].sum()), 0.02) + 0.05) / 0.5,
            _median(lengths[begins]) / 0.15,
            middle / 0.5,
            (high - low) / 0.7,
            _turning(steps, lengths, drags) / 0.35,
            *(place.mean(axis=0) / 0.12),
            *(np.ptp(place, axis=0) / 0.18),
        ]
    )


def _turning(steps: np.ndarray, lengths: np.ndarray, drags: np.ndarray) -> float:
    """Mean size of the angle between two steps of a drag, radians; 0 where there are none, and for knobs."""
    if steps.shape[1] != 2:
        return 0.0
    has_direction = drags & (lengths > STILL)
    angle = np.arctan2(steps[:, 1], steps[:, 0])
    turns = np.abs((np.diff(angle) + np.pi) % (2.0 * np.pi) - np.pi)
    return _mean(turns[has_direction[1:] & has_direction[:-1]])


def _mean(numbers: np.ndarray) -> float:
    return float(np.mean(numbers)) if len(numbers) else 0.0


def _median(numbers: np.ndarray) -> float:
    return float(np.median(numbers)) if len(numbers) else 0.0
