"""The websocket of one page, from its hello until it is closed."""

from __future__ import annotations

import asyncio
import time

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from app.web import limits
from app.web.audience import Audience
from app.web.pace import POLICY, Pace, frames
from app.web.protocol import Malformed, Message, Said, parse

TRY_AGAIN_LATER = 1013  # status code of RFC 6455


async def play(socket: ServerConnection, audience: Audience, pace: Pace) -> None:
    """Serve one page. When it returns, everything of this person has ended."""
    try:
        async with asyncio.timeout(limits.HELLO_S):
            said = parse(await socket.recv())
    except (TimeoutError, ConnectionClosed):
        said = []
    hello = said[0] if said else None
    if not isinstance(hello, Said) or hello.word != "hello":
        await socket.close(POLICY, "expected a hello.")
        return
    person = audience.join(hello.arguments[0], socket)
    if person is None:
        await socket.close(TRY_AGAIN_LATER, "too many people are here.")
        return

    def take(messages: list[Message]) -> None:
        n_refused = sum(not person.take(message) for message in messages)
        audience.nudge()
        n_malformed = sum(isinstance(message, Malformed) for message in messages) if n_refused else 0
        pace.count(max(len(messages), 1), n_refused, n_malformed, time.monotonic())

    try:
        take(said[1:])
        async for frame in frames(socket, pace):
            take(parse(frame))
    finally:
        audience.leave(person)
