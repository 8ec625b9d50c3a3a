"""What every format of a performance becomes, and the bytes it is read from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
MOST_BYTES = 128 << 20  # of a text file: more than ten hours of an event every frame


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
