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

from app.engine.event_rows import Columns, Row, RowsArray

MAX_ROWS = 1024  # of a phrase: of one finger that never lifts, the last half minute
MIN_PHRASE_S = 2.0  # a shorter phrase is too little to go on from: what was played before it is added ...
MIN_PHRASE_ROWS = 6
REACH_S = 8.0  # ... as long as all of it is no longer than this
MAX_PHRASES = 64  # of an evening; the oldest goes
PAUSE_S = 0.25  # a knob that rested so long begins a gesture


@dataclass(frozen=True, eq=False)
class Phrase:
    """A stretch of one stream.

    Attributes:
        columns: what a row holds.
        rows: float32 `(n, n_columns)`, at least one; the first dt is 0.
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

    @property
    def seconds(self) -> float:
        """From the first row to the last."""
        return float(self.dt_s.sum())

    @cached_property
    def unit(self) -> float:
        """The typical length of a step that goes on with a gesture, in units of `place`."""
        length = np.linalg.norm(np.diff(self.place, axis=0), axis=1)[~self.begins[1:]]
        length = length[length > 0.0]
        return max(float(np.median(length)) if len(length) else 0.01, 0.003)


class Evening:
    """The rows a player played on one stream since the program began, in phrases."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._phrases: deque[list[Row]] = deque(maxlen=MAX_PHRASES)

    def take(self, rows: Sequence[Row], silence_s: float) -> None:
        """Add what was played. After a silence of `silence_s` a phrase begins.

        The silence itself is none of the phrase: where phrases are joined it counts as `silence_s`.
        """
        for row in rows:
            if not self._phrases or float(row[self.columns.dt]) >= silence_s:
                self._phrases.append([])
                row = row.copy()
                row[self.columns.dt] = min(row[self.columns.dt], silence_s)
            phrase = self._phrases[-1]
            phrase.append(row)
            if len(phrase) > MAX_ROWS:
                del phrase[: MAX_ROWS // 4]

    def last(self) -> Phrase | None:
        """The last phrase, and what was played before it if it is short; None if nothing was played."""
        rows: list[Row] = []
        seconds = 0.0
        for phrase in reversed(self._phrases):
            added_s = float(sum(row[self.columns.dt] for row in phrase))
            is_enough = seconds >= MIN_PHRASE_S and len(rows) >= MIN_PHRASE_ROWS
            if rows and (is_enough or seconds + added_s > REACH_S):
                break
            rows, seconds = phrase + rows, seconds + added_s
        return self._phrase(rows) if rows else None

    def earlier(self) -> list[Phrase]:
        """The phrases before the last one, the newest first."""
        return [self._phrase(rows) for rows in list(self._phrases)[-2::-1] if len(rows) >= MIN_PHRASE_ROWS]

    def _phrase(self, rows: Sequence[Row]) -> Phrase:
        array = np.stack(rows)
        array[0, self.columns.dt] = 0.0
        return Phrase(self.columns, array)
