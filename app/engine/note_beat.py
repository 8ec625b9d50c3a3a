"""The beat of notes: found in the times of their onsets, as a grid that other notes are moved to.

A phrase that keeps to a beat has its onsets near whole multiples of some unit. Given a unit and a phase, each
onset lies around the nearest multiple with a normal deviation: the likelihood of `n` onsets is
(unit / deviation)^n, up to a constant, because the wider the unit, the fewer multiples there are for an onset
to be at. So the unit is the widest one that leaves no larger deviations.
"""

from __future__ import annotations

import math

import numpy as np

from app.core.grid import Grid

FINEST_S, WIDEST_S = 0.08, 1.05  # of a unit: 1/16 at 187 quarters a minute, a quarter at 57
JITTER_S = 0.006  # deviations smaller than this are the hand's
FEWEST = 5  # onsets that tell of a beat
MOST = 32  # of the newest onsets; a tempo drifts
LOOSE = 0.15  # a deviation of more than this share of the unit is no beat: 0.29 is what chance leaves
USUAL_S = 0.55  # of a quarter, where the phrase leaves the choice: 109 a minute
SLOWEST_S, QUICKEST_S = 1.02, 0.33  # of a quarter, 59 to 182 a minute
PARTS = (1, 2, 3, 4, 6, 8)  # units that a quarter may have ...
TERNARY = 0.6  # ... three of them only where that is clearly so: as if the tempo were that much farther off
GATHERED = 2.0  # what a nat of onsets that lie on few of the units is worth, in logarithms of the tempo


def find_grid(onset_s: np.ndarray) -> Grid | None:
    """The beat of onsets; None if they keep to none.

    Equal onsets do not say which multiple of the unit is the quarter. Of those between 59 and 182 a minute it
    is one on few of whose units the onsets lie, and that is near 109; so it may be half or twice what the
    player counts.

    Args:
        onset_s: seconds, ascending, one for each chord, `(n,)`.
    """
    onset_s = np.asarray(onset_s, "float64")[-MOST:]
    if len(onset_s) < FEWEST:
        return None
    start_s = float(onset_s[0])
    times = onset_s - start_s
    if times[-1] < 2.0 * FINEST_S:
        return None
    # Close enough that from one to the next the multiples at the ends move by about the jitter.
    n_units = int(math.log(WIDEST_S / FINEST_S) * float(times[-1]) / (2.5 * JITTER_S)) + 64
    units = np.geomspace(FINEST_S, WIDEST_S, min(n_units, 4096))
    deviation = _deviations(times, units)
    unit = float(units[np.argmax(np.log(units / np.maximum(deviation, JITTER_S)))])
    unit, phase, off = _fitted(times, unit)
    if off > LOOSE * unit:
        return None
    multiples = np.round((times - phase) / unit).astype(int)
    fitting = [parts for parts in PARTS if QUICKEST_S <= unit * parts <= SLOWEST_S]
    if not fitting:
        return None
    parts = max(fitting, key=lambda parts: GATHERED * _gathered(multiples, parts) - _odd(unit * parts, parts))
    place = int(np.argmax(np.bincount(multiples % parts, minlength=parts)))  # where most onsets are
    quarter_s = unit * parts
    return Grid(start_s + phase + place * unit, quarter_s)


def _gathered(multiples: np.ndarray, parts: int) -> float:
    """How few of the units of a quarter the onsets lie on: relative entropy to all alike, in nats, less what
    chance gives (Miller 1955, Note on the Bias of Information Estimates)."""
    share = np.bincount(multiples % parts, minlength=parts) / len(multiples)
    heard = share[share > 0.0]
    return float((heard * np.log(heard * parts)).sum()) - (parts - 1) / (2.0 * len(multiples))


def _odd(quarter_s: float, parts: int) -> float:
    """How unusual a quarter is, by its tempo and by how many units it has."""
    return abs(math.log(quarter_s / USUAL_S)) + TERNARY * (parts % 3 == 0)


def _deviations(times: np.ndarray, units: np.ndarray) -> np.ndarray:
    """How far times are from multiples of each unit, at the best phase, as a deviation in seconds."""
    around = np.exp((2j * np.pi) * times / units[:, None])
    off = np.angle(around * np.conj(around.mean(axis=1, keepdims=True))) * units[:, None] / (2.0 * np.pi)
    return np.asarray(np.sqrt(np.mean(np.square(off), axis=1)))


def _fitted(times: np.ndarray, unit: float) -> tuple[float, float, float]:
    """Unit and phase by least squares from a unit that is nearly right, and the deviation that is left."""
    phase = float(np.angle(np.exp(2j * np.pi * times / unit).mean())) * unit / (2.0 * np.pi)
    for _ in range(3):
        multiples = np.round((times - phase) / unit)
        middle = multiples.mean()
        spread = float(np.square(multiples - middle).sum())
        if spread == 0.0:
            break
        unit = float(((multiples - middle) * times).sum()) / spread
        phase = float(times.mean()) - unit * float(middle)
    off = times - phase - unit * np.round((times - phase) / unit)
    return unit, phase, float(np.sqrt(np.mean(np.square(off))))
