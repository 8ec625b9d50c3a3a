"""A grid of time: where the quarters of a beat are, and what is moved to its steps.

Steps are counted in ticks of a MIDI clock, 24 a quarter, whoever tells of the beat (see `app.core.midi_clock`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

TICKS_PER_QUARTER = 24
SHORTEST_S = 0.02  # no note is made shorter to fit the grid


@dataclass(frozen=True, slots=True)
class Grid:
    """Times `origin_s + n * quarter_s`, and parts of them.

    Attributes:
        origin_s: when one of the quarters is.
        quarter_s: from one to the next, > 0.
    """

    origin_s: float
    quarter_s: float

    def moved(self, seconds: float) -> Grid:
        """The same beat, so much later."""
        return Grid(self.origin_s + seconds, self.quarter_s)

    def nearest_s(self, time_s: float, step: int) -> float:
        """The step nearest to a time, of `step` ticks each; the time itself if `step` is 0."""
        if step == 0:
            return time_s
        step_s = self._seconds(step)
        return self.origin_s + round((time_s - self.origin_s) / step_s) * step_s

    def next_s(self, time_s: float, step: int) -> float:
        """The first step that is not before a time; the time itself if `step` is 0."""
        if step == 0:
            return time_s
        step_s = self._seconds(step)
        return max(time_s, self.origin_s + math.ceil((time_s - self.origin_s) / step_s - 1e-6) * step_s)

    def length_s(self, seconds: float, step: int) -> float:
        """The nearest whole number of steps, or one, a half, a quarter ... of one; as it is if `step` is 0."""
        if step == 0 or seconds < SHORTEST_S:
            return seconds
        steps = seconds / self._seconds(step)
        if steps < 1.0:
            return self._seconds(step) * float(2.0 ** round(math.log2(steps)))
        return self._seconds(step) * round(steps)

    def _seconds(self, step: int) -> float:
        return self.quarter_s * step / TICKS_PER_QUARTER
