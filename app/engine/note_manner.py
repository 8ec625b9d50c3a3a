"""The manner of notes: what stays the same in somebody's playing of a keyboard, as numbers.

Density, register, intervals, pitch classes, polyphony, lengths, velocities and rhythm. Each is measured in a
unit of its own, about how much it differs from one player to the next (see `app.engine.manner`).
"""

from __future__ import annotations

import numpy as np

from models.notes import CHORD_S

OF_CLASSES = 0.45  # the unit of the square root of a pitch class's share: twelve of them have the say of two


def note_manner(rows: np.ndarray) -> np.ndarray:
    """The statistics of a stretch in their units, float64 `(30,)`.

    Args:
        rows: dt (s), pitch (MIDI), duration (s), velocity, `(n_events, 4)`, at least one; the first dt does
            not count.
    """
    dt_s, pitch, held_s, velocity = rows.astype("float64").T
    onset_s = np.cumsum(dt_s) - dt_s[0]
    seconds = max(float(onset_s[-1]), 0.25)
    is_start = np.diff(onset_s, prepend=-1.0) > CHORD_S
    starts = np.flatnonzero(is_start)
    gap_s = np.diff(onset_s[starts])
    gaps = np.log(gap_s) if len(gap_s) else np.zeros(1)
    short, usual, long = np.percentile(gaps, [25, 50, 75])
    top = np.maximum.reduceat(pitch, starts)
    leaps = np.abs(np.diff(top)) if len(top) > 1 else np.zeros(1)
    low, middle, high = np.percentile(pitch, [10, 50, 90])
    held = np.log(held_s + 0.01)
    # Of each note, until the next onset.
    chord = np.cumsum(is_start) - 1
    until_s = np.append(gap_s, np.median(gap_s) if len(gap_s) else held_s[-1])[chord]
    filled = np.log((held_s + 0.01) / (until_s + 0.01))
    classes = np.bincount(np.round(pitch).astype(int) % 12, np.clip(held_s, 0.05, 1.0), 12)
    return np.array(
        [
            np.log(len(pitch) / seconds + 0.5) / 0.5,
            np.log(len(starts) / seconds + 0.5) / 0.5,
            middle / 6.0,
            low / 6.0,
            high / 6.0,
            pitch.std() / 4.0,
            np.log1p(leaps.mean()) / 0.4,
            (leaps == 0.0).mean() / 0.25,
            (leaps <= 2.0).mean() / 0.3,
            np.log(held_s.sum() / (seconds + float(np.median(held_s))) + 0.2) / 0.35,
            len(pitch) / len(starts) / 0.5,
            np.median(filled) / 0.4,
            np.median(held) / 0.5,
            held.std() / 0.35,
            velocity.mean() / 10.0,
            velocity.std() / 6.0,
            usual / 0.4,
            (long - short) / 0.4,
            *(np.sqrt(classes / classes.sum()) / OF_CLASSES),
        ]
    )
