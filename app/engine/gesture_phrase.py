"""A phrase of touch or of knobs."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from app.engine.manner import manner
from app.engine.phrase import Phrase

MIN_HALF_ROWS = 3  # a half with fewer says nothing of how it differs from the other
# How far the manners of the two halves are apart (`manner.distances`), wherever they were played: a zigzag
# from one edge to the other repeats one thing ...
ALIKE = 0.8  # ... of phrases that repeat one thing (made-up ones: less in nine of ten)
DIVERSE = 2.0  # ... of what people play (first halves of held-out performances: 5.5 in the median)
PAUSE_S = 0.25  # a knob that rested so long begins a gesture


class GesturePhrase(Phrase):
    """A stretch of one finger, or of knobs; see `Phrase`."""

    @cached_property
    def place(self) -> np.ndarray:
        """Where the finger was, or where the knobs stood, float64 `(n, 2)` or `(n, n_knobs)`."""
        return self.rows[:, self.columns.place].astype("float64")

    @cached_property
    def begins(self) -> np.ndarray:
        """Whether a row begins a gesture: a new contact, or knobs after a pause. Bool `(n,)`."""
        if self.columns.is_touch:
            begins = self.rows[:, self.columns.moving] < 0.5
        else:
            begins = self.dt_s >= PAUSE_S
        return np.asarray(begins)

    @cached_property
    def manner(self) -> np.ndarray:
        """Its statistics, see `app.engine.manner`."""
        return manner(self.place, self.dt_s, self.begins)

    @cached_property
    def diversity(self) -> float:
        """See `Phrase`."""
        return self._diversity(MIN_HALF_ROWS, ALIKE, DIVERSE) if self.columns.is_touch else 0.0

    def _manner_of(self, part: slice) -> np.ndarray:
        begins = self.begins[part].copy()
        begins[0] = True  # so that a finger that stays down in both halves is one contact in either
        place = self.place[part]
        return manner(place - place.mean(axis=0), self.dt_s[part], begins)

    @cached_property
    def unit(self) -> float:
        """The typical length of a step that goes on with a gesture, in units of `place`."""
        length = np.linalg.norm(np.diff(self.place, axis=0), axis=1)[~self.begins[1:]]
        length = length[length > 0.0]
        return max(float(np.median(length)) if len(length) else 0.01, 0.003)
