"""The websocket of a plugged-in surface: its frames are passed on both ways, at the pace of everybody."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque

from websockets.asyncio.server import ServerConnection, broadcast

from app.web import limits
from app.web.connection import address_of
from app.web.pace import Pace, frames
from app.web.plug import Surface

MESSAGE_BYTES = 40  # of a touch in a bundle are 48


async def speak(socket: ServerConnection, surface: Surface, pace: Pace) -> None:
    """Serve one websocket until it is closed."""
    loop = asyncio.get_running_loop()

    waiting: deque[str | bytes] = deque()

    def send_now() -> None:
        frame = waiting.popleft()
        if socket.transport.get_write_buffer_size() <= limits.MAX_UNSENT:
            broadcast([socket], frame)

    def send(frame: str | bytes) -> None:
        if len(waiting) >= limits.MAX_WAITING:  # one bundle may ask for 20 000 answers
            return
        waiting.append(frame)
        with contextlib.suppress(RuntimeError):  # the port was closed
            loop.call_soon_threadsafe(send_now)

    session = surface.open(send, address_of(socket))
    try:
        async for frame in frames(socket, pace):
            session.receive(frame)
            pace.count(1 + len(frame) // MESSAGE_BYTES, 0, 0, time.monotonic())  # a bundle holds many
    finally:
        session.close()
