"""What the controls act on, as far as they know it: it stands on floors above."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from app.core.events import Event
from app.core.midi_clock import Beat
from app.core.status import Status

PortAnswer = Callable[[str, Collection[tuple[str, int]]], None]
"""Takes why a port was not changed, or "", and the host and port of who was told of the change."""


class EngineLike(Protocol):
    """What is needed of `app.engine.thread.Engine`; see there."""

    n_panics: int

    @property
    def beat(self) -> Beat: ...
    def submit(self, event: Event) -> None: ...
    def in_order(self, job: Callable[[], None]) -> None: ...
    def command(self, name: str) -> None: ...
    def tell(self, text: str) -> None: ...
    def status(self) -> Status: ...


class PortsLike(Protocol):
    """What is needed of `app.runtime.ports.Ports`; see there."""

    @property
    def said(self) -> list[str]: ...
    def change(self, kind: str, verb: str, name: str, answer: PortAnswer) -> None: ...


class AdaptationLike(Protocol):
    """What is needed of `app.runtime.adaptation.Adaptation`; see there."""

    said: str

    def adapt(self) -> None: ...
    def back(self) -> None: ...
