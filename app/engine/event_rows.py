"""Events as rows of a model's columns, and back; which columns can be played live is decided here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from app.core.events import TOUCH_COLUMNS, Event, Source, Touch, Values
from mdn.columns import NOTES

Row = npt.NDArray[np.float32]  # [D]
RowsArray = npt.NDArray[np.float32]  # [n, D]

MAX_DT_S = 5.0  # the range of the column dt; a longer pause is heard as this one


class ColumnsError(ValueError):
    """A model whose events cannot be played live."""


class Columns:
    """The columns of a model that plays live: `x, y, dt, moving` for touch, `dt, x1 .. xn` for a controller,
    `dt, pitch, duration, velocity` for notes.

    Attributes:
        names: of the columns.
        is_touch, is_notes: whether they are those of touch, or of notes.
        dt, moving: where these are in a row; `moving` only of touch.
        place: where x and y are, or the knobs.

    Raises:
        ColumnsError: other columns, a drawing model's for example.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.is_touch = set(self.names) == TOUCH_COLUMNS and len(self.names) == 4
        self.is_notes = self.names == tuple(column.name for column in NOTES)
        knobs = tuple(f"x{index}" for index in range(1, len(self.names)))
        if not (self.is_touch or self.is_notes) and (not knobs or self.names != ("dt", *knobs)):
            expected = "x, y, dt, moving or dt, x1 .. xn"
            raise ColumnsError(f"columns: expected {expected}, got {', '.join(self.names)}.")
        self._at = {name: index for index, name in enumerate(self.names)}
        self.dt = self._at["dt"]
        self.place = [index for name, index in self._at.items() if name not in ("dt", "moving")]
        self.moving = self._at.get("moving", -1)
        self._n_knobs = len(knobs)

    def row(self, event: Event, dt_s: float) -> Row | None:
        """`event` as the model hears it, float32 [D]; None if it is not the model's kind of event.

        Args:
            event: a Touch or Values; a Release is never heard, `moving` of the next touch says it.
            dt_s: seconds since the previous event of the same voice, clamped to [0, `MAX_DT_S`].
        """
        if isinstance(event, Touch) and self.is_touch:
            fields = {"x": event.x, "y": event.y, "moving": float(event.moving)}
        elif isinstance(event, Values) and not self.is_touch and len(event.values) == self._n_knobs:
            fields = dict(zip(self.names[1:], event.values, strict=True))
        else:
            return None
        fields["dt"] = min(max(dt_s, 0.0), MAX_DT_S)
        return np.array([fields[name] for name in self.names], np.float32)

    def moves(self, row: Row) -> bool:
        """Whether a row of a touch model goes on with a contact; False if it begins one."""
        return float(row[self._at["moving"]]) >= 0.5

    def event(self, row: Row, time_s: float, voice: int) -> Touch | Values:
        """A row of the model, [D], as the ghost's event at `time_s`; values are clamped to the canvas."""
        if self.is_touch:
            x, y = float(row[self._at["x"]]), float(row[self._at["y"]])
            on_canvas = min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)
            return Touch(time_s, Source.GHOST, voice, *on_canvas, self.moves(row))
        values = tuple([min(max(value, 0.0), 1.0) for value in row[1:].tolist()])
        return Values(time_s, Source.GHOST, values, voice)
