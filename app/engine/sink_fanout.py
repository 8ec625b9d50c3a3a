"""All sinks as one: each event goes to every sink, and a sink that fails does not harm the others.

The ledger of held voices is kept here. Every touch that reached the sinks is followed by a release, whatever
happens in between: a cancel, a mute, a panic, the end.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

from app.core.events import Event, Release, Source, Touch, Values
from app.core.parameters import Value
from app.core.sink import Sink
from app.core.status import Report

logger = logging.getLogger(__name__)


@runtime_checkable
class Adjustable(Protocol):
    """A sink that follows settings: instrument, volume, scale. Called on the engine's thread, as `play`."""

    def set(self, name: str, value: Value) -> None:
        """Take the value of a parameter."""


class SinkFanout:
    """Plays to every sink, and keeps the ledger.

    Attributes:
        held: (source, voice) of every contact the sinks have been told of and not released.
    """

    def __init__(self, sinks: Sequence[Sink], report: Report) -> None:
        self._sinks = tuple(sinks)
        self._report = report
        self._muted = False
        self._notices: dict[int, str] = {}  # by id of the sink
        self._unseen: dict[int, set[tuple[Source, int]]] = {}  # by id of a sink that came late
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
        self._each(lambda sink: self._give(sink, event))

    def _touch(self, event: Touch) -> Touch:
        """Note a contact. The ghost may be cut in the middle of one: for the sinks it then begins here."""
        key = (event.source, event.voice)
        if key not in self.held:
            self.held.add(key)
            if event.source is Source.GHOST and event.moving:
                return replace(event, moving=False)
        return event

    def _give(self, sink: Sink, event: Event) -> None:
        """Play `event` on one sink. A contact that was down before the sink came begins with it here."""
        unseen = self._unseen.get(id(sink))
        if unseen and (key := (event.source, event.voice)) in unseen:
            unseen.discard(key)
            if isinstance(event, Release):
                return
            if isinstance(event, Touch):
                event = replace(event, moving=False)
        sink.play(event)

    def add(self, sink: Sink) -> None:
        """From here on `sink` is played too, after all others."""
        self._unseen[id(sink)] = set(self.held)
        self._sinks = (*self._sinks, sink)

    def remove(self, sink: Sink) -> None:
        """`sink` is played no more. It is not closed: what it holds it lets go of when that is done."""
        self._sinks = tuple(other for other in self._sinks if other is not sink)
        self._unseen.pop(id(sink), None)
        self._notices.pop(id(sink), None)

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

    def set(self, name: str, value: Value, only: Sink | None = None) -> None:
        """Tell a setting to the sinks that follow settings, or to one of them only."""

        def tell(sink: Sink) -> None:
            if isinstance(sink, Adjustable) and only in (None, sink):
                sink.set(name, value)

        self._each(tell)

    def tell_notices(self) -> None:
        """Pass on what the sinks have to say to a person: their attribute `notice`, whenever it changed."""
        for sink in self._sinks:
            notice = str(getattr(sink, "notice", ""))
            if notice and notice != self._notices.get(id(sink)):
                self._notices[id(sink)] = notice
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
