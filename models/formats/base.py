"""What every format of a performance becomes, and how a reader collects rows and reports bad ones."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

PLAYER = "player"
GHOST = "ghost"
TOUCH_COLUMNS = ("x", "y", "z", "moving")
NOTE_COLUMNS = ("pitch", "velocity")
LONGEST_S = 1e9  # 31 years: a later time is a damaged row, not a performance
LATEST_S = 0.05  # a row may be written this late; one that is later has a damaged time
HIGHEST_VOICE = 2**31 - 1  # a voice travels as an OSC int32


class PerformanceError(ValueError):
    """A file, or one row of it, that is not a performance: says the rule, what was expected and found."""


class Dropped(NamedTuple):
    """A row that was left out: its line (1 is the first; in an array, row 1) and why."""

    line: int
    reason: str


@dataclass(frozen=True, eq=False)
class Performance:
    """Events in the order of their times.

    Attributes:
        columns: names of the d columns of `values`: `x, y, z, moving`, `pitch, velocity`, `x1 .. xn` or
            `dx, dy, pen_lifted`.
        time_s: float64 [n], seconds, never decreasing; only differences mean something.
        source: str [n], "player" or "ghost".
        voice: int64 [n], the stream within its source, 0 or more.
        values: float32 [n, d]. z is the pressure in (0, 1]; a row with z = 0 is the release of its voice.
            Pitch is that of MIDI, velocity 1 to 127; a row with velocity = 0 is the end of its note.
        dropped: the rows that were left out, with the reason.
        truncated: the last line stopped in the middle, as after a crash; it is left out and not in `dropped`.
    """

    columns: tuple[str, ...]
    time_s: NDArray[np.float64]
    source: NDArray[np.str_]
    voice: NDArray[np.int64]
    values: NDArray[np.float32]
    dropped: tuple[Dropped, ...] = ()
    truncated: bool = False

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def is_touch(self) -> bool:
        """Whether the columns are those of the canvas."""
        return self.columns == TOUCH_COLUMNS

    @property
    def is_notes(self) -> bool:
        """Whether the columns are those of a keyboard."""
        return self.columns == NOTE_COLUMNS

    @property
    def duration_s(self) -> float:
        """Seconds from the first event to the last; 0 when there is none."""
        return float(self.time_s[-1] - self.time_s[0]) if len(self) else 0.0


class Row(NamedTuple):
    """One good row, as Python numbers."""

    time_s: float
    source: str
    voice: int
    values: Sequence[float]
    line: int


def performance_from_rows(
    columns: Sequence[str], rows: Sequence[Row], dropped: Iterable[Dropped] = (), *, truncated: bool = False
) -> Performance:
    """Rows as one Performance, sorted by time; rows of one time keep their order.

    Different voices stand in a file as they were written, which is not the order of their times. Those of
    one voice go back by 0.05 s at most, where two devices play it; of more, the fewest rows that make them go
    back are left out and reported.
    """
    rows, unsorted = _without_going_back(rows)
    dropped = sorted([*dropped, *unsorted]) if unsorted else dropped
    time_s = np.array([row.time_s for row in rows], np.float64)
    order = np.argsort(time_s, kind="stable")
    values = np.array([row.values for row in rows], np.float32).reshape(len(rows), len(columns))
    return Performance(
        tuple(columns),
        time_s[order],
        np.array([row.source for row in rows], "<U6")[order],
        np.array([row.voice for row in rows], np.int64)[order],
        values[order],
        tuple(dropped),
        truncated,
    )


def _without_going_back(rows: Sequence[Row]) -> tuple[list[Row], list[Dropped]]:
    """The rows without those whose times do not fit the others of their voice, and why each is left out."""
    voices: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        voices.setdefault((row.source, row.voice), []).append(row)
    dropped = []
    for voice in map(_settled, voices.values()):
        kept = _never_decreasing([row.time_s for row in voice])
        before = None
        for row, is_kept in zip(voice, kept, strict=True):
            if is_kept:
                before = row.time_s
            elif before is not None and row.time_s < before:
                dropped.append(
                    Dropped(row.line, f"time: expected {before:.6f} s or later, got {row.time_s:.6f} s.")
                )
            else:
                reason = f"time: expected one before the rows that follow, got {row.time_s:.6f} s."
                dropped.append(Dropped(row.line, reason))
    lines = {row.line for row in dropped}
    return [row for row in rows if row.line not in lines], dropped


def _settled(voice: Sequence[Row]) -> list[Row]:
    """The rows of a voice, those that are a little late moved to where their time says."""
    settled: list[Row] = []
    for row in voice:
        at = len(settled)
        while at and 0.0 < settled[at - 1].time_s - row.time_s <= LATEST_S:
            at -= 1
        settled.insert(at, row)
    return settled


def _never_decreasing(times: Sequence[float]) -> list[bool]:
    """Which of `times` make the longest sequence that never decreases; of equals, the earlier ones.

    Source: Fredman, "On computing the length of longest increasing subsequences" (1975), with a link to the
    one before; from the end, so that of 1, 2, 1.5, 3 it is 1.5 that goes.
    """
    if all(a <= b for a, b in pairwise(times)):
        return [True] * len(times)
    ends: list[float] = []  # of the best sequence of each length so far, times negated
    at: list[int] = []
    link = [-1] * len(times)
    for i in range(len(times) - 1, -1, -1):
        length = bisect_right(ends, -times[i])
        link[i] = at[length - 1] if length else -1
        ends[length : length + 1] = [-times[i]]
        at[length : length + 1] = [i]
    kept = [False] * len(times)
    i = at[-1]
    while i >= 0:
        kept[i] = True
        i = link[i]
    return kept


def performance_from_steps(
    columns: Sequence[str], dt_s: NDArray[Any], values: NDArray[Any], dropped: Iterable[Dropped] = ()
) -> Performance:
    """One player's events given as steps: dt_s [n] seconds since the event before, values [n, d]."""
    n = len(dt_s)
    return Performance(
        tuple(columns),
        np.cumsum(dt_s, dtype=np.float64),
        np.full(n, PLAYER, "<U6"),
        np.zeros(n, np.int64),
        np.ascontiguousarray(values, np.float32),
        tuple(dropped),
    )


