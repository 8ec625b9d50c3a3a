"""The strokes of a drawing: their places and times, and the touches that make them heard.

Places are in sides of the square canvas: (0, 0) is left top and (1, 1) right bottom. The window and a
recording are wider than high; the square lies in their middle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.events import ASPECT, Event, Release, Source, Touch

Places = NDArray[np.float32]
Times = NDArray[np.float64]

FRAME_S = 1.0 / 60.0  # from one event to the next where nobody timed a stroke
PEN_SPEED = 1.5  # sides of the canvas a second, likewise
DOT_S = 0.1  # how long a dot takes


@dataclass(frozen=True, eq=False)
class Stroke:
    """What a pen drew between down and up.

    Attributes:
        source: who drew it.
        places: float32 (n, 2), sides of the canvas, n >= 1.
        time_s: float64 (n,), seconds since the drawing began, never falling.
        pressure: float32 (n,), (0, 1].
        voice: which finger of this source.
        is_timed: False if nobody timed it: its times are those of an even pen.
    """

    source: Source
    places: Places
    time_s: Times
    pressure: NDArray[np.float32]
    voice: int = 0
    is_timed: bool = True


def bounds(strokes: Sequence[np.ndarray]) -> tuple[Times, Times]:
    """The left top and right bottom of strokes, (2,) each."""
    places = np.concatenate(strokes).astype(np.float64)
    return places.min(axis=0), places.max(axis=0)


def paced(places: Places) -> Times:
    """Seconds since its first point at which an even pen is at each, (n,)."""
    steps = np.hypot(*np.diff(places.astype(np.float64), axis=0).T)
    return np.concatenate([[0.0], np.cumsum(steps / PEN_SPEED)])


def touches(stroke: Stroke, offset_s: float) -> Iterator[Event]:
    """The touches of one contact, and its release; a stroke that nobody timed in even steps."""
    time_s, places, pressure = stroke.time_s, stroke.places, stroke.pressure
    if not stroke.is_timed:
        n = max(2, round(float(time_s[-1] - time_s[0]) / FRAME_S) + 1)
        frames = np.linspace(time_s[0], time_s[-1], n)
        frames = np.union1d(frames, time_s)  # corners stay sharp
        places = np.stack([np.interp(frames, time_s, places[:, i]) for i in (0, 1)], axis=1).astype("float32")
        time_s, pressure = frames, np.ones(len(frames), np.float32)
    x = np.clip((places[:, 0] - 0.5) / ASPECT + 0.5, 0.0, 1.0)
    y = np.clip(places[:, 1], 0.0, 1.0)
    rows = zip((time_s + offset_s).tolist(), x.tolist(), y.tolist(), pressure.tolist(), strict=True)
    for i, (t, at_x, at_y, press) in enumerate(rows):
        yield Touch(t, stroke.source, stroke.voice, at_x, at_y, i > 0, press)
    held_s = 0.0 if time_s[-1] > time_s[0] else DOT_S
    yield Release(float(time_s[-1]) + offset_s + held_s, stroke.source, stroke.voice)


def contacts(events: Iterable[Event]) -> list[Stroke]:
    """One stroke for every contact of a finger, in the order they began."""
    held: dict[tuple[Source, int], list[Touch]] = {}
    found: list[list[Touch]] = []
    for event in events:
        if not isinstance(event, Touch):
            continue
        key = (event.source, event.voice)
        if not event.moving or key not in held:
            held[key] = []
            found.append(held[key])
        held[key].append(event)
    return [_stroke(one) for one in found]


def _stroke(touches: Sequence[Touch]) -> Stroke:
    places = np.array([((t.x - 0.5) * ASPECT + 0.5, t.y) for t in touches], np.float32)
    time_s = np.array([t.time_s for t in touches], np.float64)
    pressure = np.array([t.pressure for t in touches], np.float32)
    return Stroke(touches[0].source, places, time_s, pressure, touches[0].voice)
