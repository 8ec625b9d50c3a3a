"""An engine that only writes down what it is told, and whose status a test sets."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from app.events import Event
from app.parameters import Settings
from app.window import CanvasSink


@dataclass
class FakeCounters:
    """All zero."""

    events_in: int = 0
    events_out: int = 0
    dropped: int = 0
    refused: int = 0
    late: int = 0


@dataclass(frozen=True)
class FakeStatus:
    """A status with nothing going on."""

    turn: str = "nobody"
    mode: str = "call"
    model: str = "touch"
    mixture: Any = None
    counters: FakeCounters = field(default_factory=FakeCounters)
    lateness_p50_s: float = 0.0
    lateness_p99_s: float = 0.0
    silence_left_s: float | None = None
    notice: str = ""


class FakeEngine:
    """Echoes what is submitted into the sink, as the real engine does with the player's events."""

    def __init__(self, settings: Settings, sink: CanvasSink) -> None:
        self._settings = settings
        self._sink = sink
        self.watch_mixture = False
        self.events: list[Event] = []
        self.commands: list[str] = []
        self.now = FakeStatus()

    def submit(self, event: Event) -> None:
        """Note and echo."""
        self.events.append(event)
        self._sink.play(event)

    def command(self, name: str) -> None:
        """Note."""
        self.commands.append(name)

    def status(self) -> FakeStatus:
        """What a test set, in the mode of the settings."""
        return replace(self.now, mode=self._settings.word("mode"))
