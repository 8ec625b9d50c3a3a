"""Events as rows of a model's columns, and back; which columns can be played live is decided here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from app.core.events import Event, EventKind, Heard, Note, Source, Touch, Values
from mdn.columns import NOTES
from models.notes import on_keyboard

Row = npt.NDArray[np.float32]  # [D]
RowsArray = npt.NDArray[np.float32]  # [n, D]

DURATION = NOTES[2]
MIN_GAP_S = 0.004  # density cap: a voice plays at most 250 events a second, denser ones are spread out
MAX_DT_S = 5.0  # the range of the column dt; a longer pause is heard as this one


class ColumnsError(ValueError):
    """A model whose events cannot be played live."""


class Columns:
    """The columns of a model that plays live: `x, y, dt, moving` for touch, `dt, x1 .. xn` for a controller,
    `dt, pitch, duration, velocity` for notes.

    Attributes:
        names: of the columns.
        kind: what the model hears.
        is_touch, is_notes: whether they are those of touch, or of notes.
        dt, moving: where these are in a row; `moving` only of touch.
        place: where x and y are, or the knobs, or the pitch.

    Raises:
        ColumnsError: other columns, a drawing model's for example.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.kind = EventKind.of(names)
        self.is_touch = self.kind is EventKind.TOUCHES and len(self.names) == 4
        self.is_notes = self.kind is EventKind.NOTES
        knobs = tuple(f"x{index}" for index in range(1, len(self.names)))
        if not (self.is_touch or self.is_notes) and (not knobs or self.names != ("dt", *knobs)):
            expected = "x, y, dt, moving or dt, pitch, duration, velocity or dt, x1 .. xn"
            raise ColumnsError(f"columns: expected {expected}, got {', '.join(self.names)}.")
        self._at = {name: index for index, name in enumerate(self.names)}
        self.dt = self._at["dt"]
        not_places = ("dt", "moving", "duration", "velocity")
        self.place = [index for name, index in self._at.items() if name not in not_places]
        self.moving = self._at.get("moving", -1)
        self._n_knobs = len(knobs)

    def hears(self, event: Event) -> bool:
        """Whether `event` is of the model's kind. A release is only of notes: it says how long they were."""
        if isinstance(event, Values):
            return self.kind is EventKind.VALUES and len(event.values) == self._n_knobs
        return self.is_touch if isinstance(event, Touch) else self.is_notes

    def row(self, event: Heard, dt_s: float, duration_s: float = 0.0) -> Row:
        """`event`, which is of the model's kind, as it hears it, float32 [D].

        Args:
            event: what is heard.
            dt_s: seconds since the previous event of the same stream, clamped to [0, `MAX_DT_S`].
            duration_s: of a note, clamped to what the model knows; one off its keyboard is heard in the
                nearest octave on it.
        """
        if isinstance(event, Touch):
            fields = {"x": event.x, "y": event.y, "moving": float(event.moving)}
        elif isinstance(event, Note):
            fields = {
                "pitch": float(on_keyboard(event.pitch)),
                "duration": min(max(duration_s, DURATION.low), DURATION.high),
                "velocity": float(event.velocity),
            }
        else:
            fields = dict(zip(self.names[1:], event.values, strict=True))
        fields["dt"] = min(max(dt_s, 0.0), MAX_DT_S)
        return np.array([fields[name] for name in self.names], np.float32)

    def moves(self, row: Row) -> bool:
        """Whether a row of a touch model goes on with a contact; False if it begins one."""
        return float(row[self._at["moving"]]) >= 0.5

    def event(self, row: Row, time_s: float, voice: int) -> Heard:
        """A row of the model, [D], as the ghost's event at `time_s`; values are clamped to the canvas.

        A note has the voice of its key.
        """
        if self.is_notes:
            pitch, velocity = round(float(row[self._at["pitch"]])), round(float(row[self._at["velocity"]]))
            return Note(time_s, Source.GHOST, min(max(pitch, 0), 127), min(max(velocity, 1), 127))
        if self.is_touch:
            x, y = float(row[self._at["x"]]), float(row[self._at["y"]])
            on_canvas = min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)
            return Touch(time_s, Source.GHOST, voice, *on_canvas, self.moves(row))
        values = tuple([min(max(value, 0.0), 1.0) for value in row[1:].tolist()])
        return Values(time_s, Source.GHOST, values, voice)

    def duration_s(self, row: Row) -> float:
        """How long a row sounds: a note its duration, above 0, and anything else 0."""
        return max(float(row[self._at["duration"]]), DURATION.low) if self.is_notes else 0.0
