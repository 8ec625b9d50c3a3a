"""All sinks as one: each event goes to every sink, and a sink that fails does not harm the others.

Every contact that reached a sink is released there, whatever happens in between: a cancel, a mute, a panic,
the end. For a sink that heard nothing of its beginning a contact begins where it first hears of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from app.core.contacts import Contacts
from app.core.events import Event, Release, Source
from app.core.parameters import Value
from app.core.sink import Sink
from app.core.status import Report

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Outlet:
    """A sink, what it holds, and what it last had to say."""

    sink: Sink
    contacts: Contacts = field(default_factory=Contacts)
    notice: str = ""


class SinkFanout:
    """Plays to every sink."""

    def __init__(self, sinks: Sequence[Sink], report: Report) -> None:
        self._outlets = tuple(_Outlet(sink) for sink in sinks)  # replaced as a whole: other threads look
        self._report = report
        self._muted = False

    def play(self, event: Event) -> None:
        """Give an event to every sink, unless it is the ghost's and the ghost is muted."""
        if self._muted and event.source is Source.GHOST:
            return
        self._report.counters.events_out += 1
        for outlet in self._outlets:
            try:
                for each in outlet.contacts.whole(event):
                    outlet.sink.play(each)
            except Exception as error:  # a sink is a device, and a device may do anything; the others play on
                self._fault(outlet.sink, error)

    @property
    def wants_mixture(self) -> bool:
        """Whether a sink shows the mixture of the next event."""
        return any(outlet.sink.wants_mixture for outlet in self._outlets)

    def add(self, sink: Sink) -> None:
        """From here on `sink` is played too, after all others."""
        self._outlets = (*self._outlets, _Outlet(sink))

    def remove(self, sink: Sink, time_s: float) -> None:
        """Release what `sink` holds, and play on it no more. It is not closed."""
        gone = [outlet for outlet in self._outlets if outlet.sink is sink]
        self._outlets = tuple(outlet for outlet in self._outlets if outlet.sink is not sink)
        try:
            for release in [each for outlet in gone for each in outlet.contacts.release(time_s)]:
                sink.play(release)
        except Exception as error:  # as in `play`
            self._fault(sink, error)

    def release(
        self, time_s: float, source: Source | None = None, voices: Collection[int] | None = None
    ) -> None:
        """Release what is held: all of it, of one source, or these voices of it."""
        for held in sorted({voice for outlet in self._outlets for voice in outlet.contacts}):
            if source in (None, held[0]) and (voices is None or held[1] in voices):
                self.play(Release(time_s, *held))

    def mute(self, muted: bool, time_s: float) -> None:
        """Leave out the ghost from here on, or let it be heard again."""
        if muted:
            self.release(time_s, Source.GHOST)
        self._muted = muted

    def set(self, name: str, value: Value, only: Sink | None = None) -> None:
        """Tell a parameter of the sound to the sinks, or to one of them only."""
        self._each(lambda sink: sink.set(name, value) if only in (None, sink) else None)

    def tell_notices(self) -> None:
        """Pass on what the sinks have to say to a person, whenever it changed."""
        for outlet in self._outlets:
            if outlet.notice != outlet.sink.notice:
                outlet.notice = outlet.sink.notice
                if outlet.notice:
                    self._report.tell(outlet.notice)

    @property
    def n_dropped(self) -> int:
        """Events that sinks could not write or send."""
        return sum(outlet.sink.n_dropped for outlet in self._outlets)

    def panic(self, time_s: float) -> None:
        """Release everything, and let every sink fall silent."""
        self.release(time_s)
        self._each(lambda sink: sink.panic())

    def close(self, time_s: float) -> None:
        """Release everything and close every sink."""
        self.release(time_s)
        self._each(lambda sink: sink.close())

    def _each(self, call: Callable[[Sink], None]) -> None:
        for outlet in self._outlets:
            try:
                call(outlet.sink)
            except Exception as error:  # as in `play`
                self._fault(outlet.sink, error)

    def _fault(self, sink: Sink, error: Exception) -> None:
        self._report.counters.sink_faults += 1
        name = type(sink).__name__
        self._report.tell_once(f"sink {name}", f"{name} failed, the others play on: {error}")
        logger.debug("%s failed", name, exc_info=error)
