"""A drawing: the strokes of a person and of the ghost, in their order, on a square canvas.

It is also music: `events` gives it as touches in time, so that it sounds and is saved as a recording, and
a recorded touch performance opens as a drawing.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from app.core.events import Event, Source
from app.recording.replay import events_of
from app.recording.rows import RowMaker
from app.sketch.strokes import Stroke, bounds, contacts, paced, touches
from models.formats.arrays import STROKE_COLUMNS
from models.manifest import Scale
from models.performance import TOUCH_COLUMNS, Performance, PerformanceError, header
from models.strokes import heard, to_strokes

FREE = 0.8  # share of the canvas that a drawing of unknown size takes
PEN_UP_S = 0.15  # between two strokes


class Drawing:
    """Strokes in the order they were drawn."""

    def __init__(self, strokes: Iterable[Stroke] = (), *, is_placed: bool = True) -> None:
        """`is_placed`: whether somebody put it where it is, and not only where there was room."""
        self._strokes = list(strokes)
        self._is_placed = is_placed

    @classmethod
    def in_the_middle(cls, points: np.ndarray, scale: Scale, source: Source = Source.GHOST) -> Drawing:
        """`points` of a sketch model, (n, 3), as a drawing in the middle of its canvas.

        It has the size it has in the model's box, unless it is larger than that.
        """
        drawing = cls()
        strokes = to_strokes(points)
        if strokes:
            low, high = bounds(strokes)
            side = max(scale.box, float((high - low).max()))
            for stroke in strokes:
                drawing.add(source, (stroke - (low + high) / 2) / side + 0.5)
        return drawing

    def __len__(self) -> int:
        return len(self._strokes)

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The strokes, in their order."""
        return tuple(self._strokes)

    def add(
        self,
        source: Source,
        places: np.ndarray,
        time_s: np.ndarray | None = None,
        pressure: np.ndarray | None = None,
        *,
        voice: int = 0,
    ) -> Stroke:
        """A new stroke after the others.

        Args:
            source: who drew it.
            places: (n, 2), sides of the canvas, n >= 1.
            time_s: (n,), when each was drawn, seconds from any zero; None: an even pen drew it.
            pressure: (n,), (0, 1]; None: full.

        Raises:
            ValueError: not places or times, or not finite.
        """
        places = np.array(places, np.float32)
        if places.ndim != 2 or places.shape[1] != 2 or not len(places) or not np.isfinite(places).all():
            raise ValueError(f"places: expected finite (n, 2), n >= 1, got shape {places.shape}.")
        passed = paced(places) if time_s is None else np.asarray(time_s, np.float64) - np.ravel(time_s)[:1]
        if passed.shape != (len(places),) or not np.isfinite(passed).all() or (np.diff(passed) < 0).any():
            raise ValueError(f"time_s: expected {len(places)} finite seconds that never fall.")
        pressed = np.ones(len(places), np.float32) if pressure is None else np.asarray(pressure, np.float32)
        stroke = Stroke(source, places, self._next_s + passed, pressed, voice, time_s is not None)
        self._strokes.append(stroke)
        return stroke

    def draw_on(self, points: np.ndarray, scale: Scale) -> None:
        """What a `Sketcher` that heard this drawing drew from where the pen is, lifted: new strokes.

        Raises:
            ValueError: nothing is drawn yet, so there is no place to go on from (`in_the_middle` finds one).
        """
        if not self._strokes:
            raise ValueError("draw_on: expected a drawing with a stroke to go on from, got an empty one.")
        pen = self._strokes[-1].places[-1].astype(np.float64) * scale.box
        for stroke in to_strokes(points, (float(pen[0]), float(pen[1]))):
            self.add(Source.GHOST, stroke / scale.box)

    def start(self, scale: Scale) -> tuple[float, float] | None:
        """Where the drawing begins, before its first step, from the middle of its canvas, model units.

        None without a stroke, and for pen steps of a file, which may be a part of a drawing anywhere. (In the
        window they are put on the paper, where a person sees them: there they count as placed.)
        """
        if not self._strokes or not self._is_placed:
            return None
        x, y = (self._strokes[0].places[0].astype(np.float64) - 0.5) * scale.box - scale.first
        return float(x), float(y)

    def first_strokes(self, n: int | None) -> Drawing:
        """Its first `n` strokes where they are; None: all."""
        return Drawing(self._strokes[:n], is_placed=self._is_placed)

    def heard(self, scale: Scale) -> np.ndarray:
        """The drawing as a sketch model hears it, float32 (n, 3), the pen lifted at the end."""
        return heard([stroke.places for stroke in self._strokes], scale, scale.box)

    def events(self, start_s: float = 0.0) -> list[Event]:
        """The drawing as touches and releases in time; the first at `start_s`, monotonic seconds."""
        found: list[Event] = []
        zero_s = self._strokes[0].time_s[0] if self._strokes else 0.0
        for stroke in self._strokes:
            found += touches(stroke, start_s - float(zero_s))
        return sorted(found, key=lambda event: event.time_s)

    def save(self, path: Path) -> None:
        """Write it as a recording, CSV, which plays, renders and opens again; OSError if it cannot be."""
        rows = "".join([made[1] for made in map(RowMaker().line, self.events()) if made is not None])
        path.write_text(header(TOUCH_COLUMNS) + rows, encoding="utf-8", newline="")

    @classmethod
    def of_performance(cls, performance: Performance, box: float | None = None) -> Drawing:
        """A recorded touch performance, or a stroke-3 drawing, as a drawing.

        What reaches beyond the square is made smaller until all of it is on the canvas.

        Args:
            performance: touches, each contact of a finger a stroke; or a drawing's steps.
            box: side of the canvas in the units of the steps, a model's `scale.box`; None: as large as
                the drawing needs, with a margin.

        Raises:
            PerformanceError: neither, or nothing is drawn.
        """
        if performance.columns == STROKE_COLUMNS:
            return cls.of_steps(performance.values, box)
        if not performance.is_touch:
            got = ",".join(performance.columns)
            raise PerformanceError(f"drawing: expected touches or the steps of a pen, got columns {got}.")
        drawing = cls(contacts(events_of(performance)))
        if not len(drawing):
            raise PerformanceError("drawing: expected at least one stroke, got none.")
        return drawing.on_the_canvas()

    @classmethod
    def of_steps(cls, steps: np.ndarray, box: float | None = None) -> Drawing:
        """The steps of a pen, (n, 3) dx, dy, pen lifted, in the middle of the canvas; `box` as above.

        Raises:
            PerformanceError: nothing is drawn; ValueError: steps that are not finite.
        """
        if not len(steps):
            raise PerformanceError("drawing: expected at least one stroke, got none.")
        points = np.array(steps)
        points[:, 2] = points[:, 2] >= 0.5
        side = box or max(float(np.ptp(np.cumsum(points[:, :2], axis=0), axis=0).max()), 1e-6) / FREE
        drawing = cls.in_the_middle(points, Scale(side, 0.0, 1, (0.0, 0.0)), Source.PLAYER)
        drawing._is_placed = False
        return drawing.on_the_canvas()

    def on_the_canvas(self) -> Drawing:
        """This drawing, so small that no place is off the canvas; itself if none is."""
        low, high = bounds([stroke.places for stroke in self._strokes])
        reach = max(1.0, float(2 * np.abs(np.stack([low, high]) - 0.5).max()))
        if reach == 1.0:
            return self
        shrunk = [
            Stroke(s.source, (s.places - 0.5) / reach + 0.5, s.time_s, s.pressure, s.voice, s.is_timed)
            for s in self._strokes
        ]
        return Drawing(shrunk, is_placed=self._is_placed)

    @property
    def _next_s(self) -> float:
        ends = [float(stroke.time_s[-1]) for stroke in self._strokes]
        return max(ends) + PEN_UP_S if ends else 0.0
