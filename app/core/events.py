"""Events: touches, values and releases, with time, source and voice. All sources, modes and sinks use them.

Times are monotonic seconds. Positions are fractions of the canvas in [0, 1], origin top left.
Events are immutable, so a queued event can never be changed by later input.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

ASPECT = 1.6  # width over height of the canvas whose fractions positions are, where a shape is asked for
TOUCH_COLUMNS = frozenset(("x", "y", "dt", "moving"))  # of a model of touches, in any order


class Source(StrEnum):
    """Who made an event. The values are what recordings and OSC messages say."""

    PLAYER = "player"
    GHOST = "ghost"


class EventError(ValueError):
    """An event that must not enter the app: says the rule, what was expected and what was found."""


@dataclass(frozen=True, slots=True)
class Touch:
    """A finger is on the canvas at (x, y).

    Every contact ends with a Release: a source whose device tells of none sends it itself, after a silence
    of its own choice. A finger that rests sends nothing and still plays.

    Attributes:
        time_s: monotonic seconds at which it happened (player) or is due (ghost).
        source: who plays.
        voice: which stream of this source, 0, 1, 2 ...; a finger keeps its voice while it is down.
        x, y: fractions of the canvas, [0, 1], origin top left.
        moving: False for the first event of a contact, True while the finger moves.
        pressure: (0, 1]; 1 where the device does not tell. Column `z` of a recording.
    """

    time_s: float
    source: Source
    voice: int
    x: float
    y: float
    moving: bool
    pressure: float = 1.0

    def __post_init__(self) -> None:
        _require(self.time_s, x=self.x, y=self.y, pressure=self.pressure)


@dataclass(frozen=True, slots=True)
class Release:
    """The finger of `voice` left the canvas. A recording writes it as a row with z = 0."""

    time_s: float
    source: Source
    voice: int

    def __post_init__(self) -> None:
        _require(self.time_s)


@dataclass(frozen=True, slots=True)
class Values:
    """A controller reports all its knobs or faders, x1 .. xn, each in [0, 1]."""

    time_s: float
    source: Source
    values: tuple[float, ...]
    voice: int = 0

    def __post_init__(self) -> None:
        _require(self.time_s, **{f"x{index}": value for index, value in enumerate(self.values, start=1)})


Event = Touch | Release | Values


def _require(time_s: float, **fractions: float) -> None:
    if not math.isfinite(time_s):
        raise EventError(f"time_s: expected finite seconds, got {time_s}.")
    for name, value in fractions.items():
        if not 0.0 <= value <= 1.0:  # also refuses NaN
            raise EventError(f"{name}: expected a number in [0, 1], got {value}.")
