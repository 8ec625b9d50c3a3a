"""How fast a websocket is read: as fast as its connection and its host may go, and no faster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from app.core.allowance import Allowance
from app.web import limits

POLICY = 1008  # status code of RFC 6455


class Pace:
    """How long to wait before more is read of one connection, and when it is enough.

    Only who sends too much by itself is sent away. Where all of its host together do, they only wait: most of
    them may be well-behaved, behind the same router.

    Args:
        host: what its host may still send.
        now_s: monotonic seconds, as everywhere here.

    Attributes:
        wait_s: how long to wait before the next frame.
        why_over: why to send it away, "" if not.
    """

    def __init__(self, host: Allowance, now_s: float) -> None:
        self.wait_s = 0.0
        self.why_over = ""
        self._host = host
        self._own = Allowance(limits.PER_S, limits.AT_ONCE)
        self._n_malformed = 0
        self._even_s = now_s  # when it last did not have to wait for its own sake

    def count(self, n_messages: int, n_refused: int, n_malformed: int, now_s: float) -> None:
        """Count a frame.

        Args:
            n_messages: of the frame, at least one.
            n_refused: those of them that were not done.
            n_malformed: those of these that were no message.
        """
        cost = n_messages + limits.REFUSED_COST * n_refused
        own_s = self._own.use(cost, now_s)
        self.wait_s = max(own_s, self._host.use(cost, now_s))
        self._n_malformed += n_malformed
        if own_s <= 0.0:
            self._even_s = now_s
        if self._n_malformed > limits.MAX_MALFORMED:
            self.why_over = "too much that is no message."
        elif now_s > self._even_s + limits.FLOOD_S:
            self.why_over = "more messages than are taken."


async def frames(socket: ServerConnection, pace: Pace) -> AsyncIterator[str | bytes]:
    """The frames of a websocket until it is closed, or is by us; whoever takes one counts it at `pace`."""
    with suppress(ConnectionClosed):
        while not pace.why_over:
            if pace.wait_s > 0.0:
                await asyncio.sleep(pace.wait_s)  # meanwhile the network holds back what comes
            yield await socket.recv()
        await socket.close(POLICY, pace.why_over)
