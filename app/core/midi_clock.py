"""The beat of a MIDI clock: its tempo, and where its steps will be.

A clock sends 24 ticks a quarter note, start, continue and stop. Ticks come unevenly by a millisecond or two,
so the beat is not the last tick but a line through all of them, which each tick bends a little (a loop of
second order). Source: MIDI 1.0 Detailed Specification, system real time messages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.core.grid import TICKS_PER_QUARTER, Grid

TICK, START, CONTINUE, STOP = 0xF8, 0xFA, 0xFB, 0xFC
CLOCK = frozenset((TICK, START, CONTINUE, STOP))  # all that a clock sends
STEPS = {"off": 0, "1/4": 24, "1/8": 12, "1/16": 6}  # ticks of what the setting `quantise` may say
FASTEST_S, SLOWEST_S = 60.0 / (400 * 24), 60.0 / (20 * 24)  # of a tick: 400 and 20 quarters a minute
LOST_S = 0.5  # without a tick, after which there is no beat
BEND, BEND_TEMPO = 0.3, 0.05  # how much of a tick's error moves the line, and its slope
ODD_TICKS = 6  # in a row, far off the line, are another tempo; fewer are a machine that stood still


@dataclass(frozen=True, slots=True)
class Line:
    """Where the ticks are.

    Attributes:
        number: of the last tick, from the start of the song.
        time_s: when that was, smoothed.
        tick_s: from one to the next.
    """

    number: int
    time_s: float
    tick_s: float


class Beat:
    """Follows one clock. One thread hears; any thread may ask."""

    def __init__(self) -> None:
        self._line: Line | None = None  # replaced as a whole, so that who asks needs no lock
        self._runs = True  # who joins in the middle of a song has missed the start
        self._number = -1  # of the last tick
        self._last_s = -math.inf
        self._even_s = 0.0  # the last tick near the line
        self._n_odd = 0  # ticks since then

    def hear(self, status: int, time_s: float) -> None:
        """A message of the clock came at `time_s`."""
        if status == START:
            self._runs, self._number = True, -1
            self._renumber()
        elif status in (CONTINUE, STOP):
            self._runs = status == CONTINUE
        elif status == TICK:
            self._number += self._runs
            self._tick(time_s)

    def grid(self, now_s: float) -> Grid | None:
        """Where the quarters of the song are; None while no clock runs."""
        line = self._line
        if line is None or not self._runs or now_s > self._last_s + LOST_S:
            return None
        to_quarter = line.number % TICKS_PER_QUARTER
        return Grid(line.time_s - to_quarter * line.tick_s, TICKS_PER_QUARTER * line.tick_s)

    def bpm(self, now_s: float) -> float:
        """Quarter notes a minute; 0 while no clock is heard."""
        line = self._line
        if line is None or now_s > self._last_s + LOST_S:
            return 0.0
        return 60.0 / (TICKS_PER_QUARTER * line.tick_s)

    def _tick(self, time_s: float) -> None:
        gap_s, self._last_s = time_s - self._last_s, time_s
        line = self._line
        if line is None or gap_s > LOST_S:
            is_tempo = FASTEST_S <= gap_s <= SLOWEST_S
            self._line = Line(self._number, time_s, gap_s) if is_tempo else None
            self._even_s, self._n_odd = time_s, 0
            return
        error_s = time_s - line.time_s - line.tick_s
        if abs(error_s) <= line.tick_s / 2:
            tick_s = min(max(line.tick_s + BEND_TEMPO * error_s, FASTEST_S), SLOWEST_S)
            self._line = Line(self._number, line.time_s + line.tick_s + BEND * error_s, tick_s)
            self._even_s, self._n_odd = time_s, 0
            return
        self._n_odd += 1
        if self._n_odd < ODD_TICKS:
            self._line = Line(self._number, line.time_s + line.tick_s, line.tick_s)
            return
        tick_s = min(max((time_s - self._even_s) / self._n_odd, FASTEST_S), SLOWEST_S)
        self._line = Line(self._number, time_s, tick_s)
        self._even_s, self._n_odd = time_s, 0

    def _renumber(self) -> None:
        if self._line is not None:
            self._line = Line(self._number, self._line.time_s, self._line.tick_s)
