"""Events to strokes: one stroke per contact of a finger, one gently drawn lane per knob, one bar per note."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.events import KEYS_VOICE, Event, Note, Release, Source, Touch, Values
from app.pictures.keyboard import OCTAVE, KeyRange
from app.pictures.style import LANE_FILL, LANE_GAP_S, NOTE_FADE_S, NOTE_LEFT, NOTE_SHORTEST, NOTE_STEP_S

MOST_LANE_POINTS = 32_000  # of one knob: four for each column of the largest picture

Key = tuple[Source, int]


class RenderError(ValueError):
    """A picture that cannot be made: says what was expected and what was found."""


@dataclass(frozen=True, eq=False)
class Stroke:
    """What one finger drew between touching and leaving, what one knob did, or one note.

    Attributes:
        source: who drew it.
        voice: which stream of this source; for a lane the index of the knob, for a note its octave. It
            chooses the colour.
        points: float32 (n, 2), fractions of the canvas, origin top left, n >= 1.
        time_s: float64 (n,), seconds since the first event of the performance, never falling.
        pressure: float32 (n,), (0, 1]; of a note its velocity, which dies away along it.
        end_s: when the finger left; the time of the last point if nobody said so.
        lane: True for a knob, which has time from left to right and its value from bottom to top.
        is_note: True for a note, which has time from left to right and its pitch from bottom to top.
    """

    source: Source
    voice: int
    points: NDArray[np.float32]
    time_s: NDArray[np.float64]
    pressure: NDArray[np.float32]
    end_s: float
    lane: bool = False
    is_note: bool = False

    @property
    def is_timed(self) -> bool:
        """Whether it has time from left to right, so that no finger was where it is drawn."""
        return self.lane or self.is_note


@dataclass(frozen=True, eq=False)
class Drawing:
    """What a performance drew.

    Attributes:
        strokes: in the order they began.
        duration_s: from the first event to the last.
        n_lanes: how many knobs share the height of the canvas; 0 without a controller.
        keys: the range of keys from bottom to top; None without notes.
    """

    strokes: tuple[Stroke, ...]
    duration_s: float
    n_lanes: int = 0
    keys: KeyRange | None = None

    def sources(self) -> tuple[Source, ...]:
        """Who drew, the player first."""
        there = {stroke.source for stroke in self.strokes}
        return tuple(source for source in Source if source in there)


def draw(events: Iterable[Event]) -> Drawing:
    """The strokes of `events`, which may come in any order.

    Raises:
        RenderError: there is nothing to draw (no touch, no note and no controller values).
    """
    ordered = sorted(events, key=lambda event: event.time_s)
    reports = [event for event in ordered if isinstance(event, Values) and event.values]
    if not reports and all(isinstance(event, Release | Values) for event in ordered):
        got = f"{len(ordered)} events that draw nothing" if ordered else "none"
        raise RenderError(f"events: expected at least one touch, note or controller event, got {got}.")
    start_s = ordered[0].time_s
    notes = [event for event in ordered if isinstance(event, Note)]
    keys = KeyRange().around(note.pitch for note in notes) if notes else None
    rows = _rows(reports)
    duration_s = ordered[-1].time_s - start_s
    strokes = _contacts([event for event in ordered if isinstance(event, Touch | Release)], start_s)
    if keys is not None:
        strokes += _bars(ordered, keys, start_s, max(duration_s, 1e-9))
    for (voice, knob), row in rows.items():
        for source in Source:
            told = [
                (report.time_s - start_s, report.values[knob])
                for report in reports
                if report.source is source and report.voice == voice and knob < len(report.values)
            ]
            if told:
                strokes += _lane(source, row, len(rows), _thinned(np.array(told)), max(duration_s, 1e-9))
    strokes.sort(key=lambda stroke: float(stroke.time_s[0]))
    return Drawing(tuple(strokes), duration_s, len(rows), keys)


def _bars(events: Sequence[Event], keys: KeyRange, start_s: float, duration_s: float) -> list[Stroke]:
    """A bar for each note, from its onset to its release, the next note of its key, or the end."""
    down: dict[Key, Note] = {}
    bars: list[Stroke] = []

    def finish(key: Key, end_s: float) -> None:
        note = down.pop(key, None)
        if note is not None:
            bars.append(_bar(note, end_s, keys, start_s, duration_s))

    for event in events:
        if isinstance(event, Note | Release):
            finish((event.source, event.voice), event.time_s)
        if isinstance(event, Note):
            down[event.source, event.voice] = event
    for key in list(down):
        finish(key, start_s + duration_s)
    return bars


def _bar(note: Note, end_s: float, keys: KeyRange, start_s: float, duration_s: float) -> Stroke:
    onset_s = note.time_s - start_s
    shown_s = max(end_s - note.time_s, NOTE_SHORTEST * duration_s)
    held_s = np.linspace(0.0, shown_s, 2 + int(min(shown_s / NOTE_STEP_S, 500)))
    x = np.clip((onset_s + held_s) / duration_s, 0.0, 1.0)
    force = note.velocity / 127 * (NOTE_LEFT + (1 - NOTE_LEFT) * np.exp(-held_s / NOTE_FADE_S))
    return Stroke(
        source=note.source,
        voice=(note.voice - KEYS_VOICE) // OCTAVE,
        points=np.column_stack([x, np.full(len(x), keys.y(note.pitch))]).astype(np.float32),
        time_s=onset_s + held_s,
        pressure=force.astype(np.float32),
        end_s=onset_s + shown_s,
        is_note=True,
    )


def lane_y(row: int | NDArray[np.intp], n_rows: int, value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where `value` in [0, 1] lies on the canvas in lane `row` of `n_rows`, stacked from the top."""
    return np.asarray((row + 0.5 + LANE_FILL * (0.5 - value)) / n_rows)


