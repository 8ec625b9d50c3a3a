"""Protocols of the engine as the window uses it: it imports no engine, and tests bring their own."""

from __future__ import annotations

from typing import Protocol

from app.core.events import Event
from app.pictures.live.glow import MixtureView


class CountersView(Protocol):
    """How often something happened; see the engine's counters."""

    events_in: int
    events_out: int
    dropped: int
    refused: int
    late: int
    slowed: int
    model_faults: int
    sink_faults: int
    sink_drops: int
    engine_faults: int


class StatusView(Protocol):
    """The engine at one moment; see the engine's status."""

    @property
    def turn(self) -> str:
        """ "player", "ghost" or "nobody"."""

    @property
    def mode(self) -> str:
        """The mode that plays."""

    @property
    def model(self) -> str:
        """The model that plays."""

    @property
    def mixture(self) -> MixtureView | None:
        """Of the next event."""

    @property
    def counters(self) -> CountersView:
        """How often something happened."""

    @property
    def lateness_p50_s(self) -> float:
        """Half of the ghost's last events were this late or less."""

    @property
    def lateness_p99_s(self) -> float:
        """99 in 100 of the ghost's last events were this late or less."""

    @property
    def silence_left_s(self) -> float | None:
        """Until the ghost answers; None while it is not waiting for silence."""

    @property
    def notice(self) -> str:
        """The last thing a person should know; "" if none."""


class Adapting(Protocol):
    """What learns, as the window uses it."""

    said: str
    is_busy: bool

    def adapt(self) -> None:
        """Learn from what was played; never blocks."""

    def back(self) -> None:
        """Back to the ghost before, or forward again; never blocks."""


class Performing(Protocol):
    """The engine as the window uses it."""

    watch_mixture: bool

    def submit(self, event: Event) -> None:
        """Take a player's event; never blocks."""

    def command(self, name: str) -> None:
        """ "reset" or "panic"."""

    def status(self) -> StatusView:
        """A snapshot."""
