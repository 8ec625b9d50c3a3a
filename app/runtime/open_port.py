"""A port that is open: what all kinds have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from app.core.sink import Sink
from app.runtime.port_kinds import SAID, Name, Port, own_name


class OpenPort(ABC):
    """One kind is a class. Whoever makes one has opened the port, and nobody is let in yet.

    Args:
        port: as it was asked for, by a rig or by OSC.

    Attributes:
        port: as it is used now.
        sink: what the engine plays on, None for a port that only listens. It is for the engine to close.
    """

    sink: Sink | None = None

    def __init__(self, port: Port) -> None:
        self.port: Any = port

    @property
    def name(self) -> Name:
        """What tells it apart."""
        return own_name(self.port)

    @property
    @abstractmethod
    def address(self) -> str:
        """Where it is, for people, and whether it is gone at the moment."""

    @property
    def said(self) -> str:
        """What it is, for people."""
        profile = getattr(self.port, "profile", "ghostjam")
        return f"{SAID[type(self.port)]} {self.address}{'' if profile == 'ghostjam' else f' as {profile}'}"

    def start(self) -> None:  # noqa: B027
        """Let others in."""

    def alter(self, port: Any) -> None:
        """Be used as `port` says, which has the same name."""
        self.port = port

    def stop(self) -> None:  # noqa: B027
        """Let nobody in any more. Safe to call twice."""

    def give_up(self) -> None:
        """The same, while others play on."""
        self.stop()
