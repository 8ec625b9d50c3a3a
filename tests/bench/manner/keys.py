"""Ten made-up players of a keyboard: rows `(n, 4)` of dt, pitch, duration, velocity, with a hand's jitter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

JITTER_S, JITTER = 0.006, 3.0  # standard deviations of onsets and velocities
MAJOR, BLUES = (0, 2, 4, 5, 7, 9, 11), (0, 3, 5, 6, 7, 10)

Notes = list[tuple[float, float, float, float]]  # onset in quarters, pitch, duration in quarters, velocity


@dataclass(frozen=True)
class Key:
    """What a player keeps from one phrase to the next.

    Attributes:
        root: pitch class.
        quarter_s: of the tempo.
        steps: of the scale, semitones above the root.
    """

    root: int
    quarter_s: float
    steps: tuple[int, ...] = MAJOR

    @property
    def classes(self) -> np.ndarray:
        return (np.array(self.steps) + self.root) % 12

    def pitch(self, octave_from: int, step: int) -> int:
        """The key `step` steps above the first root at or above the pitch `octave_from`."""
        base = octave_from + (self.root - octave_from) % 12
        octaves, degree = divmod(step, len(self.steps))
        return base + 12 * octaves + self.steps[degree]


Manner = Callable[[Key, np.random.Generator, float], Notes]


def _legato_melody(key: Key, rng: np.random.Generator, quarters: float) -> Notes:
    notes: Notes = []
    at, step = 0.0, int(rng.integers(0, 5))
    while at < quarters:
        length = float(rng.choice([0.5, 0.5, 1.0, 1.0, 2.0]))
        notes.append((at, key.pitch(60, step), length * 1.02, 68.0))
        step = int(np.clip(step + rng.choice([-2, -1, -1, 1, 1, 2]), -3, 9))
        at += length
    return notes


def _staccato_high(key: Key, rng: np.random.Generator, quarters: float) -> Notes:
    notes: Notes = []
    step = 3
    for at in np.arange(0.0, quarters, 0.5):
        if rng.random() < 0.85:
            notes.append((float(at), key.pitch(82, step), 0.12, 92.0))
        step = int(np.clip(step + rng.choice([-4, -3, -2, 2, 3, 4]), 0, 9))
    return notes


def _low_bass(key: Key, rng: np.random.Generator, quarters: float) -> Notes:
    notes: Notes = []
    at = 0.0
    while at < quarters:
        length = float(rng.choice([1.0, 2.0, 2.0]))
        notes.append((at, key.pitch(28, int(rng.choice([0, 0, 4, 3, 5, 7]))), length * 0.9, 84.0))
        at += length
    return notes


def _chord(key: Key, octave_from: int, degree: int, at: float, length: float, velocity: float) -> Notes:
    return [(at, key.pitch(octave_from, degree + third), length, velocity) for third in (0, 2, 4)]


def _block_chords(key: Key, rng: np.random.Generator, quarters: float) -> Notes:
    notes: Notes = []
    for at in np.arange(0.0, quarters, 1.0):
        notes += _chord(key, 55, int(rng.choice([0, 3, 4, 5, 1])), float(at), 0.9, 74.0)
    return notes


def _arpeggios(key: Key, rng: np.random.Generator, quarters: float) -> Notes:
    notes: Notes = []
    for bar in np.arange(0.0, quarters, 2.0):
        degree = int(rng.choice([0, 3, 4, 5]))
        for i, third in enumerate((0, 2, 4, 7, 9, 7, 4, 2)):
            notes.append((float(bar) + 0.25 * i, key.pitch(50, degree + third), 0.6, 62.0))
    return notes


def _trills(key: Key, rng: np.random.Generator, quarters: float) -> Notes:
    notes: Notes = []
    step = int(rng.integers(0, 6))
    for beat in np.arange(0.0, quarters, 1.0):
        for i in range(6):
            notes.append((float(beat) + i / 6.0, key.pitch(69, step + i % 2), 1.0 / 7.0, 76.0))
        step = int(np.clip(step + rng.choice([-1, 1, 2, -2]), 0, 8))
    return notes


def _blues_line(key: Key, rng: np.random.Generator, quarters: float) -> Notes:
    notes: Notes = []
    step = 4
    for beat in np.arange(0.0, quarters, 1.0):
        for at, length, velocity in ((0.0, 0.6, 98.0), (2.0 / 3.0, 0.25, 78.0)):
            if rng.random() < 0.85:
                notes.append((float(beat) + at, key.pitch(57, step), length, velocity))
            step = int(np.clip(step + rng.choice([-2, -1, -1, 1, 1, 2]), 0, 11))
    return notes


def _waltz(key: Key, rng: np.random.Generator, quarters: float) -> Notes:
    notes: Notes = []
    for bar in np.arange(0.0, quarters, 3.0):
        degree = int(rng.choice([0, 3, 4, 0]))
        notes.append((float(bar), key.pitch(36, degree), 0.9, 88.0))
        for beat in (1.0, 2.0):
            notes += _chord(key, 60, degree, float(bar) + beat, 0.4, 60.0)
    return notes


def _repeated_notes(key: Key, rng: np.random.Generator, quarters: float) -> Notes:
    notes: Notes = []
    step = int(rng.integers(0, 5))
    for beat in np.arange(0.0, quarters, 1.0):
        notes += [(float(beat) + 0.25 * i, key.pitch(64, step), 0.15, 84.0) for i in range(4)]
        step = int(np.clip(step + rng.choice([-1, 0, 1, 2]), 0, 7))
    return notes


def _two_hands(key: Key, rng: np.random.Generator, quarters: float) -> Notes:
    notes: Notes = []
    step = 4
    for beat in np.arange(0.0, quarters, 1.0):
        if beat % 2.0 == 0.0:
            degree = int(rng.choice([0, 3, 4, 5]))
            notes.append((float(beat), key.pitch(40, degree), 1.9, 66.0))
            notes.append((float(beat), key.pitch(40, degree + 4), 1.9, 66.0))
        for half in (0.0, 0.5):
            notes.append((float(beat) + half, key.pitch(69, step), 0.45, 86.0))
            step = int(np.clip(step + rng.choice([-2, -1, 1, 2]), 0, 9))
    return notes


MANNERS: dict[str, Manner] = {
    "legato melody": _legato_melody,
    "staccato high": _staccato_high,
    "low bass": _low_bass,
    "block chords": _block_chords,
    "arpeggios": _arpeggios,
    "trills": _trills,
    "blues line": _blues_line,
    "waltz": _waltz,
    "repeated notes": _repeated_notes,
    "two hands": _two_hands,
}
QUARTER_S = {name: 0.5 for name in MANNERS} | {
    "low bass": 0.7,
    "trills": 0.6,
    "waltz": 0.4,
    "two hands": 0.55,
}

PARTS = {"trills": 6, "blues line": 3}  # of a quarter, whose multiples all intervals are; of the others 4


def key_of(name: str, rng: np.random.Generator) -> Key:
    """A key and a tempo for a player."""
    steps = BLUES if name == "blues line" else MAJOR
    return Key(int(rng.integers(12)), QUARTER_S[name] * float(np.exp(0.08 * rng.standard_normal())), steps)


def take(name: str, key: Key, rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Rows `(n, 4)` of a player in a key, about `seconds` long."""
    notes = np.array(MANNERS[name](key, rng, seconds / key.quarter_s))
    onset_s = notes[:, 0] * key.quarter_s
    # The keys of a chord go down together: a model of notes hears them so.
    _, chord = np.unique(onset_s, return_inverse=True)
    onset_s = onset_s + JITTER_S * rng.standard_normal(chord.max() + 1)[chord]
    order = np.lexsort((notes[:, 1], onset_s))
    onset_s, notes = onset_s[order], notes[order]
    held_s = notes[:, 2] * key.quarter_s * np.exp(0.05 * rng.standard_normal(len(notes)))
    velocity = np.clip(np.round(notes[:, 3] + JITTER * rng.standard_normal(len(notes))), 1, 127)
    dt_s = np.diff(onset_s, prepend=onset_s[0])
    return np.column_stack([dt_s, notes[:, 1], held_s, velocity]).astype("float32")
