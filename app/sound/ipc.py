"""Events and settings between this process and the one that sounds: one JSON array a line."""

from __future__ import annotations

import json
from typing import Any

from app.core.events import Event, Note, Release, Source, Touch, Values

Row = list[Any]


def to_row(event: Event) -> Row:
    """An event as a list that JSON can hold: its kind, then its fields."""
    if isinstance(event, Touch):
        fields: Row = [event.voice, event.x, event.y, event.moving, event.pressure]
        return ["touch", event.time_s, event.source.value, *fields]
    if isinstance(event, Note):
        return ["note", event.time_s, event.source.value, event.pitch, event.velocity]
    if isinstance(event, Release):
        return ["release", event.time_s, event.source.value, event.voice]
    return ["values", event.time_s, event.source.value, event.voice, *event.values]


def from_row(row: Row) -> Event:
    """The event of `to_row`.

    Raises:
        ValueError: there is no such kind of event, or the event is not valid.
    """
    kind, time_s, source, voice, *rest = row
    if kind == "touch":
        return Touch(time_s, Source(source), voice, *rest)
    if kind == "note":
        return Note(time_s, Source(source), voice, *rest)
    if kind == "release":
        return Release(time_s, Source(source), voice)
    if kind == "values":
        return Values(time_s, Source(source), tuple(rest), voice)
    raise ValueError(f"kind: expected touch, note, release or values, got {kind!r}.")


def to_line(message: Any) -> bytes:
    """One message as it goes through the pipe."""
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"
