"""What was played before, as far as it tells of the next note: songs repeat themselves.

Three things are followed note by note: the metrical grid; how often each velocity and each key was heard of
late (a unigram cache: Grave et al. 2017, arXiv:1612.04426, of the simplest kind); and the note that followed
where the keys before it were last the same for longest (as string matching predicts: Ryabko & Topsoe 2002).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mdn.densities import note_grid
from mdn.densities.base import Array, step

LOWEST, HIGHEST = 21, 108
N_PITCHES = HIGHEST - LOWEST + 1
N_VELOCITIES = 127
FORGETTING = 0.99  # with every note, of how often keys and velocities were heard
LENGTH = 256  # notes that are remembered: eight bars of chords, or sixteen of a melody
LONGEST = 16.0  # keys that are compared

KEYS = np.arange(LOWEST, HIGHEST + 1, dtype="float32")
VELOCITIES = np.arange(1, N_VELOCITIES + 1, dtype="float32")
# Of lags from 1 on, so that of matches as long the newest one is taken.
_AGE = (np.arange(LENGTH) / (4.0 * LENGTH)).astype("float32")

GRID = slice(0, note_grid.KEPT)
VELOCITY_COUNTS = slice(GRID.stop, GRID.stop + N_VELOCITIES)
KEY_COUNTS = slice(VELOCITY_COUNTS.stop, VELOCITY_COUNTS.stop + N_PITCHES)
MATCH = slice(KEY_COUNTS.stop, KEY_COUNTS.stop + 5)
TOLD = MATCH.stop  # numbers that the network and the density are told
KEPT = (
    5 * LENGTH + TOLD
)  # dt, pitch, duration, velocity and match of each note that is remembered, before those


def follow(xp: Any, kept: Array, note: Array, dt: Array) -> Array:
    """The memory after `note`, `(..., KEPT)`.

    Its last `TOLD` numbers are the grid (`note_grid`); counts of velocities from 1 and of keys from the
    lowest, each fading by `FORGETTING` a note; and dt, pitch, duration and velocity of the note that followed
    the longest match, with the length of it: keys that were the same, at most `LONGEST`, 0 where there is
    none.

    Args:
        xp: numpy or another namespace.
        kept: the memory before, zeros at first.
        note: dt, pitch, duration, velocity, `(..., 4)`.
        dt: that of the note, or 0 if it is the first one, `(..., 1)`.
    """
    past = [kept[..., i * LENGTH : (i + 1) * LENGTH] for i in range(5)]
    told = kept[..., 5 * LENGTH : KEPT]
    new = [note[..., i : i + 1] for i in range(4)]
    same = xp.maximum(1.0 - xp.abs(past[1] - new[1]), 0.0)
    length = same * (xp.minimum(past[4], LONGEST - 1.0) + 1.0)
    shifted = [xp.concatenate([n, p[..., : LENGTH - 1]], axis=-1) for n, p in zip(new, past[:4], strict=True)]
    score = length - _AGE
    best = xp.max(score, axis=-1, keepdims=True)
    chosen = step(xp, score - best + 1e-4) * xp.minimum(length, 1.0)
    following = [xp.sum(chosen * each, axis=-1, keepdims=True) for each in (*shifted, length)]
    grid = note_grid.follow(xp, [told[..., i : i + 1] for i in range(note_grid.KEPT)], dt)
    velocity = xp.maximum(1.0 - xp.abs(VELOCITIES - xp.floor(new[3] + 0.5)), 0.0)
    key = xp.maximum(1.0 - xp.abs(KEYS - new[1]), 0.0)
    counts = FORGETTING * told[..., VELOCITY_COUNTS.start : KEY_COUNTS.stop]
    counts = counts + xp.concatenate([velocity, key], axis=-1)
    return xp.concatenate([*shifted, length, *grid, counts, *following], axis=-1)


def is_matched(xp: Any, told: Array) -> Array:
    """1 where something was played before as it was now, else 0, `(..., 1)`, of what the memory tells."""
    return xp.minimum(told[..., MATCH.stop - 1 : MATCH.stop], 1.0)


def along(notes: np.ndarray) -> np.ndarray:
    """What the memory tells after each of `notes` `(n, 4)`, a whole performance: `(n, TOLD)`, float64.

    The same as `follow`, in a fraction of its time.
    """
    n = len(notes)
    told = np.zeros((n, TOLD))
    kept = [0.0] * note_grid.KEPT
    for i, dt in enumerate([0.0, *notes[1:, 0].tolist()]):
        kept = note_grid.follow(note_grid.Scalars, kept, dt)
        told[i, GRID] = kept
    pitch = notes[:, 1]
    heard = np.concatenate([np.floor(notes[:, 3:4] + 0.5) == VELOCITIES, pitch[:, None] == KEYS], axis=1)
    counts = np.zeros(heard.shape[1])
    for i, now in enumerate(heard):
        counts = FORGETTING * counts + now
        told[i, VELOCITY_COUNTS.start : KEY_COUNTS.stop] = counts
    length, lag = _longest_matches(pitch)
    at = np.flatnonzero(length)
    told[at, MATCH.start : MATCH.stop - 1] = notes[at - lag[at] + 1]
    told[:, MATCH.stop - 1] = length
    return told


def _longest_matches(pitch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many keys up to each of `pitch` `(n,)` were the same before, and how many notes, `(n,)` each."""
    at = np.arange(len(pitch))
    length, lag = np.zeros(len(pitch)), np.ones(len(pitch), "int64")
    for each in range(1, min(LENGTH, len(pitch) - 1) + 1):
        differs = np.where(pitch[each:] == pitch[:-each], each - 1, at[each:])
        run = np.minimum(at[each:] - np.maximum.accumulate(differs), LONGEST)
        longer = run > length[each:]
        length[each:][longer] = run[longer]
        lag[each:][longer] = each
    return length, lag
