"""A recorded performance as events again, to play it, draw it or write it to another format."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from app.core.contacts import Contacts
from app.core.events import ASPECT, KEYS_VOICE, Event, Note, Release, Source, Touch, Values
from models.formats.arrays import STROKE_COLUMNS
from models.performance import Performance, PerformanceError, value_columns

# Formats without releases: a finger leaves this long after its last event, or when it comes down again.
HOLD_S = 0.1
_MARGIN = 0.1  # of the canvas, kept free around a drawing


def events_of(performance: Performance, *, start_s: float = 0.0) -> list[Event]:
    """The events of a performance, in the order of their times.

    Every contact begins with `moving` False and ends with a Release, also where the file has none.

    Args:
        performance: of touches, notes, values, or a stroke-3 drawing, which is fitted to the canvas.
        start_s: the time of the first event, seconds; the others keep their distances to it.
    """
    times_s = (performance.time_s - performance.time_s[:1].sum() + start_s).tolist()
    if performance.is_touch:
        return _touches(performance, times_s, performance.values)
    if performance.is_notes:
        return _notes(performance, times_s)
    if performance.columns == STROKE_COLUMNS:
        return _touches(performance, times_s, _fit_drawing(performance.values))
    if performance.columns == value_columns(len(performance.columns)):
        sources, voices = performance.source.tolist(), performance.voice.tolist()
        rows = zip(times_s, sources, performance.values.tolist(), voices, strict=True)
        return [Values(t, Source(source), tuple(values), voice) for t, source, values, voice in rows]
    got = ",".join(performance.columns)
    raise PerformanceError(f"performance: expected touches, notes, values or a drawing, got columns {got}.")


def _notes(performance: Performance, times_s: list[float]) -> list[Event]:
    contacts = Contacts()  # a note whose end was lost lasts until the end, or until its key is struck again
    events: list[Event] = []
    sources = [Source(word) for word in performance.source.tolist()]
    for t, source, (pitch, velocity) in zip(times_s, sources, performance.values.tolist(), strict=True):
        note = Note(t, source, int(pitch), int(velocity)) if velocity else None
        events += contacts.whole(note or Release(t, source, KEYS_VOICE + int(pitch)))
    return [*events, *contacts.release(times_s[-1])] if events else []


def _touches(performance: Performance, times_s: list[float], values: NDArray[np.float32]) -> list[Event]:
    events: list[Event] = []
    contacts = Contacts(HOLD_S)
    sources = [Source(word) for word in performance.source.tolist()]
    voices = performance.voice.tolist()
    for t, source, voice, (x, y, z, moving) in zip(times_s, sources, voices, values.tolist(), strict=True):
        is_up = z == 0.0
        event = Release(t, source, voice) if is_up else Touch(t, source, voice, x, y, moving >= 0.5, z)
        events += contacts.whole(event)
    events += contacts.release(math.inf)
    return sorted(events, key=lambda event: event.time_s)  # stable: a release stays before the next contact


def _fit_drawing(steps: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pen steps [n, 3] `dx, dy, pen_lifted` as rows [n, 4] `x, y, z, moving` in the middle of the canvas."""
    points = np.cumsum(steps[:, :2].astype(np.float64), axis=0)
    if not len(points):
        return np.zeros((0, 4), np.float32)
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array([ASPECT, 1.0]) * (1.0 - 2.0 * _MARGIN)  # in canvas heights
    scale = np.min(room / np.maximum(high - low, 1e-9))
    centred = (points - (low + high) / 2.0) * scale / [ASPECT, 1.0] + 0.5
    is_first = np.concatenate([[True], steps[:-1, 2] >= 0.5])
    return np.column_stack([centred.clip(0.0, 1.0), np.ones(len(points)), ~is_first]).astype(np.float32)
