"""A web port as those see it who opened it. Without what serves it, which takes a while to load."""

from __future__ import annotations

from abc import ABC, abstractmethod

from app.core.sink import Sink


class WebDevice(ABC):
    """A port that is open.

    Attributes:
        host, port: where it listens; the port that was given out if 0 was asked for.
        token: that is asked for, "" for none.
        speaks_impsy: whether it speaks IMPSY's dialect.
        sink: what the engine plays on.
    """

    host: str
    port: int
    token: str
    speaks_impsy: bool
    sink: Sink

    @abstractmethod
    def start(self) -> None:
        """Let others in."""

    @abstractmethod
    def close(self) -> None:
        """Let nobody in any more; what people at the pages hold ends. Safe to call twice."""
