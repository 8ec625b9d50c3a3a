"""The scale that notes are in: the pitch classes that a phrase keeps to, and steps within them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

N_CLASSES = 12
SLIP = 0.03  # share of notes outside the scale that somebody who plays in it is expected to strike
TIED = 0.5  # nats: scales that explain a phrase as well as the best one but for this may be the one as well
KINDS = {  # semitones from the root
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "blues": (0, 3, 5, 6, 7, 10),
    "chromatic": tuple(range(N_CLASSES)),
}


@dataclass(frozen=True)
class Scale:
    """Pitch classes that notes keep to.

    Attributes:
        root: the first of them, 0 for C.
        steps: semitones above the root, ascending from 0.
    """

    root: int
    steps: tuple[int, ...]

    @classmethod
    def of(cls, pitch: np.ndarray, weight: np.ndarray | None = None) -> Scale:
        """What is common to all scales that pitches may be in; every key if they are in none.

        The likelihood of a scale of n keys is (1 - `SLIP`) / n for each of its pitch classes and what is left
        for the others. Scales that differ in nothing that was heard are equally likely: what only some have
        is then left out. The root is that of the one on whose root, third and fifth most of the phrase lies.

        Args:
            pitch: MIDI numbers `(n_notes,)`, at least one.
            weight: of each, all equal if None.
        """
        classes = np.round(pitch).astype(int) % N_CLASSES
        heard = np.bincount(classes, weight, N_CLASSES).astype("float64")
        heard *= len(pitch) / max(float(heard.sum()), 1e-9)
        # A phrase often ends at home, and rests on it: the last note and the lowest count for more.
        home = heard / len(pitch)
        home[classes[-1]] += 0.1
        home[classes[int(np.argmin(pitch))]] += 0.1
        found = [
            (_likelihood(heard, root, steps), _rest(home, root, steps), root, steps)
            for steps in KINDS.values()
            for root in range(N_CLASSES if len(steps) < N_CLASSES else 1)
        ]
        best = max(likelihood for likelihood, *_ in found)
        tied = [each for each in found if each[0] >= best - TIED]
        common = set.intersection(
            *({(root + step) % N_CLASSES for step in steps} for *_, root, steps in tied)
        )
        _, root, _ = max((rest, root, steps) for _, rest, root, steps in tied)
        if root not in common:
            root = int(classes[-1]) if classes[-1] in common else min(common, default=0)
        return cls(root, tuple(sorted((each - root) % N_CLASSES for each in common or {root})))

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
        steps = np.array([*self.steps, N_CLASSES], "float64")
        octave, above = np.divmod(np.asarray(pitch, "float64") - self.root, N_CLASSES)
        return np.asarray(octave * len(self.steps) + np.interp(above, steps, np.arange(len(steps))))

    def _pitch(self, step: np.ndarray) -> np.ndarray:
        """The other way; whole semitones."""
        steps = np.array([*self.steps, N_CLASSES], "float64")
        octave, above = np.divmod(step, len(self.steps))
        semitones = np.interp(above, np.arange(len(steps)), steps)
        return np.asarray(np.floor(self.root + octave * N_CLASSES + semitones + 0.5))


def _likelihood(heard: np.ndarray, root: int, steps: tuple[int, ...]) -> float:
    """Log likelihood of as many notes of each pitch class, `(12,)`."""
    if len(steps) == N_CLASSES:
        return -float(heard.sum()) * float(np.log(N_CLASSES))
    within = float(heard[(root + np.array(steps)) % N_CLASSES].sum())
    slips = float(heard.sum()) - within
    return within * float(np.log((1.0 - SLIP) / len(steps))) + slips * float(
        np.log(SLIP / (N_CLASSES - len(steps)))
    )


def _rest(home: np.ndarray, root: int, steps: tuple[int, ...]) -> float:
    """How much of a phrase lies on the root, and half as much for its fifth and third."""
    third = root + (4 if 4 in steps else 3)
    return float(home[root] + 0.5 * home[(root + 7) % N_CLASSES] + 0.5 * home[third % N_CLASSES])
