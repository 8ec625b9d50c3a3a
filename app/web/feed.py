"""What sounds, on its way from the engine's thread to the port's: it is put down, and never waited for."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from app.core.events import Event, Release
from app.core.sink import Sink
from app.web import limits


class Feed(Sink):
    """A sink that keeps events until they are taken. No lock: one thread puts, another one takes.

    Args:
        wake: called, on the port's thread, when there is something, once until the next `take`.

    Attributes:
        is_wanted: whether anybody is there for whom events are kept. Any thread.
        loop: of the port's thread, from when somebody first came.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self.is_wanted = False
        self.loop: asyncio.AbstractEventLoop | None = None
        self._wake = wake
        self._events: deque[Event | None] = deque()
        self._is_awake = False

    def play(self, event: Event) -> None:
        """Keep an event; of too many that nobody takes, all but ends of contacts are dropped."""
        if not self.is_wanted:
            return
        if len(self._events) >= limits.MAX_PLAYED and not isinstance(event, Release):
            self.n_dropped += 1
            return
        self._put(event)

    def panic(self) -> None:
        """Everything was silenced."""
        if self.is_wanted:
            self._put(None)

    def close(self) -> None:
        """Keep nothing any more."""
        self.is_wanted = False

    def take(self) -> list[Event | None]:
        """What was played since, in its order; None for a panic. The port's thread."""
        self._is_awake = False  # before the look: what comes after it wakes again
        return [self._events.popleft() for _ in range(len(self._events))]

    def _put(self, event: Event | None) -> None:
        self._events.append(event)
        if not self._is_awake and self.loop is not None:
            self._is_awake = True
            with contextlib.suppress(RuntimeError):  # the port was closed
                self.loop.call_soon_threadsafe(self._wake)
