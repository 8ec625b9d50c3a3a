"""What a player played, cut into phrases: what answers are made of.

A phrase here is of one stream: rows `(n, n_columns)` as the model hears them, in natural units. The engine
keeps those of the whole evening, so that an answer may come back to something that was played long ago.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.engine.event_rows import MAX_DT_S, Columns, Row, RowsArray
from app.engine.manner import distances, manner

MAX_ROWS = 1024  # of a phrase: of one finger that never lifts, the last half minute
MIN_PHRASE_S = 2.0  # a shorter phrase is too little to go on from: what was played before it is added ...
MIN_PHRASE_ROWS = 6
REACH_S = 8.0  # ... as long as all of it is no longer than this
MIN_HALF_ROWS = 3  # a half with fewer says nothing of how it differs from the other
# How far the manners of the two halves are apart (`manner.distances`) ...
ALIKE = 2.0  # ... of phrases that repeat one thing (made-up ones: 1 in nine of ten)
DIVERSE = (
    8.0  # ... of what people play (first halves of held-out performances: 4 in nine of ten, 11 in the median)
)
MAX_PHRASES = 64  # of an evening; the oldest goes
PAUSE_S = 0.25  # a knob that rested so long begins a gesture


@dataclass(frozen=True, eq=False)
class Phrase:
    """A stretch of one stream.

    Attributes:
        columns: what a row holds.
        rows: float32 `(n, n_columns)`, at least one. The first dt is the silence before.
    """

    columns: Columns
    rows: RowsArray

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def place(self) -> np.ndarray:
        """Where the finger was, or where the knobs stood, float64 `(n, 2)` or `(n, n_knobs)`."""
        return self.rows[:, self.columns.place].astype("float64")

    @cached_property
    def dt_s(self) -> np.ndarray:
        """Seconds since the row before, float64 `(n,)`."""
        return self.rows[:, self.columns.dt].astype("float64")

    @cached_property
    def begins(self) -> np.ndarray:
        """Whether a row begins a gesture: a new contact, or knobs after a pause. Bool `(n,)`."""
        if self.columns.is_touch:
            begins = self.rows[:, self.columns.moving] < 0.5
        else:
            begins = self.dt_s >= PAUSE_S
        return np.asarray(begins)

    @cached_property
    def seconds(self) -> float:
        """From the first row to the last."""
        return float(self.dt_s[1:].sum())

    @cached_property
    def manner(self) -> np.ndarray:
        """Its statistics, see `app.engine.manner`."""
        return manner(self.place, self.dt_s, self.begins)

    @cached_property
    def diversity(self) -> float:
        """How much its player varied: 0 where its two halves are alike, up to 1; of knobs always 0."""
        half = int(np.searchsorted(np.cumsum(self.dt_s) - self.dt_s[0], self.seconds / 2.0))
        if not self.columns.is_touch or min(half, len(self) - half) < MIN_HALF_ROWS:
            return 0.0
        first, second = self._manner_of(slice(half)), self._manner_of(slice(half, None))
        apart = float(distances(first, second[None])[0])
        return float(np.clip((apart - ALIKE) / (DIVERSE - ALIKE), 0.0, 1.0))

    def _manner_of(self, part: slice) -> np.ndarray:
        begins = self.begins[part].copy()
        begins[0] = True  # so that a finger that stays down in both halves is one contact in either
        return manner(self.place[part], self.dt_s[part], begins)

    @cached_property
    def unit(self) -> float:
        """The typical length of a step that goes on with a gesture, in units of `place`."""
        length = np.linalg.norm(np.diff(self.place, axis=0), axis=1)[~self.begins[1:]]
        length = length[length > 0.0]
        return max(float(np.median(length)) if len(length) else 0.01, 0.003)


class Evening:
    """What a player played on one stream since the program began, in phrases."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._closed: deque[Phrase] = deque(maxlen=MAX_PHRASES)
        self._open: list[Row] = []
        self._last: Phrase | None = None  # what `last` gave, while nothing is added

    def take(self, rows: Sequence[Row], silence_s: float) -> None:
        """Add what was played. After a silence of `silence_s` a phrase begins.

        The silence itself is none of the phrase: where phrases are joined it counts as `silence_s`.
        """
        self._last = None
        silence_s = min(silence_s, MAX_DT_S)  # no row tells of a longer one
        for row in rows:
            if self._open and float(row[self.columns.dt]) >= silence_s:
                self._closed.append(self._phrase(self._open))
                self._open = []
            if not self._open:
                row = row.copy()
                row[self.columns.dt] = min(float(row[self.columns.dt]), silence_s)
            self._open.append(row)
            if len(self._open) > MAX_ROWS:
                del self._open[: MAX_ROWS // 4]

    @property
    def open_s(self) -> float:
        """How long the last phrase has lasted, from its first row to its last."""
        return float(sum(row[self.columns.dt] for row in self._open[1:]))

    def last(self) -> Phrase | None:
        """The last phrase, and what was played before it if it is short; None if nothing was played."""
        if self._last is None and self._open:
            self._last = self._joined()
        return self._last

    def _joined(self) -> Phrase:
        last = self._phrase(self._open)
        parts, seconds, n = [last.rows], last.seconds, len(last)
        for phrase in reversed(self._closed):
            is_enough = seconds >= MIN_PHRASE_S and n >= MIN_PHRASE_ROWS
            if is_enough or seconds + phrase.seconds > REACH_S:
                break
            parts, seconds, n = [phrase.rows, *parts], seconds + phrase.seconds, n + len(phrase)
        return Phrase(self.columns, np.concatenate(parts)) if len(parts) > 1 else last

    def earlier(self) -> list[Phrase]:
        """The phrases before the last one that are long enough to go on from, the newest first."""
        return [phrase for phrase in reversed(self._closed) if len(phrase) >= MIN_PHRASE_ROWS]

    def _phrase(self, rows: Sequence[Row]) -> Phrase:
        return Phrase(self.columns, np.stack(rows))
