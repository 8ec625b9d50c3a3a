"""The websocket of a plugged-in surface: its frames are passed on both ways, at the pace of everybody."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.exceptions import ConnectionClosed

from app.web.limits import MAX_UNSENT, MAX_WAITING
from app.web.play import POLICY, Pace
from app.web.plug import Surface

MESSAGE_BYTES = 40  # of a touch in a bundle are 48


async def speak(socket: ServerConnection, surface: Surface) -> None:
    """Serve one websocket until it is closed."""
    loop = asyncio.get_running_loop()

    waiting: deque[str | bytes] = deque()

    def send_now() -> None:
        frame = waiting.popleft()
        if socket.transport.get_write_buffer_size() <= MAX_UNSENT:
            broadcast([socket], frame)

    def send(frame: str | bytes) -> None:
        if len(waiting) >= MAX_WAITING:  # one bundle may ask for 20 000 answers
            return
        waiting.append(frame)
        with contextlib.suppress(RuntimeError):  # the port was closed
            loop.call_soon_threadsafe(send_now)

    session = surface.open(send, str((socket.remote_address or ("",))[0]))
    pace = Pace(time.monotonic())
    try:
        async for frame in socket:
            session.receive(frame)
            n_messages = 1 + len(frame) // MESSAGE_BYTES  # a bundle holds many
            wait_s, is_over = pace.count(n_messages, 0, 0, time.monotonic())
            if is_over:
                await socket.close(POLICY, is_over)
                return
            if wait_s > 0.0:
                await asyncio.sleep(wait_s)
    except ConnectionClosed:
        return
    finally:
        session.close()
