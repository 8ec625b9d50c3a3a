"""IMPSY's dialect: everybody at the port turns the same knobs, and is sent what they are turned to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence
from typing import Protocol

from websockets.asyncio.server import ServerConnection, broadcast

from app.core.controls import Controls
from app.core.events import Event, Note, Release, Source, Touch
from app.core.refusals import ControlError
from app.web.feed import Feed
from app.web.impsy_text import to_midi, to_text
from app.web.limits import MAX_UNSENT
from app.web.pace import Pace, frames

EXPIRE_S = 0.25  # between two looks for notes that nobody ends


class Codec(Protocol):
    """Values of a controller as MIDI messages and back, by a mapping: see `app.midi.values_codec`."""

    n_values: int

    def updates(self, message: bytes) -> tuple[tuple[int, float], ...]:
        """What a message changes: index from 0 and value in [0, 1] of each."""

    def encode(self, source: Source, voice: int, values: Sequence[float]) -> list[bytes]:
        """The messages of one event."""

    def release(self, source: Source, voice: int) -> list[bytes]:
        """The ends of the notes of a voice."""

    def expire(self) -> list[bytes]:
        """The ends of notes that were held for too long."""

    def stop_all(self) -> list[bytes]:
        """The ends of all notes."""

    def forget(self) -> None:
        """Somebody listens who knows nothing of what was sent: the next messages say everything."""


class ImpsyRoom:
    """Everybody at the port.

    Args:
        controls: what the knobs play on.
        codec: what messages mean.
        sources: whose events are sent.

    Attributes:
        feed: what the engine plays on.
        values: x1 .. xn as far as is known.
    """

    def __init__(self, controls: Controls, codec: Codec, sources: Collection[Source]) -> None:
        self.feed = Feed(self._send_played)
        self.values = [0.5] * codec.n_values
        self._controls = controls
        self._codec = codec
        self._sources = frozenset(sources)
        self._sockets: set[ServerConnection] = set()
        self._expiry: asyncio.Task[None] | None = None

    async def serve(self, socket: ServerConnection, pace: Pace) -> None:
        """Serve one connection until it is closed."""
        self.feed.loop = asyncio.get_running_loop()
        self._sockets.add(socket)
        self.feed.is_wanted = True
        self._codec.forget()
        if self._expiry is None:
            self._expiry = self.feed.loop.create_task(self._keep_expiring())
        try:
            async for frame in frames(socket, pace):
                is_taken = self.take(frame)
                pace.count(1, not is_taken, 0, time.monotonic())
        finally:
            self._sockets.discard(socket)
            if not self._sockets:
                self.feed.is_wanted = False
                self.feed.take()
                self._codec.stop_all()  # nobody is there whose notes would hang

    def take(self, frame: str | bytes) -> bool:
        """Do what a frame says; False for one that is malformed, which is counted. Never raises."""
        message = to_midi(frame) if isinstance(frame, str) else None
        if message is None:
            self._controls.note_refusal(
                f"web: expected /channel/1/noteon/60/100 or the like, got {frame[:40]!r}."
            )
            return False
        updates = self._codec.updates(message)
        for index, value in updates:
            self.values[index] = value
        if updates:
            try:
                self._controls.values(tuple(self.values))
            except ControlError as error:
                self._controls.note_refusal(f"web: {error}")
        return True

    def texts(self, event: Event | None) -> list[str]:
        """What is sent when an event sounds; None is a panic."""
        if event is None:
            self._codec.forget()
            return _texts(self._codec.stop_all())
        if isinstance(event, Release):
            return _texts(self._codec.release(event.source, event.voice))
        if event.source not in self._sources or isinstance(event, Note):
            return []
        values = (event.x, event.y) if isinstance(event, Touch) else event.values
        return _texts(self._codec.encode(event.source, event.voice, values))

    def _send_played(self) -> None:
        for event in self.feed.take():
            self._send(self.texts(event))

    def _send(self, texts: list[str]) -> None:
        for socket in tuple(self._sockets):
            if socket.transport.get_write_buffer_size() > MAX_UNSENT:
                socket.transport.abort()  # its notes would hang: it begins anew
        for text in texts:
            broadcast(self._sockets, text)

    async def _keep_expiring(self) -> None:
        while self._sockets:
            await asyncio.sleep(EXPIRE_S)
            self._send(_texts(self._codec.expire()))
        self._expiry = None


def _texts(messages: list[bytes]) -> list[str]:
    return [text for message in messages if (text := to_text(message)) is not None]
