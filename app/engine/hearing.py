"""What is heard of the player's events on one stream: when each becomes a row of the model, and with what dt.

Touches and values are heard as they come. A note is heard when its key goes up, for its duration is a part
of it; until then those that were struck after it wait, because the model hears notes in the order of their
onsets.
"""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.events import Event, Note, Release
from app.engine.event_rows import Columns, Row
from models.notes import CHORD_S

HELD_S = 2.0  # a note that is held for longer is waited for no more: it is heard as if it ended now

TimedRow = tuple[float, Row]  # when it was played, and what the model hears, [D]


class Hearing:
    """Makes rows of the events of one stream: of touches and values, each when it comes.

    Each method returns the rows that are to be heard now, in order. `last_s` is when the row before was
    played, -inf if there is none.

    Attributes:
        is_behind: something was played that is not heard yet.
    """

    is_behind = False

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def hear(self, events: Sequence[Event], last_s: float) -> list[TimedRow]:
        """Take in events of the model's kind, in their order, at least one."""
        rows: list[TimedRow] = []
        for event in events:
            if not isinstance(event, Release):
                rows.append((event.time_s, self._columns.row(event, _dt_s(event.time_s, last_s))))
                last_s = event.time_s
        return rows

    def catch_up(self, now_s: float, last_s: float, held_s: float = 0.0) -> list[TimedRow]:
        """Wait no longer for what has been held for `held_s`: it is heard as if it ended at `now_s`."""
        return []


@dataclass(slots=True)
class _Key:
    """A note that is not heard yet; `end_s` is infinite while its key is down."""

    note: Note
    end_s: float = math.inf


class NoteHearing(Hearing):
    """Hears notes in the order of their onsets, those of a chord (`CHORD_S`) from the lowest on with dt 0."""

    def __init__(self, columns: Columns) -> None:
        super().__init__(columns)
        self._waiting: list[_Key] = []  # by onset

    @property
    def is_behind(self) -> bool:  # type: ignore[override]
        """See `Hearing`."""
        return bool(self._waiting)

    def hear(self, events: Sequence[Event], last_s: float) -> list[TimedRow]:
        """See `Hearing`."""
        for event in events:
            for key in self._waiting:
                if key.note.voice == event.voice and key.end_s == math.inf:
                    key.end_s = max(event.time_s, key.note.time_s)
            if isinstance(event, Note):
                insort(self._waiting, _Key(event), key=lambda key: key.note.time_s)
        now_s = events[-1].time_s
        return self._rows(now_s, last_s, now_s - HELD_S, now_s - CHORD_S)

    def catch_up(self, now_s: float, last_s: float, held_s: float = 0.0) -> list[TimedRow]:
        """See `Hearing`."""
        return self._rows(now_s, last_s, now_s - held_s, now_s - (CHORD_S if held_s else 0.0))

    def _rows(self, now_s: float, last_s: float, held_since_s: float, whole_since_s: float) -> list[TimedRow]:
        """Chords that began by `whole_since_s`, of keys that are up or down since `held_since_s`."""
        rows: list[TimedRow] = []
        while self._waiting and (onset_s := self._waiting[0].note.time_s) <= whole_since_s:
            chord = self._first_chord()
            if any(key.end_s == math.inf and key.note.time_s > held_since_s for key in chord):
                break
            del self._waiting[: len(chord)]
            for key in sorted(chord, key=lambda key: key.note.pitch):
                duration_s = min(key.end_s, now_s) - key.note.time_s
                rows.append((onset_s, self._columns.row(key.note, _dt_s(onset_s, last_s), duration_s)))
                last_s = onset_s
        return rows

    def _first_chord(self) -> list[_Key]:
        """The notes that were struck together with the first one that waits."""
        chord: dict[int, _Key] = {}
        for key in self._waiting:
            is_late = chord and key.note.time_s > self._waiting[0].note.time_s + CHORD_S
            if is_late or key.note.pitch in chord:
                break
            chord[key.note.pitch] = key
        return list(chord.values())


def _dt_s(time_s: float, last_s: float) -> float:
    return 0.0 if last_s == -math.inf else time_s - last_s