def _contacts(events: Sequence[Touch | Release], start_s: float) -> list[Stroke]:
    """One stroke per contact: it begins with `moving` False and ends with the release."""
    open_touches: dict[Key, list[Touch]] = {}
    strokes: list[Stroke] = []

    def finish(key: Key, end_s: float | None) -> None:
        touches = open_touches.pop(key, None)
        if touches:
            strokes.append(_contact(touches, start_s, end_s))

    for event in events:
        key = (event.source, event.voice)
        if isinstance(event, Release):
            finish(key, event.time_s)
            continue
        if not event.moving:
            finish(key, None)
        open_touches.setdefault(key, []).append(event)
    for key in list(open_touches):
        finish(key, None)
    return strokes


def _contact(touches: Sequence[Touch], start_s: float, end_s: float | None) -> Stroke:
    time_s = np.array([touch.time_s for touch in touches], dtype=np.float64) - start_s
    return Stroke(
        source=touches[0].source,
        voice=touches[0].voice,
        points=np.array([(touch.x, touch.y) for touch in touches], dtype=np.float32),
        time_s=time_s,
        pressure=np.array([touch.pressure for touch in touches], dtype=np.float32),
        end_s=float(time_s[-1]) if end_s is None else end_s - start_s,
    )


def _rows(reports: Sequence[Values]) -> dict[tuple[int, int], int]:
    """The lane of every (voice, knob); player and ghost share the lanes."""
    n_knobs: dict[int, int] = {}
    for report in reports:
        n_knobs[report.voice] = max(n_knobs.get(report.voice, 0), len(report.values))
    knobs = [(voice, knob) for voice in sorted(n_knobs) for knob in range(n_knobs[voice])]
    return {key: row for row, key in enumerate(knobs)}


def _thinned(told: NDArray[np.float64]) -> NDArray[np.float64]:
    """`told` of a lane, of so many reports that no picture has a column for each: what bounds the line stays.

    Of each stretch the first and the last report, the lowest and the highest value.
    """
    length = -(-4 * len(told) // MOST_LANE_POINTS)
    if length <= 4:
        return told
    n = len(told) // length
    values = told[: n * length, 1].reshape(n, length)
    within = np.stack([np.zeros(n, np.intp), values.argmin(1), values.argmax(1), np.full(n, length - 1)])
    kept = np.unique(within + length * np.arange(n))
    thinned: NDArray[np.float64] = told[np.concatenate([kept, np.arange(n * length, len(told))])]
    return thinned


def _lane(
    source: Source, row: int, n_rows: int, told: NDArray[np.float64], duration_s: float
) -> list[Stroke]:
    """The pieces of one lane; a silence longer than `LANE_GAP_S` lifts the pen.

    `told`: float64 (n, 2), seconds and value in [0, 1].
    """
    pieces = np.split(told, np.flatnonzero(np.diff(told[:, 0]) > LANE_GAP_S) + 1)
    strokes = []
    for piece in pieces:
        time_s, value = piece[:, 0], piece[:, 1]
        points = np.stack([time_s / duration_s, lane_y(row, n_rows, value)], axis=1).astype(np.float32)
        pressure = np.ones(len(piece), dtype=np.float32)
        strokes.append(Stroke(source, row, np.clip(points, 0, 1), time_s, pressure, float(time_s[-1]), True))
    return strokes
