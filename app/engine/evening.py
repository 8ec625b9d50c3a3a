"""What a player played on one stream since the program began, in phrases."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from app.engine.event_rows import MAX_DT_S, Columns, Row
from app.engine.gesture_phrase import GesturePhrase
from app.engine.note_phrase import NotePhrase
from app.engine.phrase import MIN_PHRASE_ROWS, Phrase

MAX_ROWS = 1024  # of a phrase: of one finger that never lifts, the last half minute
MIN_PHRASE_S = 2.0  # a shorter phrase is too little to go on from: what was played before it is added ...
REACH_S = 8.0  # ... as long as all of it is no longer than this
MAX_PHRASES = 64  # of an evening; the oldest goes


class Evening:
    """What a player played on one stream since the program began, in phrases."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._kind: type[Phrase] = NotePhrase if columns.is_notes else GesturePhrase
        self._closed: deque[Phrase] = deque(maxlen=MAX_PHRASES)
        self._open: list[Row] = []
        self._sounds_s = 0.0  # how long after the last row something of it still sounds: notes do
        self._last: Phrase | None = None  # what `last` gave, while nothing is added

    def take(self, rows: Sequence[Row], silence_s: float) -> None:
        """Add what was played. After a silence of `silence_s` a phrase begins.

        The silence itself is none of the phrase: where phrases are joined it counts as `silence_s`.
        """
        self._last = None
        silence_s = min(silence_s, MAX_DT_S)  # no row tells of a longer one
        for row in rows:
            dt_s = float(row[self._columns.dt])
            if self._open and dt_s - self._sounds_s >= silence_s:
                self._closed.append(self._phrase(self._open))
                self._open = []
            self._sounds_s = max(self._sounds_s - dt_s, self._columns.duration_s(row))
            if not self._open:
                row = row.copy()
                row[self._columns.dt] = min(dt_s, silence_s)
            self._open.append(row)
            if len(self._open) > MAX_ROWS:
                del self._open[: MAX_ROWS // 4]

    @property
    def open_s(self) -> float:
        """How long the last phrase has lasted, from its first row to its last."""
        return float(sum(row[self._columns.dt] for row in self._open[1:]))

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
        return last.of(np.concatenate(parts)) if len(parts) > 1 else last

    def earlier(self) -> list[Phrase]:
        """The phrases before the last one that are long enough to go on from, the newest first."""
        return [phrase for phrase in reversed(self._closed) if len(phrase) >= MIN_PHRASE_ROWS]

    def _phrase(self, rows: Sequence[Row]) -> Phrase:
        return self._kind(self._columns, np.stack(rows))
