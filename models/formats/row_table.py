"""The good rows of a text file, and their times: which fit the others, where a clock was set."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.formats.base import GHOST, LONGEST_S, PLAYER, Dropped, Performance

LATEST_S = 0.05  # a row may be written this late; one that is later has a damaged time
CLOCK_ROWS = 10  # so many before and after a jump: a clock was set, and no single row is damaged
PAUSE_S = 1.0  # what a clock that was set counts as: how long it really was nobody knows


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