class Line(NamedTuple):
    """One line of a text file without its line end; `ended` is False for a last line without one."""

    number: int
    text: str
    ended: bool


def split_lines(data: bytes) -> list[Line]:
    """The lines of a UTF-8 file that are not blank. Accepts a byte order mark and CRLF; never raises."""
    pieces = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    last = len(pieces)  # what follows the last line end: empty unless the file stops in the middle
    texts = [piece.removesuffix(b"\r").decode("utf-8", "replace") for piece in pieces]
    return [Line(i, text, i < last) for i, text in enumerate(texts, start=1) if text.strip()]


def parse_number(name: str, text: str, low: float, high: float) -> float:
    """`text` as a number in [low, high]; PerformanceError otherwise (NaN and infinity included)."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not low <= number <= high:
        raise PerformanceError(f"{name}: expected a number from {low:g} to {high:g}, got {shown(text)}.")
    return number


def parse_fractions(names: Sequence[str], texts: Sequence[str]) -> list[float]:
    """Numbers in [0, 1], one for every name."""
    return [parse_number(name, text, 0.0, 1.0) for name, text in zip(names, texts, strict=True)]


def parse_values(columns: tuple[str, ...], texts: Sequence[str]) -> list[float]:
    """The values of a row: whole numbers of MIDI for notes, else numbers in [0, 1]."""
    if columns != NOTE_COLUMNS:
        return parse_fractions(columns, texts)
    numbers = [parse_number(name, text, 0, 127) for name, text in zip(columns, texts, strict=True)]
    for name, number, text in zip(columns, numbers, texts, strict=True):
        if not number.is_integer():
            raise PerformanceError(f"{name}: expected a whole number, got {shown(text)}.")
    return numbers


def require_fields(fields: Sequence[str], expected: int) -> None:
    """PerformanceError unless the row has as many fields as its header."""
    if len(fields) != expected:
        raise PerformanceError(f"row: expected {expected} fields, got {len(fields)}.")


def shown(text: str) -> str:
    """`text` quoted and cut to what fits into one line of an error message."""
    return ascii(text if len(text) <= 60 else text[:57] + "...")


def value_columns(n: int) -> tuple[str, ...]:
    """The names of n controller values: x1 .. xn."""
    return tuple(f"x{i}" for i in range(1, n + 1))


def read_bytes(path: Path) -> bytes:
    """The whole file; PerformanceError with the path when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise PerformanceError(f"{path}: expected a file that can be read, got: {error.strerror}.") from error
