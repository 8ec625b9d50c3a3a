"""The scale that notes are in: the pitch classes that a phrase keeps to, and steps within them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

N_CLASSES = 12
SLIP = 0.03  # share of notes outside the scale that somebody who plays in it is expected to strike
RARE = {"harmonic minor": 0.5, "blues": 0.5}  # nats by which these must explain a phrase better than others


@dataclass(frozen=True)
class Scale:
    """Pitch classes and the one they begin from.

    Attributes:
        name: "major", "minor", "harmonic minor", "pentatonic", "minor pentatonic", "blues", "chromatic".
        root: pitch class of its first step, 0 for C.
    """

    # Semitones from the root.
    STEPS: ClassVar[dict[str, tuple[int, ...]]] = {
        "major": (0, 2, 4, 5, 7, 9, 11),
        "minor": (0, 2, 3, 5, 7, 8, 10),
        "pentatonic": (0, 2, 4, 7, 9),
        "minor pentatonic": (0, 3, 5, 7, 10),
        "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
        "blues": (0, 3, 5, 6, 7, 10),
        "chromatic": tuple(range(N_CLASSES)),
    }

    name: str
    root: int

    @classmethod
    def of(cls, pitch: np.ndarray, weight: np.ndarray | None = None) -> Scale:
        """The scale that pitches are most likely in, chromatic if in none.

        The likelihood of a scale of n keys is (1 - `SLIP`) / n for each of its pitch classes and the rest for
        the others. Of scales that say the same of a phrase it is the one on whose root, and the fifth and
        third above, most of it lies.

        Args:
            pitch: MIDI numbers `(n_notes,)`, at least one.
            weight: of each, all equal if None.
        """
        classes = np.round(pitch).astype(int) % N_CLASSES
        heard = np.bincount(classes, weight, N_CLASSES).astype("float64")
        heard *= len(pitch) / max(float(heard.sum()), 1e-9)
        # The last note, and the lowest: a phrase often ends at home, and rests on it.
        home = heard / max(float(heard.sum()), 1e-9)
        home[classes[-1]] += 0.1
        home[classes[int(np.argmin(pitch))]] += 0.1
        best, found = -np.inf, cls("chromatic", 0)
        for name, steps in cls.STEPS.items():
            for root in range(N_CLASSES if len(steps) < N_CLASSES else 1):
                scale = cls(name, root)
                within = float(heard[scale.classes].sum())
                outside = float(heard.sum()) - within
                each = (1.0 - SLIP) / len(steps)
                likely = within * np.log(each)
                if len(steps) < N_CLASSES:
                    likely += outside * np.log(SLIP / (N_CLASSES - len(steps)))
                third = 4 if 4 in steps else 3
                rests = (
                    home[root] + 0.5 * home[(root + 7) % N_CLASSES] + 0.5 * home[(root + third) % N_CLASSES]
                )
                value = float(likely) + rests - RARE.get(name, 0.0)
                if value > best:
                    best, found = value, scale
        return found

    @cached_property
    def classes(self) -> np.ndarray:
        """Its pitch classes from the root on, int `(n,)`."""
        return (self.root + np.array(self.STEPS[self.name])) % N_CLASSES

    @property
    def is_chromatic(self) -> bool:
        """Whether it holds every key."""
        return self.name == "chromatic"

    def has(self, pitch: np.ndarray) -> np.ndarray:
        """Whether each pitch is in the scale, bool `(n,)`."""
        return np.isin(np.round(pitch).astype(int) % N_CLASSES, self.classes)

    def moved(self, pitch: np.ndarray, steps: int) -> np.ndarray:
        """Pitches moved by `steps` of the scale; one between two steps stays between those it moves to."""
        return self._pitch(self._step(pitch) + steps)

    def mirrored(self, pitch: np.ndarray, around: float) -> np.ndarray:
        """Pitches turned upside down around a pitch, step by step of the scale."""
        middle = round(2.0 * float(self._step(np.array([around]))[0])) / 2.0
        return self._pitch(2.0 * middle - self._step(pitch))

    def nearest(self, pitch: np.ndarray) -> np.ndarray:
        """The nearest pitches of the scale."""
        return self._pitch(np.round(self._step(pitch)))

    def _step(self, pitch: np.ndarray) -> np.ndarray:
        """How many steps above the root of MIDI's lowest octave, with fractions between steps."""
        steps = np.array([*self.STEPS[self.name], N_CLASSES], "float64")
        octave, above = np.divmod(np.asarray(pitch, "float64") - self.root, N_CLASSES)
        return np.asarray(octave * (len(steps) - 1) + np.interp(above, steps, np.arange(len(steps))))

    def _pitch(self, step: np.ndarray) -> np.ndarray:
        """The other way; whole semitones."""
        steps = np.array([*self.STEPS[self.name], N_CLASSES], "float64")
        octave, above = np.divmod(step, len(steps) - 1)
        semitones = np.interp(above, np.arange(len(steps)), steps)
        return np.asarray(np.floor(self.root + octave * N_CLASSES + semitones + 0.5))
