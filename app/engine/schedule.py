"""The schedule: lines of events that will be played, with absolute deadlines.

A deadline is the one before plus a duration, never "now" plus a duration, so lateness does not add up. All
lines live on the engine's thread and nothing of them is on its way elsewhere: to cancel is to take a line
out, and no cancelled event can be played afterwards. That is why events carry no generation token.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from app.core.events import Event


class Line:
    """Events to come, in the order of their `time_s`, which is when each is due."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.queue: deque[Event] = deque(events)

    @property
    def next_s(self) -> float:
        """When the next event is due; infinity if there is none."""
        return self.queue[0].time_s if self.queue else math.inf

    def pop(self) -> Event:
        """Take the next event out: it is played now."""
        return self.queue.popleft()

    def shift(self, seconds: float) -> None:
        """Everything is due this much later."""
        self.queue = deque(replace(event, time_s=event.time_s + seconds) for event in self.queue)


class Schedule:
    """All lines. They are few, so the next event is found by looking at each."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    @property
    def next_s(self) -> float:
        """When the next event of any line is due; infinity if there is none."""
        return min([line.queue[0].time_s for line in self.lines if line.queue], default=math.inf)

    def pop(self) -> Event:
        """Take the next event out; of two due at the same time, the one of the older line."""
        return min(self.lines, key=lambda line: line.next_s).pop()

    def shift(self, seconds: float) -> None:
        """Everything is due this much later: the ghost stood still, or was too late to catch up."""
        for line in self.lines:
            line.shift(seconds)
