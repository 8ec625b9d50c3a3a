"""Statistics of notes by which a player is recognised; half of them the app's judge does not use.

None of them is a key: players change it from phrase to phrase.
"""

from __future__ import annotations

import numpy as np

CHORD_S = 0.025
N_JUDGED = 14
JUDGED, OTHER = slice(0, N_JUDGED), slice(N_JUDGED, None)


def polyphony(rows: np.ndarray) -> float:
    """How many notes sound, on average from the first onset to the last release."""
    onset_s = np.cumsum(rows[:, 0], dtype="float64") - rows[0, 0]
    return float(rows[:, 2].sum() / max(float((onset_s + rows[:, 2]).max()), 1e-3))


def measure(rows: np.ndarray) -> np.ndarray:
    """All statistics of rows of dt, pitch, duration, velocity `(n, 4)`, float64; the judged ones first."""
    dt_s, pitch, held_s, velocity = rows.astype("float64").T
    onset_s = np.cumsum(dt_s) - dt_s[0]
    seconds = max(float(onset_s[-1]), 0.25)
    is_start = np.diff(onset_s, prepend=-1.0) > CHORD_S
    starts = np.flatnonzero(is_start)
    n_notes = np.diff(np.append(starts, len(pitch)))
    gap_s = np.diff(onset_s[starts])
    gaps = np.log(np.maximum(gap_s, 0.01)) if len(gap_s) else np.zeros(1)
    top = np.maximum.reduceat(pitch, starts)
    bottom = np.minimum.reduceat(pitch, starts)
    leaps = np.diff(top) if len(top) > 1 else np.zeros(1)
    struck = np.maximum.reduceat(velocity, starts)
    end_s = onset_s + held_s
    since = np.maximum.accumulate(end_s)
    overlaps = (onset_s[starts[1:]] < since[starts[1:] - 1] - 0.01) if len(starts) > 1 else np.zeros(1)
    within = np.diff(pitch)[~is_start[1:]] if len(pitch) > 1 else np.zeros(0)
    size = np.abs(leaps)
    judged = [
        np.log(len(pitch) / seconds),
        np.log(len(starts) / seconds),
        pitch.mean(),
        pitch.std(),
        n_notes.mean(),
        np.log(polyphony(rows)),
        np.median(np.log(held_s)),
        np.log(held_s).std(),
        velocity.mean(),
        velocity.std(),
        np.median(gaps),
        gaps.std(),
        (size == 0).mean(),
        size.mean(),
    ]
    other = [
        (leaps > 0).mean() - (leaps < 0).mean(),  # rises more than it falls
        ((size >= 3) & (size <= 5)).mean(),  # thirds and fourths
        (size >= 7).mean(),
        (leaps[1:] * leaps[:-1] < 0).mean() if len(leaps) > 1 else 0.0,  # turns
        (top[2:] == top[:-2]).mean() if len(top) > 2 else 0.0,  # what was before comes back
        _memory(gaps, 1),
        _memory(n_notes.astype("float64"), 1),
        _memory(n_notes.astype("float64"), 3),
        _memory(struck, 1),
        _memory(struck, 2),
        overlaps.mean(),
        within.mean() if len(within) else 0.0,  # how wide chords are
        (n_notes >= 3).mean(),
        bottom.std(),
        len(np.unique(np.round(pitch))) / len(pitch),
        np.corrcoef(pitch, velocity)[0, 1] if pitch.std() > 0.0 and velocity.std() > 0.0 else 0.0,
    ]
    return np.nan_to_num(np.array([*judged, *other]))


def _memory(numbers: np.ndarray, lag: int) -> float:
    """Correlation of a series with itself, 0 where it is too short or does not vary."""
    if len(numbers) <= lag + 2:
        return 0.0
    one, other = numbers[lag:], numbers[:-lag]
    return float(np.corrcoef(one, other)[0, 1]) if one.std() > 1e-6 and other.std() > 1e-6 else 0.0
