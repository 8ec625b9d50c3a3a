"""A grid of time: where the quarters of a beat are, and the steps that what begins is moved to."""

from __future__ import annotations

import math
from dataclasses import dataclass

TICKS_PER_QUARTER = 24  # of a MIDI clock, in which steps are counted
ON_STEP_S = 1e-3  # so near is on the step
SHORTEST_STEPS = 1 / 8  # nothing is made shorter than this to fit


@dataclass(frozen=True, slots=True)
class Steps:
    """Times `origin_s + n * step_s`."""

    origin_s: float
    step_s: float

    def nearest_s(self, time_s: float) -> float:
        """The step nearest to a time."""
        return self.origin_s + round((time_s - self.origin_s) / self.step_s) * self.step_s

    def next_s(self, time_s: float) -> float:
        """The first step that is not before a time."""
        number = math.ceil((time_s - ON_STEP_S - self.origin_s) / self.step_s)
        return max(time_s, self.origin_s + number * self.step_s)

    def length_s(self, seconds: float) -> float:
        """The nearest whole number of steps; of less than one the nearest half, quarter or eighth."""
        steps = max(seconds / self.step_s, SHORTEST_STEPS)
        if steps < 1.0:
            return self.step_s * float(2.0 ** round(math.log2(steps)))
        return self.step_s * round(steps)


@dataclass(frozen=True, slots=True)
class Grid:
    """Where quarters are: `origin_s + n * quarter_s`.

    Attributes:
        origin_s: when one of them is.
        quarter_s: from one to the next, > 0.
    """

    origin_s: float
    quarter_s: float

    def moved(self, seconds: float) -> Grid:
        """The same beat, so much later."""
        return Grid(self.origin_s + seconds, self.quarter_s)

    def steps(self, ticks: int) -> Steps:
        """Its steps of so many ticks of a MIDI clock, 24 a quarter, at least one."""
        return Steps(self.origin_s, self.quarter_s * ticks / TICKS_PER_QUARTER)
