"""The canvas as a sink: the engine's thread puts events in, the window takes them out once a frame."""

from __future__ import annotations

from collections import deque

from app.core.events import Event
from app.core.sink import Sink

MOST_WAITING = 4096
"""Events that can wait for the next frame; the oldest go first, and are counted."""


class CanvasSink(Sink):
    """A bounded mailbox of events. One thread plays, one drains; neither ever waits.

    What is dropped was never drawn, because the window did not come to drain it.
    """

    def __init__(self) -> None:
        self._waiting: deque[Event | None] = deque(maxlen=MOST_WAITING)

    def __len__(self) -> int:
        return len(self._waiting)

    def play(self, event: Event) -> None:
        """Keep the event for the next frame."""
        if len(self._waiting) == self._waiting.maxlen:
            self.n_dropped += 1
        self._waiting.append(event)

    def panic(self) -> None:
        """Tell the window that nothing is held any more."""
        self._waiting.append(None)

    def close(self) -> None:
        """As `panic`; there is nothing to give back."""
        self.panic()

    def drain(self) -> list[Event | None]:
        """Everything that waits, oldest first; None says that everything held was let go."""
        events: list[Event | None] = []
        while self._waiting:
            events.append(self._waiting.popleft())
        return events
