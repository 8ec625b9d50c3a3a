"""All sinks as one: what every sink is promised, and what keeps one sink from harming the others.

The ledger of held voices is kept here. Every touch that reached the sinks is followed by a release, whatever
happens in between: a cancel, a mute, a panic, the end.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

from app.events import Event, Release, Source, Touch, Values
from app.parameters import Value
from app.sinks import Sink
from app.status import Report

logger = logging.getLogger(__name__)


@runtime_checkable
class Adjustable(Protocol):
    """A sink that follows settings: instrument, volume, scale. Called on the engine's thread, as `play`."""

    def set(self, name: str, value: Value) -> None:
        """Take the value of a parameter."""


class Outlets:
    """Plays to every sink, and keeps the ledger.

    Attributes:
        held: (source, voice) of every contact the sinks have been told of and not released.
    """

    def __init__(self, sinks: Sequence[Sink], report: Report) -> None:
        self._sinks = tuple(sinks)
        self._report = report
        self._muted = False
        self._notices: dict[int, str] = {}
        self.held: set[tuple[Source, int]] = set()

    def play(self, event: Event) -> None:
        """Give an event to every sink, unless it is the ghost's and the ghost is muted."""
        if self._muted and event.source is Source.GHOST:
            return
        if isinstance(event, Touch):
            event = self._touch(event)
        elif isinstance(event, Values) and event.source is Source.GHOST:
            self.held.add((event.source, event.voice))
        elif isinstance(event, Release):
            if (event.source, event.voice) not in self.held:
                return
            self.held.discard((event.source, event.voice))
        self._report.counters.events_out += 1
        self._each(lambda sink: sink.play(event))

    def _touch(self, event: Touch) -> Touch:
        """Note a contact. The ghost may be cut in the middle of one: for the sinks it then begins here."""
        key = (event.source, event.voice)
        if key not in self.held:
            self.held.add(key)
            if event.source is Source.GHOST and event.moving:
                return replace(event, moving=False)
        return event

    def release(
        self, time_s: float, source: Source | None = None, voices: Sequence[int] | None = None
    ) -> None:
        """Release what is held: all of it, of one source, or these voices of it."""
        for held in sorted(self.held):
            if source in (None, held[0]) and (voices is None or held[1] in voices):
                self.play(Release(time_s, *held))

    def mute(self, muted: bool, time_s: float) -> None:
        """Leave out the ghost from here on, or let it be heard again."""
        if muted:
            self.release(time_s, Source.GHOST)
        self._muted = muted

    def set(self, name: str, value: Value) -> None:
        """Tell a setting to the sinks that follow settings."""
        self._each(lambda sink: sink.set(name, value) if isinstance(sink, Adjustable) else None)

    def tell_notices(self) -> None:
        """Pass on what the sinks have to say to a person: their attribute `notice`, whenever it changed."""
        for index, sink in enumerate(self._sinks):
            notice = str(getattr(sink, "notice", ""))
            if notice and notice != self._notices.get(index):
                self._notices[index] = notice
                self._report.tell(notice)

    @property
    def n_dropped(self) -> int:
        """Events that sinks could not write or send: the sum of their attributes `n_dropped`."""
        return sum(int(getattr(sink, "n_dropped", 0)) for sink in self._sinks)

    def panic(self, time_s: float) -> None:
        """Release everything, and let every sink fall silent."""
        self.release(time_s)
        self._each(lambda sink: sink.panic())

    def close(self, time_s: float) -> None:
        """Release everything and close every sink."""
        self.release(time_s)
        self._each(lambda sink: sink.close())

    def _each(self, call: Callable[[Sink], None]) -> None:
        for sink in self._sinks:
            try:
                call(sink)
            except Exception as error:  # a sink is a device, and a device may do anything; the others play on
                self._report.counters.sink_faults += 1
                name = type(sink).__name__
                self._report.tell_once(f"sink {name}", f"{name} failed, the others play on: {error}")
                logger.debug("%s failed", name, exc_info=error)
