"""What every format of a performance becomes, and how a reader collects rows and reports bad ones."""

from __future__ import annotations

import csv
import math
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

PLAYER = "player"
GHOST = "ghost"
TOUCH_COLUMNS = ("x", "y", "z", "moving")
NOTE_COLUMNS = ("pitch", "velocity")  # of a keyboard: a key goes down, or up with velocity 0
FIRST_KEY_VOICE = 128  # the voice of the key of pitch 0: each key is a voice of its own
LONGEST_S = 7 * 86_400.0  # a week: a row that far from the others is damaged, a longer file not meant
FARTHEST_S = 1e10  # of a clock from its zero; those of computers count from 1970
LATEST_S = 0.05  # a row may be written this late; one that is later has a damaged time
CLOCK_ROWS = 10  # so many before and after a jump: a clock was set, and no single row is damaged
PAUSE_S = 1.0  # what a clock that was set counts as: how long it really was nobody knows
MOST_BYTES = 128 << 20  # of a text file: more than ten hours of an event every frame
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
        told: rows that were kept and read otherwise than they stand there, with the reason.
    """

    columns: tuple[str, ...]
    time_s: NDArray[np.float64]
    source: NDArray[np.str_]
    voice: NDArray[np.int64]
    values: NDArray[np.float32]
    dropped: tuple[Dropped, ...] = ()
    truncated: bool = False
    told: tuple[Dropped, ...] = ()

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


class RowTable:
    """The good rows of a file in their order, column by column: a million of them take some 50 MB.

    Args:
        n_columns: values in each row.
    """

    def __init__(self, n_columns: int) -> None:
        self.n_columns = n_columns
        self.time_s, self.voice, self.line = array("d"), array("q"), array("q")
        self.is_ghost, self.values = array("b"), array("f")

    def add(self, time_s: float, source: str, voice: int, values: Iterable[float], line: int) -> None:
        """One row: seconds, "player" or "ghost", the stream of its source, `n_columns` values, its line."""
        self.time_s.append(time_s)
        self.is_ghost.append(source == GHOST)
        self.voice.append(voice)
        self.values.extend(values)
        self.line.append(line)


def performance_from_rows(
    columns: Sequence[str], rows: RowTable, dropped: Iterable[Dropped] = (), *, truncated: bool = False
) -> Performance:
    """Rows as one Performance, sorted by time; rows of one time keep their order.

    Different voices stand in a file as they were written, which is not the order of their times. Those of
    one voice go back by 0.05 s at most, where two devices play it; of more, the fewest rows that make them go
    back are left out and reported. Where many rows on either side go on, the clock was set: that is a pause.
    Rows further than a week from the others are damaged. O(n log n) in rows, whatever their times.
    """
    voice, is_ghost = np.array(rows.voice, np.int64), np.array(rows.is_ghost, bool)
    line = np.array(rows.line, np.int64)
    time_s = np.array(rows.time_s, np.float64)
    told: list[Dropped] = []
    kept = np.zeros(0, np.int64)
    if len(time_s):
        of_voice = _rows_of_voices(voice, is_ghost)
        time_s, told = _with_pauses(time_s, of_voice, line)
        kept, left_out = _going_on(time_s, of_voice, line)
        dropped = sorted([*dropped, *left_out]) if left_out else dropped
    order = kept[np.argsort(time_s[kept], kind="stable")]
    values = np.array(rows.values, np.float32).reshape(len(time_s), len(columns))
    return Performance(
        tuple(columns),
        time_s[order],
        np.where(is_ghost[order], GHOST, PLAYER).astype("<U6"),
        voice[order],
        values[order],
        tuple(dropped),
        truncated,
        tuple(told),
    )


def _rows_of_voices(voice: NDArray[np.int64], is_ghost: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """The rows of each voice of each source, in the order of the file."""
    order = np.lexsort((voice, is_ghost))  # stable
    changes = (np.diff(voice[order]) != 0) | (np.diff(is_ghost[order].astype(np.int8)) != 0)
    return np.split(order, np.flatnonzero(changes) + 1)


def _with_pauses(
    time_s: NDArray[np.float64], of_voice: Sequence[NDArray[np.intp]], line: NDArray[np.int64]
) -> tuple[NDArray[np.float64], list[Dropped]]:
    """The times, where a clock was set with a pause of `PAUSE_S` instead of the jump, and where that was.

    A clock was set where `CLOCK_ROWS` rows on either side lie wholly before one another, or a week apart.
    """
    jumps = sorted(
        (int(rows[at]), int(rows[at - 1])) for rows in of_voice for at in _clock_jumps(time_s[rows])
    )
    starts, shifts = [0], [0.0]
    told = []
    for row, before in jumps:
        shift = shifts[bisect_right(starts, before) - 1]
        gap = time_s[row] + shifts[-1] - time_s[before] - shift
        if -LATEST_S <= gap <= LONGEST_S:
            continue  # another voice has told of the same jump
        starts.append(row)
        shifts.append(shifts[-1] - gap + PAUSE_S)
        reason = f"time: expected {time_s[before]:.6f} s or a little later, got {time_s[row]:.6f} s"
        told.append(Dropped(int(line[row]), f"{reason}: a clock that was set, taken as a pause."))
    if not told:
        return time_s, told
    return time_s + np.repeat(shifts, np.diff([*starts, len(time_s)])), told


def _clock_jumps(times: NDArray[np.float64]) -> list[int]:
    """Rows of one voice before which its clock was set, see `_with_pauses`."""
    step = np.diff(times)
    found = []
    for at in (np.flatnonzero((step < -LATEST_S) | (step > LONGEST_S)) + 1).tolist():
        before, after = times[max(0, at - CLOCK_ROWS) : at], times[at : at + CLOCK_ROWS]
        if min(len(before), len(after)) < CLOCK_ROWS:
            continue
        if before.min() > after.max() + LATEST_S or after.min() > before.max() + LONGEST_S:
            found.append(at)
    return found


def _going_on(
    time_s: NDArray[np.float64], of_voice: Sequence[NDArray[np.intp]], line: NDArray[np.int64]
) -> tuple[NDArray[np.int64], list[Dropped]]:
    """The rows whose times fit the others of their voice, and why each other one is left out."""
    middle = np.partition(time_s, (len(time_s) - 1) // 2)[(len(time_s) - 1) // 2]
    is_far = np.abs(time_s - middle) > LONGEST_S
    dropped = [
        Dropped(int(line[row]), f"time: expected one within a week of the others, got {time_s[row]:.6f} s.")
        for row in np.flatnonzero(is_far)
    ]
    is_kept = ~is_far
    for rows in of_voice:
        rows = rows[~is_far[rows]]
        if (np.diff(time_s[rows]) >= 0.0).all():
            continue
        settled = rows[_settled(time_s[rows])]
        before = None
        kept = _never_decreasing(time_s[settled].tolist())
        for row, is_good in zip(settled.tolist(), kept, strict=True):
            if is_good:
                before = time_s[row]
                continue
            is_kept[row] = False
            expected = (
                f"{before:.6f} s or later"
                if before is not None and time_s[row] < before
                else "one before the rows that follow"
            )
            dropped.append(Dropped(int(line[row]), f"time: expected {expected}, got {time_s[row]:.6f} s."))
    return np.flatnonzero(is_kept), dropped


def _settled(times: NDArray[np.float64]) -> NDArray[np.intp]:
    """The order of the rows of a voice, those that are a little late moved to where their time says.

    A row that is later than that begins a new stretch, and each stretch is sorted.
    """
    stretch = np.zeros(len(times), np.intp)
    latest, number = -math.inf, 0
    for row, time_s in enumerate(times.tolist()):
        if time_s < latest - LATEST_S:
            latest, number = time_s, number + 1
        latest = max(latest, time_s)
        stretch[row] = number
    return np.lexsort((times, stretch))


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
    """The lines of a text file that are not blank, with commas between the fields; never raises.

    Read are UTF-8, UTF-16 with its byte order mark, CRLF, and tables as spreadsheets write them: semicolons
    or tabs between the fields and then commas in the numbers, quotes, and a first column without a name that
    counts the rows.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    pieces = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    last = len(pieces)  # what follows the last line end: empty unless the file stops in the middle
    texts = (piece.removesuffix(b"\r").decode("utf-8", "replace") for piece in pieces)
    lines = [Line(i, text, i < last) for i, text in enumerate(texts, start=1) if text.strip()]
    return _plain(lines) if lines else lines


