"""Connections of a port, counted from the first byte on: half open ones too."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from websockets.asyncio.server import ServerConnection

from app.web.limits import MAX_CONNECTIONS, MAX_OF_HOST


class Count:
    """How many connections each host has."""

    def __init__(self) -> None:
        self._n_of: Counter[str] = Counter()

    def came(self, host: str) -> bool:
        """A connection from `host`; False if there are too many."""
        self._n_of[host] += 1
        return self._n_of[host] <= MAX_OF_HOST and self._n_of.total() <= MAX_CONNECTIONS

    def went(self, host: str) -> None:
        """One of its connections is gone."""
        self._n_of[host] -= 1
        if not self._n_of[host]:
            del self._n_of[host]


def counted() -> type[ServerConnection]:
    """The connections of one port: beyond what `app.web.limits` allows they are cut off at once."""
    count = Count()

    class Connection(ServerConnection):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._host = ""

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            self._host = str((transport.get_extra_info("peername") or ("",))[0])
            if not count.came(self._host):
                self.transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            count.went(self._host)
            super().connection_lost(exc)

    return Connection
