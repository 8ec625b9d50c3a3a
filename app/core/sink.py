"""Where events go: sound, the canvas, OSC, MIDI, a recording."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from app.core.events import Event


@runtime_checkable
class Sink(Protocol):
    """Receives every event that sounds, player's and ghost's, from the engine's thread.

    A sink never blocks and never raises for an event that is valid: what it cannot do in time it
    drops and counts. The engine calls `play` at the moment the event is to be heard.
    """

    def play(self, event: Event) -> None:
        """Take one event."""

    def panic(self) -> None:
        """Let go of everything that sounds or is held, at once. Safe to call twice."""

    def close(self) -> None:
        """Panic, flush and give back what was opened. Returns within a second. Safe to call twice."""
