"""Events to strokes: one stroke per contact of a finger, one gently drawn lane per knob."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.events import Event, Release, Source, Touch, Values
from app.render.errors import RenderError
from app.render.look import LANE_FILL, LANE_GAP_S

Key = tuple[Source, int]


@dataclass(frozen=True, eq=False)
class Stroke:
    """What one finger drew between touching and leaving, or what one knob did.

    Attributes:
        source: who drew it.
        voice: which stream of this source; for a lane the index of the knob. It chooses the colour.
        points: float32 (n, 2), fractions of the canvas, origin top left, n >= 1.
        time_s: float64 (n,), seconds since the first event of the performance, never falling.
        pressure: float32 (n,), (0, 1].
        end_s: when the finger left; the time of the last point if nobody said so.
        lane: True for a knob, which has time from left to right and its value from bottom to top.
    """

    source: Source
    voice: int
    points: NDArray[np.float32]
    time_s: NDArray[np.float64]
    pressure: NDArray[np.float32]
    end_s: float
    lane: bool = False


@dataclass(frozen=True, eq=False)
class Drawing:
    """All strokes of a performance, in the order they began, and how long it lasted in seconds."""

    strokes: tuple[Stroke, ...]
    duration_s: float

    def sources(self) -> tuple[Source, ...]:
        """Who drew, the player first."""
        there = {stroke.source for stroke in self.strokes}
        return tuple(source for source in Source if source in there)


def draw(events: Iterable[Event]) -> Drawing:
    """The strokes of `events`, which may come in any order.

    Raises:
        RenderError: there is nothing to draw (no touch and no controller values).
    """
    ordered = sorted(events, key=lambda event: event.time_s)
    if not any(isinstance(event, Touch) or (isinstance(event, Values) and event.values) for event in ordered):
        raise RenderError(f"events: expected at least one touch or controller event, got {_count(ordered)}.")
    start_s = ordered[0].time_s
    strokes = _contacts(ordered, start_s) + _lanes(ordered, start_s)
    strokes.sort(key=lambda stroke: float(stroke.time_s[0]))
    return Drawing(tuple(strokes), ordered[-1].time_s - start_s)


def _count(events: Sequence[Event]) -> str:
    return "none" if not events else f"{len(events)} events that draw nothing"


def _contacts(events: Sequence[Event], start_s: float) -> list[Stroke]:
    """One stroke per contact: it begins with `moving` False and ends with the release."""
    open_touches: dict[Key, list[Touch]] = {}
    strokes: list[Stroke] = []

    def finish(key: Key, end_s: float | None) -> None:
        touches = open_touches.pop(key, None)
        if touches:
            strokes.append(_contact(touches, start_s, end_s))

    for event in events:
        if isinstance(event, Values):
            continue
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


def _lanes(events: Sequence[Event], start_s: float) -> list[Stroke]:
    """One lane per knob of each voice, stacked from the top; player and ghost share the lanes."""
    reports = [event for event in events if isinstance(event, Values) and event.values]
    if not reports:
        return []
    n_knobs: dict[int, int] = {}
    for report in reports:
        n_knobs[report.voice] = max(n_knobs.get(report.voice, 0), len(report.values))
    rows = [(voice, knob) for voice in sorted(n_knobs) for knob in range(n_knobs[voice])]
    row_of = {lane: row for row, lane in enumerate(rows)}
    duration_s = max(events[-1].time_s - start_s, 1e-9)

    strokes: list[Stroke] = []
    for source in Source:
        for voice in n_knobs:
            mine = [report for report in reports if report.source is source and report.voice == voice]
            for knob in range(n_knobs[voice]):
                told = [(report.time_s - start_s, report.values[knob]) for report in mine
                        if knob < len(report.values)]
                if told:
                    row = row_of[voice, knob]
                    strokes += _lane(source, row, len(rows), np.array(told), duration_s)
    return strokes


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
        y = (row + 0.5 + LANE_FILL * (0.5 - value)) / n_rows
        points = np.stack([time_s / duration_s, y], axis=1).astype(np.float32)
        pressure = np.ones(len(piece), dtype=np.float32)
        strokes.append(Stroke(source, row, np.clip(points, 0, 1), time_s, pressure, float(time_s[-1]), True))
    return strokes
