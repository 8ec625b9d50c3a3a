"""Which values of a controller a message moved: an event carries them all, thru must not play all again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from app.core.events import Values

REMEMBERED = 256  # events; an event reaches the outputs within a moment


class Changes:
    """Filled by the inputs, read by the outputs; any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_time: OrderedDict[float, tuple[int, ...]] = OrderedDict()

    def note(self, time_s: float, indices: tuple[int, ...]) -> None:
        """The event of this time moved these values, counted from 0."""
        with self._lock:
            self._by_time[time_s] = indices
            if len(self._by_time) > REMEMBERED:
                self._by_time.popitem(last=False)

    def of(self, event: Values, before: Sequence[float] | None) -> tuple[int, ...]:
        """What `event` moved; told by its input, or else by comparison with the values `before` it."""
        with self._lock:
            known = self._by_time.get(event.time_s)
        if known is not None:
            return known
        return moved(event.values, before)


def moved(now: Sequence[float], before: Sequence[float] | None) -> tuple[int, ...]:
    """Which values are not as they were `before`, counted from 0; all where that is not known."""
    if before is None or len(before) != len(now):
        return tuple(range(len(now)))
    return tuple(i for i, (a, b) in enumerate(zip(now, before, strict=True)) if a != b)
