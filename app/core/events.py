"""Events: touches, notes, values and releases, with time, source and voice, for all sources, modes and sinks.

Times are monotonic seconds. Positions are fractions of the canvas in [0, 1], origin top left.
Events are immutable, so a queued event can never be changed by later input.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

ASPECT = 1.6  # width over height of the canvas whose fractions positions are, where a shape is asked for
TOUCH_COLUMNS = frozenset(("x", "y", "dt", "moving"))  # of a model of touches, in any order
NOTE_COLUMNS = ("dt", "pitch", "duration", "velocity")  # of a model of notes
KEYS_VOICE = 128  # the voice of key 0 of a keyboard: clear of all fingers
FIRST_FINGERS = range(16, 32)
"""The voices of the first fingers of people at pages, one for each person: clear of the canvas, of what OSC
clients usually name and of MIDI keys."""


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
    """The finger of `voice` left the canvas, or the key. A recording writes z = 0, or velocity = 0."""

    time_s: float
    source: Source
    voice: int

    def __post_init__(self) -> None:
        _require(self.time_s)


@dataclass(frozen=True, slots=True)
class Note:
    """A key of a keyboard goes down. Each is a contact of its own, which ends with the Release of its voice.

    Attributes:
        time_s: monotonic seconds at which it happened (player) or is due (ghost).
        source: who plays.
        pitch: of the key, 0 to 127 as in MIDI: 60 is middle C.
        velocity: how hard it is struck, 1 to 127.
    """

    time_s: float
    source: Source
    pitch: int
    velocity: int

    def __post_init__(self) -> None:
        _require(self.time_s)
        for name, number, low in (("pitch", self.pitch, 0), ("velocity", self.velocity, 1)):
            if not low <= number <= 127 or number != int(number):  # also refuses NaN
                raise EventError(f"{name}: expected a whole number from {low} to 127, got {number}.")

    @property
    def voice(self) -> int:
        """Of the key: the same in every note of this pitch."""
        return KEYS_VOICE + self.pitch


@dataclass(frozen=True, slots=True)
class Values:
    """A controller reports all its knobs or faders, x1 .. xn, each in [0, 1]."""

    time_s: float
    source: Source
    values: tuple[float, ...]
    voice: int = 0

    def __post_init__(self) -> None:
        _require(self.time_s, **{f"x{index}": value for index, value in enumerate(self.values, start=1)})


Heard = Touch | Note | Values
"""What is heard: every event but a release."""

Event = Heard | Release


class EventKind(StrEnum):
    """What a model hears."""

    TOUCHES = "touches"
    NOTES = "notes"
    VALUES = "values"

    @classmethod
    def of(cls, columns: Sequence[str]) -> EventKind:
        """What a model with these columns hears."""
        if set(columns) == TOUCH_COLUMNS:
            return cls.TOUCHES
        return cls.NOTES if tuple(columns) == NOTE_COLUMNS else cls.VALUES


def is_key(event: Event) -> bool:
    """Whether an event is of a key: a note, or the release of one."""
    return event.voice >= KEYS_VOICE


def stream_of(event: Event) -> int:
    """Which stream an event belongs to: every finger is one of its own, all keys together are stream 0."""
    return 0 if is_key(event) else event.voice


def _require(time_s: float, **fractions: float) -> None:
    if not math.isfinite(time_s):
        raise EventError(f"time_s: expected finite seconds, got {time_s}.")
    for name, value in fractions.items():
        if not 0.0 <= value <= 1.0:  # also refuses NaN
            raise EventError(f"{name}: expected a number in [0, 1], got {value}.")
