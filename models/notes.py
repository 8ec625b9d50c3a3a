"""Notes as a model hears them: which belong to one chord, and the notes of a recording as its rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mdn.columns import NOTES
from models.formats.base import PLAYER, Performance

CHORD_S = 0.03  # fingers that come down within this time meant to come down together
DT, PITCH, DURATION, _ = NOTES


def on_keyboard(pitch: int) -> int:
    """`pitch`, or where it is off the keyboard of a model, the same one in the nearest octave on it."""
    while pitch < PITCH.low:
        pitch += 12
    while pitch > PITCH.high:
        pitch -= 12
    return pitch


def note_rows(performance: Performance) -> NDArray[np.float32]:
    """The player's notes of a recording of notes as dt, pitch, duration, velocity, float32 `(n, 4)`.

    In the order of their onsets, those of a chord from the lowest on with dt 0, as the app hears them live. A
    pause longer than the range of dt counts as the longest one. A note without an end lasts until its key is
    struck again, or until the last event.
    """
    notes: list[list[float]] = []  # onset, pitch, end, velocity
    last: dict[float, list[float]] = {}  # by pitch, while its key is down
    is_player = performance.source == PLAYER
    rows = zip(performance.time_s[is_player].tolist(), performance.values[is_player].tolist(), strict=True)
    end_s = float(performance.time_s[-1]) if len(performance) else 0.0
    for time_s, (pitch, velocity) in rows:
        if pitch in last:
            last.pop(pitch)[2] = time_s
        if velocity:
            last[pitch] = [time_s, float(on_keyboard(int(pitch))), end_s, velocity]
            notes.append(last[pitch])
    chords: list[list[list[float]]] = []
    for note in notes:
        if chords and _belongs(note, chords[-1]):
            chords[-1].append(note)
        else:
            chords.append([note])
    events, before_s = [], notes[0][0] if notes else 0.0
    for chord in chords:
        for onset_s, pitch, until_s, velocity in sorted(chord, key=lambda note: note[1]):
            duration_s = min(max(until_s - onset_s, DURATION.low), DURATION.high)
            events.append((min(chord[0][0] - before_s, DT.high), pitch, duration_s, velocity))
            before_s = chord[0][0]
    return np.array(events, np.float32).reshape(len(events), 4)


def _belongs(note: list[float], chord: list[list[float]]) -> bool:
    is_in_time = note[0] <= chord[0][0] + CHORD_S
    return is_in_time and all(note[1] != other[1] for other in chord)
