"""A phrase of touch or of knobs."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from app.engine.manner import FIRST_OF_PLACE, LEAP, manner
from app.engine.phrase import Phrase

# How far thirds of a phrase are apart (`Phrase.diversity`), wherever and over how much of the canvas they
# were played: a zigzag from one edge to the other repeats one thing, though it turns back ...
ALIKE = 0.2  # ... of phrases that repeat one thing (made-up ones: less in nine of ten)
DIVERSE = 0.5  # ... of what people play (first halves of performances: 1.0 in the median)
# How far a second of a phrase is from the second most like it (`GesturePhrase.novelty`), as a share of their
# extent ...
RECURRING = 0.4  # ... of phrases that repeat one movement (made-up ones: .05 to .25)
NOVEL = 0.6  # ... of what people play (first halves of performances: 1.0 in the median)
SECOND_S, POINTS = 1.0, 12  # a third of the phrase, if that is shorter; and points of it that are compared
HOP_S, MOST_SECONDS = 0.04, 200  # from one to the next; of a long phrase longer, so that they are no more
LEAST_EXTENT = 0.01  # of a second in which a finger moves, canvases
LEAST_DRAGGED = 0.5  # share of the seconds that must have such a movement
LEAST_UNIT = 1e-3  # of steps: a finger that rests trembles by less, canvases
# Canvases from a contact to the nearest other one, of who does not come back to a place ...
SCATTERED = 0.03
LEAST_SCATTER = 0.1  # ... and nobody comes back to it exactly
FEWEST_CONTACTS, MOST_CONTACTS = 4, 128  # that tell it
CHORD_S = 0.02  # contacts that follow sooner are one chord: before it there is a gap
USUAL_GAP_S = 0.3  # where the phrase has none
PAUSE_S = 0.25  # a knob that rested so long begins a gesture


class GesturePhrase(Phrase):
    """A stretch of one finger, or of knobs; see `Phrase`."""

    @cached_property
    def place(self) -> np.ndarray:
        """Where the finger was, or where the knobs stood, float64 `(n, 2)` or `(n, n_knobs)`."""
        return self.rows[:, self.columns.place].astype("float64")

    @cached_property
    def step(self) -> np.ndarray:
        """The way from the row before, like `place`; 0 of the first."""
        return np.diff(self.place, axis=0, prepend=self.place[:1])

    @cached_property
    def begins(self) -> np.ndarray:
        """Whether a row begins a gesture: a new contact, or knobs after a pause. Bool `(n,)`."""
        if self.columns.is_touch:
            begins = self.rows[:, self.columns.moving] < 0.5
        else:
            begins = self.dt_s >= PAUSE_S
        return np.asarray(begins)

    @cached_property
    def contact(self) -> np.ndarray:
        """The first row of the gesture that each row is of, `(n,)`."""
        return np.maximum.accumulate(np.where(self.begins, np.arange(len(self)), 0))

    @cached_property
    def since_s(self) -> np.ndarray:
        """Seconds since the gesture began that each row is of, float64 `(n,)`."""
        return np.asarray(self.onset_s - self.onset_s[self.contact])

    @cached_property
    def gap_s(self) -> np.ndarray:
        """Seconds before the gesture that each row is of, float64 `(n,)`; before the first the usual ones."""
        return np.where(self.contact > 0, self.dt_s[self.contact], self.usual_gap_s)

    @cached_property
    def usual_gap_s(self) -> float:
        """Seconds between two gestures: the median, of chords those between chords."""
        gaps = self.dt_s[1:][self.begins[1:]]
        gaps = gaps[gaps >= CHORD_S]
        return float(np.median(gaps)) if len(gaps) else USUAL_GAP_S

    @cached_property
    def lifts(self) -> bool:
        """Whether there is more than one gesture in it."""
        return bool(self.begins[1:].any())

    @cached_property
    def leap(self) -> float:
        """The typical way from one gesture to the next, in units of `place`; 0 where there is one gesture."""
        leaps = np.linalg.norm(self.step[1:][self.begins[1:]], axis=1)
        return float(np.median(leaps)) if len(leaps) else 0.0

    @cached_property
    def scatter(self) -> float:
        """How far from others its contacts begin: near 0 where each comes back to a place, up to 1."""
        places = self.place[self.begins][-MOST_CONTACTS:]
        if not self.columns.is_touch or len(places) < FEWEST_CONTACTS:
            return 1.0
        apart = np.linalg.norm(places[:, None] - places, axis=-1)
        np.fill_diagonal(apart, np.inf)
        return float(np.clip(np.median(apart.min(axis=1)) / SCATTERED, LEAST_SCATTER, 1.0))

    @cached_property
    def manner(self) -> np.ndarray:
        """Its statistics, see `app.engine.manner`."""
        return manner(self.place, self.dt_s, self.begins)

    def mirrored(self, axis: int) -> GesturePhrase:
        """Its mirror image where it is: one coordinate, or one knob, the other way round."""
        rows = self.rows.copy()
        column = rows[:, self.columns.place[axis]]
        rows[:, self.columns.place[axis]] = column.min() + column.max() - column
        return self.of(rows)

    @cached_property
    def diversity(self) -> float:
        """See `Phrase`."""
        return self._diversity(ALIKE, DIVERSE) if self.columns.is_touch else 0.0

    @cached_property
    def novelty(self) -> float:
        """How new its movements are: 0 where each comes again, up to 1 where no second is like another.

        Statistics do not tell that: a third of one winding line may be as fast, as long and as bent as
        another and still be no repetition of it. Of knobs and of taps it is 0.
        """
        if not self.columns.is_touch:
            return 0.0
        lasts_s = min(SECOND_S, self.seconds / 3)
        hop_s = max(HOP_S, self.seconds / MOST_SECONDS)
        starts_s = hop_s * np.arange(int((self.seconds - lasts_s) / hop_s) + 1)
        times_s = starts_s[:, None] + lasts_s * np.arange(POINTS) / POINTS
        rows = np.maximum(np.searchsorted(self.onset_s, times_s, side="right") - 1, 0)
        ways = self.place[rows, 0] + 1j * self.place[rows, 1]
        ways = ways - ways.mean(axis=1, keepdims=True)
        squares = np.sum(np.abs(ways) ** 2, axis=1)
        is_drag = self.contact[rows[:, 0]] == self.contact[rows[:, -1]]
        is_drag &= squares >= POINTS * LEAST_EXTENT**2
        if is_drag.mean() < LEAST_DRAGGED:
            return 0.0
        starts_s, ways, squares = starts_s[is_drag], ways[is_drag], squares[is_drag]
        apart = squares[:, None] + squares - 2.0 * (ways @ ways.conj().T).real
        apart = apart / np.maximum(squares[:, None], squares)
        apart[np.abs(starts_s[:, None] - starts_s) < lasts_s - hop_s / 2] = np.inf  # they overlap
        nearest = apart.min(axis=1)
        nearest = nearest[np.isfinite(nearest)]
        typical = float(np.sqrt(max(np.median(nearest), 0.0))) if len(nearest) else 0.0
        return float(np.clip((typical - RECURRING) / (NOVEL - RECURRING), 0.0, 1.0))

    def _manner_of(self, part: slice) -> np.ndarray:
        begins = self.begins[part].copy()
        begins[0] = True  # so that a finger that stays down throughout is one contact in each part
        found = manner(self.place[part], self.dt_s[part], begins)[:FIRST_OF_PLACE]
        if not begins[1:].any():
            found[LEAP] = self.manner[LEAP]  # a part without a leap says nothing of leaps
        return found

    @cached_property
    def unit(self) -> float:
        """The typical length of a step that goes on with a gesture, in units of `place`."""
        length = np.linalg.norm(self.step[1:], axis=1)[~self.begins[1:]]
        length = length[length > 0.0]
        return max(float(np.median(length)) if len(length) else 0.01, LEAST_UNIT)
