"""Where events go: sound, the canvas, OSC, MIDI, a recording; or a list, where nothing is to be heard."""

from __future__ import annotations

from abc import ABC, abstractmethod

from app.core.events import Event
from app.core.parameters import Value


class Sink(ABC):
    """Receives every event that sounds, player's and ghost's, from the engine's thread.

    A sink never blocks and never raises for an event that is valid: what it cannot do in time it drops and
    counts. What may wait, as a disk may, is for a thread of its own (`app.recording.recorder`). Every contact
    it is given begins with a touch that does not move, and is released before `panic` or `close` comes. What
    a sink has no use for it leaves as it is here.

    If it raises all the same, the others play on: a person is told once,
    `Engine.status().counters.sink_faults` counts each time, and `app.engine.sink_fanout` logs the traceback
    at DEBUG.

    Attributes:
        notice: what a person should know, "" while all is well. Another text is another notice.
        n_dropped: events or messages it could not write or send.
        wants_mixture: whether it shows `Status.mixture`, which is kept fresh as long as a sink does.
    """

    notice = ""
    n_dropped = 0
    wants_mixture = False

    @abstractmethod
    def play(self, event: Event) -> None:
        """Take one event, at the moment it is to be heard."""

    def set(self, name: str, value: Value) -> None:  # noqa: B027
        """Take a parameter of the sound: instrument, scale or volume."""

    def panic(self) -> None:  # noqa: B027
        """Let go of everything that sounds, at once. Safe to call twice."""

    def close(self) -> None:  # noqa: B027
        """Panic, flush and give back what was opened. Returns within a second. Safe to call twice."""


class CollectingSink(Sink):
    """Silent: keeps every event, for tests and for whatever plays without anybody waiting.

    With a `ManualClock` five seconds are played at once, and with a seed always alike. To test a sink of your
    own, put it into the list too; look at what it wrote after `stop`, which closes it, and at `sink_faults`:

    >>> from app.core.clock import ManualClock
    >>> from app.core.events import Release, Source, Touch
    >>> from app.core.parameters import Settings
    >>> from app.engine.thread import Engine
    >>> from app.ghost import Ghost
    >>> sink = CollectingSink()
    >>> engine = Engine(Ghost.load("touch", seed=1), Settings(), [sink], clock=ManualClock())
    >>> engine.submit(Touch(0.0, Source.PLAYER, voice=0, x=0.5, y=0.5, moving=False))
    >>> engine.run_until(0.2)
    >>> engine.submit(Release(0.2, Source.PLAYER, voice=0))
    >>> engine.run_until(5.0)
    >>> engine.stop()  # releases what sounds, and closes the sinks
    >>> any(event.source is Source.GHOST for event in sink.events)
    True
    >>> engine.status().counters.sink_faults
    0

    Attributes:
        events: all of them, in the order in which they sounded.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []

    def play(self, event: Event) -> None:
        """Keep the event."""
        self.events.append(event)
