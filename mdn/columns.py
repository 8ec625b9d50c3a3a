"""What an event of a model holds: its columns, each with a kind, a unit and a range.

The kind decides the density of the column (`mdn.heads`), so data and model cannot disagree about
what a number means. NumPy-free: both the app and training read this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column is, and so which density the model gives it."""

    POSITION = "position"  # a coordinate on the canvas, correlated with the other one
    SECONDS = "seconds"  # time since the previous event, log-normal
    FLAG = "flag"  # 0 or 1, Bernoulli
    VALUE = "value"  # a knob or fader, Gaussian
    OFFSET = "offset"  # a step of the pen, correlated with the other one
    PEN = "pen"  # 0 draw, 1 lift after this point, 2 end of the drawing; categorical
    PITCH = "pitch"  # a key of a keyboard, as MIDI numbers them; categorical
    DURATION = "duration"  # seconds a note is held
    VELOCITY = "velocity"  # how hard a key is struck, 1 to 127 as in MIDI; categorical


@dataclass(frozen=True)
class Column:
    """One number of an event, in natural units.

    Attributes:
        name: as in files and on screen, "x".
        kind: what it is.
        unit: "canvas", "s", "" ... for people.
        low, high: the range sampled values are clamped to.
    """

    name: str
    kind: Kind
    unit: str
    low: float
    high: float

    @property
    def start(self) -> float:
        """What a model hears where nothing was played yet: the middle of the canvas at rest, a plain note."""
        if self.kind in (Kind.POSITION, Kind.VALUE):
            return (self.low + self.high) / 2.0
        return {Kind.PITCH: 60.0, Kind.DURATION: 0.25, Kind.VELOCITY: 80.0}.get(self.kind, 0.0)


def of_kind(columns: Sequence[Column], kind: Kind) -> list[int]:
    """Where in an event the columns of a kind are."""
    return [i for i, column in enumerate(columns) if column.kind is kind]


def names_of(columns: Sequence[Column]) -> str:
    """Their names as a person reads them: "x, y, dt, moving"."""
    return ", ".join(column.name for column in columns)


TOUCH: tuple[Column, ...] = (
    Column("x", Kind.POSITION, "canvas", 0.0, 1.0),
    Column("y", Kind.POSITION, "canvas", 0.0, 1.0),
    Column("dt", Kind.SECONDS, "s", 0.0, 5.0),
    Column("moving", Kind.FLAG, "", 0.0, 1.0),
)

# Notes in the order of their onsets, those of one onset from the lowest on: dt is 0 within a chord.
NOTES: tuple[Column, ...] = (
    Column("dt", Kind.SECONDS, "s", 0.0, 5.0),
    Column("pitch", Kind.PITCH, "semitones", 21.0, 108.0),
    Column("duration", Kind.DURATION, "s", 0.01, 10.0),
    Column("velocity", Kind.VELOCITY, "", 1.0, 127.0),
)


def controller_columns(n_values: int) -> tuple[Column, ...]:
    """Columns of a controller with `n_values` knobs: dt, x1 .. xn.

    Raises:
        ValueError: fewer than one knob.
    """
    if n_values < 1:
        raise ValueError(f"n_values: expected at least 1 knob, got {n_values}.")
    knobs = tuple(Column(f"x{i}", Kind.VALUE, "", 0.0, 1.0) for i in range(1, n_values + 1))
    return (Column("dt", Kind.SECONDS, "s", 0.0, 5.0), *knobs)


def sketch_columns(extent: float, unit: str) -> tuple[Column, ...]:
    """Columns of a drawing, dx, dy, pen, whose steps stay within `extent` units."""
    return (
        Column("dx", Kind.OFFSET, unit, -extent, extent),
        Column("dy", Kind.OFFSET, unit, -extent, extent),
        Column("pen", Kind.PEN, "", 0.0, 2.0),
    )


def columns_for(names: tuple[str, ...] | list[str]) -> tuple[Column, ...]:
    """The columns a corpus with these column names has.

    Raises:
        ValueError: names of no known kind of corpus.
    """
    found = tuple(names)
    if found == tuple(c.name for c in TOUCH):
        return TOUCH
    if found == tuple(c.name for c in NOTES):
        return NOTES
    if len(found) > 1 and found == ("dt", *(f"x{i}" for i in range(1, len(found)))):
        return controller_columns(len(found) - 1)
    raise ValueError(
        "columns: expected x, y, dt, moving (touch), dt, pitch, duration, velocity (notes) "
        "or dt, x1 .. xn (controller), "
        f"got {', '.join(found) or 'none'}."
    )
