"""Events as rows of a recording: what a file says of each, and a whole performance of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.core.contacts import Contacts
from app.core.events import Event, Note, Release, Touch
from models.performance import NOTE_COLUMNS, TOUCH_COLUMNS, Performance, PerformanceError, row, value_columns

Columns = tuple[str, ...]  # as in `models.performance.header`


class RowMaker:
    """Makes rows of events, one after another: a release is what its voice was last, with z or velocity 0."""

    def __init__(self) -> None:
        self._contacts = Contacts()
        self._start_s: float | None = None  # time of the first event of `line`

    def line(self, event: Event) -> tuple[Columns, str] | None:
        """As `row`, the line of a file instead of the values. Its time counts from the first event."""
        if self._start_s is None:
            self._start_s = event.time_s
        made = self.row(event)
        if made is None:
            return None
        columns, values = made
        return columns, row(event.time_s - self._start_s, event.source, event.voice, values)

    def row(self, event: Event) -> tuple[Columns, tuple[float, ...]] | None:
        """The columns and values of an event; None for a release of what was never touched."""
        last = self._contacts.note(event)
        if isinstance(event, Touch):
            return TOUCH_COLUMNS, (event.x, event.y, event.pressure, event.moving)
        if isinstance(event, Note):
            return NOTE_COLUMNS, (event.pitch, event.velocity)
        if isinstance(event, Release):
            if isinstance(last, Note):
                return NOTE_COLUMNS, (last.pitch, 0)
            return (TOUCH_COLUMNS, (last.x, last.y, 0.0, True)) if isinstance(last, Touch) else None
        return (value_columns(len(event.values)), event.values) if event.values else None


def performance_of(events: Sequence[Event]) -> Performance:
    """Events of one kind, in the order of their times, as the performance that a recording of them holds.

    The first one is at 0 s. `app.recording.replay.events_of` is the way back.

    Raises:
        PerformanceError: there are none, or of several kinds.
    """
    maker = RowMaker()
    made = [(event, values) for event in events if (values := maker.row(event)) is not None]
    kinds = {columns for _, (columns, _) in made}
    if len(kinds) != 1:
        found = " and ".join(",".join(columns) for columns in sorted(kinds)) or "none"
        raise PerformanceError(f"events: expected some, all of the same columns, got {found}.")
    return Performance(
        kinds.pop(),
        np.array([event.time_s for event, _ in made]) - made[0][0].time_s,
        np.array([event.source.value for event, _ in made]),
        np.array([event.voice for event, _ in made], np.int64),
        np.array([values for _, (_, values) in made], np.float32),
    )
