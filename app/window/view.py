"""Protocols of the engine as the window uses it: it imports no engine, and tests bring their own."""

from __future__ import annotations

from typing import Protocol

from app.core.events import Event, EventKind
from app.core.midi_clock import Beat
from app.core.status import Status


class Adapting(Protocol):
    """What learns, as the window uses it."""

    said: str
    is_busy: bool

    def adapt(self) -> None:
        """Learn from what was played, or stop that; never blocks."""

    def back(self) -> None:
        """Back to the ghost before, or forward again; never blocks."""


class Performing(Protocol):
    """The engine as the window uses it."""

    watch_mixture: bool

    @property
    def hears(self) -> EventKind:
        """What its model hears."""

    @property
    def beat(self) -> Beat:
        """Of a MIDI clock that comes in."""

    def submit(self, event: Event) -> None:
        """Take a player's event; never blocks."""

    def command(self, name: str) -> None:
        """ "reset" or "panic"."""

    def status(self) -> Status:
        """A snapshot."""
