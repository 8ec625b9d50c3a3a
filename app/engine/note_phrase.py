"""A phrase of notes: rows of dt, pitch, duration, velocity in the order of their onsets."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from app.core.grid import Grid
from app.engine.note_beat import find_grid
from app.engine.note_manner import note_manner
from app.engine.phrase import Phrase
from app.engine.scale import Scale
from models.notes import CHORD_S

DT, PITCH, DURATION, VELOCITY = range(4)  # the columns of notes, see `mdn.columns.NOTES`
# How far thirds of a phrase are apart (`Phrase.diversity`) ...
ALIKE = 5.0  # ... of made-up players in half of all
DIVERSE = 24.0  # ... of people in nine of ten: 20; 10 in the median


class NotePhrase(Phrase):
    """A stretch of notes; see `Phrase`."""

    @cached_property
    def pitch(self) -> np.ndarray:
        """MIDI numbers, float64 `(n,)`."""
        return self.rows[:, PITCH].astype("float64")

    @cached_property
    def duration_s(self) -> np.ndarray:
        """How long each key is held, float64 `(n,)`."""
        return self.rows[:, DURATION].astype("float64")

    @cached_property
    def velocity(self) -> np.ndarray:
        """How hard each key is struck, 1 to 127, float64 `(n,)`."""
        return self.rows[:, VELOCITY].astype("float64")

    @cached_property
    def starts(self) -> np.ndarray:
        """The row where each chord or single note begins, int `(n_chords,)`."""
        starts, first_s = [0], 0.0
        for row, time_s in enumerate(self.onset_s.tolist()):
            if time_s - first_s > CHORD_S:
                starts.append(row)
                first_s = time_s
        return np.array(starts)

    @cached_property
    def scale(self) -> Scale:
        """What it is in, by how long its notes are, up to a second."""
        return Scale.of(self.pitch, np.clip(self.duration_s, 0.05, 1.0))

    @cached_property
    def grid(self) -> Grid | None:
        """The beat that it keeps to, in seconds since its first note; None if it keeps to none."""
        return find_grid(self.onset_s[self.starts])

    @cached_property
    def manner(self) -> np.ndarray:
        """Its statistics, see `app.engine.note_manner`."""
        return note_manner(self.rows)

    @cached_property
    def diversity(self) -> float:
        """See `Phrase`."""
        return self._diversity(ALIKE, DIVERSE)

    def _manner_of(self, part: slice) -> np.ndarray:
        return note_manner(self.rows[part])
