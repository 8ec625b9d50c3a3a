"""The websocket of one page, from its hello until it is closed: read as fast as it may be, and no faster."""

from __future__ import annotations

import asyncio
import time

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from app.web.audience import Audience
from app.web.limits import AT_ONCE, FLOOD_S, HELLO_S, MAX_MALFORMED, PER_S, REFUSED_COST, Allowance
from app.web.protocol import Hello, Malformed, parse

POLICY, TRY_AGAIN_LATER = 1008, 1013  # status codes of RFC 6455


async def play(socket: ServerConnection, audience: Audience) -> None:
    """Serve one page. When it returns, everything of this person has ended."""
    try:
        async with asyncio.timeout(HELLO_S):
            said = parse(await socket.recv())
    except (TimeoutError, ConnectionClosed):
        said = []
    if not said or not isinstance(said[0], Hello):
        await socket.close(POLICY, "expected a hello.")
        return
    person = audience.join(said[0].name, socket)
    if person is None:
        await socket.close(TRY_AGAIN_LATER, "too many people are here.")
        return
    rest = said[1:]
    pace = Pace(time.monotonic())
    try:
        while True:
            n_refused = sum(not person.take(message) for message in rest)
            audience.nudge()
            n_malformed = sum(isinstance(message, Malformed) for message in rest) if n_refused else 0
            wait_s, is_over = pace.count(max(len(rest), 1), n_refused, n_malformed, time.monotonic())
            if is_over:
                await socket.close(POLICY, is_over)
                return
            if wait_s > 0.0:
                await asyncio.sleep(wait_s)  # meanwhile no more is read, and the network holds it back
            rest = parse(await socket.recv())
    except ConnectionClosed:
        return
    finally:
        audience.leave(person)


class Pace:
    """How fast one page may go: how long to wait before more is read, and when it is enough.

    Args:
        now_s: monotonic seconds, as everywhere here.
    """

    def __init__(self, now_s: float) -> None:
        self._allowance = Allowance(PER_S, AT_ONCE, now_s)
        self._n_malformed = 0
        self._even_s = now_s  # when it last did not have to wait

    def count(self, n_messages: int, n_refused: int, n_malformed: int, now_s: float) -> tuple[float, str]:
        """Count a frame; returns how long to wait, in seconds, and why to send the page away, "" if not.

        Args:
            n_messages: of the frame, at least one.
            n_refused: those of them that were not done.
            n_malformed: those of these that were no message.
        """
        wait_s = self._allowance.use(n_messages + REFUSED_COST * n_refused, now_s)
        self._n_malformed += n_malformed
        if wait_s <= 0.0:
            self._even_s = now_s
        if self._n_malformed > MAX_MALFORMED:
            return wait_s, "too much that is no message."
        if now_s > self._even_s + FLOOD_S:
            return wait_s, "more messages than are taken."
        return wait_s, ""