def _plain(lines: list[Line]) -> list[Line]:
    """`lines` of a table as the peers and we write them, with commas only."""
    if lines[0].text.lower().startswith("sep="):  # for spreadsheets alone
        lines = lines[1:]
    # The header, or of a log without one a row that is whole: the first may be damaged.
    looks = [line.text for line in lines[:3]]
    delimiter = next((each for each in ";\t" if looks and all(look.count(each) > 1 for look in looks)), ",")
    is_counted = bool(looks) and _is_counted(looks[0].split(delimiter))
    is_plain = delimiter == "," and not any('"' in look or ", " in look for look in looks)
    if is_plain and not is_counted:
        return lines
    plain = []
    for line in lines:
        try:
            fields = next(csv.reader([line.text.replace("\0", " ")], delimiter=delimiter), [])
        except csv.Error:  # too long a field, or a line end within one
            fields = line.text.split(delimiter)
        fields = [field.strip() for field in fields[is_counted:]]
        if delimiter != ",":
            fields = [field.replace(",", ".") for field in fields]
        plain.append(line._replace(text=",".join(fields)))
    return plain


def _is_counted(header: Sequence[str]) -> bool:
    """Whether the first column has no name, or the one that says that it only counts the rows."""
    name = header[0].strip().strip('"').lower()
    return len(header) > 3 and name in ("", "index", "unnamed: 0")


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


def read_at_most(file: IO[bytes], most: int) -> bytes:
    """The next `most` bytes of a file, fewer where it ends; `read` would make room for all of them first."""
    parts = []
    while most > 0 and (part := file.read(min(most, 1 << 20))):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


def read_bytes(path: Path) -> bytes:
    """The whole file; PerformanceError with the path when it cannot be read or has more than `MOST_BYTES`."""
    most = MOST_BYTES
    try:
        with path.open("rb") as file:
            data = read_at_most(file, most + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a null byte
        reason = getattr(error, "strerror", None) or str(error)
        raise PerformanceError(f"{path}: expected a file that can be read, got: {reason}.") from error
    if len(data) > most:
        raise PerformanceError(f"{path}: expected at most {most >> 20} MiB, got more.")
    return data
