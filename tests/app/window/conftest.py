"""A window on a dummy display, with an engine that only writes down what it is told."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pygame
import pytest

from app.core.events import Event, EventKind, Note, Release, Touch
from app.core.midi_clock import Beat
from app.core.parameters import Settings
from app.core.way_in import WayIn
from app.window import CanvasSink, Window, WindowOptions


@dataclass
class FakeCounters:
    """All zero."""

    events_in: int = 0
    events_out: int = 0
    dropped: int = 0
    refused: int = 0
    late: int = 0
    slowed: int = 0
    model_faults: int = 0
    sink_faults: int = 0
    sink_drops: int = 0
    engine_faults: int = 0


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

    def __init__(self, settings: Settings, sink: CanvasSink, hears: EventKind) -> None:
        self.hears = hears
        self._settings = settings
        self._sink = sink
        self.beat = Beat()
        self.watch_mixture = False
        self.watched = False
        self.events: list[Event] = []
        self.commands: list[str] = []
        self.now = FakeStatus()

    def submit(self, event: Event) -> None:
        self.events.append(event)
        self._sink.play(event)

    def command(self, name: str) -> None:
        self.commands.append(name)

    def status(self) -> FakeStatus:
        self.watched = self.watched or self.watch_mixture
        return replace(self.now, mode=self._settings.word("mode"))

    def heard(self) -> list[tuple[Any, ...]]:
        """The events without their times, as literals."""
        return [literal(event) for event in self.events]


class FakeAdaptation:
    """Notes down what it is told."""

    def __init__(self) -> None:
        self.said, self.is_busy = "idle", False
        self.told: list[str] = []

    def adapt(self) -> None:
        self.told.append("adapt")

    def back(self) -> None:
        self.told.append("back")


def literal(event: Event) -> tuple[Any, ...]:
    if isinstance(event, Touch):
        return ("touch", event.voice, round(event.x, 3), round(event.y, 3), event.moving)
    if isinstance(event, Note):
        return ("note", event.pitch, event.velocity)
    assert isinstance(event, Release)
    return ("release", event.voice)


class Stage:
    """A window of 800 x 600 and what it talks to. `play` posts events, runs the real loop, and closes it."""

    def __init__(self, size: tuple[int, int] = (800, 600), hears: EventKind = EventKind.TOUCHES) -> None:
        self.settings = Settings()
        self.sink = CanvasSink()
        self.engine = FakeEngine(self.settings, self.sink, hears)
        self.adaptation = FakeAdaptation()
        self.way_in = WayIn("", "nobody comes in")
        self.window = Window(
            self.engine,
            self.settings,
            self.sink,
            self.adaptation,
            options=WindowOptions(size=size),
            way_in=lambda: self.way_in,
        )
        pygame.event.clear()

    def play(self, *events: pygame.event.Event) -> None:
        for event in events:
            pygame.event.post(event)
        pygame.event.post(pygame.event.Event(pygame.QUIT))
        self.window.run()


@pytest.fixture
def make_stage() -> Iterator[Callable[..., Stage]]:
    yield Stage
    pygame.display.quit()


@pytest.fixture
def stage(make_stage: Callable[..., Stage]) -> Stage:
    return make_stage()
